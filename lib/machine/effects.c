/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "machine/effects.h"

#include <string.h>

#include "machine/bytes.h"

/* Every type's name, sentence and fields stand in one table, and everything else walks it:
 *
 *   kinds[type] = word · sentence · field, field, … ──▶ JSON, bytes, accessors, prose
 *
 * A field is a name and the slot of struct _CsvcEffect that holds it. The order of the fields is the order of
 * the bytes: it never changes; new fields need a new codec. */

typedef enum { SUBJECT = 1, DETAIL, TEXT, NUMBER, ROW, TIME, DUE, FROM, PROMISED, VALUE, ARGUMENTS, CUSTOMER, AMOUNT, LEFT } Slot;

typedef struct {
  const char *name;
  Slot        slot;
} Field;

/* In a sentence {field} stands for the field; [what is in brackets] is left out when a field in it is absent. */
typedef struct {
  const char *word;
  const char *sentence;
  Field       fields[14]; /* ends with a NULL name */
} Kind;

static const Kind kinds[] = {
  [CSVC_EFFECT_OPENED] = { "opened", "case {case} opened as {kind}[ for customer {customer}]",
    { { "case", TEXT }, { "kind", SUBJECT }, { "customer", DETAIL }, { "occurred", TIME } } },
  [CSVC_EFFECT_POLICY] = { "policy", "judged by policy {policy} {version}",
    { { "policy", SUBJECT }, { "version", DETAIL }, { "hash", TEXT } } },
  [CSVC_EFFECT_FACT_SET] = { "fact-set", "{fact} = {value}",
    { { "fact", SUBJECT }, { "value", VALUE } } },
  [CSVC_EFFECT_STATE_LEFT] = { "state-left", "left {state}",
    { { "state", SUBJECT } } },
  [CSVC_EFFECT_STATE_ENTERED] = { "state-entered", "entered {state}",
    { { "state", SUBJECT }, { "entries", NUMBER } } },
  [CSVC_EFFECT_HISTORY_KEPT] = { "history-kept", "{history} remembers {states}",
    { { "history", SUBJECT }, { "states", TEXT } } },
  [CSVC_EFFECT_CLOCK_STARTED] = { "clock-started", "clock {clock} {cycle} started[, {continues}][, due {due}]",
    { { "clock", SUBJECT }, { "cycle", NUMBER }, { "row", ROW }, { "start", TIME }, { "due", DUE }, { "promised", PROMISED },
      { "calendar", TEXT }, { "continues", DETAIL }, { "from", FROM } } },
  [CSVC_EFFECT_CLOCK_PAUSED] = { "clock-paused", "clock {clock} {cycle} paused[ by {cause}]",
    { { "clock", SUBJECT }, { "cycle", NUMBER }, { "from", TIME }, { "cause", DETAIL } } },
  [CSVC_EFFECT_CLOCK_RESUMED] = { "clock-resumed", "clock {clock} {cycle} resumed[ by {cause}][, due {due}]",
    { { "clock", SUBJECT }, { "cycle", NUMBER }, { "from", TIME }, { "due", DUE }, { "cause", DETAIL } } },
  [CSVC_EFFECT_CLOCK_TARGET] = { "clock-target", "clock {clock} {cycle} has another target[, row {row}][, due {due}]",
    { { "clock", SUBJECT }, { "cycle", NUMBER }, { "row", ROW }, { "due", DUE }, { "promised", PROMISED }, { "calendar", TEXT } } },
  [CSVC_EFFECT_CLOCK_MET] = { "clock-met", "clock {clock} {cycle} met at {occurred}[ by {event}][, due {due}]",
    { { "clock", SUBJECT }, { "cycle", NUMBER }, { "occurred", TIME }, { "due", DUE }, { "event", DETAIL } } },
  [CSVC_EFFECT_CLOCK_MISSED] = { "clock-missed", "clock {clock} {cycle} missed, due {due}",
    { { "clock", SUBJECT }, { "cycle", NUMBER }, { "due", DUE } } },
  [CSVC_EFFECT_CLOCK_MET_LATE] = { "clock-met-late", "clock {clock} {cycle} met late at {occurred}[ by {event}][, due {due}]",
    { { "clock", SUBJECT }, { "cycle", NUMBER }, { "occurred", TIME }, { "due", DUE }, { "event", DETAIL } } },
  [CSVC_EFFECT_CLOCK_ENDED] = { "clock-ended", "clock {clock} {cycle} ended: {reason}[ by {cause}]",
    { { "clock", SUBJECT }, { "cycle", NUMBER }, { "occurred", TIME }, { "due", DUE }, { "reason", DETAIL }, { "cause", TEXT } } },
  [CSVC_EFFECT_CLOCK_CORRECTED] = { "clock-corrected", "clock {clock} {cycle} was in time after all: {event} at {occurred}",
    { { "clock", SUBJECT }, { "cycle", NUMBER }, { "occurred", TIME }, { "event", DETAIL } } },
  [CSVC_EFFECT_ALARM] = { "alarm", "alarm {alarm} of clock {clock} {cycle} at {deadline}",
    { { "clock", SUBJECT }, { "cycle", NUMBER }, { "alarm", DETAIL }, { "deadline", TIME }, { "due", DUE } } },
  [CSVC_EFFECT_ALARM_PASSED] = { "alarm-passed", "alarm {alarm} of clock {clock} {cycle} had passed at {deadline}",
    { { "clock", SUBJECT }, { "cycle", NUMBER }, { "alarm", DETAIL }, { "deadline", TIME } } },
  [CSVC_EFFECT_LEVEL] = { "level", "level {level}[, was {level-before}][, handled by {role}]",
    { { "level", NUMBER }, { "level-before", ROW }, { "role", DETAIL } } },
  [CSVC_EFFECT_OWNER] = { "owner", "owner[ {actor}][, {role}][, {unit}]",
    { { "actor", SUBJECT }, { "role", DETAIL }, { "unit", TEXT } } },
  [CSVC_EFFECT_NOTIFY] = { "notify", "notify {role}[ because of {cause}]",
    { { "role", SUBJECT }, { "cause", DETAIL } } },
  [CSVC_EFFECT_MESSAGE] = { "message", "{name}[ ({arguments})]",
    { { "name", SUBJECT }, { "arguments", ARGUMENTS } } },
  [CSVC_EFFECT_LOG] = { "log", "log[ {label}][: {value}]",
    { { "label", SUBJECT }, { "value", VALUE } } },
  [CSVC_EFFECT_UNDECIDED] = { "undecided", "undecided[: {cause}][, {fact} is missing][ (line {line})]",
    { { "cause", SUBJECT }, { "fact", DETAIL }, { "line", NUMBER }, { "pending", ROW } } },
  [CSVC_EFFECT_RETRIED] = { "retried", "{cause} tried again",
    { { "cause", SUBJECT } } },
  [CSVC_EFFECT_ENDED] = { "ended", "ended[ in {state}][: {outcome}]",
    { { "state", SUBJECT }, { "outcome", DETAIL } } },
  [CSVC_EFFECT_CUSTOMER_PUT] = { "customer-put", "customer {customer}: {fact} = {value}",
    { { "customer", DETAIL }, { "fact", SUBJECT }, { "value", VALUE } } },
  [CSVC_EFFECT_LINKED] = { "linked", "{relation}: case {case}[, a {kind}]",
    { { "relation", SUBJECT }, { "case", TEXT }, { "kind", DETAIL } } },
  [CSVC_EFFECT_CHILD_OPENED] = { "child-opened", "opens case {case}, a {kind}[, until {until} is left][ ({arguments})]",
    { { "kind", SUBJECT }, { "case", TEXT }, { "until", DETAIL }, { "arguments", ARGUMENTS } } },
  [CSVC_EFFECT_CHILD_ENDED] = { "child-ended", "ends case {case}[, a {kind}]: {reason}",
    { { "kind", SUBJECT }, { "case", TEXT }, { "reason", DETAIL } } },
  [CSVC_EFFECT_CHILD_DONE] = { "child-done", "case {case}[, a {kind},] has ended[: {outcome}]",
    { { "kind", SUBJECT }, { "case", TEXT }, { "outcome", DETAIL } } },
  [CSVC_EFFECT_TOLD] = { "told", "tells case {case}: {event}[ ({arguments})]",
    { { "event", SUBJECT }, { "case", TEXT }, { "arguments", ARGUMENTS } } },
  [CSVC_EFFECT_CLOCK_CARRIED] = { "clock-carried", "clock {clock} {cycle} had used {carried} by {from}",
    { { "clock", SUBJECT }, { "cycle", NUMBER }, { "from", FROM }, { "carried", VALUE }, { "calendar", TEXT } } },
  [CSVC_EFFECT_CLOCK_FORWARD] = { "clock-forward", "clock {clock} {cycle} has another target from now on[, row {row}][, due {due}]",
    { { "clock", SUBJECT }, { "cycle", NUMBER }, { "row", ROW }, { "due", DUE }, { "promised", PROMISED }, { "calendar", TEXT },
      { "credit", VALUE } } },
  [CSVC_EFFECT_CLOCK_HORIZON] = { "clock-horizon", "clock {clock} {cycle}: due {due} lies past the last announced year of its calendar",
    { { "clock", SUBJECT }, { "cycle", NUMBER }, { "due", DUE }, { "calendar", TEXT } } },
  [CSVC_EFFECT_ALARMS_PASSED] = { "alarms-passed", "alarm {alarm} of clock {clock} {cycle} had passed {times} times, the last at {deadline}",
    { { "clock", SUBJECT }, { "cycle", NUMBER }, { "alarm", DETAIL }, { "deadline", TIME }, { "times", ROW } } },
  [CSVC_EFFECT_RESTATED] = { "restated", "the case as a whole, {cause}",
    { { "cause", SUBJECT }, { "state", TEXT } } },
  [CSVC_EFFECT_TIER] = { "tier", "customer {customer}: tier {tier}[, was {tier-before}] ({cause})",
    { { "customer", CUSTOMER }, { "tier", SUBJECT }, { "tier-before", DETAIL }, { "cause", TEXT } } },
  [CSVC_EFFECT_TIER_SET] = { "tier-set", "customer {customer}: tier {tier} {cause}[, was {tier-before}][ until {until}][ ({arguments})]",
    { { "customer", CUSTOMER }, { "tier", SUBJECT }, { "tier-before", DETAIL }, { "cause", TEXT }, { "until", DUE },
      { "arguments", ARGUMENTS } } },
  [CSVC_EFFECT_TIER_WARNED] = { "tier-warned", "customer {customer}: tier {tier} ends at {until}[, then {below}][, unless {condition}]",
    { { "customer", CUSTOMER }, { "tier", SUBJECT }, { "below", DETAIL }, { "condition", TEXT }, { "until", DUE } } },
  [CSVC_EFFECT_TIER_WARNING_WITHDRAWN] = { "tier-warning-withdrawn", "customer {customer}: tier {tier} stays",
    { { "customer", CUSTOMER }, { "tier", SUBJECT } } },
  [CSVC_EFFECT_TIER_REVIEW] = { "tier-review", "customer {customer}: next review[ at {next}]",
    { { "customer", CUSTOMER }, { "from", FROM }, { "next", DUE } } },
  [CSVC_EFFECT_GRANTED] = { "granted", "customer {customer}: {amount} of {account} granted[ ({cause})][, until {expires}], {left} left",
    { { "customer", CUSTOMER }, { "account", SUBJECT }, { "amount", AMOUNT }, { "left", LEFT }, { "lot", NUMBER }, { "priority", ROW },
      { "expires", DUE }, { "key", TEXT }, { "cause", DETAIL }, { "from", FROM }, { "to", PROMISED } } },
  [CSVC_EFFECT_USED] = { "used", "customer {customer}: {amount} of {account} used[ for {cause}][, until {until}], {left} left[ ({arguments})]",
    { { "customer", CUSTOMER }, { "account", SUBJECT }, { "amount", AMOUNT }, { "left", LEFT }, { "key", TEXT }, { "cause", DETAIL },
      { "until", DUE }, { "number", NUMBER }, { "arguments", ARGUMENTS } } },
  [CSVC_EFFECT_RESERVED] = { "reserved", "customer {customer}: {amount} of {account} reserved[ for {cause}], {left} left",
    { { "customer", CUSTOMER }, { "account", SUBJECT }, { "amount", AMOUNT }, { "left", LEFT }, { "key", TEXT }, { "cause", DETAIL } } },
  [CSVC_EFFECT_COMMITTED] = { "committed", "customer {customer}: {amount} reserved of {account} used[ for {cause}][, until {until}]",
    { { "customer", CUSTOMER }, { "account", SUBJECT }, { "amount", AMOUNT }, { "key", TEXT }, { "cause", DETAIL }, { "until", DUE },
      { "number", NUMBER } } },
  [CSVC_EFFECT_RELEASED] = { "released", "customer {customer}: {amount} of {account} released[ for {cause}], {left} left",
    { { "customer", CUSTOMER }, { "account", SUBJECT }, { "amount", AMOUNT }, { "left", LEFT }, { "key", TEXT }, { "cause", DETAIL } } },
  [CSVC_EFFECT_EXPIRED] = { "expired", "customer {customer}: {amount} of {account} expired, {left} left",
    { { "customer", CUSTOMER }, { "account", SUBJECT }, { "lot", NUMBER }, { "amount", AMOUNT }, { "left", LEFT }, { "cause", DETAIL } } },
  [CSVC_EFFECT_ADJUSTED] = { "adjusted", "customer {customer}: {account} adjusted by {amount}[ ({cause})], {left} left",
    { { "customer", CUSTOMER }, { "account", SUBJECT }, { "amount", AMOUNT }, { "left", LEFT }, { "lot", NUMBER }, { "key", TEXT },
      { "cause", DETAIL } } },
  [CSVC_EFFECT_APPLIED] = { "applied", "customer {customer}: {entitlement} {state}",
    { { "customer", CUSTOMER }, { "entitlement", SUBJECT }, { "state", DETAIL } } },
  [CSVC_EFFECT_ENTITLEMENT_ENDED] = { "entitlement-ended", "customer {customer}: {entitlement} has ended",
    { { "customer", CUSTOMER }, { "entitlement", SUBJECT }, { "number", NUMBER }, { "key", TEXT } } },
  [CSVC_EFFECT_CONTACTED] = { "contacted", "customer {customer} contacted by {channel}[, {purpose}][, {rule}][ ({arguments})]",
    { { "customer", CUSTOMER }, { "channel", SUBJECT }, { "purpose", DETAIL }, { "rule", TEXT }, { "arguments", ARGUMENTS } } },
  [CSVC_EFFECT_TASK_OPENED] = { "task-opened", "customer {customer}: task of {rule}[ for {key}][: case {case}][, due {due}][ ({arguments})]",
    { { "customer", CUSTOMER }, { "rule", SUBJECT }, { "key", DETAIL }, { "case", TEXT }, { "due", DUE }, { "arguments", ARGUMENTS } } },
  [CSVC_EFFECT_TASK_CLOSED] = { "task-closed", "customer {customer}: task of {rule}[ for {key}] closed[: {cause}]",
    { { "customer", CUSTOMER }, { "rule", SUBJECT }, { "key", DETAIL }, { "cause", TEXT } } },
  [CSVC_EFFECT_HAPPENED] = { "happened", "customer {customer}: {event} happened",
    { { "customer", CUSTOMER }, { "event", SUBJECT } } },
  [CSVC_EFFECT_DECIDED] = { "decided", "table {table} decided[ {as}][ by row {rows}][: {arguments}]",
    { { "table", SUBJECT }, { "as", DETAIL }, { "rows", TEXT }, { "arguments", ARGUMENTS } } },
  [CSVC_EFFECT_TASK_UPDATED] = { "task-updated", "customer {customer}: task of {rule}[ for {key}] changed[, due {due}][, script {script}]",
    { { "customer", CUSTOMER }, { "rule", SUBJECT }, { "key", DETAIL }, { "script", TEXT }, { "due", DUE } } },
  [CSVC_EFFECT_FORGOTTEN] = { "forgotten", "[customer {customer}: ]{fact} forgotten[ ({cause})][; it stands in the clear in the {left}]",
    { { "customer", CUSTOMER }, { "fact", SUBJECT }, { "cause", DETAIL }, { "left", TEXT } } },
  [CSVC_EFFECT_HELD] = { "held", "customer {customer}: nothing is forgotten because of {reason}",
    { { "customer", CUSTOMER }, { "reason", SUBJECT } } },
  [CSVC_EFFECT_HOLD_RELEASED] = { "hold-released", "customer {customer}: {reason} holds nothing any more",
    { { "customer", CUSTOMER }, { "reason", SUBJECT } } },
};
G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == CSVC_EFFECT_HOLD_RELEASED + 1);

