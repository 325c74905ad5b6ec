/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

#include "base/time.h"

/* What customers may have: the cells of a table, and ledgers. */

enum {
  BAD_QUOTA = 868,
  INCOMPLETE_GRANT = 869,
  BAD_ANCHOR = 870,
  BAD_VALID = 871,
  DUPLICATE_ACCOUNT = 872
};

#define MAX_ENTITLEMENTS 10000
#define MAX_GRANTS 1000
#define MAX_LEDGERS 1000
#define MAX_AMOUNT G_GINT64_CONSTANT (999999999999999999)

static gboolean
has (const CsvcNode *node, const char *attribute)
{
  return _csvc_node_get (node, attribute) != NULL;
}

static gint64
compile_amount (CsvcCompiler *self, const CsvcNode *node, const char *attribute, gint64 otherwise)
{
  const char *text = _csvc_node_get (node, attribute);
  gint64 amount = otherwise;

  if (text != NULL && !g_ascii_string_to_signed (text, 10, 0, MAX_AMOUNT, &amount, NULL))
    _csvc_diagnostics_add (self->diagnostics, BAD_QUOTA, node->place, 0, "a whole number, 0 or more, of fewer than 19 digits", NULL,
                           "%s=\"%s\" is no number of units", attribute, text);
  return amount;
}

/* NULL without the attribute. */
static const char *const *
compile_words (CsvcCompiler *self, const CsvcNode *node, const char *attribute)
{
  g_auto (GStrv) words = _csvc_compile_list (self, node, attribute);
  guint n = g_strv_length (words);
  const char **interned;

  if (n == 0)
    return NULL;
  interned = _csvc_compile_alloc (self, n + 1, sizeof (char *));
  for (guint i = 0; i < n; i++)
    interned[i] = _csvc_compile_intern (self, words[i]);
  return (const char *const *) interned;
}

static void
compile_grant_tiers (CsvcCompiler *self, CsvcGrant *grant)
{
  g_auto (GStrv) words = _csvc_compile_list (self, grant->node, "tier");

  for (char **word = words; *word != NULL; word++)
    {
      const CsvcTier *tier = _csvc_names_find (self, &self->tiers, *word, grant->place);

      if (tier != NULL)
        grant->tiers |= G_GUINT64_CONSTANT (1) << tier->index;
    }
}

/* ── periods ── */

static void
compile_anchor (CsvcCompiler *self, CsvcGrant *grant, const char *from)
{
  const CsvcFact *fact;

  if (_csvc_date_parse (from, &grant->anchor_date, NULL))
    {
      grant->anchor = CSVC_ANCHOR_DATE;
      return;
    }
  grant->anchor = CSVC_ANCHOR_FACT;
  fact = _csvc_names_find (self, &self->customer_facts, from, grant->place);
  if (fact == NULL)
    return;
  grant->anchor_fact = fact->index;
  if (fact->type != CSVC_TYPE_DATE)
    _csvc_diagnostics_add (self->diagnostics, BAD_ANCHOR, grant->place, 0, "a date such as \"2026-01-31\", or a fact of the customer of type date",
                           NULL, "periods cannot begin from \"%s\", of type %s", from, csvc_type_to_string (fact->type));
}

/* A period of days has no beginning of its own; and one of hours would hardly be noticed by people. */
static void
compile_period (CsvcCompiler *self, CsvcGrant *grant)
{
  const CsvcNode *node = grant->node;
  const char *from = _csvc_node_get (node, "from");

  grant->per = _csvc_compile_term (self, node, "per");
  if (from != NULL)
    compile_anchor (self, grant, from);
  if ((grant->per.days > 0 && from == NULL) || grant->per.elapsed > 0)
    _csvc_diagnostics_add (self->diagnostics, BAD_ANCHOR, grant->place, 0,
                           "per=\"month\" or \"year\", or per=\"P30D\" with from=\"a date, or a fact of the customer\"", NULL,
                           "per=\"%s\" does not say when its periods begin", _csvc_node_get (node, "per"));
}

static void
check_together (CsvcCompiler *self, const CsvcGrant *grant)
{
  static const char *const needs[][2] = { { "per", "quota" }, { "from", "per" }, { "first", "per" }, { "rollover-max", "per" },
                                          { "rollover-min", "rollover-max" } };

  for (guint i = 0; i < G_N_ELEMENTS (needs); i++)
    if (has (grant->node, needs[i][0]) && !has (grant->node, needs[i][1]))
      {
        g_autofree char *expected = g_strdup_printf ("%s=\"…\" with it", needs[i][1]);

        _csvc_diagnostics_add (self->diagnostics, INCOMPLETE_GRANT, grant->place, 0, expected, NULL, "%s=\"…\" alone says nothing", needs[i][0]);
      }
  if (grant->rollover_min > grant->rollover_max)
    _csvc_diagnostics_add (self->diagnostics, INCOMPLETE_GRANT, grant->place, 0, "rollover-min no more than rollover-max", NULL,
                           "at least more would be kept than at most");
}

static void
compile_quota (CsvcCompiler *self, CsvcGrant *grant)
{
  const CsvcNode *node = grant->node;

  grant->has_quota = has (node, "quota");
  grant->quota = compile_amount (self, node, "quota", 0);
  grant->prorated = g_strcmp0 (_csvc_node_get (node, "first"), "prorated") == 0;
  grant->rolls_over = has (node, "rollover-max");
  grant->rollover_max = compile_amount (self, node, "rollover-max", 0);
  grant->rollover_min = compile_amount (self, node, "rollover-min", 0);
  compile_period (self, grant);
  check_together (self, grant);
}

