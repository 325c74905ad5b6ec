/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The lifecycles as a Graphviz graph: a compound state is a cluster. Edges need nodes at both ends, so
 * every cluster holds a point that stands for the state itself, and edges are cut at the cluster's border. */

#include "config.h"

#include <string.h>

#include "show-label.h"
#include "show.h"
#include "ui.h"

typedef struct {
  Picture  picture;
  GString *out;
} Drawing;

static char *
quote (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *out = g_string_new ("\"");

  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *clean = ui_clean (lines[i]);

    if (i > 0)
      g_string_append (out, "\\n");
    for (const char *p = clean; *p != '\0'; p++) {
      if (*p == '"' || *p == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *p);
    }
  }
  g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

static char *
node_of (const Drawing *self, const CsvcState *state)
{
  g_autofree char *name = g_strdup_printf ("%s/%s", csvc_kind_get_id (self->picture.kind), csvc_state_get_id (state));

  return quote (name);
}

static char *
cluster_of (const Drawing *self, const CsvcState *state)
{
  g_autofree char *name = g_strdup_printf ("cluster_%s/%s", csvc_kind_get_id (self->picture.kind), csvc_state_get_id (state));

  return quote (name);
}

static gboolean
is_cluster (const CsvcState *state)
{
  CsvcStateType type = csvc_state_get_type (state);

  return type == CSVC_STATE_COMPOUND || type == CSVC_STATE_PARALLEL;
}

/* ── boxes ── */

static void
draw_leaf (Drawing *self, const CsvcState *state, guint indent)
{
  CsvcStateType type = csvc_state_get_type (state);
  gboolean is_history = type == CSVC_STATE_HISTORY_SHALLOW || type == CSVC_STATE_HISTORY_DEEP;
  g_autofree char *node = node_of (self, state);
  g_autofree char *label = is_history ? g_strdup (type == CSVC_STATE_HISTORY_DEEP ? "\"H*\"" : "\"H\"")
                                      : show_dup_state_label (&self->picture, state);
  const char *shape = is_history                 ? "shape=circle fillcolor=\"#ffffff\" margin=0"
                      : type == CSVC_STATE_FINAL ? "peripheries=2 fillcolor=\"#e8e8e8\""
                      : csvc_state_get_n_clocks (state) > 0 ? "fillcolor=\"#fff8dc\"" : "fillcolor=\"#ffffff\"";

  g_string_append_printf (self->out, "%*s%s [label=%s %s];\n", (int) indent, "", node, label, shape);
}

static void draw_state (Drawing *self, const CsvcState *state, guint indent);

/* The whole kind is the paper; what has clocks is tinted, so that promises are found at a glance. */
static const char *
get_fill (const CsvcState *state)
{
  if (csvc_state_get_depth (state) == 0)
    return "#ffffff";
  return csvc_state_get_n_clocks (state) > 0 ? "#fffbee" : "#f4f7fb";
}

static void
draw_cluster (Drawing *self, const CsvcState *state, guint indent)
{
  g_autofree char *node = node_of (self, state), *cluster = cluster_of (self, state);
  g_autofree char *label = show_dup_state_label (&self->picture, state);

  g_string_append_printf (self->out, "%*ssubgraph %s {\n%*slabel=%s; style=\"%s,filled\"; fillcolor=\"%s\";\n%*s%s [shape=point width=0.1 fillcolor=black];\n",
                          (int) indent, "", cluster, (int) indent + 2, "", label,
                          csvc_state_get_type (state) == CSVC_STATE_PARALLEL ? "rounded,dashed" : "rounded", get_fill (state),
                          (int) indent + 2, "", node);
  for (guint i = 0; i < csvc_kind_get_n_states (self->picture.kind); i++)
    if (csvc_state_get_parent (csvc_kind_get_state (self->picture.kind, i)) == state)
      draw_state (self, csvc_kind_get_state (self->picture.kind, i), indent + 2);
  g_string_append_printf (self->out, "%*s}\n", (int) indent, "");
}

static void
draw_state (Drawing *self, const CsvcState *state, guint indent)
{
  (is_cluster (state) ? draw_cluster : draw_leaf) (self, state, indent);
}

/* ── arrows ── */

static gboolean
is_inside (const CsvcState *state, const CsvcState *outer)
{
  for (; state != NULL; state = csvc_state_get_parent (state))
    if (state == outer)
      return TRUE;
  return FALSE;
}

/* An edge cannot be cut at the border of a cluster that holds its other end, too. */
static void
draw_edge (Drawing *self, const CsvcState *from, const CsvcState *to, const char *attributes)
{
  g_autofree char *tail = node_of (self, from), *head = node_of (self, to);
  g_autofree char *tail_cluster = cluster_of (self, from), *head_cluster = cluster_of (self, to);

  g_string_append_printf (self->out, "  %s -> %s [%s", tail, head, attributes);
  if (is_cluster (from) && !is_inside (to, from))
    g_string_append_printf (self->out, " ltail=%s", tail_cluster);
  if (is_cluster (to) && !is_inside (from, to))
    g_string_append_printf (self->out, " lhead=%s", head_cluster);
  g_string_append (self->out, "];\n");
}