struct _CsvcEffects {
  gatomicrefcount refs;
  GArray         *items;    /* of CsvcEffect */
  GStringChunk   *pool;     /* strings that belong to no policy */
  GPtrArray      *policies; /* whose strings are borrowed; the last one stays after clearing: the next command is likely its, too */
};

static const Kind *
kind_of (guint type)
{
  return type > 0 && type < G_N_ELEMENTS (kinds) ? &kinds[type] : NULL;
}

const char *
csvc_effect_type_to_string (CsvcEffectType type)
{
  const Kind *kind = kind_of (type);

  return kind != NULL ? kind->word : NULL;
}

/* ---- The list ---- */

static void
effect_clear (gpointer data)
{
  CsvcEffect *self = data;

  _csvc_value_clear (&self->value);
  g_clear_pointer (&self->arguments, csvc_facts_unref);
}

CsvcEffects *
csvc_effects_new (void)
{
  CsvcEffects *self = g_new0 (CsvcEffects, 1);

  g_atomic_ref_count_init (&self->refs);
  self->items = g_array_new (FALSE, TRUE, sizeof (CsvcEffect));
  g_array_set_clear_func (self->items, effect_clear);
  self->pool = g_string_chunk_new (512);
  self->policies = g_ptr_array_new_with_free_func ((GDestroyNotify) csvc_policy_unref);
  return self;
}

