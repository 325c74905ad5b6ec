/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/customer-state.h"

#include <csvc/entitlement.h>
#include <csvc/error.h>
#include <string.h>

#include "machine/json-reader.h"
#include "machine/shape.h"

/* ---- The tables: their order is that of the bytes ---- */

#define FIELD CSVC_SHAPE_FIELD
#define LIST CSVC_SHAPE_LIST
#define SHAPE CSVC_SHAPE
#define REQUIRED .required = TRUE
#define WORD(words_, n) .to_word = words_, .n_words = (n)

static const char *
keyed_word (guint n)
{
  static const char *const words[] = { "used", "reserved", "committed", "released", "granted", "adjusted" };

  return words[n];
}

static const char *
application_word (guint n)
{
  return csvc_application_to_string ((CsvcApplication) n);
}

static const CsvcField fact_fields[] = {
  FIELD (CsvcFactRecord, id, STRING, REQUIRED),
  FIELD (CsvcFactRecord, value, VALUE),
};
SHAPE (fact_shape, CsvcFactRecord, fact_fields, .sorted = TRUE)

static const CsvcField lot_fields[] = {
  FIELD (CsvcLot, number, NUMBER),
  FIELD (CsvcLot, priority, NUMBER),
  FIELD (CsvcLot, amount, AMOUNT),
  FIELD (CsvcLot, taken, AMOUNT),
  FIELD (CsvcLot, at, TIME, REQUIRED),
  FIELD (CsvcLot, expires, TIME),
};
SHAPE (lot_shape, CsvcLot, lot_fields)

static const CsvcField taken_fields[] = {
  FIELD (CsvcTaken, lot, NUMBER),
  FIELD (CsvcTaken, amount, AMOUNT),
};
SHAPE (taken_shape, CsvcTaken, taken_fields)

static const CsvcField keyed_fields[] = {
  FIELD (CsvcKeyed, key, STRING, REQUIRED),
  FIELD (CsvcKeyed, state, WORD, WORD (keyed_word, CSVC_KEYED_ADJUSTED + 1)),
  FIELD (CsvcKeyed, amount, AMOUNT),
  FIELD (CsvcKeyed, at, TIME, REQUIRED),
  LIST (CsvcKeyed, taken, taken_shape),
};
SHAPE (keyed_shape, CsvcKeyed, keyed_fields, .sorted = TRUE)

static const CsvcField account_fields[] = {
  FIELD (CsvcAccount, id, STRING, REQUIRED),
  FIELD (CsvcAccount, n_lots, NUMBER),
  FIELD (CsvcAccount, period_lot, NUMBER),
  FIELD (CsvcAccount, used, AMOUNT),
  FIELD (CsvcAccount, from, TIME),
  FIELD (CsvcAccount, to, TIME),
  LIST (CsvcAccount, lots, lot_shape),
  LIST (CsvcAccount, keyed, keyed_shape),
};
SHAPE (account_shape, CsvcAccount, account_fields, .sorted = TRUE)

static const CsvcField applied_fields[] = {
  FIELD (CsvcApplied, id, STRING, REQUIRED),
  FIELD (CsvcApplied, state, WORD, WORD (application_word, CSVC_APPLICATION_WITHDRAWN + 1)),
  FIELD (CsvcApplied, at, TIME, REQUIRED),
};
SHAPE (applied_shape, CsvcApplied, applied_fields, .sorted = TRUE)

static const CsvcField running_fields[] = {
  FIELD (CsvcRunning, id, STRING, REQUIRED),
  FIELD (CsvcRunning, number, NUMBER),
  FIELD (CsvcRunning, key, STRING),
  FIELD (CsvcRunning, at, TIME, REQUIRED),
  FIELD (CsvcRunning, until, TIME, REQUIRED),
};
SHAPE (running_shape, CsvcRunning, running_fields)

