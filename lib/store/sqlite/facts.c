/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The facts of customers in columns, for those who look through all customers.
 *
 *   fact_column   n · name · type         numbered as they come, for ever; the same name under another type is another column
 *   fact          place = row << 48 | stream,  c0 … c63
 *
 *   row 0   1 2 3 4 5 …       columns 0–63 of every customer, in the order of their ids: read from end to end
 *   row 1     2   4           columns 64–127 of those who have any
 *
 * So the set of columns follows the policy, and the tables never change. A value is an INTEGER, but strings and words are TEXT, and so are
 * numbers with decimals. @stale: the customer was put before there were columns. */

#include "config.h"

#include "store/sqlite/sqlite.h"

#include <stdlib.h>
#include <string.h>

#define ROW_OF(column) ((gint64) (column) / CSVC_FACT_COLUMNS)
#define PLACE_OF(row, stream) ((gint64) (row) << CSVC_FACT_ROW_BITS | (stream))
#define MAX_COLUMNS (CSVC_FACT_COLUMNS * 1024)

/* ---- Which columns there are ---- */

typedef struct {
  guint       n;
  const char *name; /* of the statement */
  CsvcType    type;
} Column;

typedef void (*ColumnFunc) (const Column *column, gpointer data);

static gboolean
read_column (CsvcConnection *connection, CsvcStatement *statement, ColumnFunc func, gpointer data, GError **error)
{
  CsvcRow row = { statement, FALSE };
  g_autofree char *name = _csvc_row_text (&row, 1);
  Column column = { .n = (guint) _csvc_row_int (&row, 0, 0, MAX_COLUMNS - 1), .name = name };

  column.type = (CsvcType) _csvc_row_int (&row, 2, CSVC_TYPE_BOOLEAN, CSVC_TYPE_YEAR_MONTH_DURATION);
  if (row.damaged || name == NULL)
    return _csvc_connection_corrupt (connection, error, "the row of a column of facts is damaged");
  func (&column, data);
  return TRUE;
}

static gboolean
list_columns (CsvcConnection *connection, ColumnFunc func, gpointer data, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_LIST_COLUMNS, error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  while (_csvc_connection_step (connection, statement, &row, error))
    {
      if (!row)
        return TRUE;
      if (!read_column (connection, statement, func, data, error))
        return FALSE;
    }
  return FALSE;
}

static char *
column_key (const char *name, CsvcType type)
{
  return g_strdup_printf ("%d %s", type, name);
}

static void
remember (const Column *column, gpointer columns)
{
  g_hash_table_insert (columns, column_key (column->name, column->type), GUINT_TO_POINTER (column->n + 1));
}

static gboolean
ensure_columns (CsvcSqliteStore *self, GError **error)
{
  g_autoptr (GHashTable) columns = NULL;

  if (self->columns != NULL)
    return TRUE;
  columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!list_columns (self->writer, remember, columns, error))
    return FALSE;
  self->columns = g_steal_pointer (&columns);
  return TRUE;
}

static gboolean
add_column (CsvcSqliteStore *self, const CsvcFactColumn *given, guint *n, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (self->writer, QUERY_INSERT_COLUMN, error);
  const Column column = { .n = g_hash_table_size (self->columns), .name = given->name, .type = given->value->type };

  if (statement == NULL)
    return FALSE;
  if (column.n >= MAX_COLUMNS)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_LIMIT, "%s: more than %d columns of facts", self->path, MAX_COLUMNS);
      return FALSE;
    }
  _csvc_bind_int (self->writer, statement, 1, column.n);
  _csvc_bind_text (self->writer, statement, 2, column.name);
  _csvc_bind_int (self->writer, statement, 3, column.type);
  if (!_csvc_connection_finish (self->writer, statement, error))
    return FALSE;
  remember (&column, self->columns);
  *n = column.n;
  return TRUE;
}

static gboolean
find_column (CsvcSqliteStore *self, const CsvcFactColumn *column, guint *n, GError **error)
{
  g_autofree char *key = column_key (column->name, column->value->type);
  guint found = GPOINTER_TO_UINT (g_hash_table_lookup (self->columns, key));

  if (found == 0)
    return add_column (self, column, n, error);
  *n = found - 1;
  return TRUE;
}

/* ---- Putting ---- */

typedef struct {
  guint             column;
  const CsvcFactColumn *given;
} Placed;