CsvcEffects *
csvc_effects_ref (CsvcEffects *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
csvc_effects_unref (CsvcEffects *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_array_unref (self->items);
  g_string_chunk_free (self->pool);
  g_ptr_array_unref (self->policies);
  g_free (self);
}

void
csvc_effects_clear (CsvcEffects *self)
{
  g_return_if_fail (self != NULL);

  g_array_set_size (self->items, 0);
  g_string_chunk_clear (self->pool);
  if (self->policies->len > 1)
    g_ptr_array_set_size (self->policies, 0);
}

guint
csvc_effects_get_size (const CsvcEffects *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->items->len;
}

const CsvcEffect *
csvc_effects_get (const CsvcEffects *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->items->len, NULL);

  return &g_array_index (self->items, CsvcEffect, index);
}

void
_csvc_effects_use_policy (CsvcEffects *self, CsvcPolicy *policy)
{
  if (self->items->len == 0 && self->policies->len == 1 && self->policies->pdata[0] != policy)
    g_ptr_array_set_size (self->policies, 0);
  if (!g_ptr_array_find (self->policies, policy, NULL))
    g_ptr_array_add (self->policies, csvc_policy_ref (policy));
}

CsvcEffect *
_csvc_effects_add (CsvcEffects *self, CsvcEffectType type, CsvcTime at)
{
  CsvcEffect *effect;

  g_array_set_size (self->items, self->items->len + 1); /* zeroed */
  effect = &g_array_index (self->items, CsvcEffect, self->items->len - 1);
  effect->type = (guint8) type;
  effect->at = at;
  effect->time = effect->due = effect->from = effect->promised = CSVC_NEVER;
  return effect;
}

