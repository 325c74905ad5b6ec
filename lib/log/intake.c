/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <csvc/intake.h>
#include <string.h>

#include "engine/private.h"
#include "log/map.h"
#include "policy/fact.h"
#include "xml/xml.h"

/* Rows of a CSV file become customers: each is read, judged, and put; 500 to a transaction. A strict intake reads the file once before, only to judge it. */

#define ROWS_A_TRANSACTION 500
#define MAX_NOTES 100

struct _CsvcCustomerMap {
  CsvcMap *map;
};

struct _CsvcIntake {
  guint64    n_rows, n_new, n_changed, n_same, n_bad;
  GPtrArray *notes; /* of char* */
};

/* ---- Maps ---- */

static CsvcCustomerMap *
box (CsvcMap *map)
{
  CsvcCustomerMap *self;

  if (map == NULL)
    return NULL;
  self = g_new (CsvcCustomerMap, 1);
  self->map = map;
  return self;
}

void
csvc_customer_map_free (CsvcCustomerMap *self)
{
  if (self == NULL)
    return;
  csvc_map_unref (self->map);
  g_free (self);
}

CsvcCustomerMap *
csvc_customer_map_load_text (CsvcPolicy *policy, const char *text, gssize length, const char *name, CsvcDiagnostics **diagnostics,
                             GError **error)
{
  g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
  CsvcReading reading;
  CsvcMap *map = NULL;

  g_return_val_if_fail (policy != NULL && text != NULL && name != NULL && (error == NULL || *error == NULL), NULL);

  reading = _csvc_xml_read_in (&_csvc_customer_map_dialect, text, length < 0 ? strlen (text) : (gsize) length, name, NULL, found);
  if (reading.sound)
    map = _csvc_map_compile_customers (policy, reading.document, found);
  else
    _csvc_node_free (reading.document);
  _csvc_diagnostics_sort (found);
  if (map == NULL)
    _csvc_xml_set_summary (error, name, found);
  if (diagnostics != NULL)
    *diagnostics = g_steal_pointer (&found);
  return box (map);
}

CsvcCustomerMap *
csvc_customer_map_load_file (CsvcPolicy *policy, const char *path, CsvcDiagnostics **diagnostics, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;

  g_return_val_if_fail (policy != NULL && path != NULL && (error == NULL || *error == NULL), NULL);

  text = _csvc_xml_read_file (path, _csvc_policy_caps.max_bytes, &length, error);
  if (text != NULL)
    return csvc_customer_map_load_text (policy, text, (gssize) length, path, diagnostics, error);
  if (diagnostics != NULL)
    *diagnostics = csvc_diagnostics_new ();
  return NULL;
}

static void
add_column (CsvcNode *root, const char *fact, const char *header, gboolean optional)
{
  CsvcNode *node = _csvc_node_new ("fact", root->place);

  _csvc_node_set (node, "id", fact);
  _csvc_node_set (node, "attribute", header);
  if (optional)
    _csvc_node_set (node, "optional", "true");
  _csvc_node_add (root, node);
}

static gboolean
add_given (const CsvcPolicy *policy, CsvcNode *root, const char *column, GError **error)
{
  const char *equals = strchr (column, '=');
  g_autofree char *fact = equals != NULL ? g_strndup (column, (gsize) (equals - column)) : NULL;

  if (fact == NULL || *fact == '\0' || equals[1] == '\0')
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "column \"%.255s\": expected FACT=HEADER", column);
      return FALSE;
    }
  if (csvc_policy_find_customer_fact (policy, fact) == NULL)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "customers have no fact \"%.255s\"", fact);
      return FALSE;
    }
  add_column (root, fact, equals + 1, FALSE);
  return TRUE;
}

static gboolean
add_columns (const CsvcPolicy *policy, CsvcNode *root, const char *const *columns, GError **error)
{
  if (columns == NULL)
    for (guint i = 0; i < csvc_policy_get_n_customer_facts (policy); i++)
      {
        const char *fact = csvc_fact_get_id (csvc_policy_get_customer_fact (policy, i));

        add_column (root, fact, fact, TRUE);
      }
  for (; columns != NULL && *columns != NULL; columns++)
    if (!add_given (policy, root, *columns, error))
      return FALSE;
  return TRUE;
}

CsvcCustomerMap *
csvc_customer_map_new (CsvcPolicy *policy, const char *key, const char *const *columns, GError **error)
{
  CsvcNode *root = _csvc_node_new ("customers", (CsvcPlace){ g_intern_static_string ("columns"), 0 });
  g_autoptr (CsvcDiagnostics) found = csvc_diagnostics_new ();
  CsvcMap *map;

  g_return_val_if_fail (policy != NULL, NULL);

  if (key != NULL)
    _csvc_node_set (root, "key", key);
  if (!add_columns (policy, root, columns, error))
    {
      _csvc_node_free (root);
      return NULL;
    }
  map = _csvc_map_compile_customers (policy, root, found);
  if (map == NULL)
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_INVALID, "%s", csvc_diagnostic_get_message (csvc_diagnostics_get (found, 0)));
  return box (map);
}

