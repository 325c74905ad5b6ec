/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "log/scenario.h"

#include <string.h>

/* What is expected of a customer: the tier, accounts, and what may be used. Each word of the table says which options may follow its name, and how it is
 * described; a judge compares what was said. */

enum { SAYS_UNTIL = 1, SAYS_BELOW = 2, SAYS_REFUSED = 4, SAYS_LEFT = 8, SAYS_NEXT = 16, SAYS_SCOPE = 32, SAYS_CHOICE = 64 };

typedef struct _Form Form;

struct _CsvcClientExpectation {
  const Form     *form;
  char           *id;
  char           *name;   /* tier, account, entitlement; "" for none */
  gint64          number; /* of an account; left */
  CsvcTime        until, next;
  char           *below, *scope, *choice;
  CsvcApplication application;
  CsvcAnswer      answer;
  guint           said;   /* which options */
};

struct _Form {
  const char *word;
  gboolean  (*read) (CsvcClientExpectation *self, CsvcWords *words, const CsvcPolicy *policy, CsvcTime at);
  char     *(*judge) (const CsvcClientExpectation *self, const CsvcCustomer *of, CsvcTime now);
  guint       options;
  gboolean    can_not;
};

void
_csvc_client_expectation_free (CsvcClientExpectation *self)
{
  if (self == NULL)
    return;
  g_free (self->choice);
  g_free (self->scope);
  g_free (self->below);
  g_free (self->name);
  g_free (self->id);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcClientExpectation, _csvc_client_expectation_free)

/* ── reading ── */

static gboolean
read_nothing (CsvcClientExpectation *self, CsvcWords *words, const CsvcPolicy *policy, CsvcTime at)
{
  return TRUE;
}

/* A tier, or "none", which is "". */
static gboolean
take_tier (CsvcWords *words, const CsvcPolicy *policy, char **tier)
{
  const char *id = _csvc_words_accept (words, "none") ? "" : _csvc_words_need_tier (words, policy);

  g_free (*tier);
  *tier = g_strdup (id);
  return id != NULL;
}

static gboolean
read_tier (CsvcClientExpectation *self, CsvcWords *words, const CsvcPolicy *policy, CsvcTime at)
{
  return take_tier (words, policy, &self->name);
}

static gboolean
take_time (CsvcWords *words, CsvcTime at, CsvcTime *time)
{
  *time = CSVC_NEVER;
  return _csvc_words_accept (words, "never") || _csvc_words_take_time (words, at, time);
}

static gboolean
read_time (CsvcClientExpectation *self, CsvcWords *words, const CsvcPolicy *policy, CsvcTime at)
{
  return take_time (words, at, &self->until);
}

static gboolean
take_count (CsvcWords *words, gint64 *number)
{
  *number = G_MAXINT64;
  return _csvc_words_accept (words, "unlimited") || _csvc_words_take_number (words, number);
}

static gboolean
read_account (CsvcClientExpectation *self, CsvcWords *words, const CsvcPolicy *policy, CsvcTime at)
{
  self->name = g_strdup (_csvc_words_need_account (words, policy));
  return self->name != NULL;
}

static gboolean
read_count (CsvcClientExpectation *self, CsvcWords *words, const CsvcPolicy *policy, CsvcTime at)
{
  return read_account (self, words, policy, at) && take_count (words, &self->number);
}

static gboolean
read_application (CsvcClientExpectation *self, CsvcWords *words, const CsvcPolicy *policy, CsvcTime at)
{
  self->name = g_strdup (_csvc_words_need_entitlement (words, policy));
  return self->name != NULL && _csvc_words_take_application (words, &self->application);
}

static gboolean
take_word (CsvcWords *words, char **place)
{
  g_free (*place);
  *place = g_strdup (_csvc_words_need (words, "a word"));
  return *place != NULL;
}

static const struct {
  const char *word;
  guint       option;
} options[] = { { "until", SAYS_UNTIL }, { "below", SAYS_BELOW }, { "refused", SAYS_REFUSED }, { "left", SAYS_LEFT },
                { "next", SAYS_NEXT },   { "scope", SAYS_SCOPE }, { "choice", SAYS_CHOICE } };

static gboolean
take_option (CsvcClientExpectation *self, CsvcWords *words, const CsvcPolicy *policy, CsvcTime at, guint option)
{
  self->said |= option;
  switch (option) {
  case SAYS_UNTIL:
    return take_time (words, at, &self->until);
  case SAYS_NEXT:
    return take_time (words, at, &self->next);
  case SAYS_BELOW:
    return take_tier (words, policy, &self->below);
  case SAYS_REFUSED:
    return _csvc_words_take_refusal (words, &self->answer);
  case SAYS_LEFT:
    return take_count (words, &self->number);
  case SAYS_SCOPE:
    return take_word (words, &self->scope);
  default:
    return take_word (words, &self->choice);
  }
}