CsvcEffect *
_csvc_effects_edit (CsvcEffects *self, guint index)
{
  return &g_array_index (self->items, CsvcEffect, index);
}

const char *
_csvc_effects_keep (CsvcEffects *self, const char *s)
{
  return s != NULL ? g_string_chunk_insert_const (self->pool, s) : NULL;
}

void
_csvc_effects_truncate (CsvcEffects *self, guint size)
{
  g_return_if_fail (size <= self->items->len);

  g_array_set_size (self->items, size);
}

/* The other list may die first, so its strings are copied: nobody knows here which of them a policy keeps. */
void
_csvc_effects_append_some (CsvcEffects *self, const CsvcEffects *from, guint first, gboolean (*wanted) (const CsvcEffect *effect))
{
  for (guint i = first; i < from->items->len; i++)
    {
      const CsvcEffect *source = csvc_effects_get (from, i);
      CsvcEffect copy = *source;

      if (wanted != NULL && !wanted (source))
        continue;
      copy.subject = _csvc_effects_keep (self, source->subject);
      copy.detail = _csvc_effects_keep (self, source->detail);
      copy.text = _csvc_effects_keep (self, source->text);
      copy.customer = _csvc_effects_keep (self, source->customer);
      _csvc_value_init_copy (&copy.value, &source->value);
      if (source->arguments != NULL)
        copy.arguments = csvc_facts_ref (source->arguments);
      g_array_append_val (self->items, copy);
    }
}