static const CsvcField contact_fields[] = {
  FIELD (CsvcContact, at, TIME, REQUIRED),
  FIELD (CsvcContact, channel, STRING),
  FIELD (CsvcContact, purpose, STRING),
  FIELD (CsvcContact, rule, STRING),
  FIELD (CsvcContact, case_id, STRING),
};
SHAPE (contact_shape, CsvcContact, contact_fields)

static const CsvcField task_fields[] = {
  FIELD (CsvcTask, rule, STRING, REQUIRED),
  FIELD (CsvcTask, key, STRING),
  FIELD (CsvcTask, case_id, STRING),
  FIELD (CsvcTask, opened_at, TIME, REQUIRED),
  FIELD (CsvcTask, closed_at, TIME),
  FIELD (CsvcTask, purpose, STRING),
  FIELD (CsvcTask, script, STRING),
  FIELD (CsvcTask, due, TIME),
};
SHAPE (task_shape, CsvcTask, task_fields)

static const CsvcField happened_fields[] = {
  FIELD (CsvcHappened, event, STRING, REQUIRED),
  FIELD (CsvcHappened, at, TIME, REQUIRED),
};
SHAPE (happened_shape, CsvcHappened, happened_fields, .sorted = TRUE)

static const CsvcField record_fields[] = {
  FIELD (CsvcCustomerRecord, id, STRING, REQUIRED),
  LIST (CsvcCustomerRecord, facts, fact_shape),
  FIELD (CsvcCustomerRecord, at, TIME),
  FIELD (CsvcCustomerRecord, tier, STRING),
  FIELD (CsvcCustomerRecord, tier_since, TIME),
  FIELD (CsvcCustomerRecord, review_from, TIME),
  FIELD (CsvcCustomerRecord, review_at, TIME),
  FIELD (CsvcCustomerRecord, warned_at, TIME),
  FIELD (CsvcCustomerRecord, warned_until, TIME),
  FIELD (CsvcCustomerRecord, warned_below, STRING),
  FIELD (CsvcCustomerRecord, set_tier, STRING),
  FIELD (CsvcCustomerRecord, set_since, TIME),
  FIELD (CsvcCustomerRecord, set_until, TIME),
  FIELD (CsvcCustomerRecord, set_reason, STRING),
  FIELD (CsvcCustomerRecord, set_actor, STRING),
  FIELD (CsvcCustomerRecord, n_running, NUMBER),
  LIST (CsvcCustomerRecord, accounts, account_shape),
  LIST (CsvcCustomerRecord, applications, applied_shape),
  LIST (CsvcCustomerRecord, running, running_shape),
  LIST (CsvcCustomerRecord, contacts, contact_shape),
  LIST (CsvcCustomerRecord, tasks, task_shape),
  LIST (CsvcCustomerRecord, happened, happened_shape),
};
static const CsvcShape record_shape = {
  .size = sizeof (CsvcCustomerRecord), .fields = record_fields, .n_fields = G_N_ELEMENTS (record_fields), .outermost = TRUE
};
/* Codec 1 had the first two fields. */
static const CsvcShape record_shape_1 = { .size = sizeof (CsvcCustomerRecord), .fields = record_fields, .n_fields = 2 };

void
_csvc_customer_record_init (CsvcCustomerRecord *self)
{
  _csvc_shape_init (&record_shape, self);
}

void
_csvc_customer_record_clear (CsvcCustomerRecord *self)
{
  _csvc_shape_clear (&record_shape, self);
}

void
_csvc_customer_record_copy (CsvcCustomerRecord *to, const CsvcCustomerRecord *from)
{
  _csvc_shape_copy (&record_shape, to, from);
}

/* ---- Bytes and JSON ---- */

GBytes *
_csvc_customer_record_to_bytes (const CsvcCustomerRecord *self)
{
  GByteArray *out = g_byte_array_new ();

  _csvc_bytes_put_count (out, CSVC_CUSTOMER_CODEC);
  _csvc_shape_write_bytes (out, &record_shape, self);
  return g_byte_array_free_to_bytes (out);
}

