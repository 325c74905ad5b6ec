/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/parts.h"

#include <string.h>

/* What kinds of case, and what is in them, answer. What is only shown is read from the element, as it was written. */

CsvcDuration
csvc_kind_get_backdate (const CsvcKind *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->backdate;
}

CsvcUpgrade
csvc_kind_get_upgrade (const CsvcKind *self)
{
  g_return_val_if_fail (self != NULL, CSVC_UPGRADE_BY_POLICY);

  return self->upgrade;
}

const char *
csvc_upgrade_to_string (CsvcUpgrade choice)
{
  static const char *const words[] = { "by-policy", "keep", "forward", "retroactive", "next-cycle" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CSVC_UPGRADE_NEXT_CYCLE + 1);
  return (guint) choice < G_N_ELEMENTS (words) ? words[choice] : NULL;
}

/* ── events ── */

guint
csvc_event_get_n_by (const CsvcEvent *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_by;
}

const CsvcRole *
csvc_event_get_by (const CsvcEvent *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_by, NULL);

  return self->by[index];
}

guint
csvc_event_get_n_sets (const CsvcEvent *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_sets;
}

const CsvcFact *
csvc_event_get_sets (const CsvcEvent *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_sets, NULL);

  return &self->kind->facts[self->sets[index]];
}

/* ── actions, in short ── */

static void append_actions (GString *out, const CsvcNode *node);

/* "escalate to city", "set score to 0": the element's name, and its attributes as a sentence has them. */
static void
append_plain (GString *out, const CsvcNode *node)
{
  static const struct {
    const char *attribute, *before;
  } words[] = { { "event", " " },   { "label", " " },   { "expr", " " }, { "fact", " " },
                { "role", " " }, { "name", " " }, { "to", " to " }, { "amount", " " }, { "entitlement", " " }, { "ledger", " " },
                { "table", " " }, { "as", " as " }, { "set", " set " } };

  g_string_append (out, node->name);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (_csvc_node_get (node, words[i].attribute) != NULL)
      g_string_append_printf (out, "%s%s", words[i].before, _csvc_node_get (node, words[i].attribute));
}

static void
append_arguments (GString *out, const CsvcNode *node, const char *name)
{
  for (guint i = 0; i < node->children->len; i++)
    {
      const CsvcNode *arg = g_ptr_array_index (node->children, i);

      g_string_append_printf (out, "%s%s = %s", i == 0 ? " (" : ", ", _csvc_node_get (arg, name), _csvc_node_get (arg, "value"));
    }
  if (node->children->len > 0)
    g_string_append_c (out, ')');
}

static void
append_effect (GString *out, const CsvcNode *node)
{
  append_plain (out, node);
  append_arguments (out, node, "name");
}

/* "open visit until here (reason = "rain")", "tell parent: heard". */
static void
append_link (GString *out, const CsvcNode *node)
{
  if (_csvc_node_is (node, "open"))
    g_string_append_printf (out, "open %s", _csvc_node_get (node, "case"));
  else
    g_string_append_printf (out, "tell %s%s%s: %s", _csvc_node_get (node, "to"), _csvc_node_get (node, "case") != NULL ? " " : "",
                            _csvc_node_get (node, "case") != NULL ? _csvc_node_get (node, "case") : "", _csvc_node_get (node, "event"));
  if (_csvc_node_get (node, "until") != NULL)
    g_string_append_printf (out, " until %s", _csvc_node_get (node, "until"));
  append_arguments (out, node, "fact");
}

static void
append_if (GString *out, const CsvcNode *node)
{
  g_string_append_printf (out, "if %s then (", _csvc_node_get (node, "cond"));
  append_actions (out, node);
  g_string_append_c (out, ')');
}

static void
append_action (GString *out, const CsvcNode *node)
{
  if (_csvc_node_is (node, "if"))
    append_if (out, node);
  else if (_csvc_node_is (node, "elseif"))
    g_string_append_printf (out, ") else if %s then (", _csvc_node_get (node, "cond"));
  else if (_csvc_node_is (node, "else"))
    g_string_append (out, ") else (");
  else if (_csvc_node_is (node, "effect"))
    append_effect (out, node);
  else if (_csvc_node_is (node, "open") || _csvc_node_is (node, "tell"))
    append_link (out, node);
  else
    append_plain (out, node);
}

