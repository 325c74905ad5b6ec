/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

/* Which tier a customer belongs to, and what expressions may ask of a customer beyond the facts. */

enum {
  BAD_RANK = 863,
  BAD_TERM = 864,
  TIER_CONDITION = 865,
  MIXED_RULES = 866,
  UNKNOWN_ACCOUNT = 862
};

#define MAX_TIERS 64 /* a grant's tiers are one word of bits */
#define MAX_EXCLUDES 100
#define MAX_RANK 1000000
#define MAX_MONTHS 1200
#define MAX_DAYS 36600

/* ── lengths of time ── */

/* The number before @unit, at most @max; 0 when it is not of that form. *@text moves behind it. */
static guint32
read_count (const char **text, char unit, guint32 max)
{
  const char *p = *text;
  guint64 n = 0;

  for (; g_ascii_isdigit (*p); p++)
    n = MIN (n * 10 + (guint64) (*p - '0'), (guint64) max + 1);
  if (p == *text || *p != unit || n == 0 || n > max)
    return 0;
  *text = p + 1;
  return (guint32) n;
}

/* "P1Y", "P3M", "P1Y6M". */
static gboolean
parse_months (const char *text, CsvcTerm *term)
{
  const char *p = text + 1;
  guint32 years = read_count (&p, 'Y', MAX_MONTHS / 12), months = 0;

  if (*p != '\0')
    months = read_count (&p, 'M', MAX_MONTHS);
  term->months = years * 12 + months;
  return *p == '\0' && term->months > 0 && term->months <= MAX_MONTHS;
}

static gboolean
parse_days (const char *text, CsvcTerm *term)
{
  const char *p = text + 1;

  term->days = read_count (&p, 'D', MAX_DAYS);
  return *p == '\0' && term->days > 0;
}

static gboolean
parse_elapsed (const char *text, CsvcTerm *term)
{
  return text[1] == 'T' && csvc_duration_parse (text, &term->elapsed, NULL) && term->elapsed > 0 && term->elapsed <= MAX_DAYS * CSVC_DAY;
}

static gboolean
parse_term (const char *text, CsvcTerm *term)
{
  gboolean (*const forms[]) (const char *, CsvcTerm *) = { parse_months, parse_days, parse_elapsed };

  if (strcmp (text, "month") == 0 || strcmp (text, "year") == 0)
    {
      *term = (CsvcTerm){ .months = text[0] == 'm' ? 1 : 12 };
      return TRUE;
    }
  for (guint i = 0; text[0] == 'P' && i < G_N_ELEMENTS (forms); i++)
    {
      *term = (CsvcTerm){ 0 };
      if (forms[i](text, term))
        return TRUE;
    }
  *term = (CsvcTerm){ 0 };
  return FALSE;
}

CsvcTerm
_csvc_compile_term (CsvcCompiler *self, const CsvcNode *node, const char *attribute)
{
  const char *text = _csvc_node_get (node, attribute);
  CsvcTerm term = { 0 };

  if (text != NULL && !parse_term (text, &term))
    _csvc_diagnostics_add (self->diagnostics, BAD_TERM, node->place, 0,
                           "months or years such as \"P3M\" or \"P1Y\", days such as \"P30D\", or hours such as \"PT24H\", of at most 100 years", NULL,
                           "%s=\"%s\" is not one length of time", attribute, text);
  return term;
}

/* ── tiers ── */

static void
compile_rank (CsvcCompiler *self, CsvcTier *tier)
{
  const char *text = _csvc_node_get (tier->part.node, "rank");
  guint64 rank;

  if (g_ascii_string_to_unsigned (text, 10, 0, MAX_RANK, &rank, NULL))
    tier->rank = (guint) rank;
  else
    _csvc_diagnostics_add (self->diagnostics, BAD_RANK, tier->part.place, 0, "a whole number from 0 to " G_STRINGIFY (MAX_RANK), NULL,
                           "rank=\"%s\" is no rank", text);
}

