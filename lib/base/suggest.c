/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/diagnostic.h"

/* "Did you mean": the name that differs by the fewest typing mistakes, when that is few
 * enough to be one. A mistake is a character more, less or other, or two neighbours swapped. */

#define MAX_CHARS 48 /* longer names are not compared: the table below is on the stack */

typedef struct {
  gunichar chars[MAX_CHARS];
  guint    length;
} Word;

static gboolean
word_init (Word *word, const char *text)
{
  word->length = 0;
  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      if (word->length == MAX_CHARS)
        return FALSE;
      word->chars[word->length++] = g_unichar_tolower (g_utf8_get_char (text));
    }
  return word->length > 0;
}

/* Optimal string alignment; the letters' case is no difference. */
static guint
distance (const Word *a, const Word *b)
{
  guint8 cost[MAX_CHARS + 1][MAX_CHARS + 1];

  for (guint i = 0; i <= a->length; i++)
    cost[i][0] = (guint8) i;
  for (guint j = 0; j <= b->length; j++)
    cost[0][j] = (guint8) j;
  for (guint i = 1; i <= a->length; i++)
    for (guint j = 1; j <= b->length; j++)
      {
        guint best = cost[i - 1][j - 1] + (a->chars[i - 1] != b->chars[j - 1]);

        best = MIN (best, MIN (cost[i - 1][j], cost[i][j - 1]) + 1u);
        if (i > 1 && j > 1 && a->chars[i - 1] == b->chars[j - 2] && a->chars[i - 2] == b->chars[j - 1])
          best = MIN (best, cost[i - 2][j - 2] + 1u);
        cost[i][j] = (guint8) best;
      }
  return cost[a->length][b->length];
}

char *
_csvc_suggest (const char *wrong, const char *const *names)
{
  const char *best = NULL;
  guint least;
  Word word, other;

  g_return_val_if_fail (wrong != NULL && names != NULL, NULL);

  if (!word_init (&word, wrong))
    return NULL;
  /* One mistake in three characters; more is another word. */
  least = MAX (word.length / 3, word.length > 1 ? 1 : 0) + 1;
  for (; *names != NULL; names++)
    {
      guint d;

      if (!word_init (&other, *names) || (d = distance (&word, &other)) >= least)
        continue;
      best = *names;
      least = d;
    }
  return best != NULL ? g_strdup_printf ("did you mean \"%s\"?", best) : NULL;
}
