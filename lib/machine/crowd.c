/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/crowd.h>
#include <csvc/error.h>
#include <string.h>

#include "machine/fast.h"
#include "policy/flatten.h"

/* Rows of one length, one after the other.
 *
 *   | at 8 | leaf 2 | level 1 | whole 1 | entries: 1 a state | facts: 1, 4 or 8 each | to a multiple of 8 |
 *   | at 8 |    –   |    –    |    1    |  –  | CsvcCase * at WHOLE_AT                                    |
 *
 * The usual event is played on the row itself, by the kind's table; what reads or sets facts unpacks it into a case, and what the table
 * cannot say goes the whole way with that case. Then it is packed again, and after the whole way compared with what was packed: whatever
 * a case may hold in times to come, a row never forgets it in silence. */

#define HEADER 12
#define WHOLE_AT 16

typedef struct {
  CsvcTime at;
  guint16  leaf;
  guint8   level;
  guint8   whole;
} Header;

struct _CsvcCrowd {
  CsvcPolicy     *policy;
  const CsvcKind *kind;
  gsize           stride;
  guint          *offsets; /* of facts in a row */
  guint8         *rows;
  guint           n, n_allocated, n_whole;
  gboolean        needs_number; /* some action says which case it is: nothing is packed */
  CsvcCase       *work;    /* the row that was unpacked */
};

/* ── facts ── */

/* What a narrow number says besides itself. */
#define UNKNOWN_32 G_MININT32
#define NULL_32 (G_MININT32 + 1)
#define UNKNOWN_64 G_MININT64
#define NULL_64 (G_MININT64 + 1)
#define UNKNOWN_8 255
#define NULL_8 254

static guint
width_of (CsvcType type)
{
  switch (type)
    {
    case CSVC_TYPE_NUMBER:
    case CSVC_TYPE_DATE:
    case CSVC_TYPE_YEAR_MONTH_DURATION:
      return 4;
    case CSVC_TYPE_TIME:
    case CSVC_TYPE_DATE_TIME:
    case CSVC_TYPE_DAY_TIME_DURATION:
      return 8;
    default:
      return 1;
    }
}

/* A value keeps 1200 as 12 * 10^2. */
static gboolean
whole_number (const CsvcValue *value, gint64 *number)
{
  *number = value->u.i;
  for (int n = value->exponent; n > 0 && ABS (*number) <= G_MAXINT32; n--)
    *number *= 10;
  return value->exponent >= 0;
}

static gboolean
pack_32 (const CsvcValue *value, guint8 *bytes)
{
  gint64   number = value->type == CSVC_TYPE_UNKNOWN ? UNKNOWN_32 : NULL_32;
  gboolean fits = value->type <= CSVC_TYPE_NULL || (whole_number (value, &number) && number > NULL_32 && number <= G_MAXINT32);
  gint32   packed = (gint32) number;

  memcpy (bytes, &packed, sizeof packed);
  return fits;
}

static gboolean
pack_64 (const CsvcValue *value, guint8 *bytes)
{
  gint64 packed = value->type == CSVC_TYPE_UNKNOWN ? UNKNOWN_64 : value->type == CSVC_TYPE_NULL ? NULL_64 : value->u.i;

  memcpy (bytes, &packed, sizeof packed);
  return value->type <= CSVC_TYPE_NULL || packed > NULL_64;
}

/* A text has no room. */
static gboolean
pack_8 (const CsvcFact *fact, const CsvcValue *value, guint8 *bytes)
{
  gint64 number = fact->type == CSVC_TYPE_ENUM ? value->index : value->u.i;

  if (value->type <= CSVC_TYPE_NULL)
    number = value->type == CSVC_TYPE_NULL ? NULL_8 : UNKNOWN_8;
  else if (fact->type != CSVC_TYPE_BOOLEAN && fact->type != CSVC_TYPE_ENUM)
    return FALSE;
  *bytes = (guint8) number;
  return value->type <= CSVC_TYPE_NULL || (number >= 0 && number < NULL_8);
}

static gboolean
pack_fact (const CsvcFact *fact, const CsvcValue *value, guint8 *bytes)
{
  guint width = width_of (fact->type);

  return width == 4 ? pack_32 (value, bytes) : width == 8 ? pack_64 (value, bytes) : pack_8 (fact, value, bytes);
}