static void
compile_tier (CsvcCompiler *self, CsvcTier *tier, const CsvcNode *node)
{
  _csvc_compile_part (self, &tier->part, node);
  _csvc_names_add (self, &self->tiers, tier->part.id, tier, node->place);
  _csvc_compile_add_target (self, &tier->part, "tier.%s", tier->part.id);
  compile_rank (self, tier);
  tier->value = (CsvcValue){ .type = CSVC_TYPE_ENUM, .index = (gint32) tier->index, .u.s = (char *) tier->part.id };
}

static int
compare_ranks (gconstpointer a, gconstpointer b)
{
  const CsvcTier *const *x = a, *const *y = b;

  return ((*x)->rank < (*y)->rank) - ((*x)->rank > (*y)->rank);
}

static void
order_by_rank (CsvcCompiler *self)
{
  CsvcTiers *tiers = &self->policy->tiers;

  tiers->by_rank = _csvc_compile_alloc (self, tiers->n, sizeof (CsvcTier *));
  tiers->words = _csvc_compile_alloc (self, tiers->n + 1, sizeof (char *));
  for (guint i = 0; i < tiers->n; i++)
    {
      tiers->by_rank[i] = &tiers->items[i];
      tiers->words[i] = tiers->items[i].part.id;
    }
  if (tiers->n > 0)
    qsort (tiers->by_rank, tiers->n, sizeof *tiers->by_rank, compare_ranks);
  for (guint i = 1; i < tiers->n; i++)
    if (tiers->by_rank[i]->rank == tiers->by_rank[i - 1]->rank)
      _csvc_diagnostics_add (self->diagnostics, BAD_RANK, tiers->by_rank[i]->part.place, 0, "another rank for each tier", NULL,
                             "\"%s\" has the rank of \"%s\"", tiers->by_rank[i]->part.id, tiers->by_rank[i - 1]->part.id);
}

static gboolean
is (const CsvcNode *node, const char *attribute, const char *word)
{
  return g_strcmp0 (_csvc_node_get (node, attribute), word) == 0;
}

/* How tiers rise and sink. */
static void
compile_rules (CsvcCompiler *self, const CsvcNode *node)
{
  CsvcTiers *tiers = &self->policy->tiers;
  const char *otherwise = _csvc_node_get (node, "default");

  tiers->review = _csvc_compile_term (self, node, "review");
  tiers->grace = _csvc_compile_term (self, node, "grace");
  tiers->one_step = is (node, "down", "one-step");
  tiers->up_at_review = is (node, "up", "at-review");
  tiers->moves_review = _csvc_compile_flag (node, "upgrade-moves-review", TRUE);
  tiers->on_change = is (node, "on-change", "prorate") ? CSVC_QUOTAS_PRORATE : is (node, "on-change", "reset") ? CSVC_QUOTAS_RESET : CSVC_QUOTAS_KEEP;
  if (otherwise != NULL)
    tiers->otherwise = _csvc_names_find (self, &self->tiers, otherwise, node->place);
}

void
_csvc_compile_tiers (CsvcCompiler *self)
{
  CsvcTiers *tiers = &self->policy->tiers;
  g_autoptr (GPtrArray) lists = _csvc_compile_children (self->policy->document, "tiers");
  g_autoptr (GPtrArray) nodes = _csvc_compile_gather (self, "tiers", "tier");

  if (!_csvc_compile_check_count (self, nodes->len, MAX_TIERS, "tiers", self->policy->document->place))
    return;
  tiers->items = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcTier));
  tiers->n = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    {
      tiers->items[i].index = i;
      compile_tier (self, &tiers->items[i], g_ptr_array_index (nodes, i));
    }
  order_by_rank (self);
  if (lists->len > 0)
    compile_rules (self, g_ptr_array_index (lists, 0));
  for (guint i = 1; i < lists->len; i++)
    _csvc_diagnostics_add (self->diagnostics, MIXED_RULES, ((CsvcNode *) g_ptr_array_index (lists, i))->place, 0, "all tiers in one <tiers>", NULL,
                           "there is a second <tiers>");
}

/* ── conditions ── */

