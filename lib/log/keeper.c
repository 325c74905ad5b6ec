/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A case is in the store whole or not at all, since a transaction holds whole cases. What a rerun may find:
 *
 *   nothing                      ──▶ written now
 *   as its rows leave it         ──▶ left alone; advanced at the end
 *   as the end leaves it         ──▶ left alone
 *   advanced to an earlier end   ──▶ advanced further
 *   anything else                ──▶ an error: another log, map or history
 *
 * The log says what is known of a customer, but not since when. It is put as of the epoch, so that cases which come in any
 * order of time agree about it, and again whenever a case saw it differently. */

#include "config.h"

#include "log/keeper.h"

#include "engine/place.h"
#include "log/play.h"

/* Commands, and cases looked at, to a transaction: enough that syncing does not count, few enough that others never wait long. */
#define BATCH 500

struct _CsvcKeeper {
  CsvcEngine *engine;
  gboolean    open;       /* a transaction is */
  guint       n_commands; /* in it */
};

CsvcKeeper *
_csvc_keeper_new (CsvcStore  *store,
                  CsvcPolicy *policy,
                  GError    **error)
{
  CsvcEngine *engine = csvc_engine_new (store, policy, error);
  CsvcKeeper *self;

  if (engine == NULL)
    return NULL;
  self = g_new0 (CsvcKeeper, 1);
  self->engine = engine;

  return self;
}

void
_csvc_keeper_free (CsvcKeeper *self)
{
  if (self == NULL)
    return;
  if (self->open)
    csvc_engine_rollback (self->engine);
  csvc_engine_free (self->engine);
  g_free (self);
}

static gboolean
begin (CsvcKeeper *self,
       GError    **error)
{
  if (!self->open)
    self->open = csvc_engine_begin (self->engine, error);

  return self->open;
}

gboolean
_csvc_keeper_commit (CsvcKeeper *self,
                     GError    **error)
{
  gboolean was_open = self->open;

  self->open = FALSE;
  self->n_commands = 0;

  return !was_open || csvc_engine_commit (self->engine, error);
}

static gboolean
commit_when_full (CsvcKeeper *self,
                  GError    **error)
{
  return self->n_commands < BATCH || _csvc_keeper_commit (self, error);
}

/* TRUE with *bytes NULL: there is no such case. */
static gboolean
load (CsvcKeeper *self,
      const char *id,
      GBytes    **bytes,
      GError    **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (CsvcCase) stored = csvc_engine_get_case (self->engine, id, &why);

  if (stored != NULL)
    *bytes = csvc_case_to_bytes (stored);
  else if (!g_error_matches (why, CSVC_ERROR, CSVC_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }

  return TRUE;
}

static gboolean
fail_different (const char *id,
                GError    **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CONFLICT,
               "the store holds case %s with another history; it came from another log, map or policy, or the log has it twice", id);
  return FALSE;
}

static gboolean
has_become (CsvcKeeper     *self,
            const CsvcCase *expected,
            GError        **error)
{
  g_autoptr (GBytes) wanted = csvc_case_to_bytes (expected), stored = NULL;

  if (!load (self, csvc_case_get_id (expected), &stored, error))
    return FALSE;

  return (stored != NULL && g_bytes_equal (stored, wanted)) || fail_different (csvc_case_get_id (expected), error);
}

/* ── customers ── */

static gboolean
put_customer (CsvcKeeper         *self,
              const CsvcCustomer *customer,
              GError            **error)
{
  return customer == NULL || csvc_policy_get_n_customer_facts (csvc_customer_get_policy (customer)) == 0 ||
         _csvc_engine_place_customer (self->engine, customer, error);
}

/* ── writing ── */

static gboolean
write_steps (CsvcKeeper       *self,
             const CsvcLogScript *script,
             GError          **error)
{
  for (guint i = 0; i < script->steps->len; i++) {
    const CsvcStep *step = &g_array_index (script->steps, CsvcStep, i);
    CsvcStamp stamp = _csvc_script_get_stamp (script, step, NULL);
    g_autoptr (CsvcFacts) params = _csvc_script_dup_params (script, step, NULL);

    g_autoptr (GError) why = NULL;

    /* A refusal is no error, nor is a fault of the case: the pure machine had it too, and counted it. */
    if (csvc_engine_fire (self->engine, script->id, csvc_event_get_id (step->rule->event), params, &stamp, NULL, &why) ==
          CSVC_ANSWER_FAILED &&
        !_csvc_is_case_fault (why)) {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
    self->n_commands++;
  }

  return TRUE;
}

static gboolean
write_case (CsvcKeeper         *self,
            const CsvcLogScript   *script,
            const CsvcCase     *played,
            const CsvcCustomer *customer,
            GError            **error)
{
  CsvcStamp stamp = _csvc_script_get_opening_stamp (script, NULL);
  const char *whose = customer != NULL ? csvc_customer_get_id (customer) : NULL;

  if (!put_customer (self, customer, error))
    return FALSE;
  if (csvc_engine_open (self->engine, csvc_kind_get_id (script->map->kind), script->id, whose, script->facts, &stamp, NULL, error) ==
      CSVC_ANSWER_FAILED)
    return FALSE;

  return write_steps (self, script, error) && has_become (self, played, error);
}

gboolean
_csvc_keeper_write (CsvcKeeper         *self,
                    const CsvcLogScript   *script,
                    const CsvcCase     *played,
                    const CsvcCustomer *customer,
                    gboolean            settled,
                    gboolean           *was_there,
                    GError            **error)
{
  g_autoptr (GBytes) stored = NULL, wanted = NULL;

  if (!begin (self, error) || !load (self, script->id, &stored, error))
    return FALSE;
  *was_there = stored != NULL;
  self->n_commands++;
  if (stored == NULL)
    return write_case (self, script, played, customer, error) && commit_when_full (self, error);
  wanted = csvc_case_to_bytes (played);
  /* One that is not settled may have been advanced; the end will tell. */
  if (settled && !g_bytes_equal (stored, wanted))
    return fail_different (script->id, error);

  return commit_when_full (self, error);
}

/* A case that does not get there has not got there in the pure machine either; both must have come equally far. */
static gboolean
advance_stored (CsvcKeeper *self,
                const char *id,
                CsvcTime    until,
                GError    **error)
{
  g_autoptr (GError) why = NULL;

  if (csvc_engine_advance_case (self->engine, id, until, NULL, &why) || _csvc_is_case_fault (why))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));

  return FALSE;
}

gboolean
_csvc_keeper_advance (CsvcKeeper         *self,
                      GBytes             *before,
                      const CsvcCase     *advanced,
                      const CsvcCustomer *customer,
                      CsvcTime            until,
                      GError            **error)
{
  const char *id = csvc_case_get_id (advanced);
  g_autoptr (GBytes) wanted = csvc_case_to_bytes (advanced), stored = NULL;

  if (!begin (self, error) || !load (self, id, &stored, error))
    return FALSE;
  if (stored == NULL)
    return fail_different (id, error);
  self->n_commands++;
  if (g_bytes_equal (stored, wanted))
    return commit_when_full (self, error);
  if (g_bytes_equal (before, wanted)) /* nothing was due: there is nothing that could mend it */
    return fail_different (id, error);
  if (!put_customer (self, customer, error) || !advance_stored (self, id, until, error))
    return FALSE;

  return has_become (self, advanced, error) && commit_when_full (self, error);
}
