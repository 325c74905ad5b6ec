/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_CALENDAR_CALENDAR_H
#define CSVC_CALENDAR_CALENDAR_H

#include "calendar/rules.h"

/* (transfer full). Takes @rules; copies the texts; @zone gets a reference. */
CsvcCalendar *_csvc_calendar_new (const char *id, const char *version, CsvcZone *zone, CsvcCalendarRules *rules);

/* (transfer full): from JSON, see csvc_calendar_load_file(); errors without the file's name. */
CsvcCalendar *_csvc_calendar_read_json (const char *text, gsize length, GError **error);

const CsvcCalendarRules *_csvc_calendar_get_rules (const CsvcCalendar *self);

#endif