static void
compile_condition (CsvcCompiler *self, CsvcTier *tier)
{
  gboolean is_default = tier == self->policy->tiers.otherwise;

  tier->when = _csvc_compile_condition (self, tier->part.node, "when");
  if ((_csvc_node_get (tier->part.node, "when") == NULL) != is_default)
    _csvc_diagnostics_add (self->diagnostics, TIER_CONDITION, tier->part.place, 0,
                           "when=\"…\" on every tier but the one that <tiers default=\"…\"> names", NULL,
                           is_default ? "the default tier \"%s\" has a condition" : "the tier \"%s\" has no condition", tier->part.id);
}

static void
compile_excludes (CsvcCompiler *self)
{
  CsvcTiers *tiers = &self->policy->tiers;
  g_autoptr (GPtrArray) nodes = _csvc_compile_gather (self, "tiers", "exclude");

  if (!_csvc_compile_check_count (self, nodes->len, MAX_EXCLUDES, "exclusions", self->policy->document->place))
    return;
  tiers->excludes = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcExpr *));
  tiers->exclude_places = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcPlace));
  for (guint i = 0; i < nodes->len; i++)
    {
      const CsvcNode *node = g_ptr_array_index (nodes, i);
      CsvcExpr *when = _csvc_compile_condition (self, node, "when");

      if (when == NULL)
        continue;
      tiers->exclude_places[tiers->n_excludes] = node->place;
      tiers->excludes[tiers->n_excludes++] = when;
    }
}

static gboolean check_host_function (gpointer data, const char *function, const char *argument, CsvcType *type, char **message, char **hint);

/* The customer's facts, and what the customer has: not the tier itself. */
static void
begin_scope (CsvcCompiler *self, GArray *names)
{
  CsvcPolicy *policy = self->policy;

  for (guint i = 0; i < policy->n_customer_facts; i++)
    {
      const CsvcFact *fact = &policy->customer_facts[i];
      CsvcName name = { .name = fact->part.id, .kind = CSVC_NAME_CUSTOMER_FACT, .slot = i, .type = fact->type, .words = fact->words };

      g_array_append_val (names, name);
    }
  self->host = (CsvcFeelHostScope){ self, check_host_function };
  self->scope = (CsvcScope){ .names = (const CsvcName *) names->data, .n_names = names->len, .zone = policy->zone, .host = &self->host };
}

void
_csvc_compile_tier_conditions (CsvcCompiler *self)
{
  g_autoptr (GArray) names = g_array_new (FALSE, FALSE, sizeof (CsvcName));

  begin_scope (self, names);
  compile_excludes (self);
  for (guint i = 0; i < self->policy->tiers.n; i++)
    compile_condition (self, &self->policy->tiers.items[i]);
  self->scope = (CsvcScope){ 0 };
}

/* ── what expressions may ask ── */

static gboolean
is_event (const CsvcNode *document, const char *id)
{
  for (guint i = 0; i < document->children->len; i++)
    {
      const CsvcNode *kind = g_ptr_array_index (document->children, i);

      for (guint j = 0; _csvc_node_is (kind, "case") && j < kind->children->len; j++)
        if (_csvc_node_is (g_ptr_array_index (kind->children, j), "event") &&
            g_strcmp0 (_csvc_node_get (g_ptr_array_index (kind->children, j), "id"), id) == 0)
          return TRUE;
    }
  return FALSE;
}

/* Functions of an event, or of a kind of case. */
static gboolean
is_instant (const char *function)
{
  return strcmp (function, "happened_at") == 0 || strcmp (function, "last_opened") == 0 || strcmp (function, "last_ended") == 0;
}

/* The caller of the machine counts a customer's cases, for rules only: a tier or a case that asked would change without anything to tell it. */
static gboolean
check_cases (CsvcCompiler *self, const char *function, const char *kind, char **message, char **hint)
{
  const CsvcKind *found = self->asks_cases ? g_hash_table_lookup (self->kinds.index, kind) : NULL;

  if (found != NULL)
    {
      self->policy->rules.asked_kinds[found->index] = TRUE;
      return TRUE;
    }
  if (!self->asks_cases)
    *message = g_strdup_printf ("%s asks about a customer's cases, which only rules and vetoes may", function);
  else
    {
      g_autofree const char **ids = g_new0 (const char *, self->policy->n_kinds + 1);

      for (guint i = 0; i < self->policy->n_kinds; i++)
        ids[i] = self->policy->kinds[i].part.id;
      *hint = _csvc_suggest (kind, ids);
      *message = g_strdup_printf ("there is no kind of case \"%s\"", kind);
    }
  return FALSE;
}

