/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/fact.h"

#include <csvc/error.h>
#include <string.h>

static gboolean
refuse_word (const CsvcFact *fact, const char *word, GError **error)
{
  g_autofree char *hint = _csvc_suggest (word, fact->words);
  g_autofree char *all = g_strjoinv (" ", (char **) fact->words);

  g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "fact \"%s\" has no word \"%.60s\"; expected one of: %.400s%s%s", fact->part.id,
               word, all, hint != NULL ? "; " : "", hint != NULL ? hint : "");
  return FALSE;
}

int
_csvc_fact_find_word (const char *const *words, guint n, const char *word)
{
  for (guint i = 0; i < n; i++)
    if (words[i] == word || (*words[i] == *word && strcmp (words[i], word) == 0))
      return (int) i;
  return -1;
}

gboolean
_csvc_fact_resolve_word (const CsvcFact *fact, CsvcValue *value)
{
  const int i = _csvc_fact_find_word (fact->words, fact->n_words, value->u.s);

  if (i < 0)
    return FALSE;
  *value = (CsvcValue){ .type = CSVC_TYPE_ENUM, .index = i, .u.s = (char *) fact->words[i] };
  return TRUE;
}

static gboolean
coerce_word (const CsvcFact *fact, const char *word, CsvcValue *to, GError **error)
{
  CsvcValue own = { .type = CSVC_TYPE_ENUM, .u.s = (char *) word };

  if (!_csvc_fact_resolve_word (fact, &own))
    return refuse_word (fact, word, error);
  *to = own;
  g_ref_string_acquire (to->u.s);
  return TRUE;
}

static gboolean
coerce_instant (CsvcZone *zone, const char *text, CsvcValue *to, GError **error)
{
  CsvcTime time;

  if (!csvc_zone_parse (zone, text, &time, error))
    return FALSE;
  *to = (CsvcValue){ .type = CSVC_TYPE_DATE_TIME, .u.i = time };
  return TRUE;
}

static gboolean
holds_text (const CsvcValue *value)
{
  return value->type == CSVC_TYPE_TEXT || value->type == CSVC_TYPE_STRING || value->type == CSVC_TYPE_ENUM;
}

static gboolean
check_length (const CsvcFact *fact, const CsvcValue *value, GError **error)
{
  if ((value->type != CSVC_TYPE_STRING && value->type != CSVC_TYPE_TEXT) || strlen (value->u.s) <= CSVC_TEXT_MAX)
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "fact \"%s\": a text of more than %d MiB", fact->part.id, CSVC_TEXT_MAX >> 20);
  return FALSE;
}

gboolean
_csvc_fact_coerce (const CsvcFact *fact, CsvcZone *zone, const CsvcValue *from, CsvcValue *to, GError **error)
{
  gboolean done;

  if (!check_length (fact, from, error))
    return FALSE;
  if (fact->type == CSVC_TYPE_ENUM && holds_text (from))
    return coerce_word (fact, from->u.s, to, error);
  if (fact->type == CSVC_TYPE_DATE_TIME && from->type == CSVC_TYPE_TEXT)
    done = coerce_instant (zone, from->u.s, to, error);
  else
    done = _csvc_value_coerce (to, from, fact->type, error);
  if (!done)
    g_prefix_error (error, "fact \"%s\": ", fact->part.id);
  return done;
}