/* What time does by itself is red. */
static char *
dup_edge_attributes (const Drawing *self, const CsvcTransition *transition)
{
  const char *events = csvc_transition_get_events (transition);
  g_autofree char *text = show_dup_transition_label (&self->picture, transition);
  g_autofree char *label = quote (text);

  return g_strdup_printf ("label=%s%s", label,
                          events != NULL && g_str_has_prefix (events, "clock.") ? " color=\"#b3261e\" fontcolor=\"#b3261e\"" : "");
}

static void
draw_transition (Drawing *self, const CsvcTransition *transition)
{
  const CsvcState *source = csvc_transition_get_source (transition);
  g_autofree char *attributes = dup_edge_attributes (self, transition);

  for (guint i = 0; i < csvc_transition_get_n_targets (transition); i++)
    draw_edge (self, source, csvc_transition_get_target (transition, i), attributes);
}

static void
draw_kind (Drawing *self)
{
  const CsvcKind *kind = self->picture.kind;

  draw_state (self, csvc_kind_get_state (kind, 0), 2);
  for (guint i = 0; i < csvc_kind_get_n_states (kind); i++) {
    const CsvcState *state = csvc_kind_get_state (kind, i);

    for (guint k = 0; k < csvc_state_get_n_initial (state); k++)
      draw_edge (self, state, csvc_state_get_initial (state, k), "style=dashed weight=4");
  }
  for (guint i = 0; i < csvc_kind_get_n_transitions (kind); i++)
    draw_transition (self, csvc_kind_get_transition (kind, i));
}

/* ── between kinds ── */

/* A kind that is not in the picture is a folder, by the same name as its box would have. */
static void
draw_kind_outside (Drawing *self, const CsvcKind *kind)
{
  g_autofree char *node = NULL, *label = quote (csvc_kind_get_label (kind, ui_get_language ()));

  self->picture.kind = kind;
  node = node_of (self, csvc_kind_get_state (kind, 0));
  g_string_append_printf (self->out, "  %s [label=%s shape=folder style=filled fillcolor=\"#f4f7fb\"];\n", node, label);
}

static void
draw_opening (Drawing *self, const Opening *opening, gboolean child_is_drawn)
{
  g_autofree char *tail = NULL, *tail_cluster = NULL, *head = NULL, *head_cluster = NULL, *text = NULL, *label = NULL;
  const CsvcState *root = csvc_kind_get_state (opening->child, 0);

  self->picture.kind = opening->kind;
  tail = node_of (self, opening->from);
  tail_cluster = cluster_of (self, opening->from);
  text = show_dup_opening_label (opening);
  label = quote (text);
  self->picture.kind = opening->child;
  head = node_of (self, root);
  head_cluster = cluster_of (self, root);
  g_string_append_printf (self->out, "  %s -> %s [label=%s style=dashed arrowhead=empty color=\"#2e6b34\" fontcolor=\"#2e6b34\"", tail, head, label);
  if (is_cluster (opening->from) && opening->child != opening->kind)
    g_string_append_printf (self->out, " ltail=%s", tail_cluster);
  if (child_is_drawn && opening->child != opening->kind)
    g_string_append_printf (self->out, " lhead=%s", head_cluster);
  g_string_append (self->out, "];\n");
}

static void
draw_openings (Drawing *self, const CsvcPolicy *policy, const CsvcKind *only)
{
  g_autoptr (GArray) openings = show_find_openings (policy);
  g_autoptr (GHashTable) outside = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < openings->len; i++) {
    const Opening *opening = &g_array_index (openings, Opening, i);
    gboolean child_is_drawn = only == NULL || opening->child == only;

    if (only != NULL && opening->kind != only)
      continue;
    if (!child_is_drawn && g_hash_table_add (outside, (gpointer) opening->child))
      draw_kind_outside (self, opening->child);
    draw_opening (self, opening, child_is_drawn);
  }
}

char *
show_dup_dot (const CsvcPolicy *policy, const CsvcKind *only)
{
  g_autofree char *name = quote (csvc_policy_get_id (policy));
  Drawing self = { { policy, NULL }, g_string_new (NULL) };

  g_string_append_printf (self.out,
                          "digraph %s {\n"
                          "  compound=true; fontname=\"sans-serif\"; color=\"#7a8ca3\"; labeljust=l; nodesep=0.4; ranksep=0.55;\n"
                          "  node [fontname=\"sans-serif\" shape=box style=\"rounded,filled\" color=\"#44546a\"];\n"
                          "  edge [fontname=\"sans-serif\" fontsize=10 color=\"#44546a\"];\n",
                          name);
  for (guint i = 0; i < csvc_policy_get_n_kinds (policy); i++) {
    self.picture.kind = csvc_policy_get_kind (policy, i);
    if (only == NULL || self.picture.kind == only)
      draw_kind (&self);
  }
  draw_openings (&self, policy, only);
  g_string_append (self.out, "}\n");
  return g_string_free (self.out, FALSE);
}

void
show_dot (const CsvcPolicy *policy, const CsvcKind *only)
{
  g_autofree char *dot = show_dup_dot (policy, only);

  ui_print ("%s", dot);
}
