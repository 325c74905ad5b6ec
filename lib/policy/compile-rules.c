/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

/* Retention rules: when there is cause, which occasion it is, and what is opened. */

enum {
  INCOMPLETE_RULE = 849,
  BAD_WINDOW = 850,
  BAD_PRIORITY = 851,
  BAD_OPEN = 852,
  UNFIT_FACT = 853,
  PERSONAL_KEY = 855
};

#define MAX_RULES 1000
#define MAX_PRIORITY 1000
#define MAX_WINDOW 183 /* days on either side: two anniversaries never meet */
#define MAX_WITHS 1000
#define MAX_EVERY 1200        /* months */
#define SHORTEST_MONTH 28

static gboolean
has (const CsvcNode *node, const char *attribute)
{
  return _csvc_node_get (node, attribute) != NULL;
}

static void
complain (CsvcCompiler *self, const CsvcRule *rule, const char *expected, const char *what)
{
  _csvc_diagnostics_add (self->diagnostics, INCOMPLETE_RULE, rule->part.place, 0, expected, NULL, "the rule \"%s\" %s", rule->part.id, what);
}

/* ── when ── */

static guint
compile_days (CsvcCompiler *self, const CsvcRule *rule, const char *attribute)
{
  CsvcTerm term = _csvc_compile_term (self, rule->part.node, attribute);

  if (has (rule->part.node, attribute) && (term.months > 0 || term.elapsed > 0 || term.days > MAX_WINDOW))
    _csvc_diagnostics_add (self->diagnostics, BAD_WINDOW, rule->part.place, 0, "days, such as \"P7D\", at most " G_STRINGIFY (MAX_WINDOW), NULL,
                           "%s=\"%s\" is no number of days around a date", attribute, _csvc_node_get (rule->part.node, attribute));
  return term.days;
}

static CsvcLeap
compile_leap (const CsvcNode *node)
{
  const char *leap = _csvc_node_get (node, "leap");

  if (g_strcmp0 (leap, "03-01") == 0)
    return CSVC_LEAP_MARCH;
  return g_strcmp0 (leap, "leap-years") == 0 ? CSVC_LEAP_YEARS_ONLY : CSVC_LEAP_FEBRUARY;
}

/* Occasions do not meet: each day belongs to one of them at most. */
static void
compile_every (CsvcCompiler *self, CsvcRule *rule)
{
  const CsvcNode *node = rule->part.node;
  const CsvcTerm term = _csvc_compile_term (self, node, "every");

  if (!has (node, "every"))
    return;
  rule->every = term.months;
  if (term.days > 0 || term.elapsed > 0 || term.months > MAX_EVERY)
    _csvc_diagnostics_add (self->diagnostics, BAD_WINDOW, rule->part.place, 0, "months or years, such as \"P3M\"", NULL,
                           "every=\"%s\" is no number of months", _csvc_node_get (node, "every"));
  else if (rule->before + rule->after >= term.months * SHORTEST_MONTH)
    _csvc_diagnostics_add (self->diagnostics, BAD_WINDOW, rule->part.place, 0, "fewer days around the date than lie between two of them", NULL,
                           "every=\"%s\" comes round within its own window", _csvc_node_get (node, "every"));
  if (rule->on != CSVC_RULE_ON_ANNIVERSARY)
    complain (self, rule, "on=\"anniversary\" with every=\"…\"", "comes round without a date that it is counted from");
  if (has (node, "leap"))
    complain (self, rule, "either every=\"…\" or leap=\"…\"", "is counted in months, where a day that a month lacks is its last one");
}

