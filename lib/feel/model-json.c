/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/model.h"

#include <csvc/error.h>
#include <string.h>

/* JSON (RFC 8259) straight into values: json-glib would make doubles of numbers, and recurses without bound. Contexts keep the order
 * of their members; a name that comes twice is an error, for which one counts is anybody's guess. */

#define MAX_DEPTH 64

typedef struct {
  const char      *text, *at;
  CsvcFeelScratch *scratch;
  GError         **error;
} Reader;

static gboolean
fail (Reader *self, CsvcErrorCode code, const char *message)
{
  guint line = 1;

  for (const char *p = self->text; p < self->at; p++)
    line += *p == '\n';
  g_set_error (self->error, CSVC_ERROR, code, "JSON, line %u: %s", line, message);
  return FALSE;
}

static gboolean
full (Reader *self)
{
  return fail (self, CSVC_ERROR_LIMIT, "too large");
}

static void
skip_blanks (Reader *self)
{
  self->at += strspn (self->at, " \t\r\n");
}

static gboolean
take (Reader *self, char wanted)
{
  skip_blanks (self);
  if (*self->at != wanted)
    return FALSE;
  self->at++;
  return TRUE;
}

/* ── strings ── */

static gboolean
read_hex (Reader *self, gunichar *unit)
{
  *unit = 0;
  for (guint i = 0; i < 4; i++, self->at++)
    {
      if (!g_ascii_isxdigit (*self->at))
        return fail (self, CSVC_ERROR_SYNTAX, "expected four hexadecimal digits after \\u");
      *unit = *unit * 16 + (gunichar) g_ascii_xdigit_value (*self->at);
    }
  return TRUE;
}

/* Behind \u; a high surrogate needs its low one. */
static gboolean
read_character (Reader *self, GString *out)
{
  gunichar high, low;

  if (!read_hex (self, &high))
    return FALSE;
  if (high >= 0xD800 && high < 0xDC00)
    {
      if (!g_str_has_prefix (self->at, "\\u"))
        return fail (self, CSVC_ERROR_SYNTAX, "half a character (a high surrogate alone)");
      self->at += 2;
      if (!read_hex (self, &low))
        return FALSE;
      high = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00) : 0;
    }
  if (high == 0 || !g_unichar_validate (high))
    return fail (self, CSVC_ERROR_SYNTAX, "\\u is no character that a text can have");
  g_string_append_unichar (out, high);
  return TRUE;
}

static gboolean
read_escape (Reader *self, GString *out)
{
  static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  const char *found = *self->at != '\0' ? strchr (letters, *self->at) : NULL;

  if (*self->at == 'u')
    {
      self->at++;
      return read_character (self, out);
    }
  if (found == NULL)
    return fail (self, CSVC_ERROR_SYNTAX, "no such escape");
  g_string_append_c (out, meanings[found - letters]);
  self->at++;
  return TRUE;
}

/* Behind the opening quote. */
static gboolean
read_letters (Reader *self, GString *out)
{
  for (;;)
    {
      gsize n = strcspn (self->at, "\"\\");

      for (gsize i = 0; i < n; i++)
        if ((guchar) self->at[i] < 0x20)
          {
            self->at += i;
            return fail (self, CSVC_ERROR_SYNTAX, "a control character in a string");
          }
      g_string_append_len (out, self->at, (gssize) n);
      self->at += n;
      if (*self->at == '\0')
        return fail (self, CSVC_ERROR_SYNTAX, "a string is not closed");
      if (*self->at++ == '"')
        return TRUE;
      if (!read_escape (self, out))
        return FALSE;
    }
}

static gboolean
read_string (Reader *self, CsvcValue *value)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (!read_letters (self, out))
    return FALSE;
  *value = _csvc_feel_string (self->scratch, out->str, (gssize) out->len);
  return value->type != CSVC_TYPE_NULL || full (self);
}

/* ── numbers and words ── */

static gsize
count_digits (const char *at)
{
  return strspn (at, "0123456789");
}