/* ---- One row ---- */

typedef struct {
  CsvcEngine              *engine;
  const CsvcMap           *map;
  const CsvcIntakeOptions *options;
  const CsvcStamp         *stamp;
  CsvcIntake              *intake;
  const char              *path;
  gboolean                 judging; /* only */
  gboolean                 open;    /* the transaction */
  guint                    n_open;  /* rows in it */
  CsvcLogPosition          position;
} Taking;

static void
note_bad (Taking *self, guint32 line, const char *what)
{
  self->intake->n_bad++;
  if (self->intake->notes->len < MAX_NOTES)
    g_ptr_array_add (self->intake->notes, g_strdup_printf ("%s:%u: %s", self->path, line, what));
}

static void
note_bad_cell (Taking *self, const CsvcLogCase *row, const CsvcFactRule *rule, const GError *why)
{
  const char *header = rule->source.slot >= 0 ? _csvc_slots_get_name (self->map->slots, (guint) rule->source.slot) : "";
  /* The message repeats what stands in the cell. */
  g_autofree char *what = csvc_fact_is_personal (rule->fact)
                            ? g_strdup_printf ("column \"%s\": no value of fact \"%s\"", header, csvc_fact_get_id (rule->fact))
                            : g_strdup_printf ("column \"%s\": %s", header, why->message);

  note_bad (self, row->line, what);
}

static gboolean
read_fact (Taking *self, const CsvcLogCase *row, const CsvcFactRule *rule, CsvcFacts *facts)
{
  const char *text = _csvc_map_read (self->map, &rule->source, row, 0);
  g_autoptr (CsvcValue) from = text != NULL ? csvc_value_new (CSVC_TYPE_TEXT, text, NULL) : NULL;
  g_auto (CsvcValue) value = CSVC_VALUE_UNKNOWN;
  g_autoptr (GError) why = NULL;

  if (text == NULL)
    return TRUE;
  if (_csvc_fact_coerce (rule->fact, self->map->policy->zone, from, &value, &why))
    csvc_facts_set (facts, csvc_fact_get_id (rule->fact), &value);
  else
    note_bad_cell (self, row, rule, why);
  return why == NULL;
}

/* (transfer full): NULL: the row is bad, and noted. */
static CsvcFacts *
read_facts (Taking *self, const CsvcLogCase *row)
{
  g_autoptr (CsvcFacts) facts = csvc_facts_new ();

  for (guint i = 0; i < self->map->facts->len; i++)
    if (!read_fact (self, row, &g_array_index (self->map->facts, CsvcFactRule, i), facts))
      return NULL;
  return g_steal_pointer (&facts);
}

/* (transfer full): the same. */
static char *
read_number (Taking *self, const CsvcLogCase *row)
{
  g_autofree char *number = NULL;
  g_autoptr (GError) why = NULL;

  if (!self->map->has_id)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, self->intake->n_rows);
  number = g_strdup (_csvc_map_get (self->map, row, 0, self->map->id));
  if (number == NULL)
    note_bad (self, row->line, "no number of a customer");
  else if (!_csvc_id_check (number, "a customer's number", &why))
    note_bad (self, row->line, why->message);
  return number != NULL && why == NULL ? g_steal_pointer (&number) : NULL;
}

/* ---- Putting ---- */

static gboolean
end_transaction (Taking *self, GError **error)
{
  if (!self->open)
    return TRUE;
  self->open = FALSE;
  self->n_open = 0;
  return csvc_engine_commit (self->engine, error);
}

static gboolean
begin_transaction (Taking *self, GError **error)
{
  if (self->open && self->n_open < ROWS_A_TRANSACTION)
    return TRUE;
  if (!end_transaction (self, error) || !csvc_engine_begin (self->engine, error))
    return FALSE;
  return self->open = TRUE;
}

static void
count_put (Taking *self, guint32 line, gboolean is_new, gboolean changed, CsvcAnswer answer)
{
  if (answer != CSVC_ANSWER_ACCEPTED)
    note_bad (self, line, csvc_answer_to_string (answer));
  else if (is_new)
    self->intake->n_new++;
  else if (changed)
    self->intake->n_changed++;
  else
    self->intake->n_same++;
}