static void
compile_window (CsvcCompiler *self, CsvcRule *rule)
{
  static const char *const needs[] = { "before", "after", "days-of", NULL };
  const CsvcNode *node = rule->part.node;
  const char *of = _csvc_node_get (node, "of");

  rule->of = of != NULL ? _csvc_names_find (self, &self->customer_facts, of, node->place) : NULL;
  rule->before = compile_days (self, rule, "before");
  rule->after = compile_days (self, rule, "after");
  rule->days_of = _csvc_compile_find_calendar (self, node, "days-of");
  rule->leap = compile_leap (node);
  compile_every (self, rule);
  if (rule->of != NULL && rule->of->type != CSVC_TYPE_DATE)
    complain (self, rule, "of=\"a fact of the customer of type date\"", "is around something that is no date");
  if (rule->on == CSVC_RULE_ON_ANNIVERSARY && of == NULL)
    complain (self, rule, "of=\"a date of the customer\"", "does not say whose anniversary it means");
  if (rule->on == CSVC_RULE_ON_EVENT && of != NULL)
    complain (self, rule, "either of=\"…\" or event=\"…\"", "is on an event, and around a date");
  if (has (node, "leap") && rule->on != CSVC_RULE_ON_ANNIVERSARY)
    complain (self, rule, "on=\"anniversary\" with leap=\"…\"", "has no anniversaries");
  for (guint i = 0; needs[i] != NULL; i++)
    if (has (node, needs[i]) && of == NULL)
      complain (self, rule, "of=\"a date of the customer\"", "has days around no date");
}

static void
compile_event (CsvcCompiler *self, CsvcRule *rule)
{
  const CsvcNode *node = rule->part.node;
  const char *kind = _csvc_node_get (node, "kind"), *event = _csvc_node_get (node, "event");

  if ((kind != NULL && event != NULL) != (rule->on == CSVC_RULE_ON_EVENT) || (kind == NULL) != (event == NULL))
    complain (self, rule, "on=\"event\" kind=\"a kind of case\" event=\"one of its events\"", "says one of these without the others");
  if (kind == NULL || event == NULL)
    return;
  rule->event_kind = _csvc_names_find (self, &self->kinds, kind, node->place);
  if (rule->event_kind == NULL)
    return;
  rule->event = g_hash_table_lookup (rule->event_kind->events_by_id, event);
  if (rule->event == NULL)
    complain (self, rule, "an event that the kind declares", "is on an event that the kind does not have");
}

static CsvcRuleOn
compile_on (const CsvcNode *node)
{
  const char *on = _csvc_node_get (node, "on");

  if (g_strcmp0 (on, "anniversary") == 0)
    return CSVC_RULE_ON_ANNIVERSARY;
  return g_strcmp0 (on, "event") == 0 ? CSVC_RULE_ON_EVENT : CSVC_RULE_ON_SWEEP;
}

static void
compile_priority (CsvcCompiler *self, CsvcRule *rule)
{
  const char *text = _csvc_node_get (rule->part.node, "priority");
  guint64 priority = 0;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 0, MAX_PRIORITY, &priority, NULL))
    _csvc_diagnostics_add (self->diagnostics, BAD_PRIORITY, rule->part.place, 0, "a whole number from 0 to " G_STRINGIFY (MAX_PRIORITY), NULL,
                           "priority=\"%s\" is none", text);
  rule->priority = (guint) priority;
}

/* ── what is opened ── */

static const CsvcFact *
find_fact (const CsvcKind *kind, const char *id)
{
  for (guint i = 0; i < kind->n_facts; i++)
    if (strcmp (kind->facts[i].part.id, id) == 0)
      return &kind->facts[i];
  return NULL;
}

static void
complain_open (CsvcCompiler *self, const CsvcRule *rule, const char *expected, const char *what)
{
  _csvc_diagnostics_add (self->diagnostics, BAD_OPEN, rule->open_place, 0, expected, NULL, "what the rule \"%s\" opens %s", rule->part.id, what);
}

static void
find_fills (CsvcCompiler *self, CsvcRule *rule)
{
  static const char *const names[] = { "rule", "key", "purpose", "channel", "script", "due" };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == CSVC_N_FILLS);
  for (guint i = 0; i < CSVC_N_FILLS; i++)
    {
      CsvcType type = i == CSVC_FILL_DUE ? CSVC_TYPE_DATE_TIME : CSVC_TYPE_STRING;
      const CsvcFact *fact = find_fact (rule->kind, names[i]);

      if (fact != NULL && fact->type != type)
        _csvc_diagnostics_add (self->diagnostics, UNFIT_FACT, rule->open_place, 0, csvc_type_to_string (type), NULL,
                               "the fact \"%s\" of %s cannot take what rules say there", names[i], rule->kind->part.id);
      rule->fills[i] = fact;
    }
}