void
_csvc_effects_append (CsvcEffects *self, const CsvcEffects *from)
{
  _csvc_effects_append_some (self, from, 0, NULL);
}

/* ---- Fields by name ---- */

static const char **
text_slot (CsvcEffect *self, Slot slot)
{
  return slot == SUBJECT ? &self->subject : slot == DETAIL ? &self->detail : slot == TEXT ? &self->text : slot == CUSTOMER ? &self->customer : NULL;
}

static const char *
get_text (const CsvcEffect *self, Slot slot)
{
  return slot == SUBJECT ? self->subject : slot == DETAIL ? self->detail : slot == TEXT ? self->text : slot == CUSTOMER ? self->customer : NULL;
}

static CsvcTime
get_time (const CsvcEffect *self, Slot slot)
{
  switch ((int) slot)
    {
    case TIME:
      return self->time;
    case DUE:
      return self->due;
    case FROM:
      return self->from;
    case PROMISED:
      return self->promised;
    default:
      return CSVC_NEVER;
    }
}

static void
set_time (CsvcEffect *self, Slot slot, CsvcTime time)
{
  *(slot == TIME ? &self->time : slot == DUE ? &self->due : slot == FROM ? &self->from : &self->promised) = time;
}

static const Field *
find_field (const CsvcEffect *self, const char *name, gsize length)
{
  const Kind *kind = kind_of (self->type);

  for (const Field *field = kind != NULL ? kind->fields : NULL; field != NULL && field->name != NULL; field++)
    if (strncmp (field->name, name, length) == 0 && field->name[length] == '\0')
      return field;
  return NULL;
}