static void
append_actions (GString *out, const CsvcNode *node)
{
  for (guint i = 0; i < node->children->len; i++)
    {
      if (out->len > 0 && out->str[out->len - 1] != '(' && !_csvc_node_is (g_ptr_array_index (node->children, i), "elseif")
          && !_csvc_node_is (g_ptr_array_index (node->children, i), "else"))
        g_string_append (out, ", ");
      append_action (out, g_ptr_array_index (node->children, i));
    }
}

static char *
finish_text (GString *text)
{
  return g_string_free (text, text->len == 0);
}

static char *
dup_actions_text (const CsvcNode *node)
{
  GString *text = g_string_new (NULL);

  append_actions (text, node);
  return finish_text (text);
}

/* ── states ── */

const char *
csvc_state_type_to_string (CsvcStateType type)
{
  static const char *const words[] = { "atomic", "compound", "parallel", "final", "shallow history", "deep history" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CSVC_STATE_HISTORY_DEEP + 1);
  g_return_val_if_fail (type <= CSVC_STATE_HISTORY_DEEP, NULL);

  return words[type];
}

guint
csvc_state_get_index (const CsvcState *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->index;
}

CsvcStateType
csvc_state_get_type (const CsvcState *self)
{
  g_return_val_if_fail (self != NULL, CSVC_STATE_ATOMIC);

  return self->type;
}

const CsvcState *
csvc_state_get_parent (const CsvcState *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->index > 0 ? &self->kind->states[self->parent] : NULL;
}

guint
csvc_state_get_depth (const CsvcState *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->depth;
}

/* Of a history it is where it leads when it remembers nothing. */
guint
csvc_state_get_n_initial (const CsvcState *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_initial + self->n_default;
}

const CsvcState *
csvc_state_get_initial (const CsvcState *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_initial + self->n_default, NULL);

  return &self->kind->states[self->n_initial > 0 ? self->initial[index] : self->default_targets[index]];
}

guint
csvc_state_get_n_transitions (const CsvcState *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_transitions;
}

const CsvcTransition *
csvc_state_get_transition (const CsvcState *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_transitions, NULL);

  return &self->kind->transitions[self->transitions[index]];
}

guint
csvc_state_get_n_clocks (const CsvcState *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_clocks;
}

const CsvcClock *
csvc_state_get_clock (const CsvcState *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_clocks, NULL);

  return &self->kind->clocks[self->clocks[index]];
}

const char *
csvc_state_get_outcome (const CsvcState *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->outcome;
}

/* Of all <onentry>, or <onexit>, of a state. */
static char *
dup_blocks_text (const CsvcNode *node, const char *name)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < node->children->len; i++)
    if (_csvc_node_is (g_ptr_array_index (node->children, i), name))
      append_actions (text, g_ptr_array_index (node->children, i));
  return finish_text (text);
}

char *
csvc_state_dup_entry_text (const CsvcState *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return dup_blocks_text (self->part.node, "onentry");
}

char *
csvc_state_dup_exit_text (const CsvcState *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return dup_blocks_text (self->part.node, "onexit");
}

/* ── transitions ── */

const CsvcState *
csvc_transition_get_source (const CsvcTransition *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->kind->states[self->source];
}

const char *
csvc_transition_get_events (const CsvcTransition *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return _csvc_node_get (self->node, "event");
}

const char *
csvc_transition_get_condition (const CsvcTransition *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return _csvc_node_get (self->node, "cond");
}

guint
csvc_transition_get_n_targets (const CsvcTransition *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_targets;
}

const CsvcState *
csvc_transition_get_target (const CsvcTransition *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_targets, NULL);

  return &self->kind->states[self->targets[index]];
}

gboolean
csvc_transition_is_internal (const CsvcTransition *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->internal;
}