static int
compare_placed (gconstpointer p, gconstpointer q)
{
  const Placed *a = p, *b = q;

  return (a->column > b->column) - (a->column < b->column);
}

/* @text: (out): what is bound until the statement has run. */
static void
bind_value (CsvcConnection *connection, CsvcStatement *statement, int i, const CsvcValue *value, char **text)
{
  gint64 number;

  if (value->type == CSVC_TYPE_STRING || value->type == CSVC_TYPE_ENUM)
    _csvc_bind_text (connection, statement, i, value->u.s);
  else if (value->type != CSVC_TYPE_NUMBER)
    _csvc_bind_int (connection, statement, i, value->u.i);
  else if (csvc_value_get_integer (value, &number))
    _csvc_bind_int (connection, statement, i, number);
  else
    _csvc_bind_text (connection, statement, i, *text = csvc_value_to_string (value));
}

/* The row of these @n. */
static gboolean
write_row (CsvcConnection *connection, const CsvcHead *head, gint64 row, const Placed *placed, guint n, gboolean stale, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_PUT_FACTS, error);
  char *texts[CSVC_FACT_COLUMNS] = { NULL };
  gboolean ok;

  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (connection, statement, 1, PLACE_OF (row, head->id));
  _csvc_bind_int (connection, statement, 2, stale ? 1 : 0);
  _csvc_bind_text (connection, statement, 3, head->key);
  for (guint i = 0; i < n; i++)
    bind_value (connection, statement, 4 + (int) (placed[i].column % CSVC_FACT_COLUMNS), placed[i].given->value, &texts[i]);
  ok = _csvc_connection_finish (connection, statement, error);
  for (guint i = 0; i < n; i++)
    g_free (texts[i]);
  return ok;
}

static gboolean
delete_row (CsvcConnection *connection, gint64 stream, gint64 row, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (connection, QUERY_DELETE_FACTS, error);

  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (connection, statement, 1, PLACE_OF (row, stream));
  return _csvc_connection_finish (connection, statement, error);
}

/* How many of the first of @placed lie in the row. */
static guint
count_in_row (const Placed *placed, guint n, gint64 row)
{
  guint count = 0;

  while (count < n && ROW_OF (placed[count].column) == row)
    count++;
  return count;
}

static gboolean
write_rows (CsvcSqliteStore *self, const CsvcHead *head, const Placed *placed, guint n, gboolean is_new, GError **error)
{
  gint64 n_rows = ROW_OF (MAX (g_hash_table_size (self->columns), 1) - 1) + 1;

  for (gint64 row = 0; row < n_rows; row++)
    {
      guint count = count_in_row (placed, n, row);

      if (count > 0 || row == 0 ? !write_row (self->writer, head, row, placed, count, FALSE, error)
                                : !is_new && !delete_row (self->writer, head->id, row, error))
        return FALSE;
      placed += count;
      n -= count;
    }
  return TRUE;
}

static gboolean
put_given (CsvcSqliteStore *self, const CsvcChange *change, gboolean is_new, GError **error)
{
  g_autofree Placed *placed = g_new (Placed, change->n_columns + 1);

  if (!ensure_columns (self, error))
    return FALSE;
  for (guint i = 0; i < change->n_columns; i++)
    {
      placed[i].given = &change->columns[i];
      if (!find_column (self, placed[i].given, &placed[i].column, error))
        return FALSE;
    }
  qsort (placed, change->n_columns, sizeof *placed, compare_placed);
  return write_rows (self, change->head, placed, change->n_columns, is_new, error);
}

gboolean
_csvc_sqlite_put_columns (CsvcSqliteStore *self, const CsvcChange *change, gboolean is_new, GError **error)
{
  if (change->head->type != CSVC_STREAM_CUSTOMER)
    return TRUE;
  if (change->has_columns)
    return put_given (self, change, is_new, error);
  return !is_new || write_row (self->writer, change->head, 0, NULL, 0, TRUE, error);
}

/* ---- Scanning ---- */

/* A column that is read: one of those of the name. */
typedef struct {
  guint    column, name;
  CsvcType type;
} Wanted;

typedef struct {
  const char *const *names;
  guint              n_names;
  GArray            *wanted; /* of Wanted, by column */
} Wish;

static void
want (const Column *column, gpointer data)
{
  Wish *wish = data;

  for (guint i = 0; i < wish->n_names; i++)
    if (g_str_equal (wish->names[i], column->name))
      {
        const Wanted wanted = { column->n, i, column->type };

        g_array_append_val (wish->wanted, wanted);
      }
}