static gboolean
lots_fit (const CsvcAccount *account)
{
  for (guint i = 0; i < account->lots->len; i++)
    {
      const CsvcLot *lot = &g_array_index (account->lots, CsvcLot, i);

      if (lot->amount < 0 || lot->taken < 0 || lot->number == 0 || lot->number > account->n_lots)
        return FALSE;
    }
  return account->used >= 0;
}

static gboolean
accounts_fit (const CsvcCustomerRecord *self)
{
  for (guint i = 0; i < self->accounts->len; i++)
    if (!lots_fit (&g_array_index (self->accounts, CsvcAccount, i)))
      return FALSE;
  return TRUE;
}

gboolean
_csvc_customer_record_from_bytes (CsvcCustomerRecord *self, GBytes *bytes, GError **error)
{
  CsvcReader reader;
  guint codec;

  _csvc_reader_init_bytes (&reader, bytes);
  codec = (guint) _csvc_reader_count (&reader, G_MAXUINT32);
  if (codec < 1 || codec > CSVC_CUSTOMER_CODEC)
    _csvc_reader_fail (&reader, "it is of a codec that this version does not read");
  _csvc_shape_read_bytes (&reader, codec, codec == 1 ? &record_shape_1 : &record_shape, self);
  if (reader.failed == NULL && !accounts_fit (self))
    _csvc_reader_fail (&reader, "a number of units cannot be");
  return _csvc_reader_finish (&reader, TRUE, "a stored customer", error);
}

void
_csvc_customer_record_write_json (CsvcJson *json, const CsvcCustomerRecord *self)
{
  _csvc_json_begin_object (json, NULL);
  _csvc_json_integer (json, "codec", CSVC_CUSTOMER_CODEC);
  _csvc_shape_write_json (json, &record_shape, self);
  _csvc_json_end_object (json);
}

static gboolean
check_codec (JsonObject *object, GError **error)
{
  guint32 codec;

  if (!_csvc_json_get_number (object, "codec", &codec, error))
    return FALSE;
  if (codec >= 1 && codec <= CSVC_CUSTOMER_CODEC)
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "it is of codec %u; this version of libcsvc reads codecs 1 to %d", codec,
               CSVC_CUSTOMER_CODEC);
  return FALSE;
}

gboolean
_csvc_customer_record_from_json (CsvcCustomerRecord *self, const char *json, GError **error)
{
  g_autoptr (JsonNode) root = _csvc_json_parse_object (json, error);
  JsonObject *object = root != NULL ? json_node_get_object (root) : NULL;

  if (object == NULL || !check_codec (object, error) || !_csvc_shape_read_json (object, &record_shape, self, error))
    return FALSE;
  if (accounts_fit (self))
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "accounts: expected numbers of units that can be");
  return FALSE;
}

/* ---- Finding: sorted lists begin with their id ---- */

static gpointer
find (const GArray *list, const CsvcShape *shape, const char *id, guint *place)
{
  guint low = 0, high = list->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      gpointer item = list->data + middle * shape->size;
      int order = strcmp (*(const char **) item, id);

      if (order == 0)
        {
          *place = middle;
          return item;
        }
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  *place = low;
  return NULL;
}

static gpointer
find_or_insert (GArray *list, const CsvcShape *shape, const char *id)
{
  guint place;
  gpointer item = find (list, shape, id, &place);
  gsize behind;

  if (item != NULL)
    return item;
  behind = (list->len - place) * shape->size;
  g_array_set_size (list, list->len + 1);
  item = list->data + place * shape->size;
  memmove ((char *) item + shape->size, item, behind);
  _csvc_shape_init (shape, item);
  *(char **) item = g_ref_string_new (id);
  return item;
}

static gpointer
find_only (const GArray *list, const CsvcShape *shape, const char *id)
{
  guint place;

  return find (list, shape, id, &place);
}

CsvcAccount *
_csvc_customer_record_find_account (const CsvcCustomerRecord *self, const char *id)
{
  return find_only (self->accounts, &account_shape, id);
}

CsvcKeyed *
_csvc_account_find_key (const CsvcAccount *self, const char *key)
{
  return find_only (self->keyed, &keyed_shape, key);
}

