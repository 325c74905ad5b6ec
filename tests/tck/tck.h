/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TESTS_TCK_H
#define CSVC_TESTS_TCK_H

#include "feel/model.h"

/* The DMN Technology Compatibility Kit: a folder holds a model and files of cases. A case gives inputs and the values that decisions
 * must come to.
 *
 * passed   every value is as expected
 * failed   some value is another one: a wrong answer
 * outside  the model, or a decision that is asked for, was refused when loading; or its answer hangs on a value that cannot be represented,
 *          and the notes say so */

typedef enum { TCK_PASSED, TCK_FAILED, TCK_OUTSIDE } TckVerdict;
#define TCK_N_VERDICTS (TCK_OUTSIDE + 1)

typedef struct {
  guint n[TCK_N_VERDICTS];
  guint n_refused; /* of those outside: the kit expects an error there, and loading said so */
} TckCount;

/* @why: what differs, or why it is outside; NULL when it passed. */
typedef void (*TckTell) (gpointer data, const char *folder, const char *name, TckVerdict verdict, const char *why);

/* Plays every case in the folder at @path and adds to *@count. */
void tck_play (const char *path, TckCount *count, TckTell tell, gpointer data);

/* Whether @actual is what the kit calls the same as @expected: numbers to 8 decimals, all else equal and of one type. */
gboolean tck_same (const CsvcValue *expected, const CsvcValue *actual);

#endif
