/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <string.h>

#include "base/time.h"
#include "calendar/zone.h"
#include "machine/machine.h"
#include "machine/plan.h"

/* May this customer be contacted? What stands in the way is looked for in one order, vetoes, caps, quiet hours, and the first one found is the
 * answer; when it would be a yes is found by asking again at the end of each of them. */

#define MAX_TRIES 64

void
_csvc_look_init (CsvcLookout *self, const CsvcCustomer *customer, const CsvcCaseload *cases, CsvcTime at)
{
  self->customer = customer;
  self->policy = customer->policy;
  self->at = at;
  self->today = _csvc_floor_div (csvc_zone_to_local (self->policy->zone, at), CSVC_DAY);
  _csvc_customer_view (&self->view, customer, self->policy, at, &self->env);
  self->view.cases = cases;
}

/* ── vetoes ── */

/* A date means its first instant. */
static CsvcTime
instant_of (const CsvcPolicy *policy, const CsvcValue *value)
{
  if (value->type == CSVC_TYPE_DATE_TIME)
    return value->u.i;
  return value->type == CSVC_TYPE_DATE ? _csvc_zone_find_instant (policy->zone, value->u.i * CSVC_DAY) : CSVC_NEVER;
}

gboolean
_csvc_veto_holds (const CsvcVeto *self, const CsvcLookout *look, const char **missing, CsvcTime *until)
{
  CsvcValue value = CSVC_VALUE_UNKNOWN;
  CsvcTruth truth;

  *missing = NULL;
  *until = CSVC_NEVER;
  truth = _csvc_expr_test (self->when, &look->env, missing);
  if (truth == CSVC_FALSE)
    return FALSE;
  if (self->until != NULL && _csvc_expr_eval (self->until, &look->env, &value, NULL) == CSVC_TRUE)
    *until = instant_of (look->policy, &value);
  return look->at < *until;
}

gboolean
_csvc_veto_is_about (const CsvcVeto *self, const CsvcPurpose *purpose, const CsvcChannel *channel)
{
  return _csvc_set_has (self->purposes, purpose->index) &&
         (self->channels == 0 || (channel != NULL && _csvc_set_has (self->channels, channel->index)));
}

/* ── caps ── */

static gboolean
is_counted (const CsvcCap *self, const CsvcPolicy *policy, const char *purpose)
{
  const CsvcPurpose *found = purpose != NULL ? csvc_policy_find_purpose (policy, purpose) : NULL;

  return found != NULL && csvc_cap_counts (self, found);
}

/* Contacts are in the order of time, so the one whose end lets the next one through is the max-th from the end. */
guint
_csvc_cap_count (const CsvcCap *self, const CsvcCustomer *customer, CsvcTime at, CsvcTime *next)
{
  const GArray *contacts = customer->record.contacts;
  guint n = 0;

  *next = CSVC_NEVER;
  for (guint i = contacts->len; i-- > 0;)
    {
      const CsvcContact *contact = &g_array_index (contacts, CsvcContact, i);
      CsvcTime end;

      if (contact->at > at || !is_counted (self, customer->policy, contact->purpose))
        continue;
      end = _csvc_term_after (customer->policy->zone, contact->at, self->per, 1);
      if (end <= at)
        break;
      if (++n == self->max)
        *next = end;
    }
  return n;
}

gboolean
_csvc_task_was_contacted (const CsvcTask *task, const CsvcCustomerRecord *record)
{
  for (guint i = record->contacts->len; i-- > 0;)
    {
      const CsvcContact *contact = &g_array_index (record->contacts, CsvcContact, i);

      if (contact->at < task->opened_at)
        return FALSE;
      if (g_strcmp0 (contact->rule, task->rule) == 0 && (contact->case_id == NULL || g_strcmp0 (contact->case_id, task->case_id) == 0))
        return TRUE;
    }
  return FALSE;
}

/* ── quiet hours ── */

static CsvcZone *
find_zone (const CsvcCustomer *self)
{
  const CsvcFact *fact = self->policy->rules.zone;
  const CsvcValue *value = fact != NULL ? &self->facts[fact->index] : NULL;
  CsvcZone *zone = value != NULL && value->type == CSVC_TYPE_STRING ? csvc_zone_new (value->u.s, NULL) : NULL;

  return zone != NULL ? zone : csvc_zone_ref (self->policy->zone);
}

/* The local instant at which the quiet hours around @local end; FALSE: none are. */
static gboolean
find_quiet_end (const CsvcQuiet *quiet, CsvcLocalTime local, CsvcLocalTime *end)
{
  gint64 day = _csvc_floor_div (local, CSVC_DAY), time = local - day * CSVC_DAY;
  gboolean over_midnight = quiet->from > quiet->to, before = time < quiet->to, after = time >= quiet->from;

  if (over_midnight ? !before && !after : !(before && after))
    return FALSE;
  *end = (over_midnight && after ? day + 1 : day) * CSVC_DAY + quiet->to;
  return TRUE;
}

