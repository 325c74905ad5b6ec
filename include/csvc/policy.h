/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_POLICY_H
#define CSVC_POLICY_H

#include <csvc/calendar.h>
#include <csvc/diagnostic.h>
#include <csvc/error.h>
#include <csvc/value.h>

G_BEGIN_DECLS

/* A policy: what a department has promised and how its cases move, read from one document.
 *
 *   CsvcPolicy ─┬─ calendars        <csvc/calendar.h>
 *               ├─ roles, levels
 *               ├─ customer facts
 *               └─ kinds of case    <csvc/lifecycle.h>
 *
 * It is compiled once and never changes: threads share it without locks. Everything that a
 * getter gives belongs to the policy and lives as long as it does. Parts are counted from 0
 * in the order of the document; find functions give NULL when there is no such id. */

/**
 * csvc_policy_load_file:
 * @path: the document; it may include others of the same folder
 * @diagnostics: (out) (optional) (transfer full): the faults of a failed load, or the findings of a successful
 *   one (then the same as csvc_policy_get_findings()); set in both cases. Only when the file cannot be read at all is
 *   it an empty list
 *
 * All faults are found in one go. Sizes are limited (8 MiB a document, 64 documents), nothing is fetched, no entity is expanded.
 * Returns: (transfer full): the policy, or NULL: CSVC_ERROR_POLICY (the document has faults; the message has
 * the number of faults and the first), CSVC_ERROR_NOT_FOUND, CSVC_ERROR_IO, CSVC_ERROR_LIMIT (too large).
 */
CSVC_API CsvcPolicy *csvc_policy_load_file (const char *path, CsvcDiagnostics **diagnostics, GError **error);

/**
 * csvc_policy_load_text:
 * @text: the document, UTF-8; need not end with a NUL
 * @length: bytes, or -1: up to the NUL
 * @name: what diagnostics call it, such as a file name
 *
 * Like csvc_policy_load_file(), but a document that includes others is refused: there is no folder.
 */
CSVC_API CsvcPolicy *csvc_policy_load_text (const char *text, gssize length, const char *name, CsvcDiagnostics **diagnostics,
                                            GError **error);

/**
 * csvc_policy_replace_calendar:
 * @path: a calendar that stands alone, in XML, as csvc_calendar_load_file() reads it; its id says which one it replaces
 * @diagnostics: (out) (optional) (transfer full): as csvc_policy_load_file() gives them
 *
 * The same policy with another calendar: a list of days off that was amended, a what-if. It keeps its id and version; its hash is that of the document
 * with the new calendar in it, so that cases name exactly what judged them.
 * Returns: (transfer full): NULL with CSVC_ERROR_NOT_FOUND (the policy has no calendar of that id, or there is no such file), and the errors of
 * csvc_policy_load_file().
 */
CSVC_API CsvcPolicy *csvc_policy_replace_calendar (const CsvcPolicy *self, const char *path, CsvcDiagnostics **diagnostics, GError **error);

CSVC_API CsvcPolicy *csvc_policy_ref (CsvcPolicy *self);
CSVC_API void        csvc_policy_unref (CsvcPolicy *self);

CSVC_API const char *csvc_policy_get_id (const CsvcPolicy *self);
CSVC_API const char *csvc_policy_get_version (const CsvcPolicy *self);
/* The language of the labels in the document itself, "zh"; "en" when it does not say. */
CSVC_API const char *csvc_policy_get_language (const CsvcPolicy *self);
/* SHA-256 of the canonical document with all it includes, 64 hexadecimal digits: the same for documents that differ only in comments,
 * white space, quoting, prefixes and the files they are spread over. */
CSVC_API const char *csvc_policy_get_hash (const CsvcPolicy *self);
/* In @language; NULL or a language without a label gives the policy's own, and the id when there is none. */
CSVC_API const char *csvc_policy_get_label (const CsvcPolicy *self, const char *language);
/* Where dates without a zone belong, and calendar days are counted. */
CSVC_API CsvcZone   *csvc_policy_get_zone (const CsvcPolicy *self);
/* What is worth knowing although it is no fault: warnings and notes. */
CSVC_API CsvcDiagnostics *csvc_policy_get_findings (const CsvcPolicy *self);
/* (transfer full): the whole policy as one document, includes replaced by what they hold, without comments; loading it gives the same
 * policy with the same hash, and writing that gives the same text. */
CSVC_API char *csvc_policy_to_xml (const CsvcPolicy *self);

CSVC_API guint         csvc_policy_get_n_calendars (const CsvcPolicy *self);
CSVC_API CsvcCalendar *csvc_policy_get_calendar (const CsvcPolicy *self, guint index);
CSVC_API CsvcCalendar *csvc_policy_find_calendar (const CsvcPolicy *self, const char *id);