static void
unpack_8 (const CsvcFact *fact, guint8 byte, CsvcValue *value)
{
  if (byte >= NULL_8)
    {
      value->type = byte == NULL_8 ? CSVC_TYPE_NULL : CSVC_TYPE_UNKNOWN;
      return;
    }
  value->type = (guint8) fact->type;
  if (fact->type == CSVC_TYPE_ENUM)
    {
      value->index = byte;
      value->u.s = _csvc_share (fact->words[byte]);
    }
  else
    value->u.i = byte;
}

static void
unpack_fact (const CsvcFact *fact, const guint8 *bytes, CsvcValue *value)
{
  guint  width = width_of (fact->type);
  gint64 wide = 0;
  gint32 narrow = 0;

  *value = (CsvcValue) CSVC_VALUE_UNKNOWN;
  if (width == 1)
    {
      unpack_8 (fact, *bytes, value);
      return;
    }
  if (width == 8)
    memcpy (&wide, bytes, sizeof wide);
  else
    {
      memcpy (&narrow, bytes, sizeof narrow);
      wide = narrow == UNKNOWN_32 ? UNKNOWN_64 : narrow == NULL_32 ? NULL_64 : narrow;
    }
  if (wide == UNKNOWN_64)
    return;
  if (wide == NULL_64)
    value->type = CSVC_TYPE_NULL;
  else if (fact->type == CSVC_TYPE_NUMBER)
    _csvc_value_set_integer (value, wide);
  else
    {
      value->type = (guint8) fact->type;
      value->u.i = wide;
    }
}

/* ── rows ── */

static inline guint8 *
row_at (const CsvcCrowd *self, guint row)
{
  return self->rows + row * self->stride;
}

static inline CsvcCase *
whole_of (const guint8 *row)
{
  CsvcCase *whole;

  memcpy (&whole, row + WHOLE_AT, sizeof whole);
  return whole;
}

/* What is active when a leaf is, and nothing parallel. */
static void
set_active (const CsvcKind *kind, guint leaf, guint64 *active)
{
  memset (active, 0, kind->n_words * sizeof (guint64));
  for (guint state = leaf; state != G_MAXUINT; state = kind->states[state].parent)
    _csvc_bit_set (active, state);
}

static void
put_text (char **to, const char *text)
{
  if (*to == text)
    return;
  g_clear_pointer (to, g_ref_string_release);
  *to = _csvc_share (text);
}

static void
unpack_record (const CsvcCrowd *self, const Header *header)
{
  CsvcRecord      *record = &self->work->record;
  const CsvcState *leaf = &self->kind->states[header->leaf];

  record->at = header->at;
  record->ended = leaf->type == CSVC_STATE_FINAL && leaf->parent == 0;
  record->level = header->level;
  put_text (&record->handler, header->level > 0 ? self->policy->levels[header->level - 1].role->part.id : NULL);
  put_text (&record->final_state, record->ended ? leaf->part.id : NULL);
  put_text (&record->outcome, record->ended ? leaf->outcome : NULL);
}

static CsvcCase *
unpack (const CsvcCrowd *self, const guint8 *row)
{
  const CsvcKind *kind = self->kind;
  CsvcCase       *work = self->work;
  Header          header;

  memcpy (&header, row, HEADER);
  unpack_record (self, &header);
  set_active (kind, header.leaf, work->active);
  for (guint i = 0; i < kind->n_states; i++)
    work->entries[i] = row[HEADER + i];
  for (guint i = 0; i < kind->n_facts; i++)
    {
      if (work->facts[i].type > CSVC_TYPE_NUMBER) /* what is no more than a number holds nothing */
        _csvc_value_clear (&work->facts[i]);
      unpack_fact (&kind->facts[i], row + self->offsets[i], &work->facts[i]);
      work->facts_at[i] = work->facts[i].type != CSVC_TYPE_UNKNOWN ? header.at : 0;
    }
  return work;
}