/* ── asking ── */

typedef struct {
  const CsvcCustomer *customer;
  const CsvcCaseload *cases;
  const CsvcChannel  *channel;
  const CsvcPurpose  *purpose;
  CsvcZone           *zone;
} Question;

typedef struct {
  const char     *veto;     /* NULL: nothing stands in the way */
  const CsvcVeto *what;     /* of a veto */
  const CsvcCap  *cap;
  const char     *missing;
  guint           count;
  CsvcTime        until;
  CsvcPlace       place;
} Obstacle;

static gboolean
find_veto (const Question *question, CsvcTime at, Obstacle *obstacle)
{
  const CsvcRules *rules = &question->customer->policy->rules;
  CsvcLookout look;

  _csvc_look_init (&look, question->customer, question->cases, at);
  for (guint i = 0; i < rules->n_vetoes; i++)
    {
      const CsvcVeto *veto = &rules->vetoes[i];

      if (!_csvc_veto_is_about (veto, question->purpose, question->channel) || !_csvc_veto_holds (veto, &look, &obstacle->missing, &obstacle->until))
        continue;
      obstacle->veto = veto->part.id;
      obstacle->what = veto;
      obstacle->place = veto->part.place;
      return TRUE;
    }
  return FALSE;
}

static gboolean
find_cap (const Question *question, CsvcTime at, Obstacle *obstacle)
{
  const CsvcRules *rules = &question->customer->policy->rules;

  for (guint i = 0; i < rules->n_caps; i++)
    {
      const CsvcCap *cap = &rules->caps[i];

      if (!csvc_cap_counts (cap, question->purpose))
        continue;
      obstacle->count = _csvc_cap_count (cap, question->customer, at, &obstacle->until);
      if (obstacle->count < cap->max)
        continue;
      obstacle->veto = "cap";
      obstacle->cap = cap;
      obstacle->place = cap->place;
      return TRUE;
    }
  return FALSE;
}

static gboolean
find_quiet (const Question *question, CsvcTime at, Obstacle *obstacle)
{
  const CsvcRules *rules = &question->customer->policy->rules;
  CsvcLocalTime local = csvc_zone_to_local (question->zone, at), end;

  for (guint i = 0; i < rules->n_quiets; i++)
    {
      const CsvcQuiet *quiet = &rules->quiets[i];

      if (!_csvc_set_has (quiet->channels, question->channel->index) || !_csvc_set_has (quiet->purposes, question->purpose->index) ||
          !find_quiet_end (quiet, local, &end))
        continue;
      obstacle->veto = "quiet";
      obstacle->until = MAX (_csvc_zone_find_instant (question->zone, end), at + 1); /* a clock set back shows the hour twice */
      obstacle->place = quiet->place;
      return TRUE;
    }
  return FALSE;
}

static gboolean
find_obstacle (const Question *question, CsvcTime at, Obstacle *obstacle)
{
  *obstacle = (Obstacle){ .until = CSVC_NEVER };
  return find_veto (question, at, obstacle) || find_cap (question, at, obstacle) || find_quiet (question, at, obstacle);
}

/* What ends by itself, one after the other; CSVC_NEVER as soon as something does not. */
static CsvcTime
find_next (const Question *question, CsvcTime at)
{
  Obstacle obstacle;

  for (guint i = 0; i < MAX_TRIES && at < CSVC_NEVER; i++)
    {
      if (!find_obstacle (question, at, &obstacle))
        return at;
      at = obstacle.until;
    }
  return CSVC_NEVER;
}

struct _CsvcPermission {
  CsvcPolicy *policy; /* keeps the places */
  Obstacle    obstacle;
  CsvcTime    next;
  char       *message;
};

static void
append_quiet (GString *out, const Question *question, const Obstacle *obstacle)
{
  g_string_append (out, "quiet hours");
  if (obstacle->until != CSVC_NEVER)
    {
      g_autofree char *until = csvc_zone_to_string (question->zone, obstacle->until);

      g_string_append_printf (out, " until %s", until);
    }
  g_string_append (out, " (");
  _csvc_append_place (out, obstacle->place);
  g_string_append_c (out, ')');
}