static CsvcEffectFieldKind
kind_of_slot (Slot slot)
{
  switch (slot)
    {
    case NUMBER:
    case ROW:
      return CSVC_EFFECT_FIELD_NUMBER;
    case AMOUNT:
    case LEFT:
      return CSVC_EFFECT_FIELD_AMOUNT;
    case TIME:
    case DUE:
    case FROM:
    case PROMISED:
      return CSVC_EFFECT_FIELD_TIME;
    case VALUE:
      return CSVC_EFFECT_FIELD_VALUE;
    case ARGUMENTS:
      return CSVC_EFFECT_FIELD_ARGUMENTS;
    default:
      return CSVC_EFFECT_FIELD_TEXT;
    }
}

const char *
csvc_effect_type_get_field (CsvcEffectType type, guint index, CsvcEffectFieldKind *kind)
{
  const Kind *owner = kind_of (type);

  if (owner == NULL || index >= G_N_ELEMENTS (owner->fields) || owner->fields[index].name == NULL)
    return NULL;
  if (kind != NULL)
    *kind = kind_of_slot (owner->fields[index].slot);
  return owner->fields[index].name;
}

static Slot
find_slot (const CsvcEffect *self, const char *name)
{
  const Field *field = find_field (self, name, strlen (name));

  return field != NULL ? field->slot : (Slot) 0;
}

CsvcEffectType
csvc_effect_get_type (const CsvcEffect *self)
{
  g_return_val_if_fail (self != NULL, (CsvcEffectType) 0);

  return (CsvcEffectType) self->type;
}

CsvcTime
csvc_effect_get_at (const CsvcEffect *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);

  return self->at;
}

const char *
csvc_effect_get_text (const CsvcEffect *self, const char *field)
{
  g_return_val_if_fail (self != NULL && field != NULL, NULL);

  return get_text (self, find_slot (self, field));
}

guint
csvc_effect_get_number (const CsvcEffect *self, const char *field)
{
  Slot slot;

  g_return_val_if_fail (self != NULL && field != NULL, 0);

  slot = find_slot (self, field);
  return slot == NUMBER ? self->number : slot == ROW ? self->row : 0;
}

gint64
csvc_effect_get_amount (const CsvcEffect *self, const char *field)
{
  Slot slot;

  g_return_val_if_fail (self != NULL && field != NULL, 0);

  slot = find_slot (self, field);
  return slot == AMOUNT ? self->amount : slot == LEFT ? self->left : 0;
}

CsvcTime
csvc_effect_get_time (const CsvcEffect *self, const char *field)
{
  g_return_val_if_fail (self != NULL && field != NULL, CSVC_NEVER);

  return get_time (self, find_slot (self, field));
}

const CsvcValue *
csvc_effect_get_value (const CsvcEffect *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->value.type != CSVC_TYPE_UNKNOWN ? &self->value : NULL;
}

const CsvcFacts *
csvc_effect_get_arguments (const CsvcEffect *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->arguments;
}

/* ---- JSON ---- */

static void
write_time (CsvcJson *json, const char *name, CsvcTime time)
{
  g_autofree char *text = NULL;

  if (time == CSVC_NEVER)
    return;
  text = csvc_time_to_string (time);
  _csvc_json_string (json, name, text);
}

void
_csvc_value_write_json (CsvcJson *json, const char *name, const CsvcValue *value)
{
  g_autofree char *text = csvc_value_to_string (value);

  switch ((CsvcType) value->type)
    {
    case CSVC_TYPE_NULL:
    case CSVC_TYPE_BOOLEAN:
    case CSVC_TYPE_NUMBER:
      _csvc_json_raw (json, name, text);
      break;
    default:
      _csvc_json_string (json, name, text);
    }
}

void
_csvc_facts_write_json (CsvcJson *json, const char *name, const CsvcFacts *facts)
{
  _csvc_json_begin_object (json, name);
  for (guint i = 0; i < csvc_facts_get_size (facts); i++)
    _csvc_value_write_json (json, csvc_facts_get_name (facts, i), csvc_facts_get_value (facts, i));
  _csvc_json_end_object (json);
}

static void
write_number (CsvcJson *json, const char *name, guint32 number)
{
  if (number > 0)
    _csvc_json_integer (json, name, number);
}