CsvcApplied *
_csvc_customer_record_find_application (const CsvcCustomerRecord *self, const char *id)
{
  return find_only (self->applications, &applied_shape, id);
}

CsvcHappened *
_csvc_customer_record_find_happened (const CsvcCustomerRecord *self, const char *event)
{
  return find_only (self->happened, &happened_shape, event);
}

static int
index_of_lot (const CsvcAccount *self, guint number)
{
  for (guint i = 0; i < self->lots->len; i++)
    if (g_array_index (self->lots, CsvcLot, i).number == number)
      return (int) i;
  return -1;
}

CsvcLot *
_csvc_account_find_lot (const CsvcAccount *self, guint number)
{
  int i = index_of_lot (self, number);

  return i >= 0 ? &g_array_index (self->lots, CsvcLot, i) : NULL;
}

gint64
_csvc_account_left (const CsvcAccount *self, CsvcTime at)
{
  gint64 left = 0;

  for (guint i = 0; i < self->lots->len; i++)
    {
      const CsvcLot *lot = &g_array_index (self->lots, CsvcLot, i);

      if (lot->expires > at)
        left += _csvc_lot_left (lot);
    }
  return left;
}

/* ---- Applying effects ---- */

static gboolean
refuse (const CsvcEffect *effect, GError **error)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CORRUPT, "the effect \"%s\" of \"%s\" does not fit the customer",
               csvc_effect_type_to_string ((CsvcEffectType) effect->type), effect->subject != NULL ? effect->subject : "");
  return FALSE;
}

static void
set (char **to, const char *text)
{
  char *own = text != NULL ? g_ref_string_new (text) : NULL;

  g_clear_pointer (to, g_ref_string_release);
  *to = own;
}

static gboolean
put_fact (CsvcCustomerRecord *self, const CsvcEffect *effect)
{
  CsvcFactRecord *fact;
  guint place;

  if (effect->value.type == CSVC_TYPE_UNKNOWN)
    return TRUE;
  if (effect->value.type == CSVC_TYPE_NULL)
    {
      if (find (self->facts, &fact_shape, effect->subject, &place) != NULL)
        g_array_remove_index (self->facts, place);
      return TRUE;
    }
  fact = find_or_insert (self->facts, &fact_shape, effect->subject);
  _csvc_value_clear (&fact->value);
  _csvc_value_init_copy (&fact->value, &effect->value);
  return TRUE;
}

/* ---- tiers ---- */

static void
clear_warning (CsvcCustomerRecord *self)
{
  self->warned_at = self->warned_until = CSVC_NEVER;
  set (&self->warned_below, NULL);
}

static const char *
argument_text (const CsvcEffect *effect, const char *name)
{
  const CsvcValue *value = effect->arguments != NULL ? csvc_facts_find (effect->arguments, name) : NULL;

  return value != NULL && value->type == CSVC_TYPE_STRING ? value->u.s : NULL;
}

static void
set_by_hand (CsvcCustomerRecord *self, const CsvcEffect *effect)
{
  gboolean begins = g_strcmp0 (effect->text, "set") == 0;

  set (&self->set_tier, begins ? effect->subject : NULL);
  self->set_since = begins ? effect->at : CSVC_NEVER;
  self->set_until = begins ? effect->due : CSVC_NEVER;
  set (&self->set_reason, begins ? argument_text (effect, "reason") : NULL);
  set (&self->set_actor, begins ? argument_text (effect, "actor") : NULL);
}

static gboolean
change_tier (CsvcCustomerRecord *self, const CsvcEffect *effect)
{
  switch ((int) effect->type)
    {
    case CSVC_EFFECT_TIER:
      set (&self->tier, effect->subject);
      self->tier_since = effect->at;
      clear_warning (self);
      break;
    case CSVC_EFFECT_TIER_SET:
      set_by_hand (self, effect);
      break;
    case CSVC_EFFECT_TIER_WARNED:
      self->warned_at = effect->at;
      self->warned_until = effect->due;
      set (&self->warned_below, effect->detail);
      break;
    case CSVC_EFFECT_TIER_WARNING_WITHDRAWN:
      clear_warning (self);
      break;
    default:
      self->review_from = effect->from;
      self->review_at = effect->due;
    }
  return TRUE;
}