static gboolean
fills (const CsvcRule *rule, const CsvcFact *fact)
{
  for (guint i = 0; i < CSVC_N_FILLS; i++)
    if (rule->fills[i] == fact)
      return (i != CSVC_FILL_SCRIPT || rule->script != NULL) && (i != CSVC_FILL_CHANNEL || rule->channel != NULL) &&
             (i != CSVC_FILL_DUE || _csvc_term_is_set (rule->due_in) || rule->due_at != NULL);
  return FALSE;
}

static gboolean
brings (const CsvcRule *rule, const CsvcFact *fact)
{
  for (guint i = 0; i < rule->n_args; i++)
    if (strcmp (rule->args[i].name, fact->part.id) == 0)
      return TRUE;
  return fills (rule, fact);
}

static void
compile_withs (CsvcCompiler *self, CsvcRule *rule, const CsvcNode *open)
{
  g_autoptr (GPtrArray) nodes = _csvc_compile_children (open, "with");
  CsvcNames names;

  if (!_csvc_compile_check_count (self, nodes->len, MAX_WITHS, "facts", open->place))
    return;
  _csvc_names_init (&names, "value for the fact", 0);
  rule->args = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcArgument));
  rule->n_args = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    {
      const CsvcNode *with = g_ptr_array_index (nodes, i);
      CsvcArgument *arg = &rule->args[i];
      const CsvcFact *fact;

      arg->name = _csvc_compile_text (self, with, "fact");
      fact = find_fact (rule->kind, arg->name);
      if (fact == NULL)
        complain_open (self, rule, "facts that the kind has", "has no such fact");
      arg->expr = _csvc_compile_expression (self, with, "value", fact);
      _csvc_names_add (self, &names, arg->name, arg, with->place);
    }
  _csvc_names_clear (&names);
}

static void
check_required (CsvcCompiler *self, const CsvcRule *rule)
{
  for (guint i = 0; i < rule->kind->n_facts; i++)
    if (rule->kind->facts[i].required && rule->kind->facts[i].default_value.type == CSVC_TYPE_UNKNOWN && !brings (rule, &rule->kind->facts[i]))
      {
        g_autofree char *what = g_strdup_printf ("needs the fact \"%s\"", rule->kind->facts[i].part.id);

        complain_open (self, rule, "<with fact=\"…\" value=\"…\"/>", what);
      }
}

/* The update event sets nothing but what a rule can tell. */
static void
compile_update (CsvcCompiler *self, CsvcRule *rule, const CsvcNode *open)
{
  const char *id = _csvc_node_get (open, "update");

  if (id == NULL)
    return;
  rule->update = g_hash_table_lookup (rule->kind->events_by_id, id);
  if (rule->update == NULL)
    complain_open (self, rule, "update=\"an event of the kind\"", "does not know its update event");
  for (guint i = 0; rule->update != NULL && i < rule->update->n_sets; i++)
    {
      const CsvcFact *fact = &rule->kind->facts[rule->update->sets[i]];

      if (fact != rule->fills[CSVC_FILL_DUE] && fact != rule->fills[CSVC_FILL_SCRIPT])
        complain_open (self, rule, "an event that sets due, script, or both", "has an update event that needs other facts");
    }
}

static void
compile_due (CsvcCompiler *self, CsvcRule *rule, const CsvcNode *open)
{
  CsvcType type;

  rule->due_in = _csvc_compile_term (self, open, "due-in");
  rule->due_of = _csvc_compile_find_calendar (self, open, "due-of");
  rule->due_at = _csvc_compile_expression (self, open, "due-at", NULL);
  type = rule->due_at != NULL ? _csvc_expr_get_type (rule->due_at) : CSVC_TYPE_DATE;
  if (has (open, "due-in") && has (open, "due-at"))
    complain_open (self, rule, "due-in or due-at", "is due twice");
  if (type != CSVC_TYPE_DATE && type != CSVC_TYPE_DATE_TIME)
    complain_open (self, rule, "due-at=\"a date, or a date and time\"", "is due at something else");
  if (has (open, "due-of") && (!has (open, "due-in") || rule->due_in.months > 0))
    complain_open (self, rule, "due-in=\"P3D\" or \"PT8H\" with due-of", "is due in no time of a calendar");
}

