/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <csvc/personal.h>
#include <string.h>

#include "calendar/zone.h"
#include "engine/personal.h"

/* What has been kept long enough is forgotten, customer by customer: found in a transaction that reads, forgotten in one that writes. */

#define PAGE 200

typedef struct {
  CsvcEngine  *engine;
  CsvcTime     now;
  GPtrArray   *facts;   /* names: of the customer what is due */
  GPtrArray   *cases;   /* numbers of the cases of which all is due */
} Due;

static CsvcTime
instant_of (const CsvcPolicy *policy, const CsvcValue *value)
{
  if (value->type == CSVC_TYPE_DATE)
    return _csvc_zone_find_instant (policy->zone, value->u.i * CSVC_DAY);
  return value->type == CSVC_TYPE_DATE_TIME ? value->u.i : CSVC_NEVER;
}

static gboolean
is_over (const Due *due, const CsvcKeep *keep, CsvcTime from)
{
  return from != CSVC_NEVER && _csvc_term_after (due->engine->policy->zone, from, keep->term, 1) <= due->now;
}

static void
look_at_fact (Due *due, const CsvcKeep *keep, const CsvcVault *vault, const CsvcCustomer *view, const char *fact)
{
  CsvcTime from = _csvc_vault_get_put (vault, fact);

  if (from == CSVC_NEVER)
    return;
  if (keep->after != NULL)
    from = instant_of (due->engine->policy, &view->facts[keep->after->index]);
  if (is_over (due, keep, from) && !g_ptr_array_find_with_equal_func (due->facts, fact, g_str_equal, NULL))
    g_ptr_array_add (due->facts, (gpointer) fact);
}

static gboolean
look_at_person (Due *due, const char *id, GError **error)
{
  const CsvcPolicy *policy = due->engine->policy;
  CsvcVault *vault = _csvc_engine_load_vault (due->engine, CSVC_STREAM_CUSTOMER, id, error);
  g_autoptr (CsvcCustomer) view = NULL;

  if (vault == NULL || _csvc_vault_is_empty (vault))
    return vault != NULL;
  view = _csvc_engine_load_customer (due->engine, due->engine->policy, id, error);
  for (guint i = 0; view != NULL && i < policy->n_keeps; i++)
    for (guint j = 0; j < policy->keeps[i].n_facts; j++)
      look_at_fact (due, &policy->keeps[i], vault, view, policy->keeps[i].facts[j]);
  return view != NULL;
}

static gboolean
is_case_over (const Due *due, const CsvcHead *head)
{
  const CsvcPolicy *policy = due->engine->policy;

  for (guint i = 0; i < policy->n_keeps && !head->open; i++)
    {
      const CsvcKeep *keep = &policy->keeps[i];

      if (keep->kind != NULL && g_strcmp0 (keep->kind->part.id, head->kind) == 0 && is_over (due, keep, head->at))
        return TRUE;
    }
  return FALSE;
}

static gboolean
look_at_cases (Due *due, const char *customer, GError **error)
{
  const CsvcFind find = { .index = CSVC_FIND_CUSTOMER, .type = CSVC_STREAM_CASE, .text = customer, .limit = G_MAXINT32 };
  g_autoptr (GArray) heads = _csvc_heads_new ();

  if (!_csvc_tx_find (due->engine->tx, &find, heads, error))
    return FALSE;
  for (guint i = 0; i < heads->len; i++)
    {
      const CsvcHead *head = &g_array_index (heads, CsvcHead, i);
      const CsvcVault *vault;

      if (!is_case_over (due, head))
        continue;
      vault = _csvc_engine_load_vault (due->engine, CSVC_STREAM_CASE, head->key, error);
      if (vault == NULL)
        return FALSE;
      if (!_csvc_vault_is_empty (vault))
        g_ptr_array_add (due->cases, g_strdup (head->key));
    }
  return TRUE;
}

static gboolean
look (Due *due, const char *customer, GError **error)
{
  gboolean looked;

  g_ptr_array_set_size (due->facts, 0);
  g_ptr_array_set_size (due->cases, 0);
  if (!_csvc_engine_enter (due->engine, CSVC_TX_READ, error))
    return FALSE;
  looked = look_at_person (due, customer, error) && look_at_cases (due, customer, error);
  _csvc_engine_leave (due->engine, FALSE, NULL);
  return looked;
}

static gboolean
forget_found (Due *due, const char *customer, const CsvcStamp *stamp, CsvcEffects *effects, gboolean *forgotten, GError **error)
{
  CsvcAnswer answer = CSVC_ANSWER_ACCEPTED;

  *forgotten = FALSE;
  if (due->facts->len + due->cases->len == 0)
    return TRUE;
  g_ptr_array_add (due->facts, NULL);
  g_ptr_array_add (due->cases, NULL);
  answer = _csvc_engine_forget_parts (due->engine, customer, (const char *const *) due->facts->pdata,
                                      (const char *const *) due->cases->pdata, stamp, effects, error);
  *forgotten = answer == CSVC_ANSWER_ACCEPTED;
  return answer != CSVC_ANSWER_FAILED;
}

static gboolean
find_customers (CsvcEngine *self, gint64 after, GArray *heads, GError **error)
{
  const CsvcFind find = { .index = CSVC_FIND_ALL, .type = CSVC_STREAM_CUSTOMER, .after = after, .limit = PAGE };
  gboolean found;

  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return FALSE;
  found = _csvc_tx_find (self->tx, &find, heads, error);
  _csvc_engine_leave (self, FALSE, NULL);
  return found;
}

static gboolean
forget_page (Due *due, const GArray *heads, const CsvcStamp *stamp, CsvcEffects *effects, guint *n_forgotten, GError **error)
{
  for (guint i = 0; i < heads->len; i++)
    {
      const char *customer = g_array_index (heads, CsvcHead, i).key;
      gboolean forgotten;

      if (!look (due, customer, error) || !forget_found (due, customer, stamp, effects, &forgotten, error))
        return FALSE;
      *n_forgotten += forgotten;
    }
  return TRUE;
}

static gboolean
forget_pages (Due *due, const CsvcStamp *stamp, CsvcEffects *effects, guint *n_forgotten, GError **error)
{
  gint64 after = 0;
  gboolean last = FALSE;

  while (!last)
    {
      g_autoptr (GArray) heads = _csvc_heads_new ();

      if (!find_customers (due->engine, after, heads, error) || !forget_page (due, heads, stamp, effects, n_forgotten, error))
        return FALSE;
      last = heads->len < PAGE;
      if (!last)
        after = g_array_index (heads, CsvcHead, heads->len - 1).id;
    }
  return TRUE;
}

gboolean
csvc_engine_forget_due (CsvcEngine *self, const CsvcStamp *stamp, guint *n_forgotten, CsvcEffects *effects, GError **error)
{
  Due due = { .engine = self };
  guint n = 0;
  gboolean done;

  g_return_val_if_fail (self != NULL && self->tx == NULL && self->policy != NULL && stamp != NULL, FALSE);

  due.now = stamp->at;
  due.facts = g_ptr_array_new ();
  due.cases = g_ptr_array_new_with_free_func (g_free);
  done = _csvc_command_check_stamp (stamp, error) && forget_pages (&due, stamp, effects, &n, error);
  g_ptr_array_unref (due.facts);
  g_ptr_array_unref (due.cases);
  if (n_forgotten != NULL)
    *n_forgotten = n;
  return done;
}
