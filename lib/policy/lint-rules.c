/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

/* What is valid and still looks wrong in retention rules. A rule is called dead, or endless, only when it is so whatever the facts are. */

enum {
  NEVER_FIRES = 886,
  ALWAYS_FIRES = 887,
  UNDONE = 888,
  STARVED = 889,
  NOTHING_TO_SAY = 890,
  FOR_EVER = 891
};

/* ── conditions ── */

typedef struct {
  guint       n;             /* reads of any sort */
  guint       n_other;       /* reads that are no happened ("…") */
  gboolean    reads_now;
  const char *event;         /* of happened, when it is always the same one */
  gboolean    several_events;
  const char *kinds[16];     /* whose open cases are asked for */
  guint       n_kinds;
} Reads;

/* CsvcFeelReadFunc */
static void
note_read (gpointer data, CsvcNameKind kind, guint slot, const char *name, const char *argument)
{
  Reads *reads = data;
  gboolean happened = kind == CSVC_NAME_HOST && g_str_has_prefix (name, "happened");

  (void) slot;
  reads->n++;
  reads->n_other += !happened;
  reads->reads_now = reads->reads_now || kind == CSVC_NAME_NOW;
  if (happened)
    {
      reads->several_events = reads->several_events || (reads->event != NULL && strcmp (reads->event, argument) != 0);
      reads->event = argument;
    }
  if (kind == CSVC_NAME_HOST && (strcmp (name, "open_cases") == 0 || strcmp (name, "last_opened") == 0) && reads->n_kinds < G_N_ELEMENTS (reads->kinds))
    reads->kinds[reads->n_kinds++] = argument;
}

static Reads
read_all (const CsvcExpr *expression)
{
  Reads reads = { 0 };

  if (expression != NULL)
    _csvc_expr_foreach_read (expression, note_read, &reads);
  return reads;
}

/* The answer that it always gives; UNKNOWN: it depends. */
static CsvcTruth
constant_truth (const CsvcExpr *when)
{
  CsvcFeelEnv env = { .now = CSVC_NEVER };

  return read_all (when).n > 0 ? CSVC_UNKNOWN : _csvc_expr_test (when, &env, NULL);
}

/* ── bounds: "a >= 5 and a < 3" ── */

typedef struct {
  char  *fact;
  double low, high;
} Bound;

static void
clear_bound (gpointer bound)
{
  g_free (((Bound *) bound)->fact);
}

static Bound *
find_bound (GArray *bounds, const char *fact)
{
  Bound bound = { NULL, -G_MAXDOUBLE, G_MAXDOUBLE };

  for (guint i = 0; i < bounds->len; i++)
    if (strcmp (g_array_index (bounds, Bound, i).fact, fact) == 0)
      return &g_array_index (bounds, Bound, i);
  bound.fact = g_strdup (fact);
  g_array_append_val (bounds, bound);
  return &g_array_index (bounds, Bound, bounds->len - 1);
}

/* One comparison of a fact with a number; anything else says nothing here. FALSE: no value is left. */
static gboolean
add_comparison (GArray *bounds, const char *text)
{
  gsize name = strcspn (text, "<>=! ");
  g_autofree char *fact = g_strndup (text, name);
  const char *relation = text + name + strspn (text + name, " ");
  gsize length = strspn (relation, "<>=");
  char *end;
  double number = g_ascii_strtod (relation + length, &end);
  Bound *bound;

  if (!_csvc_feel_is_name (fact) || length == 0 || length > 2 || end == relation + length || end[strspn (end, " ")] != '\0')
    return TRUE;
  bound = find_bound (bounds, fact);
  if (*relation == '>' || *relation == '=')
    bound->low = MAX (bound->low, number);
  if (*relation == '<' || *relation == '=')
    bound->high = MIN (bound->high, number);
  return bound->low < bound->high || (bound->low == bound->high && relation[length - 1] == '=');
}