/* Events of all kinds are known before any kind is compiled: they are looked up in the document. */
static gboolean
check_happened (CsvcCompiler *self, const char *event, char **message)
{
  CsvcPolicy *policy = self->policy;

  if (!is_event (policy->document, event))
    {
      *message = g_strdup_printf ("no kind of case declares an event \"%s\"", event);
      return FALSE;
    }
  if (policy->watched == NULL)
    {
      policy->watched = g_hash_table_new (g_str_hash, g_str_equal);
      g_ptr_array_add (policy->tables, policy->watched);
    }
  g_hash_table_add (policy->watched, (gpointer) _csvc_compile_intern (self, event));
  return TRUE;
}

static gboolean
knows (const CsvcNames *names, const char *id)
{
  return g_hash_table_contains (names->index, id);
}

static char *
suggest_account (CsvcCompiler *self, const char *wrong, gboolean of_ledgers)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < self->entitlements.ids->len; i++)
    g_ptr_array_add (ids, self->entitlements.ids->pdata[i]);
  for (guint i = 0; of_ledgers && i < self->ledgers.ids->len; i++)
    g_ptr_array_add (ids, self->ledgers.ids->pdata[i]);
  g_ptr_array_add (ids, NULL);
  return _csvc_suggest (wrong, (const char *const *) ids->pdata);
}

/* CsvcFeelHostScope.check */
static gboolean
check_host_function (gpointer data, const char *function, const char *argument, CsvcType *type, char **message, char **hint)
{
  CsvcCompiler *self = data;
  gboolean applied = strcmp (function, "applied") == 0;

  *hint = NULL;
  *type = applied || strcmp (function, "available") == 0 || strcmp (function, "happened") == 0 ? CSVC_TYPE_BOOLEAN
          : is_instant (function)                                                              ? CSVC_TYPE_DATE_TIME
                                                                                               : CSVC_TYPE_NUMBER;
  if (g_str_has_prefix (function, "happened"))
    return check_happened (self, argument, message);
  if (strcmp (function, "open_cases") == 0 || is_instant (function))
    return check_cases (self, function, argument, message, hint);
  if (knows (&self->entitlements, argument) || (!applied && knows (&self->ledgers, argument)))
    return TRUE;
  *message = g_strdup_printf ("there is no entitlement%s \"%s\"", applied ? "" : " and no ledger", argument);
  *hint = suggest_account (self, argument, !applied);
  return FALSE;
}

void
_csvc_compile_add_customer_scope (CsvcCompiler *self, GArray *names)
{
  CsvcName tier = { .name = "tier", .kind = CSVC_NAME_TIER, .type = CSVC_TYPE_ENUM, .words = self->policy->tiers.words };

  if (self->policy->tiers.n > 0)
    g_array_append_val (names, tier);
}

void
_csvc_compile_begin_customer_scope (CsvcCompiler *self, GArray *names)
{
  begin_scope (self, names);
  _csvc_compile_add_customer_scope (self, names);
  self->scope.names = (const CsvcName *) names->data;
  self->scope.n_names = names->len;
}

const char *
_csvc_compile_account (CsvcCompiler *self, const CsvcNode *node)
{
  const char *entitlement = _csvc_node_get (node, "entitlement"), *ledger = _csvc_node_get (node, "ledger");

  if ((entitlement == NULL) == (ledger == NULL))
    _csvc_diagnostics_add (self->diagnostics, UNKNOWN_ACCOUNT, node->place, 0, "entitlement=\"…\" or ledger=\"…\"", NULL,
                           "<%s> says %s of them", node->name, entitlement == NULL ? "neither" : "both");
  else if (entitlement != NULL)
    _csvc_names_find (self, &self->entitlements, entitlement, node->place);
  else
    _csvc_names_find (self, &self->ledgers, ledger, node->place);
  return _csvc_compile_intern (self, entitlement != NULL ? entitlement : ledger);
}