/* One statement a row of columns: those of row 0 in order, the others for one customer at a time. Their texts are made of nothing but numbers. */
typedef struct {
  sqlite3_stmt *statement;
  const Wanted *wanted;
  guint         n;
} Reader;

typedef struct {
  CsvcConnection *connection;
  Wish            wish;
  GArray         *readers; /* of Reader; the first is that of row 0 */
  CsvcValue      *values;
  CsvcFactFunc    func;
  gpointer        data;
} Scan;

static void
clear_reader (gpointer data)
{
  sqlite3_finalize (((Reader *) data)->statement);
}

static char *
reader_text (const Wanted *wanted, guint n, gboolean first)
{
  GString *text = g_string_new ("SELECT place, stale, key");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, ", c%u", wanted[i].column % CSVC_FACT_COLUMNS);
  g_string_append (text, first ? " FROM fact WHERE place > ?1 AND place < ?2 ORDER BY place" : " FROM fact WHERE place = ?1");
  return g_string_free (text, FALSE);
}

static gboolean
add_reader (Scan *scan, const Wanted *wanted, guint n, GError **error)
{
  g_autofree char *text = reader_text (wanted, n, scan->readers->len == 0);
  Reader reader = { NULL, wanted, n };

  if (sqlite3_prepare_v2 (scan->connection->db, text, -1, &reader.statement, NULL) != SQLITE_OK)
    return _csvc_connection_fail (scan->connection, error);
  g_array_append_val (scan->readers, reader);
  return TRUE;
}

static gboolean
make_readers (Scan *scan, GError **error)
{
  const Wanted *wanted = (const Wanted *) (gpointer) scan->wish.wanted->data;
  guint n = scan->wish.wanted->len, begin = 0;

  while (begin < n || scan->readers->len == 0)
    {
      gint64 row = scan->readers->len == 0 ? 0 : ROW_OF (wanted[begin].column);
      guint end = begin;

      while (end < n && ROW_OF (wanted[end].column) == row)
        end++;
      if (!add_reader (scan, wanted + begin, end - begin, error))
        return FALSE;
      begin = end;
    }
  return TRUE;
}

static gboolean
read_text (CsvcStatement *statement, int i, CsvcType type, CsvcValue *value)
{
  const char *text = (const char *) sqlite3_column_text (statement, i);

  if (type == CSVC_TYPE_NUMBER)
    return text != NULL && _csvc_value_parse (value, type, text, NULL);
  if (text == NULL || (type != CSVC_TYPE_STRING && type != CSVC_TYPE_ENUM))
    return FALSE;
  *value = (CsvcValue){ .type = (guint8) type, .exponent = CSVC_TEXT_BORROWED, .index = -1 };
  value->u.s = (char *) text;
  return TRUE;
}

/* FALSE: that is none of ours. NULL leaves the value of another column of that name. */
static gboolean
read_value (CsvcStatement *statement, int i, CsvcType type, CsvcValue *value)
{
  switch (sqlite3_column_type (statement, i))
    {
    case SQLITE_NULL:
      return TRUE;
    case SQLITE_INTEGER:
      if (type == CSVC_TYPE_STRING || type == CSVC_TYPE_ENUM)
        return FALSE;
      *value = (CsvcValue){ .type = (guint8) type };
      value->u.i = sqlite3_column_int64 (statement, i);
      if (type == CSVC_TYPE_NUMBER)
        _csvc_value_set_integer (value, value->u.i);
      return TRUE;
    case SQLITE_TEXT:
      return read_text (statement, i, type, value);
    default:
      return FALSE;
    }
}

static gboolean
read_values (Scan *scan, const Reader *reader, gint64 stream, GError **error)
{
  for (guint i = 0; i < reader->n; i++)
    if (!read_value (reader->statement, 3 + (int) i, reader->wanted[i].type, &scan->values[reader->wanted[i].name]))
      return _csvc_connection_corrupt (scan->connection, error, "the columns of stream %" G_GINT64_FORMAT " are damaged", stream);
  return TRUE;
}