/* ---- accounts ---- */

/* Priority, earliest expiry, earliest grant. */
static gboolean
comes_before (const CsvcLot *a, const CsvcLot *b)
{
  if (a->priority != b->priority)
    return a->priority < b->priority;
  if (a->expires != b->expires)
    return a->expires < b->expires;
  return a->at != b->at ? a->at < b->at : a->number < b->number;
}

static void
insert_lot (CsvcAccount *account, const CsvcLot *lot)
{
  guint place = 0;

  while (place < account->lots->len && comes_before (&g_array_index (account->lots, CsvcLot, place), lot))
    place++;
  g_array_insert_val (account->lots, place, *lot);
}

static gboolean
is_reserved (const CsvcAccount *account, guint lot)
{
  for (guint i = 0; i < account->keyed->len; i++)
    {
      const GArray *taken = g_array_index (account->keyed, CsvcKeyed, i).taken;

      for (guint j = 0; j < taken->len; j++)
        if (g_array_index (taken, CsvcTaken, j).lot == lot)
          return TRUE;
    }
  return FALSE;
}

/* An empty lot is forgotten, unless it may be filled again: by a release, or by another quota for the period. */
static void
drop_empty_lots (CsvcAccount *account)
{
  for (guint i = account->lots->len; i-- > 0;)
    {
      const CsvcLot *lot = &g_array_index (account->lots, CsvcLot, i);

      if (_csvc_lot_left (lot) == 0 && lot->number != account->period_lot && !is_reserved (account, lot->number))
        g_array_remove_index (account->lots, i);
    }
}

/* Takes @amount, or what there is, in order; tells @taken (nullable) from which lots. */
static void
take (CsvcAccount *account, gint64 amount, CsvcTime at, GArray *taken)
{
  for (guint i = 0; i < account->lots->len && amount > 0; i++)
    {
      CsvcLot *lot = &g_array_index (account->lots, CsvcLot, i);
      CsvcTaken part = { lot->number, MIN (_csvc_lot_left (lot), amount) };

      if (part.amount == 0 || lot->expires <= at)
        continue;
      lot->taken += part.amount;
      amount -= part.amount;
      if (taken != NULL)
        g_array_append_val (taken, part);
    }
}

static void
count_used (CsvcAccount *account, gint64 amount)
{
  if (__builtin_add_overflow (account->used, amount, &account->used))
    account->used = G_MAXINT64;
  account->used = MAX (account->used, 0);
}

static void
forget_old_keys (CsvcAccount *account, CsvcTime at)
{
  for (guint i = account->keyed->len; i-- > 0;)
    {
      const CsvcKeyed *keyed = &g_array_index (account->keyed, CsvcKeyed, i);

      if (keyed->state != CSVC_KEYED_RESERVED && keyed->at < at - CSVC_CUSTOMER_MEMORY)
        g_array_remove_index (account->keyed, i);
    }
}

/* NULL without a key. */
static CsvcKeyed *
note_key (CsvcAccount *account, const CsvcEffect *effect, CsvcKeyedState state)
{
  CsvcKeyed *keyed;

  if (effect->text == NULL)
    return NULL;
  forget_old_keys (account, effect->at);
  keyed = find_or_insert (account->keyed, &keyed_shape, effect->text);
  keyed->state = state;
  keyed->amount = effect->amount;
  keyed->at = effect->at;
  g_array_set_size (keyed->taken, 0);
  return keyed;
}

static void
begin_running (CsvcCustomerRecord *self, const CsvcEffect *effect)
{
  CsvcRunning *running;

  if (effect->due == CSVC_NEVER)
    return;
  running = _csvc_shape_append (&running_shape, self->running);
  set (&running->id, effect->subject);
  set (&running->key, effect->text);
  running->number = effect->number;
  running->at = effect->at;
  running->until = effect->due;
  self->n_running = MAX (self->n_running, effect->number);
}