static void
compile_open (CsvcCompiler *self, CsvcRule *rule, const CsvcNode *open)
{
  const char *role = _csvc_node_get (open, "role"), *script = _csvc_node_get (open, "script");

  rule->open_place = open->place;
  rule->role = role != NULL ? _csvc_names_find (self, &self->roles, role, open->place) : NULL;
  rule->script = script != NULL ? _csvc_names_find (self, &self->scripts, script, open->place) : NULL;
  rule->kind = _csvc_names_find (self, &self->kinds, _csvc_node_get (open, "case"), open->place);
  compile_due (self, rule, open);
  if (has (open, "until"))
    complain_open (self, rule, "no until=\"…\"", "is no child of a case: it ends when its cause is gone");
  if (rule->script != NULL && rule->purpose != NULL && rule->script->purpose != rule->purpose)
    complain_open (self, rule, "a script of the rule's purpose", "has a script for another purpose");
  if (rule->kind == NULL)
    return;
  find_fills (self, rule);
  compile_withs (self, rule, open);
  check_required (self, rule);
  compile_update (self, rule, open);
}

/* ── rules ── */

/* Of the facts that make the key: an expression's, or the date on which it is. The year of an anniversary says little. */
static const CsvcFact *
find_personal_of_key (const CsvcPolicy *policy, const CsvcRule *rule)
{
  if (rule->key == NULL)
    return rule->of != NULL && rule->of->personal && (rule->on != CSVC_RULE_ON_ANNIVERSARY || rule->every > 0) ? rule->of : NULL;
  for (guint i = 0; i < policy->n_customer_facts; i++)
    if (policy->customer_facts[i].personal && _csvc_expr_reads (rule->key, CSVC_NAME_CUSTOMER_FACT, i))
      return &policy->customer_facts[i];
  return NULL;
}

/* Tasks, and the numbers of their cases, are never forgotten. */
static void
check_key (CsvcCompiler *self, const CsvcRule *rule)
{
  const CsvcFact *fact = find_personal_of_key (self->policy, rule);

  if (fact != NULL)
    _csvc_diagnostics_add (self->diagnostics, PERSONAL_KEY, rule->part.place, 0, "key=\"…\" of what is not personal", NULL,
                           "the key of the rule \"%s\" is made of the personal fact \"%s\", and would outlast it", rule->part.id, fact->part.id);
}

static void
compile_rule (CsvcCompiler *self, CsvcRule *rule, const CsvcNode *node)
{
  g_autoptr (GPtrArray) opens = _csvc_compile_children (node, "open");
  const char *channel = _csvc_node_get (node, "channel");

  _csvc_compile_part (self, &rule->part, node);
  _csvc_compile_add_target (self, &rule->part, "rule.%s", rule->part.id);
  rule->on = compile_on (node);
  rule->purpose = _csvc_names_find (self, &self->purposes, _csvc_node_get (node, "purpose"), node->place);
  rule->channel = channel != NULL ? _csvc_names_find (self, &self->channels, channel, node->place) : NULL;
  rule->when = _csvc_compile_condition (self, node, "when");
  rule->key = _csvc_compile_expression (self, node, "key", NULL);
  rule->cool_down = _csvc_compile_term (self, node, "cool-down");
  compile_priority (self, rule);
  compile_window (self, rule);
  compile_event (self, rule);
  check_key (self, rule);
  _csvc_compile_valid (self, node, &rule->valid_from, &rule->valid_to);
  if (rule->on == CSVC_RULE_ON_SWEEP && rule->of == NULL && rule->when == NULL && !has (node, "when"))
    complain (self, rule, "when=\"…\", of=\"…\" or on=\"event\"", "does not say when there is cause");
  if (opens->len == 1)
    compile_open (self, rule, g_ptr_array_index (opens, 0));
  else
    complain (self, rule, "one <open>", opens->len == 0 ? "opens nothing" : "opens several cases");
}

/* ── what a sweep reads ── */

