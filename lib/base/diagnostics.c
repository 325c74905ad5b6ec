/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/diagnostic.h"

#include <string.h>

/* A list of diagnostics only grows, up to MAX_LISTED of each severity (a hostile document
 * may have a fault in every line), so that warnings can never push the errors out. */

#define MAX_LISTED 1000
#define NUMBER_MORE 101

struct _CsvcDiagnostic {
  guint        number;
  CsvcSeverity severity;
  guint        line;
  guint        column;
  guint        rank;     /* of the file: by first appearance; set when sorting */
  guint        sequence; /* of adding: keeps sorting stable */
  char        *file;     /* GRefString, interned */
  char        *message;
  char        *expected;
  char        *hint;
};

struct _CsvcDiagnostics {
  gatomicrefcount refs;
  GPtrArray      *items;
  guint           counts[CSVC_SEVERITY_NOTE + 1];
  gboolean        more; /* NUMBER_MORE stands in the list */
};

static const struct {
  guint        number;
  CsvcSeverity severity;
} registry[] = {
#define CSVC_DIAGNOSTIC(number, severity, title, text) { number, CSVC_SEVERITY_##severity },
#include "base/diagnostics.def"
#undef CSVC_DIAGNOSTIC
};

static void
diagnostic_free (gpointer data)
{
  CsvcDiagnostic *self = data;

  g_ref_string_release (self->file);
  g_free (self->message);
  g_free (self->expected);
  g_free (self->hint);
  g_free (self);
}

CsvcDiagnostics *
csvc_diagnostics_new (void)
{
  CsvcDiagnostics *self = g_new0 (CsvcDiagnostics, 1);

  g_atomic_ref_count_init (&self->refs);
  self->items = g_ptr_array_new_with_free_func (diagnostic_free);
  return self;
}

CsvcDiagnostics *
csvc_diagnostics_ref (CsvcDiagnostics *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
csvc_diagnostics_unref (CsvcDiagnostics *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_ptr_array_unref (self->items);
  g_free (self);
}

guint
csvc_diagnostics_get_size (const CsvcDiagnostics *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->items->len;
}

const CsvcDiagnostic *
csvc_diagnostics_get (const CsvcDiagnostics *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->items->len, NULL);

  return g_ptr_array_index (self->items, index);
}

guint
csvc_diagnostics_count (const CsvcDiagnostics *self, CsvcSeverity severity)
{
  g_return_val_if_fail (self != NULL && severity <= CSVC_SEVERITY_NOTE, 0);

  return self->counts[severity];
}

static gboolean
find_severity (guint number, CsvcSeverity *severity)
{
  for (guint i = 0; i < G_N_ELEMENTS (registry); i++)
    if (registry[i].number == number)
      {
        *severity = registry[i].severity;
        return TRUE;
      }
  return FALSE;
}

static CsvcDiagnostic *
append (CsvcDiagnostics *self, guint number, CsvcSeverity severity, CsvcPlace place, char *message)
{
  CsvcDiagnostic *item = g_new0 (CsvcDiagnostic, 1);

  item->number = number;
  item->severity = severity;
  item->line = place.line;
  item->sequence = self->items->len;
  item->file = g_ref_string_new_intern (place.file != NULL ? place.file : "");
  item->message = message;
  self->counts[severity]++;
  g_ptr_array_add (self->items, item);
  return item;
}

static void
say_more (CsvcDiagnostics *self, CsvcPlace place)
{
  if (self->more)
    return;
  self->more = TRUE;
  append (self, NUMBER_MORE, CSVC_SEVERITY_NOTE, place, g_strdup ("there are more findings; they are not listed"));
}

void
_csvc_diagnostics_add (CsvcDiagnostics *self, guint number, CsvcPlace place, guint column, const char *expected,
                       const char *hint, const char *format, ...)
{
  CsvcSeverity severity;
  CsvcDiagnostic *item;
  va_list args;

  g_return_if_fail (self != NULL && format != NULL);
  g_return_if_fail (find_severity (number, &severity));

  if (self->counts[severity] >= MAX_LISTED)
    {
      say_more (self, place);
      return;
    }
  va_start (args, format);
  item = append (self, number, severity, place, g_strdup_vprintf (format, args));
  va_end (args);
  item->column = column;
  item->expected = g_strdup (expected);
  item->hint = g_strdup (hint);
}

static int
compare_guint (guint a, guint b)
{
  return (a > b) - (a < b);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const CsvcDiagnostic *x = *(const CsvcDiagnostic *const *) a;
  const CsvcDiagnostic *y = *(const CsvcDiagnostic *const *) b;
  int order = compare_guint (x->rank, y->rank);

  if (order == 0)
    order = compare_guint (x->line, y->line);
  if (order == 0)
    order = compare_guint (x->sequence, y->sequence);
  return order;
}

/* Files stand in the order in which they were first blamed; of one line, the order of finding is kept. */
void
_csvc_diagnostics_sort (CsvcDiagnostics *self)
{
  g_autoptr (GHashTable) ranks = NULL;

  g_return_if_fail (self != NULL);

  ranks = g_hash_table_new (NULL, NULL); /* interned: equal texts are equal pointers */
  for (guint i = 0; i < self->items->len; i++)
    {
      CsvcDiagnostic *item = g_ptr_array_index (self->items, i);

      if (!g_hash_table_contains (ranks, item->file))
        g_hash_table_insert (ranks, item->file, GUINT_TO_POINTER (g_hash_table_size (ranks)));
      item->rank = GPOINTER_TO_UINT (g_hash_table_lookup (ranks, item->file));
    }
  g_ptr_array_sort (self->items, compare_items);
}

guint
csvc_diagnostic_get_number (const CsvcDiagnostic *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->number;
}

CsvcSeverity
csvc_diagnostic_get_severity (const CsvcDiagnostic *self)
{
  g_return_val_if_fail (self != NULL, CSVC_SEVERITY_ERROR);

  return self->severity;
}

const char *
csvc_diagnostic_get_file (const CsvcDiagnostic *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->file;
}

guint
csvc_diagnostic_get_line (const CsvcDiagnostic *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->line;
}

guint
csvc_diagnostic_get_column (const CsvcDiagnostic *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->column;
}

const char *
csvc_diagnostic_get_message (const CsvcDiagnostic *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->message;
}

const char *
csvc_diagnostic_get_expected (const CsvcDiagnostic *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->expected;
}

const char *
csvc_diagnostic_get_hint (const CsvcDiagnostic *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->hint;
}

/* The column belongs to the expression, not to the line, so it must not stand in the file:line:column of GNU. */
char *
csvc_diagnostic_to_string (const CsvcDiagnostic *self)
{
  static const char *const severities[] = { "error", "warning", "note" };
  GString *out;

  g_return_val_if_fail (self != NULL, NULL);

  out = g_string_new (self->file);
  if (self->line > 0)
    g_string_append_printf (out, "%s%u", out->len > 0 ? ":" : "line ", self->line);
  g_string_append_printf (out, "%s%s CSVC-%03u: ", out->len > 0 ? ": " : "", severities[self->severity], self->number);
  if (self->column > 0)
    g_string_append_printf (out, "column %u: ", self->column);
  g_string_append (out, self->message);
  if (self->expected != NULL)
    g_string_append_printf (out, "; expected %s", self->expected);
  if (self->hint != NULL)
    g_string_append_printf (out, "; %s", self->hint);
  return g_string_free (out, FALSE);
}