static void
begin_period (CsvcAccount *account, const CsvcEffect *effect)
{
  account->from = effect->from;
  account->to = effect->promised;
  account->used = 0;
  account->period_lot = effect->number;
}

static void
add_lot (CsvcAccount *account, const CsvcEffect *effect)
{
  CsvcLot lot = { effect->number, effect->row, effect->amount, 0, effect->at, effect->due };

  account->n_lots = MAX (account->n_lots, effect->number);
  insert_lot (account, &lot);
}

static gboolean
grant (CsvcAccount *account, const CsvcEffect *effect)
{
  if (effect->number == 0 || _csvc_account_find_lot (account, effect->number) != NULL || effect->amount < 0)
    return FALSE;
  if (g_strcmp0 (effect->detail, "period") == 0)
    begin_period (account, effect);
  add_lot (account, effect);
  note_key (account, effect, CSVC_KEYED_GRANTED);
  return TRUE;
}

static gboolean
use (CsvcCustomerRecord *self, CsvcAccount *account, const CsvcEffect *effect)
{
  take (account, effect->amount, effect->at, NULL);
  count_used (account, effect->amount);
  note_key (account, effect, CSVC_KEYED_USED);
  drop_empty_lots (account);
  begin_running (self, effect);
  return effect->amount > 0;
}

static gboolean
reserve (CsvcAccount *account, const CsvcEffect *effect)
{
  CsvcKeyed *keyed = note_key (account, effect, CSVC_KEYED_RESERVED);

  if (keyed == NULL || effect->amount <= 0)
    return FALSE;
  take (account, effect->amount, effect->at, keyed->taken);
  count_used (account, effect->amount);
  return TRUE;
}

static CsvcKeyed *
find_reserved (const CsvcAccount *account, const CsvcEffect *effect)
{
  CsvcKeyed *keyed = effect->text != NULL ? _csvc_account_find_key (account, effect->text) : NULL;

  return keyed != NULL && keyed->state == CSVC_KEYED_RESERVED ? keyed : NULL;
}

static gboolean
commit (CsvcCustomerRecord *self, CsvcAccount *account, const CsvcEffect *effect)
{
  if (find_reserved (account, effect) == NULL)
    return FALSE;
  note_key (account, effect, CSVC_KEYED_COMMITTED);
  drop_empty_lots (account);
  begin_running (self, effect);
  return TRUE;
}

/* A lot that has expired meanwhile takes nothing back. */
static gboolean
release (CsvcAccount *account, const CsvcEffect *effect)
{
  CsvcKeyed *keyed = find_reserved (account, effect);

  if (keyed == NULL)
    return FALSE;
  for (guint i = 0; i < keyed->taken->len; i++)
    {
      const CsvcTaken *part = &g_array_index (keyed->taken, CsvcTaken, i);
      CsvcLot *lot = _csvc_account_find_lot (account, part->lot);

      if (lot != NULL)
        lot->taken -= part->amount;
    }
  if (account->from == CSVC_NEVER || keyed->at >= account->from)
    count_used (account, -keyed->amount);
  note_key (account, effect, CSVC_KEYED_RELEASED);
  drop_empty_lots (account);
  return TRUE;
}

static gboolean
expire (CsvcAccount *account, const CsvcEffect *effect)
{
  int i = index_of_lot (account, effect->number);

  if (i < 0)
    return FALSE;
  g_array_remove_index (account->lots, (guint) i);
  if (account->period_lot == effect->number)
    account->period_lot = 0;
  return TRUE;
}

static gboolean
adjust (CsvcAccount *account, const CsvcEffect *effect)
{
  CsvcLot *lot = effect->number > 0 ? _csvc_account_find_lot (account, effect->number) : NULL;

  if (lot != NULL && lot->amount + effect->amount >= 0)
    lot->amount += effect->amount;
  else if (effect->number == 0 && effect->amount < 0)
    take (account, -effect->amount, effect->at, NULL);
  else
    return FALSE;
  note_key (account, effect, CSVC_KEYED_ADJUSTED);
  drop_empty_lots (account);
  return TRUE;
}