static gboolean
read_other_rows (Scan *scan, gint64 stream, GError **error)
{
  for (guint i = 1; i < scan->readers->len; i++)
    {
      const Reader *reader = &g_array_index (scan->readers, Reader, i);
      gboolean row;

      sqlite3_reset (reader->statement);
      sqlite3_bind_int64 (reader->statement, 1, PLACE_OF (ROW_OF (reader->wanted[0].column), stream));
      if (!_csvc_connection_step (scan->connection, reader->statement, &row, error)
          || (row && !read_values (scan, reader, stream, error)))
        return FALSE;
    }
  return TRUE;
}

/* @more FALSE: that was the last one wanted. */
static gboolean
tell_state (Scan *scan, CsvcStatement *statement, gboolean *more, GError **error)
{
  CsvcRow row = { statement, FALSE };
  g_autofree char *key = _csvc_row_text (&row, 1);
  g_autoptr (GBytes) state = _csvc_row_bytes (&row, 2);
  const CsvcFactRow told = { .stream = _csvc_row_int (&row, 0, 1, G_MAXINT64), .key = key, .values = scan->values, .state = state };

  if (row.damaged || key == NULL)
    return _csvc_connection_corrupt (scan->connection, error, "the row of stream %" G_GINT64_FORMAT " is damaged", told.stream);
  *more = scan->func (&told, scan->data);
  return TRUE;
}

/* From @first on; or only that one. */
static gboolean
tell_states (Scan *scan, gint64 first, gboolean only, gboolean *more, GError **error)
{
  g_autoptr (CsvcStatement) statement = _csvc_connection_query (scan->connection, QUERY_SCAN_STATES, error);
  gboolean row = FALSE;

  if (statement == NULL)
    return FALSE;
  _csvc_bind_int (scan->connection, statement, 1, first);
  do
    if (!_csvc_connection_step (scan->connection, statement, &row, error) || (row && !tell_state (scan, statement, more, error)))
      return FALSE;
  while (row && *more && !only);
  return TRUE;
}

static gboolean
tell_columns (Scan *scan, const Reader *reader, gint64 stream, gboolean *more, GError **error)
{
  const char *key = (const char *) sqlite3_column_text (reader->statement, 2);
  const CsvcFactRow told = { .stream = stream, .key = key, .values = scan->values };

  if (key == NULL)
    return _csvc_connection_corrupt (scan->connection, error, "the columns of stream %" G_GINT64_FORMAT " are damaged", stream);
  memset (scan->values, 0, scan->wish.n_names * sizeof *scan->values);
  if (!read_values (scan, reader, stream, error) || !read_other_rows (scan, stream, error))
    return FALSE;
  *more = scan->func (&told, scan->data);
  return TRUE;
}

static gboolean
tell_rows (Scan *scan, gint64 after, GError **error)
{
  const Reader *reader = &g_array_index (scan->readers, Reader, 0);
  gboolean more = TRUE, row;

  sqlite3_bind_int64 (reader->statement, 1, after);
  sqlite3_bind_int64 (reader->statement, 2, PLACE_OF (1, 0));
  while (more)
    {
      gint64 stream;

      if (!_csvc_connection_step (scan->connection, reader->statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      stream = sqlite3_column_int64 (reader->statement, 0);
      memset (scan->values, 0, scan->wish.n_names * sizeof *scan->values);
      if (sqlite3_column_int (reader->statement, 1) != 0 ? !tell_states (scan, stream, TRUE, &more, error)
                                                         : !tell_columns (scan, reader, stream, &more, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
run_scan (Scan *scan, gint64 after, GError **error)
{
  gboolean more;

  if (scan->connection->version < 2)
    return tell_states (scan, after + 1, FALSE, &more, error);
  return list_columns (scan->connection, want, &scan->wish, error) && make_readers (scan, error) && tell_rows (scan, after, error);
}

gboolean
_csvc_sqlite_scan_facts (CsvcTx *tx, const char *const *names, guint n_names, gint64 after, CsvcFactFunc func, gpointer data, GError **error)
{
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (Wanted));
  g_autoptr (GArray) readers = g_array_new (FALSE, FALSE, sizeof (Reader));
  g_autofree CsvcValue *values = g_new0 (CsvcValue, n_names + 1);
  Scan scan = { .connection = _csvc_sqlite_connection_of (tx), .wish = { names, n_names, wanted }, .readers = readers, .values = values,
                .func = func, .data = data };

  g_array_set_clear_func (readers, clear_reader);
  scan.connection->bind_rc = SQLITE_OK;
  return run_scan (&scan, after, error);
}