/* Whatever is left over is complained of at the end of the line. */
static gboolean
read_options (CsvcClientExpectation *self, CsvcWords *words, const CsvcPolicy *policy, CsvcTime at)
{
  for (guint i = 0; i < G_N_ELEMENTS (options); i++) {
    if (!(self->form->options & options[i].option) || !_csvc_words_accept (words, options[i].word))
      continue;
    if (!take_option (self, words, policy, at, options[i].option))
      return FALSE;
    i = (guint) -1; /* in any order */
  }
  return TRUE;
}

/* ── judging: NULL, or what came ── */

static const char *
name_of_tier (const CsvcTier *tier)
{
  return tier != NULL ? csvc_tier_get_id (tier) : "";
}

static char *
format_time (const CsvcCustomer *of, CsvcTime time)
{
  return _csvc_scenario_format_time (csvc_policy_get_zone (csvc_customer_get_policy (of)), time);
}

static char *
compare_tier (const CsvcClientExpectation *self, const CsvcTier *tier, const char *word)
{
  const char *came = name_of_tier (tier);

  return strcmp (came, self->name) == 0 ? NULL : g_strdup_printf ("%s %s", word, *came != '\0' ? came : "none");
}

static char *
judge_tier (const CsvcClientExpectation *self, const CsvcCustomer *of, CsvcTime now)
{
  return compare_tier (self, csvc_customer_get_tier (of), "tier");
}

static char *
judge_earned (const CsvcClientExpectation *self, const CsvcCustomer *of, CsvcTime now)
{
  return compare_tier (self, csvc_customer_get_earned_tier (of), "earned");
}

static char *
judge_warned (const CsvcClientExpectation *self, const CsvcCustomer *of, CsvcTime now)
{
  const CsvcTier *below = NULL;
  CsvcTime until = CSVC_NEVER;
  g_autofree char *text = NULL;

  if (!csvc_customer_get_warning (of, &until, &below))
    return g_strdup ("not warned");
  if ((!(self->said & SAYS_UNTIL) || until == self->until) && (!(self->said & SAYS_BELOW) || strcmp (name_of_tier (below), self->below) == 0))
    return NULL;
  text = format_time (of, until);
  return g_strdup_printf ("warned below %s until %s", below != NULL ? name_of_tier (below) : "none", text);
}

static char *
judge_overridden (const CsvcClientExpectation *self, const CsvcCustomer *of, CsvcTime now)
{
  CsvcTime until = CSVC_NEVER;
  g_autofree char *text = NULL;

  if (!csvc_customer_get_override (of, &until, NULL))
    return g_strdup ("not overridden");
  text = format_time (of, until);
  return !(self->said & SAYS_UNTIL) || until == self->until ? NULL : g_strdup_printf ("overridden until %s", text);
}

static char *
judge_review (const CsvcClientExpectation *self, const CsvcCustomer *of, CsvcTime now)
{
  g_autofree char *text = format_time (of, csvc_customer_get_review_at (of));

  return csvc_customer_get_review_at (of) == self->until ? NULL : g_strdup_printf ("review %s", text);
}

static char *
format_count (gint64 number)
{
  return number == G_MAXINT64 ? g_strdup ("unlimited") : g_strdup_printf ("%" G_GINT64_FORMAT, number);
}

static char *
compare_count (const CsvcClientExpectation *self, gint64 came)
{
  g_autofree char *text = format_count (came);

  return came == self->number ? NULL : g_strdup_printf ("%s %s %s", self->form->word, self->name, text);
}

static char *
judge_balance (const CsvcClientExpectation *self, const CsvcCustomer *of, CsvcTime now)
{
  return compare_count (self, csvc_customer_get_balance (of, self->name, now));
}

static char *
judge_used (const CsvcClientExpectation *self, const CsvcCustomer *of, CsvcTime now)
{
  return compare_count (self, csvc_customer_get_used (of, self->name, now));
}

static char *
judge_reserved (const CsvcClientExpectation *self, const CsvcCustomer *of, CsvcTime now)
{
  return compare_count (self, csvc_customer_get_reserved (of, self->name));
}

