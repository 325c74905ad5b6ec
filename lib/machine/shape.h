/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACHINE_SHAPE_H
#define CSVC_MACHINE_SHAPE_H

#include "machine/record.h"

/* The fields of the structs in record.h, told once (record.c): making, clearing, copying, bytes and JSON all walk the same tables,
 * so that none of them can forget one. The order of the fields is the order of codec 1: it never changes. */

typedef enum {
  CSVC_FIELD_STRING,   /* char*, a GRefString or NULL */
  CSVC_FIELD_TIME,     /* CsvcTime; CSVC_NEVER = none */
  CSVC_FIELD_DURATION, /* CsvcDuration */
  CSVC_FIELD_NUMBER,   /* guint32 */
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
  gboolean         bare;   /* its one string stands alone in JSON, without an object around it */
};

extern const CsvcShape _csvc_record_shape;

#define CSVC_FIELD(type, item, field) (*(type *) G_STRUCT_MEMBER_P ((item), (field)->offset))

void _csvc_shape_init (const CsvcShape *shape, gpointer item);
/* One more item at the end of a list; valid until the next one. */
gpointer _csvc_shape_append (const CsvcShape *shape, GArray *list);
/* TRUE when each id of a sorted list is greater than the one before. */
gboolean _csvc_shape_is_sorted (const CsvcShape *shape, const GArray *list);

#endif