/* Periods of quotas may be counted from a date of the customer. */
static void
mark_anchors (CsvcPolicy *policy, const CsvcEntitlement *entitlement)
{
  for (guint i = 0; i < entitlement->n_grants; i++)
    if (entitlement->grants[i].anchor == CSVC_ANCHOR_FACT)
      policy->rules.read_facts[entitlement->grants[i].anchor_fact] = TRUE;
}

/* CsvcFeelReadFunc */
static void
mark_read (gpointer data, CsvcNameKind kind, guint slot, const char *name, const char *argument)
{
  CsvcPolicy *policy = data;

  (void) name;
  if (kind == CSVC_NAME_CUSTOMER_FACT)
    policy->rules.read_facts[slot] = TRUE;
  for (guint i = 0; kind == CSVC_NAME_HOST && i < policy->n_entitlements; i++)
    if (strcmp (policy->entitlements[i].part.id, argument) == 0)
      mark_anchors (policy, &policy->entitlements[i]);
}

static void
mark_reads (CsvcPolicy *policy, const CsvcExpr *expression)
{
  if (expression != NULL)
    _csvc_expr_foreach_read (expression, mark_read, policy);
}

static void
mark_rule (CsvcPolicy *policy, const CsvcRule *rule)
{
  mark_reads (policy, rule->when);
  mark_reads (policy, rule->key);
  mark_reads (policy, rule->due_at);
  for (guint i = 0; i < rule->n_args; i++)
    mark_reads (policy, rule->args[i].expr);
  if (rule->of != NULL)
    policy->rules.read_facts[rule->of->index] = TRUE;
}

static void
mark_all (CsvcPolicy *policy)
{
  CsvcRules *rules = &policy->rules;

  for (guint i = 0; i < rules->n_rules; i++)
    mark_rule (policy, &rules->rules[i]);
  for (guint i = 0; i < rules->n_vetoes; i++)
    {
      mark_reads (policy, rules->vetoes[i].when);
      mark_reads (policy, rules->vetoes[i].until);
    }
}

static gboolean
is_in_script (const CsvcScript *script, const CsvcFact *fact)
{
  for (guint i = 0; i < script->n_texts; i++)
    for (guint j = 0; j < script->texts[i].n_pieces; j++)
      if (script->texts[i].pieces[j].fact == fact)
        return TRUE;
  return FALSE;
}

gboolean
_csvc_rules_need_fact (const CsvcPolicy *policy, const CsvcFact *fact)
{
  const CsvcRules *rules = &policy->rules;

  for (guint i = 0; i < rules->n_rules; i++)
    if (rules->rules[i].of == fact)
      return TRUE;
  for (guint i = 0; i < rules->n_scripts; i++)
    if (is_in_script (&rules->scripts[i], fact))
      return TRUE;
  return rules->zone == fact;
}

void
_csvc_compile_rules (CsvcCompiler *self)
{
  CsvcPolicy *policy = self->policy;
  CsvcRules *rules = &policy->rules;
  g_autoptr (GPtrArray) nodes = _csvc_compile_gather (self, "rules", "rule");
  g_autoptr (GArray) names = g_array_new (FALSE, FALSE, sizeof (CsvcName));
  CsvcNames ids;

  if (!_csvc_compile_check_count (self, nodes->len, MAX_RULES, "rules", policy->document->place))
    return;
  rules->rules = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcRule));
  rules->read_facts = _csvc_compile_alloc (self, policy->n_customer_facts, 1);
  rules->n_rules = nodes->len;
  _csvc_names_init (&ids, "rule", 0);
  _csvc_compile_begin_customer_scope (self, names);
  self->asks_cases = TRUE;
  for (guint i = 0; i < nodes->len; i++)
    {
      rules->rules[i].index = i;
      compile_rule (self, &rules->rules[i], g_ptr_array_index (nodes, i));
      _csvc_names_add (self, &ids, rules->rules[i].part.id, &rules->rules[i], rules->rules[i].part.place);
    }
  self->asks_cases = FALSE;
  self->scope = (CsvcScope){ 0 };
  _csvc_names_clear (&ids);
  mark_all (policy);
}