static void
write_field (CsvcJson *json, const CsvcEffect *self, const Field *field)
{
  switch (field->slot)
    {
    case SUBJECT:
    case DETAIL:
    case TEXT:
    case CUSTOMER:
      if (get_text (self, field->slot) != NULL)
        _csvc_json_string (json, field->name, get_text (self, field->slot));
      break;
    case NUMBER:
      write_number (json, field->name, self->number);
      break;
    case ROW:
      write_number (json, field->name, self->row);
      break;
    case TIME:
    case DUE:
    case FROM:
    case PROMISED:
      write_time (json, field->name, get_time (self, field->slot));
      break;
    case VALUE:
      if (self->value.type != CSVC_TYPE_UNKNOWN)
        _csvc_value_write_json (json, field->name, &self->value);
      break;
    case ARGUMENTS:
      if (self->arguments != NULL)
        _csvc_facts_write_json (json, field->name, self->arguments);
      break;
    case AMOUNT:
      _csvc_json_integer (json, field->name, self->amount);
      break;
    case LEFT:
      _csvc_json_integer (json, field->name, self->left);
      break;
    }
}

void
_csvc_effect_write_json (CsvcJson *json, const CsvcEffect *self)
{
  const Kind *kind = kind_of (self->type);

  g_return_if_fail (kind != NULL);

  _csvc_json_begin_object (json, NULL);
  _csvc_json_string (json, "type", kind->word);
  write_time (json, "at", self->at);
  for (const Field *field = kind->fields; field->name != NULL; field++)
    write_field (json, self, field);
  _csvc_json_end_object (json);
}

char *
csvc_effects_to_json (const CsvcEffects *self)
{
  GString *out;
  CsvcJson json;

  g_return_val_if_fail (self != NULL, NULL);

  out = g_string_new (NULL);
  _csvc_json_init (&json, out, FALSE);
  _csvc_json_begin_array (&json, NULL);
  for (guint i = 0; i < self->items->len; i++)
    _csvc_effect_write_json (&json, csvc_effects_get (self, i));
  _csvc_json_end_array (&json);
  return g_string_free (out, FALSE);
}

/* ---- Prose ---- */

static gboolean
append_time (GString *out, CsvcTime time)
{
  g_autofree char *text = csvc_time_to_string (time);

  g_string_append (out, text);
  return time != CSVC_NEVER;
}

static gboolean
append_number (GString *out, guint32 number)
{
  g_string_append_printf (out, "%u", number);
  return number > 0;
}

static gboolean
append_arguments (GString *out, const CsvcFacts *facts)
{
  guint n = facts != NULL ? csvc_facts_get_size (facts) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_string_append_printf (out, "%s%s = ", i > 0 ? ", " : "", csvc_facts_get_name (facts, i));
      _csvc_value_append (out, csvc_facts_get_value (facts, i));
    }
  return n > 0;
}

/* FALSE when the field is absent. */
static gboolean
append_field (GString *out, const CsvcEffect *self, const Field *field)
{
  switch (field->slot)
    {
    case NUMBER:
      return append_number (out, self->number);
    case ROW:
      return append_number (out, self->row);
    case TIME:
    case DUE:
    case FROM:
    case PROMISED:
      return append_time (out, get_time (self, field->slot));
    case VALUE:
      _csvc_value_append (out, &self->value);
      return self->value.type != CSVC_TYPE_UNKNOWN;
    case ARGUMENTS:
      return append_arguments (out, self->arguments);
    case AMOUNT:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, self->amount);
      return TRUE;
    case LEFT:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, self->left);
      return TRUE;
    case SUBJECT:
    case DETAIL:
    case TEXT:
    case CUSTOMER:
    default:
      g_string_append (out, get_text (self, field->slot) != NULL ? get_text (self, field->slot) : "-");
      return get_text (self, field->slot) != NULL;
    }
}

char *
csvc_effect_to_string (const CsvcEffect *self)
{
  const char *sentence;
  GString *out;
  gsize group = 0;       /* where the bracket's text begins in @out */
  gboolean whole = TRUE; /* nothing in the bracket was absent */

  g_return_val_if_fail (self != NULL && kind_of (self->type) != NULL, NULL);

  sentence = kinds[self->type].sentence;
  out = g_string_new (NULL);
  for (const char *p = sentence; *p != '\0'; p++)
    if (*p == '[')
      {
        group = out->len;
        whole = TRUE;
      }
    else if (*p == ']')
      {
        if (!whole)
          g_string_truncate (out, group);
      }
    else if (*p == '{')
      {
        gsize length = strcspn (++p, "}");

        whole = append_field (out, self, find_field (self, p, length)) && whole;
        p += length;
      }
    else
      g_string_append_c (out, *p);
  return g_string_free (out, FALSE);
}

