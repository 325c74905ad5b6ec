/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <csvc/target.h>

#include "engine/personal.h"
#include "engine/private.h"
#include "machine/customer.h"

/* What share of which customers is kept. Twice: a recount over the store, and a counter that follows the journal. Both look at a customer as
 *
 *   record now ──────────────view at now──────────▶ kept?
 *   record at each snapshot ──view at the snapshot──▶ among?
 *
 * The records at snapshots come from the journal: what stood before the first entry after it. Of a customer without such an entry it is the record now. */

#define PAGE 200

typedef enum { OUT, KEPT, LOST, UNDECIDED } Verdict;

typedef struct {
  guint64 n[UNDECIDED + 1]; /* by verdict */
} Figures;

struct _CsvcTargetCounts {
  guint    n;
  Figures *figures;
};

/* ---- A customer, followed ---- */

typedef struct {
  CsvcCustomerRecord  now;
  CsvcCustomerRecord *then;     /* at each snapshot that has passed; one without id: was no customer yet */
  guint               n_then;
  gint64              version;  /* of the last entry */
  gboolean            is_stale; /* the verdicts are those of before that entry */
  guint8             *verdicts; /* by target */
} Followed;

static Followed *
followed_new (const CsvcPolicy *policy, const char *id)
{
  Followed *self = g_new0 (Followed, 1);

  _csvc_customer_record_init (&self->now);
  self->now.id = g_ref_string_new (id);
  self->then = g_new0 (CsvcCustomerRecord, policy->n_snapshots);
  self->verdicts = g_new0 (guint8, policy->n_targets);
  return self;
}

static void
followed_free (Followed *self)
{
  for (guint i = 0; i < self->n_then; i++)
    if (self->then[i].id != NULL)
      _csvc_customer_record_clear (&self->then[i]);
  _csvc_customer_record_clear (&self->now);
  g_free (self->then);
  g_free (self->verdicts);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Followed, followed_free)

/* The snapshots before @at stay as the customer stands now. */
static void
pass_snapshots (Followed *self, const CsvcPolicy *policy, CsvcTime at)
{
  while (self->n_then < policy->n_snapshots && policy->snapshots[self->n_then] < at)
    {
      if (self->version > 0)
        _csvc_customer_record_copy (&self->then[self->n_then], &self->now);
      self->n_then++;
    }
}

static gboolean
forget_one (Followed *self, const CsvcEffect *effect, GError **error)
{
  for (guint i = 0; csvc_effect_get_type (effect) == CSVC_EFFECT_FORGOTTEN && i < self->n_then; i++)
    if (self->then[i].id != NULL && !_csvc_customer_record_apply (&self->then[i], effect, error))
      return FALSE;
  return TRUE;
}