/* How long JSON's number is that stands here; 0: none. */
static gsize
measure_number (const char *start)
{
  const char *at = start + (*start == '-');
  gsize whole = count_digits (at);

  if (whole == 0 || (whole > 1 && *at == '0'))
    return 0;
  at += whole;
  if (*at == '.')
    {
      if (count_digits (at + 1) == 0)
        return 0;
      at += 1 + count_digits (at + 1);
    }
  if (*at == 'e' || *at == 'E')
    {
      const char *exponent = at + 1 + (at[1] == '+' || at[1] == '-');

      if (count_digits (exponent) == 0)
        return 0;
      at = exponent + count_digits (exponent);
    }
  return (gsize) (at - start);
}

static gboolean
read_number (Reader *self, CsvcValue *value)
{
  gsize length = measure_number (self->at);
  g_autofree char *text = g_strndup (self->at, length);
  g_autoptr (GError) error = NULL;

  if (length == 0)
    return fail (self, CSVC_ERROR_SYNTAX, "expected a value");
  if (!_csvc_value_parse (value, CSVC_TYPE_NUMBER, text, &error))
    return fail (self, CSVC_ERROR_LIMIT, error->message);
  self->at += length;
  return TRUE;
}

static gboolean
read_word (Reader *self, CsvcValue *value)
{
  static const struct {
    const char *word;
    CsvcValue   value;
  } words[] = {
    { "true", { .type = CSVC_TYPE_BOOLEAN, .u.i = 1 } },
    { "false", { .type = CSVC_TYPE_BOOLEAN, .u.i = 0 } },
    { "null", { .type = CSVC_TYPE_NULL } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (self->at, words[i].word))
      {
        *value = words[i].value;
        self->at += strlen (words[i].word);
        return TRUE;
      }
  return read_number (self, value);
}

/* ── arrays and objects ── */

static gboolean read_value (Reader *self, guint depth, CsvcValue *value);

static gpointer
keep (Reader *self, const GArray *array)
{
  gsize size = (gsize) array->len * g_array_get_element_size ((GArray *) array);
  gpointer block = _csvc_feel_scratch_alloc (self->scratch, MAX (size, 1));

  if (block != NULL && size > 0)
    memcpy (block, array->data, size);
  return block;
}

static gboolean
read_array (Reader *self, guint depth, CsvcValue *value)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (CsvcValue));
  CsvcValue *kept;

  for (gboolean more = !take (self, ']'); more;)
    {
      CsvcValue item;

      if (!read_value (self, depth, &item))
        return FALSE;
      g_array_append_val (items, item);
      more = take (self, ',');
      if (!more && !take (self, ']'))
        return fail (self, CSVC_ERROR_SYNTAX, "expected , or ]");
    }
  kept = keep (self, items);
  if (kept == NULL)
    return full (self);
  *value = _csvc_feel_list (self->scratch, kept, items->len);
  return value->type != CSVC_TYPE_NULL || full (self);
}

static gboolean
read_member (Reader *self, guint depth, GHashTable *seen, GArray *names, GArray *values)
{
  CsvcValue name, value;

  if (!take (self, '"'))
    return fail (self, CSVC_ERROR_SYNTAX, "expected a name in quotes");
  if (!read_string (self, &name))
    return FALSE;
  if (!g_hash_table_add (seen, name.u.s))
    return fail (self, CSVC_ERROR_SYNTAX, "a name comes twice in an object");
  if (!take (self, ':'))
    return fail (self, CSVC_ERROR_SYNTAX, "expected : after a name");
  if (!read_value (self, depth, &value))
    return FALSE;
  g_array_append_val (names, name.u.s);
  g_array_append_val (values, value);
  return TRUE;
}

static gboolean
read_object (Reader *self, guint depth, CsvcValue *value)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) names = g_array_new (FALSE, FALSE, sizeof (char *)), values = g_array_new (FALSE, FALSE, sizeof (CsvcValue));
  const char *const *kept_names;
  const CsvcValue *kept_values;

  for (gboolean more = !take (self, '}'); more;)
    {
      if (!read_member (self, depth, seen, names, values))
        return FALSE;
      more = take (self, ',');
      if (!more && !take (self, '}'))
        return fail (self, CSVC_ERROR_SYNTAX, "expected , or }");
    }
  kept_names = keep (self, names);
  kept_values = keep (self, values);
  if (kept_names == NULL || kept_values == NULL)
    return full (self);
  *value = _csvc_feel_context (self->scratch, kept_names, kept_values, names->len);
  return value->type != CSVC_TYPE_NULL || full (self);
}