CSVC_API guint           csvc_policy_get_n_roles (const CsvcPolicy *self);
CSVC_API const CsvcRole *csvc_policy_get_role (const CsvcPolicy *self, guint index);
CSVC_API const CsvcRole *csvc_policy_find_role (const CsvcPolicy *self, const char *id);

/* Lowest first: the level of index 0 is number 1. */
CSVC_API guint            csvc_policy_get_n_levels (const CsvcPolicy *self);
CSVC_API const CsvcLevel *csvc_policy_get_level (const CsvcPolicy *self, guint index);
CSVC_API const CsvcLevel *csvc_policy_find_level (const CsvcPolicy *self, const char *id);

CSVC_API guint           csvc_policy_get_n_customer_facts (const CsvcPolicy *self);
CSVC_API const CsvcFact *csvc_policy_get_customer_fact (const CsvcPolicy *self, guint index);
CSVC_API const CsvcFact *csvc_policy_find_customer_fact (const CsvcPolicy *self, const char *id);

CSVC_API guint           csvc_policy_get_n_kinds (const CsvcPolicy *self);
CSVC_API const CsvcKind *csvc_policy_get_kind (const CsvcPolicy *self, guint index);
CSVC_API const CsvcKind *csvc_policy_find_kind (const CsvcPolicy *self, const char *id);

/**
 * csvc_policy_get_n_assumed:
 *
 * How many elements bear assumed="true": figures that somebody invented and the operator has to check.
 */
CSVC_API guint csvc_policy_get_n_assumed (const CsvcPolicy *self);
/* @what: (out): such as `due in="PT3H" of="office"`; @source: (out) (nullable): what the element cites; all (optional). */
CSVC_API void  csvc_policy_get_assumed (const CsvcPolicy *self, guint index, const char **file, guint *line, const char **what,
                                        const char **source);

/* ── parts: what every named part of a policy answers ── */

typedef struct _CsvcPart CsvcPart;

CSVC_API const char *csvc_part_get_id (const CsvcPart *self);
/* In @language; falls back as csvc_policy_get_label() does. */
CSVC_API const char *csvc_part_get_label (const CsvcPart *self, const char *language);
CSVC_API gboolean    csvc_part_is_assumed (const CsvcPart *self);
CSVC_API const char *csvc_part_get_source (const CsvcPart *self); /* (nullable): what it cites, "A.3" */
CSVC_API const char *csvc_part_get_file (const CsvcPart *self);
CSVC_API guint       csvc_part_get_line (const CsvcPart *self);

/* The part of the calendar of that index: a CsvcCalendar itself knows nothing of policies. */
CSVC_API const CsvcPart *csvc_policy_get_calendar_part (const CsvcPolicy *self, guint index);
/* (transfer full): what the document says of it, in short: "mon tue wed thu fri 08:30-12:00 13:30-17:30, 7 holiday entries". */
CSVC_API char           *csvc_policy_dup_calendar_text (const CsvcPolicy *self, guint index);

/* ── roles and levels ── */

CSVC_API const CsvcPart *csvc_role_get_part (const CsvcRole *self);
CSVC_API const char     *csvc_role_get_id (const CsvcRole *self);
CSVC_API const char     *csvc_role_get_label (const CsvcRole *self, const char *language);
/* May it see this fact unmasked? Others see of it what <csvc/mask.h> leaves. */
CSVC_API gboolean        csvc_role_sees (const CsvcRole *self, const CsvcFact *fact);

CSVC_API const CsvcPart *csvc_level_get_part (const CsvcLevel *self);
CSVC_API const char     *csvc_level_get_id (const CsvcLevel *self);
CSVC_API const char     *csvc_level_get_label (const CsvcLevel *self, const char *language);
CSVC_API guint           csvc_level_get_number (const CsvcLevel *self); /* from 1, lowest first */
CSVC_API const CsvcRole *csvc_level_get_role (const CsvcLevel *self);   /* who works on a case of this level */

/* ── facts ── */

CSVC_API const CsvcPart    *csvc_fact_get_part (const CsvcFact *self);
CSVC_API const char        *csvc_fact_get_id (const CsvcFact *self);
CSVC_API const char        *csvc_fact_get_label (const CsvcFact *self, const char *language);
CSVC_API CsvcType           csvc_fact_get_type (const CsvcFact *self);
CSVC_API gboolean           csvc_fact_is_of_customer (const CsvcFact *self);
/* (nullable): an enum's words, NULL-terminated. */
CSVC_API const char *const *csvc_fact_get_words (const CsvcFact *self);
CSVC_API gboolean           csvc_fact_is_required (const CsvcFact *self);
CSVC_API gboolean           csvc_fact_is_personal (const CsvcFact *self);
CSVC_API const CsvcValue   *csvc_fact_get_default (const CsvcFact *self); /* (nullable) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvcPolicy, csvc_policy_unref)

G_END_DECLS

#endif