static gboolean
change_account (CsvcCustomerRecord *self, const CsvcEffect *effect)
{
  CsvcAccount *account = find_or_insert (self->accounts, &account_shape, effect->subject);

  switch ((int) effect->type)
    {
    case CSVC_EFFECT_GRANTED:
      return grant (account, effect);
    case CSVC_EFFECT_USED:
      return use (self, account, effect);
    case CSVC_EFFECT_RESERVED:
      return reserve (account, effect);
    case CSVC_EFFECT_COMMITTED:
      return commit (self, account, effect);
    case CSVC_EFFECT_RELEASED:
      return release (account, effect);
    case CSVC_EFFECT_EXPIRED:
      return expire (account, effect);
    default:
      return adjust (account, effect);
    }
}

/* ---- the rest ---- */

static gboolean
apply_for (CsvcCustomerRecord *self, const CsvcEffect *effect)
{
  for (guint state = 0; state <= CSVC_APPLICATION_WITHDRAWN; state++)
    if (g_strcmp0 (effect->detail, application_word (state)) == 0)
      {
        CsvcApplied *applied = find_or_insert (self->applications, &applied_shape, effect->subject);

        applied->state = state;
        applied->at = effect->at;
        return TRUE;
      }
  return FALSE;
}

static gboolean
end_running (CsvcCustomerRecord *self, const CsvcEffect *effect)
{
  for (guint i = 0; i < self->running->len; i++)
    if (g_array_index (self->running, CsvcRunning, i).number == effect->number)
      {
        g_array_remove_index (self->running, i);
        return TRUE;
      }
  return FALSE;
}

static gboolean
note_contact (CsvcCustomerRecord *self, const CsvcEffect *effect)
{
  CsvcContact *contact = _csvc_shape_append (&contact_shape, self->contacts);
  guint n_old = 0;

  contact->at = effect->at;
  set (&contact->channel, effect->subject);
  set (&contact->purpose, effect->detail);
  set (&contact->rule, effect->text);
  set (&contact->case_id, argument_text (effect, "case"));
  while (g_array_index (self->contacts, CsvcContact, n_old).at < effect->at - CSVC_CUSTOMER_MEMORY)
    n_old++;
  if (n_old > 0)
    g_array_remove_range (self->contacts, 0, n_old);
  return TRUE;
}

CsvcTask *
_csvc_customer_record_find_task (const CsvcCustomerRecord *self, const char *rule, const char *key)
{
  for (guint i = 0; i < self->tasks->len; i++)
    {
      CsvcTask *task = &g_array_index (self->tasks, CsvcTask, i);

      if (strcmp (task->rule, rule) == 0 && g_strcmp0 (task->key, key) == 0)
        return task;
    }
  return NULL;
}

static gboolean
open_task (CsvcCustomerRecord *self, const CsvcEffect *effect)
{
  CsvcTask *task;

  if (_csvc_customer_record_find_task (self, effect->subject, effect->detail) != NULL)
    return FALSE;
  task = _csvc_shape_append (&task_shape, self->tasks);
  set (&task->rule, effect->subject);
  set (&task->key, effect->detail);
  set (&task->case_id, effect->text);
  set (&task->purpose, argument_text (effect, "purpose"));
  set (&task->script, argument_text (effect, "script"));
  task->opened_at = effect->at;
  task->due = effect->due;
  return TRUE;
}

static gboolean
change_task (CsvcCustomerRecord *self, const CsvcEffect *effect)
{
  CsvcTask *task = _csvc_customer_record_find_task (self, effect->subject, effect->detail);

  if (task == NULL || task->closed_at != CSVC_NEVER)
    return FALSE;
  if (effect->type == CSVC_EFFECT_TASK_CLOSED)
    {
      task->closed_at = effect->at;
      return TRUE;
    }
  set (&task->script, effect->text);
  task->due = effect->due;
  return TRUE;
}