/* Of conditions that are nothing but comparisons joined by "and". */
static gboolean
contradicts_itself (const CsvcExpr *when)
{
  const char *text = _csvc_expr_get_text (when);
  g_auto (GStrv) terms = g_strsplit (text, " and ", -1);
  g_autoptr (GArray) bounds = g_array_new (FALSE, FALSE, sizeof (Bound));
  gboolean possible = TRUE;

  g_array_set_clear_func (bounds, clear_bound);
  if (strpbrk (text, "()[]{}\"") != NULL || strstr (text, " or ") != NULL || strstr (text, "if ") != NULL)
    return FALSE;
  for (char **term = terms; *term != NULL; term++)
    possible = add_comparison (bounds, g_strstrip (*term)) && possible;
  return !possible;
}

/* ── rules ── */

static gboolean
is_for (const CsvcVeto *veto, const CsvcRule *rule)
{
  return _csvc_set_has (veto->purposes, rule->purpose->index) &&
         (veto->channels == 0 || (rule->channel != NULL && _csvc_set_has (veto->channels, rule->channel->index)));
}

/* The veto that holds whenever the rule has cause, or NULL. */
static const CsvcVeto *
find_killer (const CsvcRules *rules, const CsvcRule *rule)
{
  for (guint i = 0; i < rules->n_vetoes; i++)
    {
      const CsvcVeto *veto = &rules->vetoes[i];

      if (is_for (veto, rule) && veto->until == NULL &&
          (constant_truth (veto->when) == CSVC_TRUE ||
           (rule->when != NULL && strcmp (_csvc_expr_get_text (rule->when), _csvc_expr_get_text (veto->when)) == 0)))
        return veto;
    }
  return NULL;
}

static void
lint_cause (CsvcCompiler *self, const CsvcRule *rule)
{
  const CsvcVeto *killer = find_killer (&self->policy->rules, rule);
  CsvcTruth truth = rule->when != NULL ? constant_truth (rule->when) : CSVC_UNKNOWN;

  if (rule->when != NULL && (truth == CSVC_FALSE || truth == CSVC_NULL || contradicts_itself (rule->when)))
    _csvc_diagnostics_add (self->diagnostics, NEVER_FIRES, rule->part.place, 0, NULL, NULL, "the condition of the rule \"%s\" never holds", rule->part.id);
  else if (killer != NULL)
    _csvc_diagnostics_add (self->diagnostics, NEVER_FIRES, rule->part.place, 0, NULL, NULL,
                           "whenever the rule \"%s\" has cause, the veto \"%s\" of line %u holds", rule->part.id, killer->part.id, killer->part.place.line);
  else if (truth == CSVC_TRUE && rule->of == NULL && rule->on == CSVC_RULE_ON_SWEEP)
    _csvc_diagnostics_add (self->diagnostics, ALWAYS_FIRES, rule->part.place, 0, NULL, NULL, "the rule \"%s\" is for every customer", rule->part.id);
}

static gboolean
asks_for (const CsvcRule *rule, const CsvcKind *kind)
{
  Reads reads = read_all (rule->when);

  for (guint i = 0; i < reads.n_kinds; i++)
    if (strcmp (reads.kinds[i], kind->part.id) == 0)
      return TRUE;
  return FALSE;
}

/* A task that takes away its own cause is closed by the next sweep, and opened again by the one after where the key has changed. */
static void
lint_undone (CsvcCompiler *self, const CsvcRule *rule)
{
  const CsvcRules *rules = &self->policy->rules;

  if (asks_for (rule, rule->kind))
    _csvc_diagnostics_add (self->diagnostics, UNDONE, rule->part.place, 0, "a kind of case of its own, or another condition", NULL,
                           "the condition of \"%s\" asks about cases of \"%s\", which it opens itself", rule->part.id, rule->kind->part.id);
  if (read_all (rule->key).reads_now)
    _csvc_diagnostics_add (self->diagnostics, UNDONE, rule->part.place, 0, "a key that stays the same as long as the cause lasts", NULL,
                           "each sweep closes the task of \"%s\" and opens another: its key hangs on the time", rule->part.id);
  for (const CsvcRule *other = rules->rules; other < rule; other++)
    if (other->kind != rule->kind && asks_for (other, rule->kind) && asks_for (rule, other->kind))
      _csvc_diagnostics_add (self->diagnostics, UNDONE, rule->part.place, 0, NULL, NULL,
                             "the rules \"%s\" and \"%s\" ask about each other's cases: what the one opens, the other may close", other->part.id, rule->part.id);
}

