/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

/* What transitions, states and alarms do. */

enum {
  STRAY_ELSE = 410,
  NO_LEVELS = 411
};

static void
compile_raise (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  action->type = CSVC_ACTION_RAISE;
  action->name = _csvc_compile_text (self, node, "event");
}

static void
compile_log (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  action->type = CSVC_ACTION_LOG;
  action->name = _csvc_compile_text (self, node, "label");
  action->expr = _csvc_compile_expression (self, node, "expr", NULL);
}

static void
compile_set (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  const CsvcFact *fact = _csvc_names_find (self, &self->facts, _csvc_node_get (node, "fact"), node->place);

  action->type = CSVC_ACTION_SET;
  if (fact == NULL)
    return;
  action->fact = fact->index;
  action->expr = _csvc_compile_expression (self, node, "to", fact);
}

/* Up or down; without `to` by one level, which is level 0 here. */
static void
compile_level (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  const char *to = _csvc_node_get (node, "to");
  const CsvcLevel *level = NULL;

  if (to != NULL)
    level = _csvc_names_find (self, &self->levels, to, node->place);
  else if (self->policy->n_levels == 0)
    _csvc_diagnostics_add (self->diagnostics, NO_LEVELS, node->place, 0, "<levels> in the policy", NULL,
                           "there is no level for <%s>", node->name);
  action->level = level != NULL ? level->number : 0;
}

static void
compile_escalate (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  action->type = CSVC_ACTION_ESCALATE;
  compile_level (self, action, node);
}

static void
compile_hand_back (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  action->type = CSVC_ACTION_HAND_BACK;
  compile_level (self, action, node);
}

static void
compile_owner (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  action->type = CSVC_ACTION_OWNER;
}

static void
compile_notify (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  action->type = CSVC_ACTION_NOTIFY;
  action->role = _csvc_names_find (self, &self->roles, _csvc_node_get (node, "role"), node->place);
}

static void
compile_effect (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  CsvcNames names;

  action->type = CSVC_ACTION_EFFECT;
  action->name = _csvc_compile_text (self, node, "name");
  action->n_args = node->children->len;
  action->args = _csvc_compile_alloc (self, action->n_args, sizeof (CsvcArgument));
  _csvc_names_init (&names, "argument", 0);
  for (guint i = 0; i < action->n_args; i++)
    {
      const CsvcNode *arg = g_ptr_array_index (node->children, i);

      action->args[i].name = _csvc_compile_text (self, arg, "name");
      action->args[i].expr = _csvc_compile_expression (self, arg, "value", NULL);
      _csvc_names_add (self, &names, action->args[i].name, &action->args[i], arg->place);
    }
  _csvc_names_clear (&names);
}

/* ── the customer's accounts ── */

/* Each attribute that is there is an expression. */
static void
compile_claim (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  static const CsvcFact number = { .type = CSVC_TYPE_NUMBER };
  static const char *const names[] = { "scope", "choice", "key" };

  action->name = _csvc_compile_account (self, node);
  action->expr = _csvc_compile_expression (self, node, "amount", &number);
  action->args = _csvc_compile_alloc (self, G_N_ELEMENTS (names), sizeof (CsvcArgument));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (_csvc_node_get (node, names[i]) != NULL)
      action->args[action->n_args++] = (CsvcArgument){ names[i], _csvc_compile_expression (self, node, names[i], NULL) };
}

static void
compile_use (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  action->type = CSVC_ACTION_USE;
  compile_claim (self, action, node);
}

static void
compile_reserve (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  action->type = CSVC_ACTION_RESERVE;
  compile_claim (self, action, node);
}

static void
compile_commit (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  action->type = CSVC_ACTION_COMMIT;
  compile_claim (self, action, node);
}

static void
compile_release (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  action->type = CSVC_ACTION_RELEASE;
  compile_claim (self, action, node);
}

static void
compile_give (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  action->type = CSVC_ACTION_GRANT;
  compile_claim (self, action, node);
}

/* ── if ── */

typedef struct {
  GArray          *branches; /* of CsvcBranch */
  const CsvcNode  *head;     /* <if>, <elseif> or <else> of the branch at work */
  GPtrArray       *body;
} Branching;

static void
end_branch (CsvcCompiler *self, Branching *branching)
{
  CsvcBranch branch = { NULL };

  branch.cond = _csvc_compile_condition (self, branching->head, "cond");
  _csvc_compile_actions (self, &branch.actions, branching->body);
  g_array_append_val (branching->branches, branch);
  g_ptr_array_set_size (branching->body, 0);
}

/* <elseif> and <else> separate the branches, as in SCXML: they hold nothing themselves. */
static void
compile_if (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  g_autoptr (GPtrArray) body = g_ptr_array_new ();
  Branching branching = { g_array_new (FALSE, FALSE, sizeof (CsvcBranch)), node, body };

  for (guint i = 0; i < node->children->len; i++)
    {
      CsvcNode *child = g_ptr_array_index (node->children, i);

      if (!_csvc_node_is (child, "elseif") && !_csvc_node_is (child, "else"))
        {
          g_ptr_array_add (body, child);
          continue;
        }
      if (_csvc_node_is (branching.head, "else"))
        _csvc_diagnostics_add (self->diagnostics, STRAY_ELSE, child->place, 0, "<else> once, and last", NULL,
                               "<%s> follows <else>", child->name);
      end_branch (self, &branching);
      branching.head = child;
    }
  end_branch (self, &branching);
  action->type = CSVC_ACTION_IF;
  action->n_branches = branching.branches->len;
  action->branches = _csvc_compile_take (self, branching.branches);
}

/* ── all ── */

static gboolean
compile_action (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node)
{
  static const struct {
    const char *name;
    void (*compile) (CsvcCompiler *self, CsvcAction *action, const CsvcNode *node);
  } kinds[] = {
    { "raise", compile_raise },       { "if", compile_if },       { "log", compile_log },       { "set", compile_set },
    { "escalate", compile_escalate }, { "hand-back", compile_hand_back }, { "owner", compile_owner }, { "notify", compile_notify },
    { "effect", compile_effect },     { "open", _csvc_compile_open }, { "tell", _csvc_compile_tell },
    { "use", compile_use },           { "reserve", compile_reserve }, { "commit", compile_commit }, { "release", compile_release },
    { "give", compile_give },         { "decide", _csvc_compile_decide },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (_csvc_node_is (node, kinds[i].name))
      {
        action->place = node->place;
        kinds[i].compile (self, action, node);
        return TRUE;
      }
  return FALSE;
}

void
_csvc_compile_actions (CsvcCompiler *self, CsvcActions *actions, const GPtrArray *nodes)
{
  GArray *found = g_array_new (FALSE, TRUE, sizeof (CsvcAction));

  for (guint i = 0; i < nodes->len; i++)
    {
      CsvcAction action = { 0 };

      if (compile_action (self, &action, g_ptr_array_index (nodes, i)))
        g_array_append_val (found, action);
    }
  actions->n = found->len;
  actions->items = _csvc_compile_take (self, found);
}
