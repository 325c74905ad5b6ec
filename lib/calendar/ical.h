/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_CALENDAR_ICAL_H
#define CSVC_CALENDAR_ICAL_H

#include "base/diagnostic.h"

#include <csvc/calendar.h>

/* What an iCalendar file says about days off, for whoever tells it on: to a builder (import.c) or into a document (lib/xml). */

typedef enum { CSVC_ICAL_OFF, CSVC_ICAL_YEARLY, CSVC_ICAL_MOVED } CsvcIcalWhat;

typedef struct {
  CsvcIcalWhat what;
  gint64       first, last; /* dates, the last included; of YEARLY, days of the year 2000 */
  char        *label;       /* (nullable): fit for XML, 200 characters at most */
  guint        line;
} CsvcIcalFact;

#define CSVC_ICAL_MAX_BYTES (4 << 20)

/* (transfer full): the facts, in the order of the file, counted and commented in @import; all dates lie in CSVC_RULE_DAY_MIN …
 * CSVC_RULE_DAY_MAX. Errors, with "name:line: " in front: CSVC_ERROR_SYNTAX and CSVC_ERROR_LIMIT. */
GArray *_csvc_ical_read (const char *text, gsize length, CsvcImport *import, GError **error);

CsvcImport *_csvc_import_new (const char *name);
const char *_csvc_import_get_name (const CsvcImport *self); /* interned */
void        _csvc_import_count (CsvcImport *self, CsvcImportCount what, guint n);

#endif