static void
lint_starved (CsvcCompiler *self, const CsvcRule *rule)
{
  const CsvcRules *rules = &self->policy->rules;

  for (guint i = 0; i < rules->n_caps; i++)
    if (rules->caps[i].max == 0 && _csvc_set_has (rules->caps[i].purposes, rule->purpose->index))
      _csvc_diagnostics_add (self->diagnostics, STARVED, rules->caps[i].place, 0, NULL, NULL, "the cap never lets the rule \"%s\" through", rule->part.id);
  for (guint i = 0; i < rules->n_capacities; i++)
    if (rules->capacities[i].per_day == 0 && rules->capacities[i].role == rule->role)
      _csvc_diagnostics_add (self->diagnostics, STARVED, rules->capacities[i].place, 0, NULL, NULL, "nobody has time for the rule \"%s\"",
                             rule->part.id);
}

/* Rules that always have cause, come first, and are counted by the same cap. */
static void
lint_displaced (CsvcCompiler *self, const CsvcRule *rule, const CsvcCap *cap)
{
  const CsvcRules *rules = &self->policy->rules;
  guint n = 0;

  for (guint i = 0; i < rules->n_rules; i++)
    {
      const CsvcRule *other = &rules->rules[i];

      n += other->priority > rule->priority && _csvc_set_has (cap->purposes, other->purpose->index) && other->on == CSVC_RULE_ON_SWEEP &&
           other->of == NULL && constant_truth (other->when) == CSVC_TRUE;
    }
  if (n > 0 && n >= cap->max)
    _csvc_diagnostics_add (self->diagnostics, STARVED, rule->part.place, 0, NULL, NULL,
                           "%u rules of higher priority always take what the cap of line %u lets through", n, cap->place.line);
}

static void
lint_rule (CsvcCompiler *self, const CsvcRule *rule)
{
  const CsvcRules *rules = &self->policy->rules;

  lint_cause (self, rule);
  lint_undone (self, rule);
  lint_starved (self, rule);
  for (guint i = 0; i < rules->n_caps; i++)
    if (rules->caps[i].max > 0 && _csvc_set_has (rules->caps[i].purposes, rule->purpose->index))
      lint_displaced (self, rule, &rules->caps[i]);
}

/* ── purposes and vetoes ── */

static void
lint_purpose (CsvcCompiler *self, const CsvcPurpose *purpose)
{
  const CsvcRules *rules = &self->policy->rules;
  gboolean used = FALSE;

  for (guint i = 0; i < rules->n_scripts; i++)
    if (rules->scripts[i].purpose == purpose)
      return;
  for (guint i = 0; i < rules->n_rules; i++)
    used = used || rules->rules[i].purpose == purpose;
  if (used)
    _csvc_diagnostics_add (self->diagnostics, NOTHING_TO_SAY, purpose->part.place, 0, "a <script> of the purpose", NULL, "there is no script for \"%s\"",
                           purpose->part.id);
}

static void
lint_veto (CsvcCompiler *self, const CsvcVeto *veto)
{
  Reads reads = read_all (veto->when);

  if (veto->until != NULL)
    return;
  if (constant_truth (veto->when) == CSVC_TRUE)
    _csvc_diagnostics_add (self->diagnostics, FOR_EVER, veto->part.place, 0, NULL, NULL, "the veto \"%s\" always holds", veto->part.id);
  else if (reads.n > 0 && reads.n_other == 0 && !reads.several_events)
    _csvc_diagnostics_add (self->diagnostics, FOR_EVER, veto->part.place, 0, "until=\"…\", or a second event that takes the first one back", NULL,
                           "once \"%s\" has happened, nobody can lift the veto \"%s\"", reads.event, veto->part.id);
}

void
_csvc_lint_rules (CsvcCompiler *self)
{
  const CsvcRules *rules = &self->policy->rules;

  /* What looks odd beside a fault is mostly the fault itself. */
  if (csvc_diagnostics_count (self->diagnostics, CSVC_SEVERITY_ERROR) > 0)
    return;
  for (guint i = 0; i < rules->n_rules; i++)
    lint_rule (self, &rules->rules[i]);
  for (guint i = 0; i < rules->n_purposes; i++)
    lint_purpose (self, &rules->purposes[i]);
  for (guint i = 0; i < rules->n_vetoes; i++)
    lint_veto (self, &rules->vetoes[i]);
}
