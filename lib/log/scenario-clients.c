/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/scenario-clients.h"

#include <string.h>

#include "engine/private.h"
#include "machine/effects.h"
#include "machine/machine.h"

static void
client_free (gpointer data)
{
  CsvcClient *self = data;

  csvc_customer_free (self->customer);
  g_free (self);
}

GHashTable *
_csvc_clients_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, client_free);
}

CsvcClient *
_csvc_clients_know (GHashTable *self, CsvcPolicy *policy, const char *id, GError **error)
{
  CsvcClient *client = g_hash_table_lookup (self, id);
  CsvcCustomer *customer = client == NULL ? csvc_customer_new (policy, id, error) : NULL;

  if (customer == NULL)
    return client;
  client = g_new0 (CsvcClient, 1);
  client->customer = customer;
  client->at = CSVC_TIME_MIN;
  g_hash_table_insert (self, g_strdup (id), client);
  return client;
}

CsvcClient *
_csvc_clients_find_earliest (GHashTable *self, CsvcTime *wake)
{
  CsvcClient *earliest = NULL;
  GHashTableIter iter;
  gpointer value;

  *wake = CSVC_NEVER;
  g_hash_table_iter_init (&iter, self);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    CsvcClient *client = value;
    CsvcTime next = csvc_customer_get_next_wake (client->customer);

    if (next == CSVC_NEVER || next > *wake)
      continue;
    if (next < *wake || earliest == NULL || strcmp (csvc_customer_get_id (client->customer), csvc_customer_get_id (earliest->customer)) < 0)
      earliest = client;
    *wake = next;
  }
  return earliest;
}

void
_csvc_clients_note_changes (GHashTable *self, const CsvcEffects *effects)
{
  for (guint i = 0; i < csvc_effects_get_size (effects); i++) {
    const CsvcEffect *effect = csvc_effects_get (effects, i);
    const char *id = _csvc_effect_is_customers (effect) ? csvc_effect_get_text (effect, "customer") : NULL;
    CsvcClient *client = id != NULL ? g_hash_table_lookup (self, id) : NULL;

    if (client != NULL)
      client->at = MAX (client->at, csvc_effect_get_at (effect));
  }
}

/* ── cases notice ── */

static int
compare_cases (gconstpointer a, gconstpointer b)
{
  return strcmp (csvc_case_get_id (*(const CsvcCase *const *) a), csvc_case_get_id (*(const CsvcCase *const *) b));
}

/* (transfer container): by number. */
static GPtrArray *
find_open_cases (const CsvcClient *self, const CsvcFamily *family)
{
  GPtrArray *found = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, family->cases);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!csvc_case_has_ended (value) && g_strcmp0 (csvc_case_get_customer (value), csvc_customer_get_id (self->customer)) == 0)
      g_ptr_array_add (found, value);
  g_ptr_array_sort (found, compare_cases);
  return found;
}

static gboolean
is_read (const CsvcCase *of, const CsvcEffects *changes)
{
  for (guint i = 0; i < csvc_effects_get_size (changes); i++) {
    const CsvcEffect *effect = csvc_effects_get (changes, i);
    gboolean put = csvc_effect_get_type (effect) == CSVC_EFFECT_CUSTOMER_PUT;

    if (_csvc_kind_reads (csvc_case_get_kind (of), put ? csvc_effect_get_text (effect, "fact") : NULL))
      return TRUE;
  }
  return FALSE;
}

static gboolean
notice (const CsvcClient *self, const CsvcFamily *family, CsvcCase *of, CsvcTime at, CsvcEffects *effects, GError **error)
{
  guint first;

  if (!_csvc_family_advance (family, of, at, effects, error))
    return FALSE;
  if (csvc_case_has_ended (of))
    return TRUE;
  first = csvc_effects_get_size (effects);
  return _csvc_case_notice (of, self->customer, MAX (at, csvc_case_get_last_at (of)), effects, error) &&
         _csvc_family_settle (family, of, effects, first, error);
}

static gboolean
tell_cases (const CsvcClient *self, const CsvcFamily *family, CsvcTime at, CsvcEffects *effects, guint first, GError **error)
{
  g_autoptr (CsvcEffects) changes = csvc_effects_new ();
  g_autoptr (GPtrArray) cases = NULL;

  _csvc_effects_append_some (changes, effects, first, _csvc_effect_is_noticed);
  if (csvc_effects_get_size (changes) == 0)
    return TRUE;
  cases = find_open_cases (self, family);
  for (guint i = 0; i < cases->len; i++)
    if (!csvc_case_has_ended (cases->pdata[i]) && is_read (cases->pdata[i], changes) &&
        !notice (self, family, cases->pdata[i], at, effects, error))
      return FALSE;
  return TRUE;
}

/* ── time, and commands ── */

gboolean
_csvc_client_wake (CsvcClient *self, const CsvcFamily *family, CsvcTime wake, CsvcEffects *effects, GError **error)
{
  guint first = csvc_effects_get_size (effects);

  if (!csvc_customer_advance (self->customer, wake, effects, error))
    return FALSE;
  if (self->at != CSVC_TIME_MIN)
    self->at = MAX (self->at, wake);
  return tell_cases (self, family, wake, effects, first, error);
}

/* Without cases that could notice something, it may be done at once. */
gboolean
_csvc_client_catch_up (CsvcClient *self, const CsvcFamily *family, CsvcTime now, gboolean punctual, CsvcEffects *effects, GError **error)
{
  g_autoptr (GPtrArray) cases = find_open_cases (self, family);

  if (!punctual && cases->len == 0)
    return csvc_customer_advance (self->customer, now, effects, error);
  while (csvc_customer_get_next_wake (self->customer) <= now)
    if (!_csvc_client_wake (self, family, csvc_customer_get_next_wake (self->customer), effects, error))
      return FALSE;
  return TRUE;
}

/* Any other command makes them known. */
static gboolean
may_be_first (const CsvcClient *self, const CsvcScenarioStep *step, GError **error)
{
  if (step->service != CSVC_SERVICE_CONTACT || self->at != CSVC_TIME_MIN)
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "there is no customer %.255s", csvc_customer_get_id (self->customer));
  return FALSE;
}

/* What changes nothing is forgotten, but for the first command. */
CsvcAnswer
_csvc_client_serve (CsvcClient *self, const CsvcFamily *family, const CsvcScenarioStep *step, gboolean punctual, CsvcEffects *effects,
                    GError **error)
{
  const CsvcTime at = step->stamp.at;
  g_autoptr (CsvcCaseload) cases = NULL;
  CsvcAnswer answer;
  guint first;

  if (at < self->at)
    return CSVC_ANSWER_REFUSED_TIME;
  if (!may_be_first (self, step, error) || !_csvc_client_catch_up (self, family, at, punctual, effects, error))
    return CSVC_ANSWER_FAILED;
  first = csvc_effects_get_size (effects);
  cases = _csvc_sweep_count_cases (csvc_customer_get_policy (self->customer), family->cases, csvc_customer_get_id (self->customer));
  answer = _csvc_service_do (self->customer, cases, step, effects, error);
  if (answer != CSVC_ANSWER_ACCEPTED || (self->at != CSVC_TIME_MIN && csvc_effects_get_size (effects) == first))
    return answer;
  self->at = at;
  return tell_cases (self, family, at, effects, first, error) ? answer : CSVC_ANSWER_FAILED;
}
