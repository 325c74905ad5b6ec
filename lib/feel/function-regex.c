/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "feel/functions.h"

/* matches, replace, split: XPath's regular expressions, by GLib's. What the two read differently is refused, so that nothing is
 * matched wrongly: subtraction of character classes, and what is Perl's alone. */

#define MAX_PATTERN 4096
#define MAX_TEXT (1024 * 1024)

static gboolean
read_flags (const CsvcValue *flags, GRegexCompileFlags *options, gboolean *literal)
{
  *options = (GRegexCompileFlags) 0;
  *literal = FALSE;
  if (flags == NULL || flags->type == CSVC_TYPE_NULL)
    return TRUE;
  for (const char *p = flags->u.s; *p != '\0'; p++)
    if (*p == 's')
      *options |= G_REGEX_DOTALL;
    else if (*p == 'm')
      *options |= G_REGEX_MULTILINE;
    else if (*p == 'i')
      *options |= G_REGEX_CASELESS;
    else if (*p == 'x')
      *options |= G_REGEX_EXTENDED;
    else if (*p == 'q')
      *literal = TRUE;
    else
      return FALSE;
  return TRUE;
}

/* XPath has no look-around, no \b, no possessive quantifiers …: after "(?" only ":" may stand, after "\" only its own letters. */
static gboolean
is_xpath (const char *pattern)
{
  guint in_class = 0;

  for (const char *p = pattern; *p != '\0'; p++)
    if (*p == '\\')
      {
        if (p[1] == '\0' || strchr ("nrt\\|.?*+(){}$-[]^sSdDwWpPiIcC123456789", p[1]) == NULL)
          return FALSE;
        if (in_class > 0 && g_ascii_isdigit (p[1]))
          return FALSE;
        p++;
      }
    else if (*p == '[')
      in_class++;
    else if (*p == ']' && in_class > 0)
      in_class--;
    else if (*p == '(' && p[1] == '?' && p[2] != ':' && in_class == 0)
      return FALSE;
  return TRUE;
}

/* "[a-z-[aeiou]]": GLib would take it for something else. */
static gboolean
subtracts (const char *pattern)
{
  return strstr (pattern, "-[") != NULL || strstr (pattern, "\\i") != NULL || strstr (pattern, "\\c") != NULL ||
         strstr (pattern, "\\p{Is") != NULL || strstr (pattern, "\\P{Is") != NULL;
}

/* A blank in a pattern with x means nothing to XPath, inside a class too: taken out here. (transfer full) */
static char *
without_blanks (const char *pattern)
{
  GString *out = g_string_new (NULL);
  gboolean in_class = FALSE;

  for (; *pattern != '\0'; pattern++)
    {
      if (*pattern == '\\')
        {
          g_string_append_c (out, '\\');
          pattern += 1 + strspn (pattern + 1, " \t\r\n");
          if (*pattern == '\0')
            break;
          g_string_append_c (out, *pattern);
          continue;
        }
      in_class = *pattern == '[' || (in_class && *pattern != ']');
      if (in_class || strchr (" \t\r\n", *pattern) == NULL)
        g_string_append_c (out, *pattern);
    }
  return g_string_free (out, FALSE);
}

static GRegex *
compile (FeelEval *eval, const char *pattern, const CsvcValue *flags)
{
  GRegexCompileFlags options;
  g_autofree char *text = NULL;
  gboolean literal;
  GRegex *regex;

  if (!read_flags (flags, &options, &literal))
    {
      _csvc_feel_no (eval, "the flags of a pattern are s, m, i, x and q");
      return NULL;
    }
  text = literal ? g_regex_escape_string (pattern, -1) : options & G_REGEX_EXTENDED ? without_blanks (pattern) : g_strdup (pattern);
  if (strlen (pattern) > MAX_PATTERN || (!literal && subtracts (text)))
    {
      _csvc_feel_fail_outside (eval, eval->column, "such patterns are outside of what is read here");
      return NULL;
    }
  options &= ~(GRegexCompileFlags) G_REGEX_EXTENDED;
  regex = literal || is_xpath (text) ? g_regex_new (text, options | G_REGEX_DOLLAR_ENDONLY, (GRegexMatchFlags) 0, NULL) : NULL;
  if (regex == NULL)
    _csvc_feel_no (eval, "the pattern is no regular expression");
  return regex;
}

static gboolean
check_input (FeelEval *eval, const char *input)
{
  if (strlen (input) <= MAX_TEXT && _csvc_feel_spend (eval, (guint) strlen (input)))
    return TRUE;
  _csvc_feel_fail_outside (eval, eval->column, "the text is too long for a pattern");
  return FALSE;
}