/* FALSE when it does not fit; @row is spoilt then. */
static gboolean
pack (const CsvcCrowd *self, const CsvcCase *one, guint8 *row)
{
  const CsvcKind *kind = self->kind;
  Header          header = { one->record.at, (guint16) _csvc_case_find_leaf (one), (guint8) one->record.level, FALSE };
  guint32         all = 0;

  memcpy (row, &header, HEADER);
  if (one->record.level > G_MAXUINT8 || kind->n_states > G_MAXUINT16)
    return FALSE;
  for (guint i = 0; i < kind->n_states; i++)
    {
      row[HEADER + i] = (guint8) one->entries[i];
      all |= one->entries[i];
    }
  if (all > G_MAXUINT8)
    return FALSE;
  for (guint i = 0; i < kind->n_facts; i++)
    if (!pack_fact (&kind->facts[i], &one->facts[i], row + self->offsets[i]))
      return FALSE;
  return TRUE;
}

/* ── whole cases ── */

/* (transfer full): all that a case says but what rows leave out. */
static GBytes *
essence_of (const CsvcCrowd *self, const CsvcCase *one)
{
  g_autoptr (CsvcCase) copy = csvc_case_copy (one);
  CsvcRecord *record = &copy->record;

  put_text (&record->id, self->work->record.id);
  put_text (&record->customer, NULL);
  put_text (&record->owner_actor, NULL);
  put_text (&record->owner_role, NULL);
  put_text (&record->owner_unit, NULL);
  record->opened_at = 0;
  for (guint i = 0; i < self->kind->n_facts; i++)
    copy->facts_at[i] = record->at;
  return csvc_case_to_bytes (copy);
}

/* Does the row say all of it? */
static gboolean
says_all (const CsvcCrowd *self, const guint8 *row, GBytes *essence)
{
  g_autoptr (GBytes) said = essence_of (self, unpack (self, row));

  return g_bytes_equal (said, essence);
}

/* Takes @one, a case that may be anything, and keeps it in the row, packed or whole. */
static void
keep (CsvcCrowd *self, guint8 *row, CsvcCase *one)
{
  g_autoptr (GBytes) essence = essence_of (self, one);
  Header header = { one->record.at, 0, 0, TRUE };

  if (!self->needs_number && pack (self, one, row) && says_all (self, row, essence))
    {
      csvc_case_free (one);
      return;
    }
  memcpy (row, &header, HEADER);
  memcpy (row + WHOLE_AT, &one, sizeof one);
  self->n_whole++;
}

/* ── which kinds can be packed ── */

static gboolean
actions_need_number (const CsvcActions *actions)
{
  for (guint i = 0; i < actions->n; i++)
    {
      const CsvcAction *action = &actions->items[i];

      /* Children, entitlements and what else may come are called after the case. */
      if (action->type > CSVC_ACTION_EFFECT)
        return TRUE;
      for (guint b = 0; action->type == CSVC_ACTION_IF && b < action->n_branches; b++)
        if (actions_need_number (&action->branches[b].actions))
          return TRUE;
    }
  return FALSE;
}

static gboolean
kind_needs_number (const CsvcKind *kind)
{
  gboolean needs = FALSE;

  for (guint i = 0; i < kind->n_states; i++)
    needs = needs || actions_need_number (&kind->states[i].on_entry) || actions_need_number (&kind->states[i].on_exit) ||
            actions_need_number (&kind->states[i].initial_actions);
  for (guint i = 0; i < kind->n_transitions; i++)
    needs = needs || actions_need_number (&kind->transitions[i].actions);
  for (guint i = 0; i < kind->n_clocks; i++)
    for (guint k = 0; k < kind->clocks[i].n_alarms; k++)
      needs = needs || actions_need_number (&kind->clocks[i].alarms[k].actions);
  return needs;
}

/* ── making and asking ── */

/* Wide facts first would not help: nothing in a row is aligned but its beginning. */
static void
lay_out (CsvcCrowd *self)
{
  guint at = HEADER + self->kind->n_states;

  self->offsets = g_new (guint, MAX (self->kind->n_facts, 1));
  for (guint i = 0; i < self->kind->n_facts; i++)
    {
      self->offsets[i] = at;
      at += width_of (self->kind->facts[i].type);
    }
  self->stride = (MAX (at, WHOLE_AT + sizeof (CsvcCase *)) + 7) / 8 * 8;
}