static char *
say (const Question *question, const Obstacle *obstacle, CsvcTime at)
{
  GString *out;

  if (obstacle->veto == NULL)
    return g_strdup ("yes");
  out = g_string_new ("no: ");
  if (obstacle->what != NULL)
    {
      g_autofree char *reason = NULL;
      CsvcLookout look;

      _csvc_look_init (&look, question->customer, question->cases, at);
      reason = _csvc_veto_dup_reason (obstacle->what, &look, obstacle->missing);
      g_string_append (out, reason);
    }
  else if (obstacle->cap != NULL)
    {
      g_string_append_printf (out, "%u of %u contacts within %s (", obstacle->count, obstacle->cap->max, csvc_cap_get_per (obstacle->cap));
      _csvc_append_place (out, obstacle->place);
      g_string_append_c (out, ')');
    }
  else
    append_quiet (out, question, obstacle);
  return g_string_free (out, FALSE);
}

static gboolean
find_parts (const CsvcPolicy *policy, const char *channel, const char *purpose, Question *question, GError **error)
{
  question->channel = csvc_policy_find_channel (policy, channel);
  question->purpose = csvc_policy_find_purpose (policy, purpose);
  if (question->channel != NULL && question->purpose != NULL)
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "policy %s has no %s \"%.60s\"", policy->id,
               question->channel == NULL ? "channel" : "purpose", question->channel == NULL ? channel : purpose);
  return FALSE;
}

CsvcPermission *
csvc_customer_may_contact (const CsvcCustomer *self, const CsvcCaseload *cases, const char *channel, const char *purpose, CsvcTime at,
                           GError **error)
{
  Question question = { self, cases, NULL, NULL, NULL };
  CsvcPermission *permission;

  g_return_val_if_fail (self != NULL && channel != NULL && purpose != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!find_parts (self->policy, channel, purpose, &question, error))
    return NULL;
  question.zone = find_zone (self);
  permission = g_new0 (CsvcPermission, 1);
  permission->policy = csvc_policy_ref (self->policy);
  find_obstacle (&question, at, &permission->obstacle);
  permission->next = find_next (&question, at);
  permission->message = say (&question, &permission->obstacle, at);
  csvc_zone_unref (question.zone);
  return permission;
}

void
csvc_permission_free (CsvcPermission *self)
{
  if (self == NULL)
    return;
  g_free (self->message);
  csvc_policy_unref (self->policy);
  g_free (self);
}

gboolean
csvc_permission_is_given (const CsvcPermission *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return self->obstacle.veto == NULL;
}

const char *
csvc_permission_get_veto (const CsvcPermission *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->obstacle.veto;
}

const char *
csvc_permission_get_message (const CsvcPermission *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->message;
}

const char *
csvc_permission_get_missing (const CsvcPermission *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->obstacle.missing;
}

CsvcTime
csvc_permission_get_next (const CsvcPermission *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);
  return self->next;
}

const char *
csvc_permission_get_file (const CsvcPermission *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->obstacle.place.file;
}

guint
csvc_permission_get_line (const CsvcPermission *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->obstacle.place.line;
}

/* ── telling ── */

CsvcAnswer
csvc_customer_note_contact (CsvcCustomer *self, const char *channel, const char *purpose, const char *rule, const char *case_id,
                            const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcEffects) own = NULL;
  Question question = { self, NULL, NULL, NULL, NULL };
  CsvcCustomerChange change;
  CsvcEffect *effect;
  CsvcAnswer answer;

  g_return_val_if_fail (self != NULL && channel != NULL && purpose != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);

  if (!find_parts (self->policy, channel, purpose, &question, error))
    return CSVC_ANSWER_FAILED;
  answer = _csvc_change_open (&change, self, stamp, effects, &own, error);
  if (answer != CSVC_ANSWER_ACCEPTED)
    return answer;
  effect = _csvc_change_begin (&change, CSVC_EFFECT_CONTACTED);
  effect->subject = question.channel->part.id;
  effect->detail = question.purpose->part.id;
  effect->text = _csvc_effects_keep (change.effects, rule);
  effect->arguments = _csvc_text_arguments ("case", case_id, NULL, NULL);
  _csvc_change_end (&change, effect);
  return CSVC_ANSWER_ACCEPTED;
}

guint
csvc_customer_get_n_contacts (const CsvcCustomer *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->record.contacts->len;
}

#define GIVE(to, what) \
  if ((to) != NULL) \
  *(to) = (what)

void
csvc_customer_get_contact (const CsvcCustomer *self, guint index, CsvcTime *at, const char **channel, const char **purpose, const char **rule,
                           const char **case_id)
{
  const CsvcContact *contact;

  g_return_if_fail (self != NULL && index < self->record.contacts->len);

  contact = &g_array_index (self->record.contacts, CsvcContact, index);
  GIVE (at, contact->at);
  GIVE (channel, contact->channel);
  GIVE (purpose, contact->purpose);
  GIVE (rule, contact->rule);
  GIVE (case_id, contact->case_id);
}
