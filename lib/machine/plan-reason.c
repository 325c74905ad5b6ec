/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "base/time.h"
#include "machine/plan.h"

/* Why: a condition, and what it read of this customer. Personal facts are never shown. */

typedef struct {
  GString           *out;
  const CsvcLookout *look;
  GHashTable        *told;
  const char        *separator;
} Telling;

void
_csvc_append_place (GString *out, CsvcPlace place)
{
  g_autofree char *file = place.file != NULL ? g_path_get_basename (place.file) : g_strdup ("policy");

  g_string_append_printf (out, "%s:%u", file, place.line);
}

static gboolean
begin (Telling *telling, char *what)
{
  if (!g_hash_table_add (telling->told, what))
    return FALSE;
  g_string_append_printf (telling->out, "%s%s", telling->separator, what);
  telling->separator = ", ";
  return TRUE;
}

static void
append_value (GString *out, const CsvcValue *value)
{
  if (value->type == CSVC_TYPE_UNKNOWN)
    g_string_append (out, " is missing");
  else
    {
      g_string_append (out, " = ");
      _csvc_feel_append (out, value);
    }
}

static void
tell_fact (Telling *telling, const CsvcFact *fact)
{
  const CsvcValue *value = &telling->look->customer->facts[fact->index];

  if (!begin (telling, g_strdup (fact->part.id)))
    return;
  if (fact->personal && value->type != CSVC_TYPE_UNKNOWN)
    g_string_append (telling->out, " is known");
  else
    append_value (telling->out, value);
}

static void
tell_answer (Telling *telling, const char *function, const char *argument)
{
  const CsvcFeelHost *host = telling->look->env.host;
  CsvcValue value = CSVC_VALUE_UNKNOWN;

  if (!begin (telling, g_strdup_printf ("%s(\"%s\")", function, argument)))
    return;
  if (!host->ask (host->data, function, argument, &value))
    value = (CsvcValue) CSVC_VALUE_UNKNOWN;
  append_value (telling->out, &value);
}

/* CsvcFeelReadFunc */
static void
tell_read (gpointer data, CsvcNameKind kind, guint slot, const char *name, const char *argument)
{
  Telling *telling = data;

  if (kind == CSVC_NAME_CUSTOMER_FACT)
    tell_fact (telling, &telling->look->policy->customer_facts[slot]);
  else if (kind == CSVC_NAME_HOST)
    tell_answer (telling, name, argument);
  else if (kind == CSVC_NAME_TIER && begin (telling, g_strdup ("tier")))
    append_value (telling->out, telling->look->env.tier);
}

static void
append_reads (GString *out, const CsvcLookout *look, const CsvcExpr *expression, const CsvcFact *also)
{
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Telling telling = { out, look, told, ": " };

  if (also != NULL)
    tell_fact (&telling, also);
  if (expression != NULL)
    _csvc_expr_foreach_read (expression, tell_read, &telling);
}

static void
append_window (GString *out, const CsvcRule *self)
{
  const char *what = self->on != CSVC_RULE_ON_ANNIVERSARY ? "" : self->every == 0 ? "the anniversary of " : "its time of the month since ";
  const char *days = self->days_of != NULL ? "working days" : "days";

  g_string_append_printf (out, "today is within %u %s before and %u after %s%s", self->before, days, self->after, what, self->of->part.id);
}

static void
append_cause (GString *out, const CsvcRule *self, const char *verdict)
{
  if (self->of != NULL)
    append_window (out, self);
  if (self->of != NULL && self->when != NULL)
    g_string_append (out, ", and ");
  if (self->when != NULL)
    g_string_append_printf (out, "%s %s", _csvc_expr_get_text (self->when), verdict);
  if (self->of == NULL && self->when == NULL)
    g_string_append_printf (out, "%s has happened", self->event->part.id);
}

char *
_csvc_rule_dup_reason (const CsvcRule *self, const CsvcLookout *look, const CsvcOccasion *occasion)
{
  GString *out = g_string_new (NULL);

  if (occasion->cause == CSVC_CAUSE_UNKNOWN)
    {
      g_string_append_printf (out, "%s is missing", occasion->missing);
      append_reads (out, look, self->when, self->of);
    }
  else
    {
      append_cause (out, self, occasion->cause == CSVC_CAUSE_THERE ? "holds" : "does not hold any more");
      append_reads (out, look, self->when, self->of);
    }
  g_string_append (out, " (");
  _csvc_append_place (out, self->part.place);
  g_string_append_c (out, ')');
  return g_string_free (out, FALSE);
}

char *
_csvc_veto_dup_reason (const CsvcVeto *self, const CsvcLookout *look, const char *missing)
{
  GString *out = g_string_new (csvc_part_get_label (&self->part, NULL));

  if (missing != NULL)
    g_string_append_printf (out, ", because %s is missing", missing);
  append_reads (out, look, self->when, NULL);
  g_string_append (out, " (");
  _csvc_append_place (out, self->part.place);
  g_string_append_c (out, ')');
  return g_string_free (out, FALSE);
}