static char *
judge_running (const CsvcClientExpectation *self, const CsvcCustomer *of, CsvcTime now)
{
  CsvcTime until = csvc_customer_get_running_until (of, self->name, now);
  g_autofree char *text = format_time (of, until);
  gint64 n = csvc_customer_get_n_running (of, self->name, now);

  if (n == self->number && (!(self->said & SAYS_UNTIL) || until == self->until))
    return NULL;
  return g_strdup_printf ("running %s %" G_GINT64_FORMAT " until %s", self->name, n, text);
}

static char *
judge_application (const CsvcClientExpectation *self, const CsvcCustomer *of, CsvcTime now)
{
  CsvcApplication came = csvc_customer_get_application (of, self->name);

  return came == self->application ? NULL : g_strdup_printf ("application %s %s", self->name, csvc_application_to_string (came));
}

static gboolean
entitled_holds (const CsvcClientExpectation *self, const CsvcEntitled *came)
{
  return csvc_entitled_get_answer (came) == self->answer && (!(self->said & SAYS_LEFT) || csvc_entitled_get_left (came) == self->number) &&
         (!(self->said & SAYS_UNTIL) || csvc_entitled_get_until (came) == self->until) &&
         (!(self->said & SAYS_NEXT) || csvc_entitled_get_next (came) == self->next);
}

static char *
judge_may_use (const CsvcClientExpectation *self, const CsvcCustomer *of, CsvcTime now)
{
  const CsvcUse use = { self->name, 1, self->scope, self->choice, NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvcEntitled) came = csvc_customer_may_use (of, &use, now, &error);
  g_autofree char *until = NULL, *next = NULL, *left = NULL;

  if (came == NULL)
    return g_strdup (error->message);
  if (entitled_holds (self, came))
    return NULL;
  until = format_time (of, csvc_entitled_get_until (came));
  next = format_time (of, csvc_entitled_get_next (came));
  left = format_count (csvc_entitled_get_left (came));
  return g_strdup_printf ("%s (%s; left %s until %s next %s)", csvc_answer_to_string (csvc_entitled_get_answer (came)),
                          csvc_entitled_get_message (came), left, until, next);
}

/* ── the table ── */

static const Form forms[] = {
  { "tier", read_tier, judge_tier, 0, FALSE },
  { "earned", read_tier, judge_earned, 0, FALSE },
  { "warned", read_nothing, judge_warned, SAYS_UNTIL | SAYS_BELOW, TRUE },
  { "overridden", read_nothing, judge_overridden, SAYS_UNTIL, TRUE },
  { "review", read_time, judge_review, 0, FALSE },
  { "balance", read_count, judge_balance, 0, FALSE },
  { "used", read_count, judge_used, 0, FALSE },
  { "reserved", read_count, judge_reserved, 0, FALSE },
  { "running", read_count, judge_running, SAYS_UNTIL, FALSE },
  { "application", read_application, judge_application, 0, FALSE },
  { "may-use", read_account, judge_may_use, SAYS_REFUSED | SAYS_LEFT | SAYS_UNTIL | SAYS_NEXT | SAYS_SCOPE | SAYS_CHOICE, FALSE },
};

static const Form *
find_form (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    if (g_str_equal (forms[i].word, word))
      return &forms[i];
  return NULL;
}

gboolean
_csvc_client_expectation_knows (const char *word)
{
  return find_form (word) != NULL;
}

void
_csvc_client_expectation_add_words (GPtrArray *words)
{
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    g_ptr_array_add (words, (gpointer) forms[i].word);
}

gboolean
_csvc_client_expectation_can_not (const char *word)
{
  return find_form (word)->can_not;
}

CsvcClientExpectation *
_csvc_client_expectation_read (CsvcWords *words, const CsvcPolicy *policy, const char *word, const char *id, CsvcTime at)
{
  g_autoptr (CsvcClientExpectation) self = g_new0 (CsvcClientExpectation, 1);

  self->form = find_form (word);
  self->id = g_strdup (id);
  self->answer = CSVC_ANSWER_ACCEPTED;
  if (!self->form->read (self, words, policy, at) || !read_options (self, words, policy, at))
    return NULL;
  return g_steal_pointer (&self);
}

char *
_csvc_client_expectation_judge (const CsvcClientExpectation *self, const CsvcOutcome *outcome)
{
  const CsvcCustomer *of = g_hash_table_lookup (outcome->customers, self->id);
  CsvcTime last = of != NULL ? csvc_customer_get_last_at (of) : CSVC_NEVER;

  if (of == NULL)
    return g_strdup_printf ("nothing is known of customer %s", self->id);
  return self->form->judge (self, of, last != CSVC_NEVER ? MAX (outcome->step->stamp.at, last) : outcome->step->stamp.at);
}
