/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_SHAPE_H
#define CSVC_MACHINE_SHAPE_H

#include <json-glib/json-glib.h>

#include "machine/bytes.h"
#include "machine/record.h"

/* The fields of the structs in record.h, told once (record.c): making, clearing, copying, bytes and JSON all walk the same tables,
 * so that none of them can forget one. The order of the fields is that of the bytes: it never changes; new ones come last and say since which codec
 * they are there. */

typedef enum {
  CSVC_FIELD_STRING,   /* char*, a GRefString or NULL */
  CSVC_FIELD_TIME,     /* CsvcTime; CSVC_NEVER = none */
  CSVC_FIELD_DURATION, /* CsvcDuration */
  CSVC_FIELD_NUMBER,   /* guint32 */
  CSVC_FIELD_AMOUNT,   /* gint64 */
  CSVC_FIELD_FLAG,     /* gboolean */
  CSVC_FIELD_WORD,     /* an enum with words */
  CSVC_FIELD_VALUE,    /* CsvcValue, always known; two members of JSON */
  CSVC_FIELD_LIST      /* GArray of structs */
} CsvcFieldType;

typedef struct _CsvcShape CsvcShape;

typedef struct {
  const char      *name;
  CsvcFieldType    type;
  gboolean         required; /* a string that is there, an instant that is one */
  guint            since;    /* the codec that has it first; 0 = codec 1 */
  gsize            offset;
  const CsvcShape *items;              /* LIST */
  const char    *(*to_word) (guint n); /* WORD */
  guint            n_words;
} CsvcField;

struct _CsvcShape {
  gsize            size;
  const CsvcField *fields;
  guint            n_fields;
  GDestroyNotify   clear;
  gboolean         sorted; /* lists of these: by the first field, each id once */
  gboolean         outermost; /* in JSON a codec's number stands beside its fields */
  gboolean         bare;   /* its one string stands alone in JSON, without an object around it */
};

extern const CsvcShape _csvc_record_shape;

#define CSVC_FIELD(type, item, field) (*(type *) G_STRUCT_MEMBER_P ((item), (field)->offset))

/* A table of fields, in the file that has the structs. */
#define CSVC_SHAPE_FIELD(struct_, name_, type_, ...) \
  { #name_, CSVC_FIELD_##type_, .offset = G_STRUCT_OFFSET (struct_, name_), __VA_ARGS__ }
#define CSVC_SHAPE_LIST(struct_, name_, shape) CSVC_SHAPE_FIELD (struct_, name_, LIST, .items = &shape)
#define CSVC_SHAPE(name, struct_, fields_, ...) \
  static const CsvcShape name; \
  static void \
  clear_##name (gpointer item) \
  { \
    _csvc_shape_clear (&name, item); \
  } \
  static const CsvcShape name = { \
    .size = sizeof (struct_), .fields = fields_, .n_fields = G_N_ELEMENTS (fields_), .clear = clear_##name, __VA_ARGS__ \
  };

void _csvc_shape_init (const CsvcShape *shape, gpointer item);
/* One more item at the end of a list; valid until the next one. */
gpointer _csvc_shape_append (const CsvcShape *shape, GArray *list);
/* TRUE when each id of a sorted list is greater than the one before. */
gboolean _csvc_shape_is_sorted (const CsvcShape *shape, const GArray *list);
void     _csvc_shape_clear (const CsvcShape *shape, gpointer item);
void     _csvc_shape_copy (const CsvcShape *shape, gpointer to, gconstpointer from);
GArray  *_csvc_shape_new_list (const CsvcShape *items);
/* Sorts its lists that are said to be sorted, and those in them. */
void     _csvc_shape_normalise (const CsvcShape *shape, gpointer item);

/* The fields, in the order of the table. @item: made, empty. */
void     _csvc_shape_write_bytes (GByteArray *out, const CsvcShape *shape, gconstpointer item);
void     _csvc_shape_read_bytes (CsvcReader *reader, guint codec, const CsvcShape *shape, gpointer item);
void     _csvc_shape_write_json (CsvcJson *json, const CsvcShape *shape, gconstpointer item);
/* Normalises, too. */
gboolean _csvc_shape_read_json (JsonObject *object, const CsvcShape *shape, gpointer item, GError **error);

#endif