CsvcCrowd *
csvc_crowd_new (CsvcPolicy *policy, const char *kind, GError **error)
{
  const CsvcKind *found;
  CsvcCrowd      *self;

  g_return_val_if_fail (policy != NULL && kind != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  found = csvc_policy_find_kind (policy, kind);
  if (found == NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "policy %s has no case \"%s\"", policy->id, kind);
      return NULL;
    }
  self = g_new0 (CsvcCrowd, 1);
  self->policy = csvc_policy_ref (policy);
  self->kind = found;
  self->work = _csvc_case_new (policy, found, "row");
  self->needs_number = kind_needs_number (found);
  lay_out (self);
  return self;
}

void
csvc_crowd_free (CsvcCrowd *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; self->n_whole > 0 && i < self->n; i++)
    if (((const Header *) row_at (self, i))->whole)
      csvc_case_free (whole_of (row_at (self, i)));
  csvc_case_free (self->work);
  g_free (self->offsets);
  g_free (self->rows);
  csvc_policy_unref (self->policy);
  g_free (self);
}

guint
csvc_crowd_add (CsvcCrowd *self, const CsvcCase *one)
{
  g_return_val_if_fail (self != NULL && one != NULL && one->kind == self->kind, G_MAXUINT);
  if (self->n == self->n_allocated)
    {
      self->n_allocated += self->n_allocated / 4 + 16;
      self->rows = g_realloc_n (self->rows, self->n_allocated, self->stride);
    }
  keep (self, row_at (self, self->n), csvc_case_copy (one));
  return self->n++;
}

guint
csvc_crowd_get_size (const CsvcCrowd *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->n;
}

const CsvcKind *
csvc_crowd_get_kind (const CsvcCrowd *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->kind;
}

gsize
csvc_crowd_get_row_size (const CsvcCrowd *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->stride;
}

guint
csvc_crowd_get_n_whole (const CsvcCrowd *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->n_whole;
}

const CsvcCase *
csvc_crowd_get_case (CsvcCrowd *self, guint row)
{
  guint8 *bytes;

  g_return_val_if_fail (self != NULL && row < self->n, NULL);
  bytes = row_at (self, row);
  return ((const Header *) bytes)->whole ? whole_of (bytes) : unpack (self, bytes);
}

/* ── firing ── */

/* A row may lie in two lines of the cache: to fetch both at once is half of the wait. */
static inline void
prefetch (const CsvcCrowd *self, const guint8 *row)
{
  __builtin_prefetch (row);
  __builtin_prefetch (row + self->stride - 1);
}

/* On the row itself: nothing is asked, said or set, and the entries have room. */
static gboolean
move_row (const CsvcCrowd *self, guint8 *row, const CsvcFlatChoice *choice, CsvcTime at)
{
  const CsvcFlatMove *moves = self->kind->flat->moves + choice->first;
  Header             *header = (Header *) row;

  for (guint i = choice->n_left; i < choice->n_moves; i++)
    if (row[HEADER + moves[i].state] == G_MAXUINT8)
      return FALSE;
  for (guint i = choice->n_left; i < choice->n_moves; i++)
    row[HEADER + moves[i].state]++;
  header->leaf = (guint16) choice->to;
  header->at = at;
  return TRUE;
}

static gboolean
fire_on_row (const CsvcCrowd *self, guint8 *row, const CsvcFlatCell *cell, CsvcTime at, CsvcAnswer *answer)
{
  const CsvcFlatChoice *choice = self->kind->flat->choices + cell->first;

  *answer = CSVC_ANSWER_REFUSED_STATE;
  if (cell->n == 0)
    return TRUE;
  *answer = CSVC_ANSWER_ACCEPTED;
  return choice->cond == NULL && choice->plain && !choice->acts && choice->actions == NULL && move_row (self, row, choice, at);
}

/* As on the row, but unpacked for what is asked, said and set. */
static gboolean
fire_unpacked (CsvcCrowd *self, guint8 *row, const CsvcEvent *event, const CsvcStamp *stamp, CsvcEffects *effects, CsvcAnswer *answer)
{
  CsvcCase *work = unpack (self, row);

  if (!_csvc_fast_fire (work, NULL, event, stamp, effects, answer))
    return FALSE;
  if (*answer == CSVC_ANSWER_ACCEPTED && !pack (self, work, row))
    keep (self, row, csvc_case_copy (work));
  return TRUE;
}