static gboolean
note_event (CsvcCustomerRecord *self, const CsvcEffect *effect)
{
  ((CsvcHappened *) find_or_insert (self->happened, &happened_shape, effect->subject))->at = effect->at;
  return TRUE;
}

/* What is said of what is personal. A case's own facts are forgotten in its own journal. */
static gboolean
is_of_personal (const CsvcEffect *effect)
{
  return (effect->type == CSVC_EFFECT_FORGOTTEN && effect->customer != NULL) || effect->type == CSVC_EFFECT_HELD ||
         effect->type == CSVC_EFFECT_HOLD_RELEASED;
}

static gboolean
forget_fact (CsvcCustomerRecord *self, const CsvcEffect *effect)
{
  guint place;

  if (effect->type == CSVC_EFFECT_FORGOTTEN && find (self->facts, &fact_shape, effect->subject, &place) != NULL)
    g_array_remove_index (self->facts, place);
  return TRUE;
}

gboolean
_csvc_effect_is_customers (const CsvcEffect *effect)
{
  return effect->type == CSVC_EFFECT_CUSTOMER_PUT || (effect->type >= CSVC_EFFECT_TIER && effect->type <= CSVC_EFFECT_HAPPENED) ||
         effect->type == CSVC_EFFECT_TASK_UPDATED || is_of_personal (effect);
}

static gboolean
apply (CsvcCustomerRecord *self, const CsvcEffect *effect)
{
  switch ((int) effect->type)
    {
    case CSVC_EFFECT_CUSTOMER_PUT:
      return put_fact (self, effect);
    case CSVC_EFFECT_TIER:
    case CSVC_EFFECT_TIER_SET:
    case CSVC_EFFECT_TIER_WARNED:
    case CSVC_EFFECT_TIER_WARNING_WITHDRAWN:
    case CSVC_EFFECT_TIER_REVIEW:
      return change_tier (self, effect);
    case CSVC_EFFECT_APPLIED:
      return apply_for (self, effect);
    case CSVC_EFFECT_ENTITLEMENT_ENDED:
      return end_running (self, effect);
    case CSVC_EFFECT_CONTACTED:
      return note_contact (self, effect);
    case CSVC_EFFECT_TASK_OPENED:
      return open_task (self, effect);
    case CSVC_EFFECT_TASK_UPDATED:
    case CSVC_EFFECT_TASK_CLOSED:
      return change_task (self, effect);
    case CSVC_EFFECT_HAPPENED:
      return note_event (self, effect);
    case CSVC_EFFECT_FORGOTTEN:
    case CSVC_EFFECT_HELD:
    case CSVC_EFFECT_HOLD_RELEASED:
      return forget_fact (self, effect);
    default:
      return change_account (self, effect);
    }
}

static gboolean
needs_subject (const CsvcEffect *effect)
{
  return effect->type != CSVC_EFFECT_TIER && effect->type != CSVC_EFFECT_TIER_SET && effect->type != CSVC_EFFECT_TIER_WARNED &&
         effect->type != CSVC_EFFECT_TIER_WARNING_WITHDRAWN && effect->type != CSVC_EFFECT_TIER_REVIEW && effect->type != CSVC_EFFECT_CONTACTED;
}

gboolean
_csvc_customer_record_apply (CsvcCustomerRecord *self, const CsvcEffect *effect, GError **error)
{
  if (!_csvc_effect_is_customers (effect))
    return TRUE;
  if ((effect->subject == NULL && needs_subject (effect)) || !apply (self, effect))
    return refuse (effect, error);
  if (effect->type != CSVC_EFFECT_CUSTOMER_PUT && !is_of_personal (effect))
    self->at = effect->at;
  return TRUE;
}

gboolean
_csvc_customer_record_fold (CsvcCustomerRecord *self, const CsvcEffects *effects, GError **error)
{
  for (guint i = 0; i < csvc_effects_get_size (effects); i++)
    if (!_csvc_customer_record_apply (self, csvc_effects_get (effects, i), error))
      return FALSE;
  return TRUE;
}