static gboolean
put_row (Taking *self, guint32 line, const char *number, const CsvcFacts *facts, GError **error)
{
  g_autoptr (CsvcEffects) effects = csvc_effects_new ();
  const CsvcPerson *person;
  gboolean is_new;
  CsvcAnswer answer;

  if (!begin_transaction (self, error))
    return FALSE;
  self->n_open++;
  person = _csvc_engine_load_person (self->engine, number, error);
  if (person == NULL)
    return FALSE;
  is_new = person->head.id == 0;
  answer = csvc_engine_put_customer (self->engine, number, facts, self->stamp, effects, error);
  if (answer == CSVC_ANSWER_FAILED)
    return FALSE;
  count_put (self, line, is_new, csvc_effects_get_size (effects) > 0, answer);
  return TRUE;
}

static gboolean
take_row (gpointer data, const CsvcLogCase *row, GError **error)
{
  Taking *self = data;
  g_autofree char *number = NULL;
  g_autoptr (CsvcFacts) facts = NULL;

  self->intake->n_rows++;
  number = read_number (self, row);
  facts = number != NULL ? read_facts (self, row) : NULL;
  if (facts == NULL)
    return TRUE;
  if (!self->judging)
    return put_row (self, row->line, number, facts, error);
  if (self->options->dry_run)
    self->intake->n_new++;
  else
    self->intake->n_same++;
  return TRUE;
}

static void
skip_row (gpointer data, int why, guint32 line, const char *what)
{
  Taking *self = data;

  self->intake->n_rows++;
  note_bad (self, line, what);
}

static gboolean
tell_progress (gpointer data, GError **error)
{
  Taking *self = data;

  if (self->options->progress == NULL || self->options->progress (self->position.done, self->position.total, self->options->data))
    return TRUE;
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_CANCELLED, "stopped after %" G_GUINT64_FORMAT " rows of %s", self->intake->n_rows, self->path);
  return FALSE;
}

/* ---- The file ---- */

static void
forget_counts (CsvcIntake *intake)
{
  GPtrArray *notes = intake->notes;

  g_ptr_array_set_size (notes, 0);
  *intake = (CsvcIntake){ .notes = notes };
}

static gboolean
read_file (Taking *self, gboolean judging, GError **error)
{
  const CsvcCsvOptions options = { .encoding = self->map->encoding, .separator = self->map->separator, .rows = TRUE };
  const CsvcLogSink sink = { .take_case = take_row, .skip_row = skip_row, .tell_progress = tell_progress, .position = &self->position,
                             .data = self };
  CsvcInput *input = _csvc_input_open (self->path, error);
  gboolean done;

  if (input == NULL)
    return FALSE;
  self->judging = judging;
  forget_counts (self->intake);
  done = _csvc_csv_read (input, self->map->slots, &options, &sink, error) && end_transaction (self, error);
  if (self->open)
    csvc_engine_rollback (self->engine);
  self->open = FALSE;
  _csvc_input_free (input);
  return done;
}

static gboolean
take_in (Taking *self, GError **error)
{
  if (self->options->dry_run)
    return read_file (self, TRUE, error);
  if (self->options->strict && !read_file (self, TRUE, error))
    return FALSE;
  return self->intake->n_bad > 0 || read_file (self, FALSE, error);
}

CsvcIntake *
csvc_engine_take_in (CsvcEngine *self, const CsvcCustomerMap *map, const char *path, const CsvcIntakeOptions *options, const CsvcStamp *stamp,
                     GError **error)
{
  static const CsvcIntakeOptions plain = { FALSE, FALSE, NULL, NULL };
  g_autoptr (CsvcIntake) intake = NULL;
  Taking taking = { .engine = self, .options = options != NULL ? options : &plain, .stamp = stamp, .path = path };

  g_return_val_if_fail (self != NULL && self->tx == NULL && map != NULL && path != NULL && stamp != NULL && stamp->key == NULL, NULL);

  if (!_csvc_command_check_stamp (stamp, error))
    return NULL;
  intake = g_new0 (CsvcIntake, 1);
  intake->notes = g_ptr_array_new_with_free_func (g_free);
  taking.map = map->map;
  taking.intake = intake;
  return take_in (&taking, error) ? g_steal_pointer (&intake) : NULL;
}

/* ---- What came of it ---- */

void
csvc_intake_free (CsvcIntake *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->notes);
  g_free (self);
}

guint64
csvc_intake_get_n_rows (const CsvcIntake *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_rows;
}

guint64
csvc_intake_get_n_new (const CsvcIntake *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_new;
}

guint64
csvc_intake_get_n_changed (const CsvcIntake *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_changed;
}

guint64
csvc_intake_get_n_same (const CsvcIntake *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_same;
}

guint64
csvc_intake_get_n_bad (const CsvcIntake *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_bad;
}

guint
csvc_intake_get_n_notes (const CsvcIntake *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->notes->len;
}

const char *
csvc_intake_get_note (const CsvcIntake *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->notes->len, NULL);

  return g_ptr_array_index (self->notes, index);
}