/* What is forgotten is unknown also at the snapshots. */
static gboolean
forget_then (Followed *self, const CsvcEffects *effects, GError **error)
{
  for (guint i = 0; i < csvc_effects_get_size (effects); i++)
    if (!forget_one (self, csvc_effects_get (effects, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
follow (Followed *self, const CsvcPolicy *policy, CsvcTime at, const CsvcEffects *effects, GError **error)
{
  pass_snapshots (self, policy, at);
  if (!forget_then (self, effects, error))
    return FALSE;
  self->version++;
  self->is_stale = TRUE;
  return _csvc_customer_record_fold (&self->now, effects, error);
}

/* NULL: was no customer then. */
static const CsvcCustomerRecord *
find_then (const Followed *self, const CsvcPolicy *policy, CsvcTime snapshot)
{
  guint i = 0;

  while (policy->snapshots[i] != snapshot)
    i++;
  if (i >= self->n_then)
    return &self->now;
  return self->then[i].id != NULL ? &self->then[i] : NULL;
}

/* ---- Looking at one ---- */

static CsvcCustomer *
view_at (const CsvcCustomerRecord *record, CsvcPolicy *policy, const CsvcVault *vault, CsvcTime at, GError **error)
{
  g_autoptr (CsvcCustomer) view = NULL;
  g_auto (CsvcCustomerRecord) copy;

  _csvc_customer_record_copy (&copy, record);
  _csvc_vault_open_facts (vault, copy.facts);
  view = _csvc_customer_new_from_record (policy, &copy);
  if (csvc_customer_advance (view, at, NULL, error))
    return g_steal_pointer (&view);
  g_prefix_error (error, "customer %s: ", record->id);
  return NULL;
}

static CsvcTruth
test (const CsvcExpr *condition, const CsvcCustomer *view, CsvcTime at)
{
  const char *missing;
  CsvcCustomerView seen;
  CsvcFeelEnv env;

  if (condition == NULL)
    return CSVC_TRUE;
  _csvc_customer_view (&seen, view, view->policy, at, &env);
  return _csvc_expr_test (condition, &env, &missing);
}

static gboolean
test_among (const CsvcTarget *target, const Followed *customer, const CsvcVault *vault, const CsvcCustomer *present, CsvcTime now,
            CsvcTruth *among, GError **error)
{
  g_autoptr (CsvcCustomer) view = NULL;
  const CsvcCustomerRecord *then;

  *among = CSVC_FALSE;
  if (target->snapshot == CSVC_NEVER)
    *among = test (target->among, present, now);
  if (target->snapshot > now)
    return TRUE;
  then = find_then (customer, present->policy, target->snapshot);
  if (then == NULL)
    return TRUE;
  view = view_at (then, present->policy, vault, target->snapshot, error);
  if (view == NULL)
    return FALSE;
  *among = test (target->among, view, target->snapshot);
  return TRUE;
}

static Verdict
judge (CsvcTruth among, CsvcTruth kept)
{
  if (among == CSVC_FALSE)
    return OUT;
  if (among != CSVC_TRUE || (kept != CSVC_TRUE && kept != CSVC_FALSE))
    return UNDECIDED;
  return kept == CSVC_TRUE ? KEPT : LOST;
}

static gboolean
judge_customer (Followed *self, CsvcPolicy *policy, const CsvcVault *vault, CsvcTime now, GError **error)
{
  g_autoptr (CsvcCustomer) present = view_at (&self->now, policy, vault, now, error);

  if (present == NULL)
    return FALSE;
  for (guint i = 0; i < policy->n_targets; i++)
    {
      const CsvcTarget *target = &policy->targets[i];
      CsvcTruth among;

      if (!test_among (target, self, vault, present, now, &among, error))
        return FALSE;
      self->verdicts[i] = (guint8) judge (among, among == CSVC_TRUE ? test (target->kept, present, now) : CSVC_UNKNOWN);
    }
  return TRUE;
}

/* ---- Figures ---- */

static CsvcTargetCounts *
counts_new (const CsvcPolicy *policy)
{
  CsvcTargetCounts *self = g_new0 (CsvcTargetCounts, 1);

  self->n = policy->n_targets;
  self->figures = g_new0 (Figures, self->n);
  return self;
}

static void
count_customer (CsvcTargetCounts *self, const Followed *customer)
{
  for (guint i = 0; i < self->n; i++)
    self->figures[i].n[customer->verdicts[i]]++;
}

static void
discount_customer (CsvcTargetCounts *self, const Followed *customer)
{
  for (guint i = 0; i < self->n; i++)
    self->figures[i].n[customer->verdicts[i]]--;
}

void
csvc_target_counts_free (CsvcTargetCounts *self)
{
  if (self == NULL)
    return;
  g_free (self->figures);
  g_free (self);
}

#define GETTER(name_, verdict) \
  guint64 csvc_target_counts_get_##name_ (const CsvcTargetCounts *self, guint target) \
  { \
    g_return_val_if_fail (self != NULL && target < self->n, 0); \
    return self->figures[target].n[verdict]; \
  }

GETTER (n_kept, KEPT)
GETTER (n_lost, LOST)
GETTER (n_undecided, UNDECIDED)

gint
csvc_target_counts_get_share (const CsvcTargetCounts *self, guint target)
{
  const Figures *figures;
  guint64 whole;

  g_return_val_if_fail (self != NULL && target < self->n, -1);
  figures = &self->figures[target];
  whole = figures->n[KEPT] + figures->n[LOST];
  return whole > 0 ? (gint) (figures->n[KEPT] * 10000 / whole) : -1;
}

/* ---- The recount ---- */

typedef struct {
  const CsvcPolicy *policy;
  Followed         *customer;
  gint64            version; /* as far as the head that was read */
  CsvcEffects      *effects;
  GError           *error;
} Scan;

/* After the last snapshot only what was forgotten still changes what stood then, and the rest is not decoded. */
static gboolean
scan_entry (const CsvcEntry *entry, gpointer data)
{
  Scan *scan = data;
  const gboolean passed = scan->customer->n_then == scan->policy->n_snapshots;

  if (entry->version > scan->version)
    return FALSE;
  if (passed && entry->type != CSVC_COMMAND_FORGET)
    return TRUE;
  csvc_effects_clear (scan->effects);
  if (!_csvc_entry_decode_effects (entry, scan->effects, &scan->error))
    return FALSE;
  return passed ? forget_then (scan->customer, scan->effects, &scan->error)
                : follow (scan->customer, scan->policy, entry->at, scan->effects, &scan->error);
}

static gboolean
find_snapshots (CsvcEngine *self, const CsvcPerson *person, Followed *customer, GError **error)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  Scan scan = { self->policy, customer, person->head.version, effects, NULL };

  if (self->policy->n_snapshots == 0 || person->head.at <= self->policy->snapshots[0])
    return TRUE;
  if (!_csvc_store_scan (self->store, person->head.id, 0, 0, scan_entry, &scan, error))
    {
      g_clear_error (&scan.error);
      return FALSE;
    }
  if (scan.error == NULL)
    return TRUE;
  g_propagate_prefixed_error (error, scan.error, "customer %s: ", person->head.key);
  return FALSE;
}

static gboolean
was_sealed (const Followed *customer)
{
  for (guint i = 0; i < customer->n_then; i++)
    if (customer->then[i].id != NULL && _csvc_has_seals (customer->then[i].facts))
      return TRUE;
  return FALSE;
}

/* What has been taken away since a snapshot is sealed only there. @vault (out): NULL: nothing is sealed. */
static gboolean
find_vault (CsvcEngine *self, const CsvcPerson *person, const Followed *customer, const CsvcVault **vault, GError **error)
{
  *vault = person->vault;
  if (*vault != NULL || !was_sealed (customer))
    return TRUE;
  *vault = _csvc_engine_load_vault (self, CSVC_STREAM_CUSTOMER, person->head.key, error);
  return *vault != NULL;
}

static gboolean
recount_customer (CsvcEngine *self, CsvcHead *head, CsvcTime now, CsvcTargetCounts *counts, GError **error)
{
  CsvcPerson *person = _csvc_engine_take_person (self, head, error);
  g_autoptr (Followed) customer = NULL;
  const CsvcVault *vault;

  if (person == NULL)
    return FALSE;
  customer = followed_new (self->policy, person->head.key);
  if (!find_snapshots (self, person, customer, error) || !find_vault (self, person, customer, &vault, error))
    return FALSE;
  _csvc_customer_record_clear (&customer->now);
  _csvc_customer_record_copy (&customer->now, &person->record);
  if (!judge_customer (customer, self->policy, vault, now, error))
    return FALSE;
  count_customer (counts, customer);
  _csvc_engine_drop_person (self, customer->now.id);
  return TRUE;
}

static gboolean
recount_page (CsvcEngine *self, CsvcFind *find, CsvcTime now, CsvcTargetCounts *counts, gboolean *more, GError **error)
{
  g_autoptr (GArray) heads = _csvc_heads_new ();
  gboolean good;

  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return FALSE;
  good = _csvc_tx_find (self->tx, find, heads, error);
  if (good && heads->len > 0)
    find->after = g_array_index (heads, CsvcHead, heads->len - 1).id;
  for (guint i = 0; good && i < heads->len; i++)
    good = recount_customer (self, &g_array_index (heads, CsvcHead, i), now, counts, error);
  _csvc_engine_leave (self, FALSE, NULL);
  *more = heads->len == PAGE;
  return good;
}

CsvcTargetCounts *
csvc_engine_count_targets (CsvcEngine *self, CsvcTime now, GError **error)
{
  CsvcFind find = { .index = CSVC_FIND_ALL, .type = CSVC_STREAM_CUSTOMER, .limit = PAGE };
  g_autoptr (CsvcTargetCounts) counts = NULL;
  gboolean more = TRUE;

  g_return_val_if_fail (self != NULL && self->tx == NULL, NULL);

  if (self->policy == NULL)
    {
      g_set_error_literal (error, CSVC_ERROR, CSVC_ERROR_INVALID, "this engine has no policy, so there are no targets to count by");
      return NULL;
    }
  counts = counts_new (self->policy);
  while (more)
    if (!recount_page (self, &find, now, counts, &more, error))
      return NULL;
  return g_steal_pointer (&counts);
}

/* ---- The counter ---- */

struct _CsvcTargetCounter {
  CsvcPolicy       *policy;
  GHashTable       *customers; /* id → Followed */
  GPtrArray        *stale;     /* of these, those of whom entries came since `at` was counted */
  CsvcTargetCounts *counts;    /* as they stood then, without the stale; NULL: not counted yet */
  CsvcTime          at;
};

CsvcTargetCounter *
csvc_target_counter_new (CsvcPolicy *policy)
{
  CsvcTargetCounter *self;

  g_return_val_if_fail (policy != NULL, NULL);

  self = g_new0 (CsvcTargetCounter, 1);
  self->policy = csvc_policy_ref (policy);
  self->customers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) followed_free);
  self->stale = g_ptr_array_new ();
  return self;
}

void
csvc_target_counter_free (CsvcTargetCounter *self)
{
  if (self == NULL)
    return;
  csvc_target_counts_free (self->counts);
  g_ptr_array_unref (self->stale);
  g_hash_table_unref (self->customers);
  csvc_policy_unref (self->policy);
  g_free (self);
}

static Followed *
find_customer (CsvcTargetCounter *self, const char *id)
{
  Followed *customer = g_hash_table_lookup (self->customers, id);

  if (customer != NULL)
    return customer;
  customer = followed_new (self->policy, id);
  g_hash_table_insert (self->customers, g_strdup (id), customer);
  return customer;
}

static void
set_stale (CsvcTargetCounter *self, Followed *customer)
{
  if (customer->is_stale)
    return;
  if (self->counts != NULL && customer->version > 0)
    discount_customer (self->counts, customer);
  g_ptr_array_add (self->stale, customer);
}

gboolean
csvc_target_counter_feed (CsvcTargetCounter *self, const CsvcJournalEntry *entry, GError **error)
{
  const char *id;
  gint64 version, known;
  Followed *customer;

  g_return_val_if_fail (self != NULL && entry != NULL, FALSE);

  if (!csvc_journal_entry_is_of_customer (entry))
    return TRUE;
  id = csvc_journal_entry_get_stream (entry);
  version = csvc_journal_entry_get_version (entry);
  customer = g_hash_table_lookup (self->customers, id);
  known = customer != NULL ? customer->version : 0;
  if (version <= known)
    return TRUE;
  if (version > known + 1)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID,
                   "customer %.255s: after entry %" G_GINT64_FORMAT " came %" G_GINT64_FORMAT ", so one was left out", id, known, version);
      return FALSE;
    }
  customer = find_customer (self, id);
  set_stale (self, customer);
  return follow (customer, self->policy, csvc_journal_entry_get_at (entry), csvc_journal_entry_get_effects (entry), error);
}

