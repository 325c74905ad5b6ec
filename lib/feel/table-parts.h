/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FEEL_TABLE_PARTS_H
#define CSVC_FEEL_TABLE_PARTS_H

#include "feel/table.h"

/* What the files of decision tables share.
 *
 * The cut points of a column are the values that its cells name, sorted. Position 2i + 1 is cut point i itself, position 2i what lies
 * before it (and after the one before), the last position everything after. A column of words has a position a word and no cut points.
 *
 *   cuts          100        500                      words     gold  silver
 *   positions  0   1    2     3    4                  positions   0     1
 *
 * Each position has its mask, a set of rows; three more follow: of null, of what holds surely although the value is missing, and of what
 * holds at least for some value. A row whose cell computes stands in all masks of its column; the cell is asked at the end. */

typedef enum {
  TABLE_LOOKUP_NONE,  /* one position: no cell cuts anything */
  TABLE_LOOKUP_WORDS, /* enum, boolean */
  TABLE_LOOKUP_SMALL, /* whole numbers and the like: keys, near each other, and a byte for each integer between them */
  TABLE_LOOKUP_KEYS,  /* the same, far from each other */
  TABLE_LOOKUP_VALUES /* whatever has an order */
} TableLookup;

/* Where an input's value comes from. */
typedef enum {
  TABLE_SOURCE_CASE,
  TABLE_SOURCE_CUSTOMER,
  TABLE_SOURCE_EXPRESSION,
  TABLE_SOURCE_DAY /* the date of env->now: the column of periods, which is the last */
} TableSource;

typedef struct {
  guint8              source;   /* TableSource */
  guint8              lookup;   /* TableLookup */
  guint8              type;     /* of the cut points; a value of another type is asked cell by cell */
  gint8               exponent; /* keys count in units of 10^exponent; other types than number: 0 */
  guint               slot;
  guint               n_cuts;
  guint               n_positions;
  const gint64       *keys;     /* SMALL, KEYS: the cut points */
  const guint8       *small;    /* SMALL: the position of low + i */
  gint64              low;
  guint64             span;     /* SMALL: entries of @small */
  guint64            *masks;    /* (n_positions + 3) * n_words */
  const CsvcValue    *cuts;     /* borrowed from the cells */
  const char         *name;     /* in messages */
  const char *const  *words;
  CsvcExpr           *expr;     /* NULL: DAY */
  CsvcExpr           *allowed;  /* or NULL */
  guint64            *domain;   /* set of positions that come: neither empty nor excluded by @allowed */
  gboolean            nullable; /* can the input be null? */
  guint64            *computed; /* set of rows whose cell computes; NULL: none */
} TableColumn;


typedef struct {
  const char *name;
  CsvcExpr  **cells;     /* by row */
  CsvcExpr   *otherwise; /* or NULL */
  guint       n_ranks;
  CsvcValue  *ranks;     /* the values in order; owned */
} TableOutput;

/* The usual column of the usual table (64 rows at most) once more, with just what is needed for the usual value: a fact of the declared type, a
 * word of the list or a number near the cut points. */
typedef struct {
  const guint8  *small;      /* NULL: words; else the position of key low + i: one before the first cut point and one after the last too */
  const guint64 *masks;
  gint64         low;
  gint64         last;       /* low + last is the last key there; of words: the last place */
  guint          slot;
  guint8         of_customer;
  guint8         type;
  gint8          exponent;
} TableFast;

struct _CsvcFeelTable {
  gatomicrefcount     refs;
  CsvcHitPolicy       hit;
  CsvcAggregate       aggregate;
  gboolean            apart;     /* UNIQUE: no two rows ever hold together, so whoever holds decides */
  guint               n_rows, n_words;
  guint               n_inputs;  /* without the column of periods */
  guint               n_columns; /* with it */
  guint               n_outputs;
  TableColumn        *columns;
  guint               n_fast;
  const TableFast    *fast;      /* NULL: not a usual table. Columns in which every row always holds are left out */
  gboolean            fast_reads_case, fast_reads_customer;
  CsvcExpr          **cells;     /* [row * n_inputs + input]; NULL: always */
  guint64            *all;       /* set of all rows */
  guint64            *computed;  /* set of rows with a cell that computes; NULL: none */
  TableOutput        *outputs;
  const char        **names;     /* of the outputs, for contexts */
  guint              *ranks;     /* by row: of PRIORITY, OUTPUT_ORDER; 0 is best; else NULL */
  const CsvcFeelType *type;
  GPtrArray          *memory;    /* owned: all arrays and texts above */
  GPtrArray          *exprs;     /* owned: all expressions */
};

enum { TABLE_MASK_NULL, TABLE_MASK_SURELY, TABLE_MASK_PERHAPS, TABLE_N_EXTRA_MASKS };

static inline guint64 *
_csvc_table_mask (const CsvcFeelTable *self, const TableColumn *column, guint position)
{
  return column->masks + (gsize) position * self->n_words;
}

static inline gboolean
_csvc_table_has (const guint64 *set, guint i)
{
  return (set[i >> 6] >> (i & 63)) & 1;
}

static inline void
_csvc_table_add (guint64 *set, guint i)
{
  set[i >> 6] |= G_GUINT64_CONSTANT (1) << (i & 63);
}

/* table-column.c */

extern const gint64 _csvc_table_power_of_ten[];

#define TABLE_MAX_SHIFT 9
#define TABLE_MAX_SHIFTED G_GINT64_CONSTANT (1000000000) /* times the largest power still fits */

#define TABLE_MAX_LOW G_GINT64_CONSTANT (4000000000000000000) /* what is subtracted from a shifted value without overflow */

/* Makes table->fast, when it is a usual table. */
void _csvc_table_make_fast (CsvcFeelTable *self);

/* A cell of a column while it is built: a union of stretches, or the outside of it. */
typedef struct {
  GArray  *intervals; /* of CsvcFeelInterval; NULL: computes */
  gboolean negated;
} TableCellSet;

/* Memory that lives as long as the table; zeroed. */
gpointer _csvc_table_alloc (CsvcFeelTable *self, gsize n, gsize size);
/* Makes cut points of these values, in any order and maybe several times, and chooses the lookup. @column has its type and words; what it needs is
 * kept in @memory, and letters are borrowed. */
void     _csvc_table_column_cut (TableColumn *column, GArray *cuts, GPtrArray *memory);
/* Makes cut points and masks. @sets: by row, then one of the allowed values. */
void     _csvc_table_column_build (CsvcFeelTable *self, TableColumn *column, const TableCellSet *sets);
/* Of a value of the column's type; may touch nothing but the column. FALSE: the value has another type, or is a word of another list. */
gboolean _csvc_table_column_find (const TableColumn *column, const CsvcValue *value, guint *position);
/* What the positions from @first to @last are, "arpu = 500", "tier is gold or silver"; nothing for all of them. */
void     _csvc_table_column_describe (const TableColumn *column, const guint64 *positions, GString *out);

/* table-eval.c */

/* Borrowed. FALSE: missing. */
gboolean _csvc_table_input (const CsvcFeelTable *self, const CsvcFeelEnv *env, const TableColumn *column, CsvcValue *value,
                            const char **missing);
/* Sets the rows whose cell of this column holds for a value that has no position. */
void     _csvc_table_ask_cells (const CsvcFeelTable *self, const CsvcFeelEnv *env, guint column, const CsvcValue *value, guint64 *hold);

#endif