static gboolean
read_value (Reader *self, guint depth, CsvcValue *value)
{
  if (depth >= MAX_DEPTH)
    return fail (self, CSVC_ERROR_LIMIT, "nested too deep");
  if (take (self, '"'))
    return read_string (self, value);
  if (take (self, '['))
    return read_array (self, depth + 1, value);
  if (take (self, '{'))
    return read_object (self, depth + 1, value);
  return read_word (self, value);
}

gboolean
_csvc_feel_parse_json (const char *text, CsvcFeelScratch *scratch, CsvcValue *value, GError **error)
{
  Reader self = { text, text, scratch, error };

  if (!g_utf8_validate (text, -1, NULL))
    return fail (&self, CSVC_ERROR_SYNTAX, "the text is not UTF-8");
  if (!read_value (&self, 0, value))
    return FALSE;
  skip_blanks (&self);
  return *self.at == '\0' || fail (&self, CSVC_ERROR_SYNTAX, "something follows the value");
}

/* ── strings that a type makes something else of ── */

static gboolean
read_text (CsvcModelRun *run, CsvcValue *value, const CsvcModelShape *shape, const char *where, GError **error)
{
  const char *word = csvc_type_to_string (shape->type->type);

  if (shape->type->type < CSVC_TYPE_DATE || shape->type->type > CSVC_TYPE_YEAR_MONTH_DURATION)
    return TRUE;
  if (_csvc_model_run_read (run, shape->type->type, value->u.s, value))
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_SYNTAX, "%s: expected a %s, not \"%s\"", where, word, value->u.s);
  return FALSE;
}

static gboolean
read_items (CsvcModelRun *run, CsvcValue *value, const CsvcModelShape *shape, const char *where, GError **error)
{
  const CsvcFeelList *list = _csvc_feel_get_list (value);
  CsvcValue *items = _csvc_feel_scratch_alloc (run->env.scratch, MAX (list->n, 1) * sizeof *items);

  for (guint i = 0; items != NULL && i < list->n; i++)
    {
      items[i] = list->items[i];
      if (!_csvc_model_read_texts (run, &items[i], shape->item, where, error))
        return FALSE;
    }
  if (items != NULL)
    *value = _csvc_feel_list (run->env.scratch, items, list->n);
  return TRUE;
}

static const CsvcModelShape *
find_member (const CsvcModelShape *shape, const char *name)
{
  for (guint i = 0; i < shape->n_members; i++)
    if (strcmp (shape->names[i], name) == 0)
      return shape->members[i];
  return NULL;
}

static gboolean
read_members (CsvcModelRun *run, CsvcValue *value, const CsvcModelShape *shape, const char *where, GError **error)
{
  const CsvcFeelContext *context = _csvc_feel_get_context (value);
  CsvcValue *values = _csvc_feel_scratch_alloc (run->env.scratch, MAX (context->n, 1) * sizeof *values);

  for (guint i = 0; values != NULL && i < context->n; i++)
    {
      g_autofree char *there = g_strdup_printf ("%s.%s", where, context->names[i]);

      values[i] = context->values[i];
      if (!_csvc_model_read_texts (run, &values[i], find_member (shape, context->names[i]), there, error))
        return FALSE;
    }
  if (values != NULL)
    *value = _csvc_feel_context (run->env.scratch, context->names, values, context->n);
  return TRUE;
}

gboolean
_csvc_model_read_texts (CsvcModelRun *run, CsvcValue *value, const CsvcModelShape *shape, const char *where, GError **error)
{
  /* What is derived has the parts of what it is derived from. */
  while (shape != NULL && shape->base != NULL)
    shape = shape->base;
  if (shape == NULL || shape->type == NULL)
    return TRUE;
  if (value->type == CSVC_TYPE_STRING)
    return read_text (run, value, shape, where, error);
  if (value->type == CSVC_TYPE_LIST && shape->item != NULL)
    return read_items (run, value, shape, where, error);
  if (value->type == CSVC_TYPE_CONTEXT && shape->n_members > 0)
    return read_members (run, value, shape, where, error);
  return TRUE;
}