/* After a failure it begins anew the next time. */
static gboolean
count_stale (CsvcTargetCounter *self, GError **error)
{
  for (; self->stale->len > 0; g_ptr_array_set_size (self->stale, (int) self->stale->len - 1))
    {
      Followed *customer = g_ptr_array_index (self->stale, self->stale->len - 1);

      if (!judge_customer (customer, self->policy, NULL, self->at, error))
        {
          g_clear_pointer (&self->counts, csvc_target_counts_free);
          return FALSE;
        }
      customer->is_stale = FALSE;
      count_customer (self->counts, customer);
    }
  return TRUE;
}

static void
begin_count (CsvcTargetCounter *self, CsvcTime now)
{
  GHashTableIter iter;
  gpointer customer;

  csvc_target_counts_free (self->counts);
  self->counts = counts_new (self->policy);
  self->at = now;
  g_ptr_array_set_size (self->stale, 0);
  g_hash_table_iter_init (&iter, self->customers);
  while (g_hash_table_iter_next (&iter, NULL, &customer))
    {
      ((Followed *) customer)->is_stale = TRUE;
      g_ptr_array_add (self->stale, customer);
    }
}

CsvcTargetCounts *
csvc_target_counter_count (CsvcTargetCounter *self, CsvcTime now, GError **error)
{
  CsvcTargetCounts *counts;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->counts == NULL || self->at != now)
    begin_count (self, now);
  if (!count_stale (self, error))
    return NULL;
  counts = counts_new (self->policy);
  for (guint i = 0; i < counts->n; i++)
    counts->figures[i] = self->counts->figures[i];
  return counts;
}
