/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The lifecycles as a Graphviz graph: a compound state is a cluster. Edges need nodes at both ends, so
 * every cluster holds a point that stands for the state itself, and edges are cut at the cluster's border. */

#include "config.h"

#include "show.h"

#include <string.h>

#include "ui.h"

static char *
quote (const char *text)
{
  g_autofree char *clean = ui_clean (text);
  GString *out = g_string_new ("\"");

  for (const char *p = clean; *p != '\0'; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_c (out, '\\');
    if (*p == '\n')
      g_string_append (out, "\\n");
    else
      g_string_append_c (out, *p);
  }
  g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

static char *
node_of (const CsvcKind *kind, const CsvcState *state)
{
  g_autofree char *name = g_strdup_printf ("%s/%s", csvc_kind_get_id (kind), csvc_state_get_id (state));

  return quote (name);
}

static char *
cluster_of (const CsvcKind *kind, const CsvcState *state)
{
  g_autofree char *name = g_strdup_printf ("cluster_%s/%s", csvc_kind_get_id (kind), csvc_state_get_id (state));

  return quote (name);
}

static gboolean
is_cluster (const CsvcState *state)
{
  CsvcStateType type = csvc_state_get_type (state);

  return type == CSVC_STATE_COMPOUND || type == CSVC_STATE_PARALLEL;
}

/* Its name and its clocks; a history bears the sign that UML gives it. */
static char *
dup_label (const CsvcKind *kind, const CsvcState *state)
{
  CsvcStateType type = csvc_state_get_type (state);
  gboolean is_history = type == CSVC_STATE_HISTORY_SHALLOW || type == CSVC_STATE_HISTORY_DEEP;
  const char *label = csvc_state_get_depth (state) == 0 ? csvc_kind_get_label (kind, ui_get_language ())
                                                        : csvc_state_get_label (state, ui_get_language ());
  GString *text = g_string_new (!is_history ? label : type == CSVC_STATE_HISTORY_DEEP ? "H*" : "H");

  for (guint i = 0; i < csvc_state_get_n_clocks (state); i++) {
    const CsvcClock *clock = csvc_state_get_clock (state, i);

    g_string_append_printf (text, "\n⏱ %s", csvc_part_get_label (csvc_clock_get_part (clock), ui_get_language ()));
  }
  return g_string_free (text, FALSE);
}

static const char *
get_shape (const CsvcState *state)
{
  switch (csvc_state_get_type (state)) {
  case CSVC_STATE_FINAL:
    return "shape=box peripheries=2 style=rounded";
  case CSVC_STATE_HISTORY_SHALLOW:
  case CSVC_STATE_HISTORY_DEEP:
    return "shape=circle";
  case CSVC_STATE_ATOMIC:
  case CSVC_STATE_COMPOUND:
  case CSVC_STATE_PARALLEL:
  default:
    return "shape=box style=rounded";
  }
}

static void
print_state (const CsvcKind *kind, const CsvcState *state, guint indent)
{
  g_autofree char *node = node_of (kind, state);
  g_autofree char *text = dup_label (kind, state);
  g_autofree char *label = quote (text);

  if (!is_cluster (state)) {
    ui_print ("%*s%s [label=%s %s];\n", (int) indent, "", node, label, get_shape (state));
    return;
  }

  {
    g_autofree char *cluster = cluster_of (kind, state);

    ui_print ("%*ssubgraph %s {\n%*slabel=%s; style=\"%s\";\n", (int) indent, "", cluster, (int) indent + 2, "", label,
              csvc_state_get_type (state) == CSVC_STATE_PARALLEL ? "rounded,dashed" : "rounded");
  }
  ui_print ("%*s%s [shape=point];\n", (int) indent + 2, "", node);
  for (guint i = 0; i < csvc_kind_get_n_states (kind); i++)
    if (csvc_state_get_parent (csvc_kind_get_state (kind, i)) == state)
      print_state (kind, csvc_kind_get_state (kind, i), indent + 2);
  ui_print ("%*s}\n", (int) indent, "");
}

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
print_edge (const CsvcKind *kind, const CsvcState *from, const CsvcState *to, const char *attributes)
{
  g_autofree char *tail = node_of (kind, from);
  g_autofree char *head = node_of (kind, to);

  ui_print ("  %s -> %s [%s", tail, head, attributes);
  if (is_cluster (from) && !is_inside (to, from)) {
    g_autofree char *cluster = cluster_of (kind, from);

    ui_print (" ltail=%s", cluster);
  }
  if (is_cluster (to) && !is_inside (from, to)) {
    g_autofree char *cluster = cluster_of (kind, to);

    ui_print (" lhead=%s", cluster);
  }
  ui_print ("];\n");
}

static char *
dup_edge_attributes (const CsvcTransition *transition)
{
  const char *events = csvc_transition_get_events (transition);
  const char *condition = csvc_transition_get_condition (transition);
  g_autofree char *actions = csvc_transition_dup_actions_text (transition);
  g_autoptr (GString) text = g_string_new (events);
  g_autofree char *label = NULL;

  if (condition != NULL)
    g_string_append_printf (text, "\n[%s]", condition);
  if (actions != NULL)
    g_string_append_printf (text, "\n/ %s", actions);
  label = quote (text->str);
  return g_strdup_printf ("label=%s", label);
}

static void
print_transition (const CsvcKind *kind, const CsvcTransition *transition)
{
  const CsvcState *source = csvc_transition_get_source (transition);
  g_autofree char *attributes = dup_edge_attributes (transition);

  for (guint i = 0; i < csvc_transition_get_n_targets (transition); i++)
    print_edge (kind, source, csvc_transition_get_target (transition, i), attributes);
  if (csvc_transition_get_n_targets (transition) == 0)
    print_edge (kind, source, source, attributes);
}

static void
print_kind (const CsvcKind *kind)
{
  print_state (kind, csvc_kind_get_state (kind, 0), 2);
  for (guint i = 0; i < csvc_kind_get_n_states (kind); i++) {
    const CsvcState *state = csvc_kind_get_state (kind, i);

    for (guint k = 0; k < csvc_state_get_n_initial (state); k++)
      print_edge (kind, state, csvc_state_get_initial (state, k), "style=dotted");
  }
  for (guint i = 0; i < csvc_kind_get_n_transitions (kind); i++)
    print_transition (kind, csvc_kind_get_transition (kind, i));
}

void
show_dot (const CsvcPolicy *policy, const CsvcKind *only)
{
  g_autofree char *name = quote (csvc_policy_get_id (policy));

  ui_print ("digraph %s {\n  compound=true; fontname=\"sans-serif\"; node [fontname=\"sans-serif\"]; edge [fontname=\"sans-serif\" fontsize=10];\n",
            name);
  for (guint i = 0; i < csvc_policy_get_n_kinds (policy); i++)
    if (only == NULL || csvc_policy_get_kind (policy, i) == only)
      print_kind (csvc_policy_get_kind (policy, i));
  ui_print ("}\n");
}
