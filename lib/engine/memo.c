/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "engine/memo.h"

#include <string.h>

#include "policy/fact.h"

#define N_DAYS 65536
#define DAYS_BEFORE (150 * 366) /* whoever was born earlier is unusual */

struct _CsvcMemo {
  CsvcType           type;
  const char *const *words;
  guint              n_names;
  CsvcFeelCuts      *cuts;
  gint64             first_day;
  gint64             far;    /* the day, out of the usual ones, that the last place stands for … */
  gboolean           is_other; /* … and it has just become another one */
  guint              n_places;
  guint32           *kept;   /* by place: which of the sets, from 1; 0: none yet */
  guint              n_words;
  GArray            *sets;   /* of guint64, n_words each */
};

static guint
count_places (CsvcMemo *self)
{
  switch (self->type)
    {
    case CSVC_TYPE_BOOLEAN:
      return 2;
    case CSVC_TYPE_ENUM:
      return self->n_names;
    case CSVC_TYPE_DATE:
      return N_DAYS + 1;
    default:
      return _csvc_feel_cuts_finish (self->cuts);
    }
}

CsvcMemo *
_csvc_memo_new (CsvcType type, const char *const *words, CsvcFeelCuts *cuts, gint64 today, guint n_words)
{
  CsvcMemo *self = g_new0 (CsvcMemo, 1);

  self->type = type;
  self->words = words;
  self->n_names = words != NULL ? g_strv_length ((GStrv) words) : 0;
  self->cuts = cuts;
  self->first_day = today - DAYS_BEFORE;
  self->far = G_MININT64;
  self->n_places = 1 + count_places (self);
  self->kept = g_new0 (guint32, self->n_places);
  self->n_words = n_words;
  self->sets = g_array_new (FALSE, TRUE, sizeof (guint64));
  return self;
}

void
_csvc_memo_free (CsvcMemo *self)
{
  if (self == NULL)
    return;
  _csvc_feel_cuts_free (self->cuts);
  g_array_unref (self->sets);
  g_free (self->kept);
  g_free (self);
}

/* ---- Places ---- */

static gboolean
find_word (const CsvcMemo *self, const char *word, guint *place)
{
  const int i = _csvc_fact_find_word (self->words, self->n_names, word);

  *place = (guint) (1 + i);
  return i >= 0;
}

/* The last place is that of the one far day that was met last: logs have a day for "never". */
static guint
find_day (CsvcMemo *self, gint64 day)
{
  const guint64 i = (guint64) day - (guint64) self->first_day;

  if (i < N_DAYS)
    return 1 + (guint) i;
  self->is_other = self->far != day;
  self->far = day;
  return self->n_places - 1;
}

static G_GNUC_NO_INLINE gboolean
find_place (CsvcMemo *self, const CsvcValue *value, guint *place)
{
  *place = 0;
  if (value->type != self->type)
    return value->type == CSVC_TYPE_UNKNOWN;
  switch (self->type)
    {
    case CSVC_TYPE_BOOLEAN:
      *place = value->u.i != 0 ? 2 : 1;
      return TRUE;
    case CSVC_TYPE_ENUM:
      return find_word (self, value->u.s, place);
    case CSVC_TYPE_DATE:
      *place = find_day (self, value->u.i);
      return TRUE;
    default:
      if (!_csvc_feel_cuts_find (self->cuts, value, place))
        return FALSE;
      ++*place;
      return TRUE;
    }
}

static inline guint64 *
get_set (const CsvcMemo *self, guint place)
{
  return (guint64 *) (gpointer) self->sets->data + (self->kept[place] - 1) * self->n_words;
}

static G_GNUC_NO_INLINE guint64 *
find_any (CsvcMemo *self, const CsvcValue *value, gboolean *is_new)
{
  guint place;

  if (!find_place (self, value, &place))
    return NULL;
  *is_new = self->kept[place] == 0 || self->is_other;
  if (!*is_new)
    return get_set (self, place);
  self->is_other = FALSE;
  if (self->kept[place] == 0)
    {
      g_array_set_size (self->sets, self->sets->len + self->n_words);
      self->kept[place] = self->sets->len / self->n_words;
    }
  return memset (get_set (self, place), 0, self->n_words * sizeof (guint64));
}

/* A usual day that has been met, or no value, is what most rules look at first. */
guint64 *
_csvc_memo_find (CsvcMemo *self, const CsvcValue *value, gboolean *is_new)
{
  const guint64 i = (guint64) value->u.i - (guint64) self->first_day;
  guint place = 0;

  *is_new = FALSE;
  if (value->type == CSVC_TYPE_DATE && self->type == CSVC_TYPE_DATE && i < N_DAYS)
    place = 1 + (guint) i;
  else if (value->type != CSVC_TYPE_UNKNOWN)
    return find_any (self, value, is_new);
  return G_LIKELY (self->kept[place] != 0) ? get_set (self, place) : find_any (self, value, is_new);
}