static gboolean
fire_by_table (CsvcCrowd *self, guint8 *row, const CsvcEvent *event, const CsvcStamp *stamp, CsvcEffects *effects, CsvcAnswer *answer)
{
  const Header       *header = (const Header *) row;
  const CsvcFlatCell *cell = &self->kind->flat->cells[header->leaf * self->kind->n_events + event->index];

  if (!cell->plain)
    return FALSE;
  return (effects == NULL && fire_on_row (self, row, cell, stamp->at, answer)) ||
         fire_unpacked (self, row, event, stamp, effects, answer);
}

/* A row has no clocks, so a refusal leaves it as it is. */
static CsvcAnswer
fire_whole_way (CsvcCrowd *self, guint8 *row, CsvcCustomer *customer, const CsvcEvent *event, const CsvcFacts *params,
                const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  g_autoptr (CsvcCase) one = csvc_case_copy (unpack (self, row));
  CsvcAnswer answer = csvc_case_fire_event (one, customer, event, params, stamp, effects, error);

  if (answer == CSVC_ANSWER_ACCEPTED)
    keep (self, row, g_steal_pointer (&one));
  return answer;
}

CsvcAnswer
csvc_crowd_fire (CsvcCrowd *self, guint row, CsvcCustomer *customer, const CsvcEvent *event, const CsvcFacts *params,
                 const CsvcStamp *stamp, CsvcEffects *effects, GError **error)
{
  guint8    *bytes;
  CsvcAnswer answer;

  g_return_val_if_fail (self != NULL && row < self->n && event != NULL && stamp != NULL, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (event->kind == self->kind, CSVC_ANSWER_FAILED);
  g_return_val_if_fail (error == NULL || *error == NULL, CSVC_ANSWER_FAILED);
  bytes = row_at (self, row);
  prefetch (self, bytes);
  if (((const Header *) bytes)->whole)
    return csvc_case_fire_event (whole_of (bytes), customer, event, params, stamp, effects, error);
  if (!_csvc_fast_is_off && self->kind->flat != NULL &&
      _csvc_fast_is_bare (self->kind, ((const Header *) bytes)->at, customer, event, params, stamp) &&
      fire_by_table (self, bytes, event, stamp, effects, &answer))
    return answer;
  return fire_whole_way (self, bytes, customer, event, params, stamp, effects, error);
}

/* Memory answers about as late as so many events take. */
#define AHEAD 8

guint
csvc_crowd_fire_many (CsvcCrowd *self, guint n, const guint *rows, const CsvcEvent *const *events, const CsvcTime *instants,
                      CsvcAnswer *answers, GError **error)
{
  g_return_val_if_fail (self != NULL && (n == 0 || (rows != NULL && events != NULL && instants != NULL && answers != NULL)), 0);
  g_return_val_if_fail (error == NULL || *error == NULL, 0);
  for (guint i = 0; i < n; i++)
    {
      const CsvcStamp stamp = CSVC_STAMP (instants[i]);

      if (n - i > AHEAD && rows[i + AHEAD] < self->n)
        prefetch (self, row_at (self, rows[i + AHEAD]));
      answers[i] = csvc_crowd_fire (self, rows[i], NULL, events[i], NULL, &stamp, NULL, error);
      if (answers[i] == CSVC_ANSWER_FAILED)
        return i;
    }
  return n;
}

gboolean
csvc_crowd_advance (CsvcCrowd *self, guint row, CsvcCustomer *customer, CsvcTime now, CsvcEffects *effects, GError **error)
{
  guint8 *bytes;

  g_return_val_if_fail (self != NULL && row < self->n, FALSE);
  bytes = row_at (self, row);
  return csvc_case_advance (((const Header *) bytes)->whole ? whole_of (bytes) : unpack (self, bytes), customer, now, effects, error);
}

CsvcTime
csvc_crowd_get_next_wake (CsvcCrowd *self, guint row)
{
  g_return_val_if_fail (self != NULL && row < self->n, CSVC_NEVER);
  return csvc_case_get_next_wake (csvc_crowd_get_case (self, row));
}