/* ── validity ── */

static gboolean
parse_valid (const char *text, gint64 *from, gint64 *to)
{
  const char *dots = strstr (text, "..");
  g_autofree char *first = dots != NULL ? g_strstrip (g_strndup (text, (gsize) (dots - text))) : NULL;
  g_autofree char *last = dots != NULL ? g_strstrip (g_strdup (dots + 2)) : NULL;

  if (dots == NULL || (*first == '\0' && *last == '\0'))
    return FALSE;
  return (*first == '\0' || _csvc_date_parse (first, from, NULL)) && (*last == '\0' || _csvc_date_parse (last, to, NULL)) && *from <= *to;
}

void
_csvc_compile_valid (CsvcCompiler *self, const CsvcNode *node, gint64 *from, gint64 *to)
{
  const char *text = _csvc_node_get (node, "valid");

  *from = CSVC_DAYS_MIN;
  *to = CSVC_DAYS_MAX;
  if (text != NULL && !parse_valid (text, from, to))
    _csvc_diagnostics_add (self->diagnostics, BAD_VALID, node->place, 0, "two dates such as \"2026-01-01..2026-03-31\", of which one may be left out",
                           NULL, "valid=\"%s\" is no period", text);
}

/* ── grants and entitlements ── */

CsvcCalendar *
_csvc_compile_find_calendar (CsvcCompiler *self, const CsvcNode *node, const char *attribute)
{
  const char *id = _csvc_node_get (node, attribute);
  const CsvcPart *part = id != NULL ? _csvc_names_find (self, &self->calendars, id, node->place) : NULL;

  return part != NULL ? g_ptr_array_index (self->policy->calendars, part - self->policy->calendar_parts) : NULL;
}

static void
compile_grant (CsvcCompiler *self, const CsvcEntitlement *entitlement, CsvcGrant *grant, const CsvcNode *node)
{
  grant->entitlement = entitlement;
  grant->node = node;
  grant->place = node->place;
  grant->assumed = _csvc_compile_flag (node, "assumed", FALSE);
  grant->source = _csvc_compile_text (self, node, "source");
  compile_grant_tiers (self, grant);
  compile_quota (self, grant);
  _csvc_compile_valid (self, node, &grant->valid_from, &grant->valid_to);
  grant->hours = _csvc_compile_find_calendar (self, node, "hours");
  grant->scopes = compile_words (self, node, "scope");
  grant->choices = compile_words (self, node, "choice");
  grant->apply = _csvc_compile_flag (node, "apply", FALSE);
  grant->lasts = _csvc_compile_term (self, node, "lasts");
}

static void
compile_entitlement (CsvcCompiler *self, CsvcEntitlement *entitlement, const CsvcNode *node)
{
  g_autoptr (GPtrArray) nodes = _csvc_compile_children (node, "grant");

  _csvc_compile_part (self, &entitlement->part, node);
  _csvc_names_add (self, &self->entitlements, entitlement->part.id, entitlement, node->place);
  _csvc_compile_add_target (self, &entitlement->part, "entitlement.%s", entitlement->part.id);
  if (!_csvc_compile_check_count (self, nodes->len, MAX_GRANTS, "grants", node->place))
    return;
  entitlement->grants = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcGrant));
  entitlement->n_grants = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    compile_grant (self, entitlement, &entitlement->grants[i], g_ptr_array_index (nodes, i));
}

void
_csvc_compile_entitlements (CsvcCompiler *self)
{
  CsvcPolicy *policy = self->policy;
  g_autoptr (GPtrArray) nodes = _csvc_compile_gather (self, "entitlements", "entitlement");

  if (!_csvc_compile_check_count (self, nodes->len, MAX_ENTITLEMENTS, "entitlements", policy->document->place))
    return;
  policy->entitlements = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcEntitlement));
  policy->n_entitlements = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    {
      policy->entitlements[i].index = i;
      compile_entitlement (self, &policy->entitlements[i], g_ptr_array_index (nodes, i));
    }
}

/* ── ledgers ── */

/* Accounts of both are asked for by id alone. */
static void
compile_ledger (CsvcCompiler *self, CsvcLedger *ledger, const CsvcNode *node)
{
  _csvc_compile_part (self, &ledger->part, node);
  _csvc_names_add (self, &self->ledgers, ledger->part.id, ledger, node->place);
  _csvc_compile_add_target (self, &ledger->part, "ledger.%s", ledger->part.id);
  ledger->unit = _csvc_compile_text (self, node, "unit");
  ledger->lasts = _csvc_compile_term (self, node, "lasts");
  if (g_hash_table_contains (self->entitlements.index, ledger->part.id))
    _csvc_diagnostics_add (self->diagnostics, DUPLICATE_ACCOUNT, node->place, 0, "another id in one of the two", NULL,
                           "\"%s\" is an entitlement, too", ledger->part.id);
}

void
_csvc_compile_ledgers (CsvcCompiler *self)
{
  CsvcPolicy *policy = self->policy;
  g_autoptr (GPtrArray) nodes = _csvc_compile_gather (self, "ledgers", "ledger");

  if (!_csvc_compile_check_count (self, nodes->len, MAX_LEDGERS, "ledgers", policy->document->place))
    return;
  policy->ledgers = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcLedger));
  policy->n_ledgers = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    {
      policy->ledgers[i].index = i;
      compile_ledger (self, &policy->ledgers[i], g_ptr_array_index (nodes, i));
    }
}