/* ---- Bytes ---- */

static void
put_field (GByteArray *out, const CsvcEffect *self, Slot slot)
{
  switch (slot)
    {
    case SUBJECT:
    case DETAIL:
    case TEXT:
    case CUSTOMER:
      _csvc_bytes_put_text (out, get_text (self, slot));
      break;
    case NUMBER:
      _csvc_bytes_put_count (out, self->number);
      break;
    case ROW:
      _csvc_bytes_put_count (out, self->row);
      break;
    case TIME:
    case DUE:
    case FROM:
    case PROMISED:
      _csvc_bytes_put_time (out, get_time (self, slot), self->at);
      break;
    case VALUE:
      _csvc_bytes_put_value (out, &self->value);
      break;
    case ARGUMENTS:
      _csvc_bytes_put_facts (out, self->arguments);
      break;
    case AMOUNT:
      _csvc_bytes_put_signed (out, self->amount);
      break;
    case LEFT:
      _csvc_bytes_put_signed (out, self->left);
      break;
    }
}

/* A count, then each: type, instant (as the distance from the one before), fields. */
void
_csvc_effects_write_bytes (GByteArray *out, const CsvcEffects *self, guint from)
{
  CsvcTime before = 0;

  g_return_if_fail (from <= self->items->len);

  _csvc_bytes_put_count (out, self->items->len - from);
  for (guint i = from; i < self->items->len; i++)
    {
      const CsvcEffect *effect = csvc_effects_get (self, i);

      _csvc_bytes_put_count (out, effect->type);
      _csvc_bytes_put_time (out, effect->at, before);
      for (const Field *field = kinds[effect->type].fields; field->name != NULL; field++)
        put_field (out, effect, field->slot);
      before = effect->at;
    }
}

static const char *
read_text (CsvcReader *reader, CsvcEffects *self)
{
  gsize length;
  const char *text = _csvc_reader_text (reader, &length);

  return text != NULL ? g_string_chunk_insert_len (self->pool, text, (gssize) length) : NULL;
}

static void
read_field (CsvcReader *reader, CsvcEffects *self, CsvcEffect *effect, Slot slot)
{
  switch (slot)
    {
    case SUBJECT:
    case DETAIL:
    case TEXT:
    case CUSTOMER:
      *text_slot (effect, slot) = read_text (reader, self);
      break;
    case NUMBER:
      effect->number = _csvc_reader_number (reader);
      break;
    case ROW:
      effect->row = _csvc_reader_number (reader);
      break;
    case TIME:
    case DUE:
    case FROM:
    case PROMISED:
      set_time (effect, slot, _csvc_reader_time (reader, effect->at));
      break;
    case VALUE:
      _csvc_reader_value (reader, &effect->value);
      break;
    case ARGUMENTS:
      effect->arguments = _csvc_reader_facts (reader);
      break;
    case AMOUNT:
      effect->amount = _csvc_reader_signed (reader);
      break;
    case LEFT:
      effect->left = _csvc_reader_signed (reader);
      break;
    }
}

/* Gives the instant of the effect read. */
static CsvcTime
read_effect (CsvcReader *reader, CsvcEffects *self, CsvcTime before)
{
  guint type = _csvc_reader_number (reader);
  CsvcTime at = _csvc_reader_time (reader, before);
  CsvcEffect *effect;

  if (type >= G_N_ELEMENTS (kinds))
    {
      _csvc_reader_fail (reader, "it has an effect that this version of libcsvc does not know; a newer one wrote it");
      return 0;
    }
  if (type == 0 || at == CSVC_NEVER)
    {
      _csvc_reader_fail (reader, "an effect is of no known type, or has no instant");
      return 0;
    }
  effect = _csvc_effects_add (self, (CsvcEffectType) type, at);
  for (const Field *field = kinds[type].fields; field->name != NULL; field++)
    read_field (reader, self, effect, field->slot);
  return at;
}

gboolean
_csvc_effects_read_bytes (CsvcEffects *self, const guint8 **cursor, const guint8 *end, GError **error)
{
  const guint size = self->items->len;
  CsvcReader reader;
  CsvcTime at = 0;
  guint n;

  _csvc_reader_init (&reader, *cursor, (gsize) (end - *cursor));
  n = _csvc_reader_length (&reader);
  for (guint i = 0; i < n && reader.failed == NULL; i++)
    at = read_effect (&reader, self, at);
  if (!_csvc_reader_finish (&reader, FALSE, "a list of effects", error))
    {
      _csvc_effects_truncate (self, size);
      return FALSE;
    }
  *cursor = reader.at;
  return TRUE;
}