char *
csvc_transition_dup_actions_text (const CsvcTransition *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return dup_actions_text (self->node);
}

const char *
csvc_transition_get_file (const CsvcTransition *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->place.file;
}

guint
csvc_transition_get_line (const CsvcTransition *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->place.line;
}

/* ── clocks ── */

const CsvcState *
csvc_clock_get_state (const CsvcClock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->kind->states[self->state];
}

gboolean
csvc_clock_is_promise (const CsvcClock *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->promise;
}

/* An attribute as written. */
#define TEXT_GETTER(name, attribute)                                                                                             \
  const char *csvc_clock_get_##name (const CsvcClock *self)                                                                      \
  {                                                                                                                              \
    g_return_val_if_fail (self != NULL, NULL);                                                                                   \
    return _csvc_node_get (self->part.node, attribute);                                                                          \
  }

TEXT_GETTER (when, "when")
TEXT_GETTER (met_by, "met-by")
TEXT_GETTER (cancelled_by, "cancelled-by")
TEXT_GETTER (reset_by, "reset-by")
TEXT_GETTER (paused_by, "paused-by")
TEXT_GETTER (resumed_by, "resumed-by")
TEXT_GETTER (paused_in, "paused-in")

const char *
csvc_clock_get_on_leave (const CsvcClock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->on_leave == CSVC_LEAVE_MET ? "met" : "end";
}

const char *
csvc_clock_get_reopen (const CsvcClock *self)
{
  static const char *const words[] = { "new-cycle", "continue", "continue-including-closed" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CSVC_REOPEN_CONTINUE_INCLUDING_CLOSED + 1);
  g_return_val_if_fail (self != NULL, NULL);

  return words[self->reopen];
}

const char *
csvc_clock_get_on_change (const CsvcClock *self)
{
  static const char *const words[] = { "retroactive", "keep", "reset", "forward" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == CSVC_CHANGE_FORWARD + 1);
  g_return_val_if_fail (self != NULL, NULL);

  return words[self->on_change];
}

const char *
csvc_clock_get_every (const CsvcClock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return _csvc_node_get (self->part.node, "every");
}

/* The one row of a clock that recurs stands in no element of its own. */
static gboolean
is_in_clock (const CsvcDue *self)
{
  return _csvc_node_is (self->node, "clock");
}

char *
csvc_due_to_string (const CsvcDue *self)
{
  const char *in, *of;

  g_return_val_if_fail (self != NULL, NULL);

  in = _csvc_node_get (self->node, is_in_clock (self) ? "every" : "in");
  of = _csvc_node_get (self->node, "of");
  if (in == NULL)
    return g_strdup_printf ("at %s", _csvc_node_get (self->node, "at"));
  return of != NULL ? g_strdup_printf ("%s of %s", in, of) : g_strdup (in);
}

const char *
csvc_due_get_when (const CsvcDue *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return is_in_clock (self) ? NULL : _csvc_node_get (self->node, "when");
}

gboolean
csvc_due_is_assumed (const CsvcDue *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->assumed;
}

const char *
csvc_due_get_source (const CsvcDue *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->source;
}

const char *
csvc_due_get_file (const CsvcDue *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->place.file;
}

guint
csvc_due_get_line (const CsvcDue *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->place.line;
}

/* The implied alarm "due" stands in no element of its own. */
static gboolean
is_written (const CsvcAlarm *alarm)
{
  return _csvc_node_is (alarm->part.node, "alarm");
}

const char *
csvc_alarm_get_at (const CsvcAlarm *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->type == CSVC_ALARM_DUE)
    return "due";
  return _csvc_node_get (self->part.node, _csvc_node_get (self->part.node, "at") != NULL ? "at" : "every");
}

const char *
csvc_alarm_get_every (const CsvcAlarm *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return _csvc_node_get (self->part.node, "every");
}

char *
csvc_alarm_dup_actions_text (const CsvcAlarm *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return is_written (self) ? dup_actions_text (self->part.node) : NULL;
}