FEEL_FUNCTION (matches)
{
  g_autoptr (GRegex) regex = compile (eval, arguments[1].u.s, n > 2 ? &arguments[2] : NULL);
  g_autoptr (GError) error = NULL;
  gboolean yes;

  if (regex == NULL || !check_input (eval, arguments[0].u.s))
    return FEEL_NULL;
  yes = g_regex_match_full (regex, arguments[0].u.s, -1, 0, (GRegexMatchFlags) 0, NULL, &error);
  if (error == NULL)
    return _csvc_feel_boolean (yes);
  /* Some tenths of a second went by: not many such in one evaluation. */
  _csvc_feel_spend (eval, FEEL_MAX_STEPS / 10);
  return _csvc_feel_fail_outside (eval, eval->column, "the pattern takes too many steps");
}

/* In a replacement $1 is a group, \$ and \\ are themselves, and nothing else begins with \ or $. */
static gboolean
append_replacement (GString *out, const char *replacement, const GMatchInfo *match)
{
  gint groups = g_match_info_get_match_count (match);

  for (const char *p = replacement; *p != '\0'; p++)
    {
      g_autofree char *group = NULL;

      if (*p == '\\' && (p[1] == '\\' || p[1] == '$'))
        g_string_append_c (out, *++p);
      else if (*p == '$' && g_ascii_isdigit (p[1]))
        {
          p++;
          group = *p - '0' < groups ? g_match_info_fetch (match, *p - '0') : NULL;
          g_string_append (out, group != NULL ? group : "");
        }
      else if (*p == '\\' || *p == '$')
        return FALSE;
      else
        g_string_append_c (out, *p);
    }
  return TRUE;
}

static gboolean
has_flag (const CsvcValue *flags, char flag)
{
  return flags != NULL && flags->type != CSVC_TYPE_NULL && strchr (flags->u.s, flag) != NULL;
}

static gboolean
replace_all (GString *out, const char *input, const char *replacement, gboolean literal, GMatchInfo *match)
{
  gint from, to, last = 0;

  for (; g_match_info_matches (match) && out->len <= CSVC_TEXT_MAX; g_match_info_next (match, NULL))
    {
      g_match_info_fetch_pos (match, 0, &from, &to);
      g_string_append_len (out, input + last, from - last);
      if (literal)
        g_string_append (out, replacement);
      else if (!append_replacement (out, replacement, match))
        return FALSE;
      last = to;
    }
  g_string_append (out, input + last);
  return TRUE;
}

FEEL_FUNCTION (replace)
{
  const CsvcValue *flags = n > 3 ? &arguments[3] : NULL;
  g_autoptr (GRegex) regex = compile (eval, arguments[1].u.s, flags);
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GString) out = g_string_new (NULL);

  if (regex == NULL || !check_input (eval, arguments[0].u.s))
    return FEEL_NULL;
  if (g_regex_match (regex, "", (GRegexMatchFlags) 0, NULL))
    return _csvc_feel_no (eval, "the pattern matches an empty text");
  g_regex_match (regex, arguments[0].u.s, (GRegexMatchFlags) 0, &match);
  if (!replace_all (out, arguments[0].u.s, arguments[2].u.s, has_flag (flags, 'q'), match))
    return _csvc_feel_no (eval, "in a replacement a group is $1; write \\$ and \\\\ for the characters");
  return _csvc_feel_string (_csvc_feel_eval_scratch (eval), out->str, (gssize) out->len);
}

FEEL_FUNCTION (split)
{
  g_autoptr (GRegex) regex = compile (eval, arguments[1].u.s, NULL);
  g_auto (GStrv) parts = NULL;
  CsvcValue *items;
  guint count;

  if (regex == NULL || !check_input (eval, arguments[0].u.s))
    return FEEL_NULL;
  if (g_regex_match (regex, "", (GRegexMatchFlags) 0, NULL))
    return _csvc_feel_no (eval, "the delimiter matches an empty text");
  parts = g_regex_split (regex, arguments[0].u.s, (GRegexMatchFlags) 0);
  count = g_strv_length (parts);
  items = _csvc_feel_alloc (eval, count, sizeof *items);
  if (items == NULL || !_csvc_feel_spend (eval, count))
    return FEEL_NULL;
  for (guint i = 0; i < count; i++)
    items[i] = _csvc_feel_string (_csvc_feel_eval_scratch (eval), parts[i], -1);
  return _csvc_feel_make_list (eval, items, count);
}
