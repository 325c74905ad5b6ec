/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_LOG_PLAY_H
#define CSVC_LOG_PLAY_H

#include "log/script.h"

/* Plays the cases of a log, one by one: what the map made of its rows goes through the pure machine, and what was accepted and refused
 * into the report. */
typedef struct {
  const CsvcMap *map;
  CsvcReport    *report;
  CsvcLogScript     script;
  CsvcEffects   *effects; /* nobody reads them; one list costs less than one a command */
} CsvcPlayer;

/* Is it the fault of the one case whose command failed so (an instant past the years, a chart that never rests)? Then the others go on. */
gboolean _csvc_is_case_fault (const GError *why);

void _csvc_player_init (CsvcPlayer *self, const CsvcMap *map, CsvcReport *report, const char *file);
void _csvc_player_clear (CsvcPlayer *self);
/* The case that the script has read. TRUE with *played NULL: it could not be opened, which is counted. *customer: (out) (transfer full): NULL when
 * the log names none. */
gboolean _csvc_player_play (CsvcPlayer *self, CsvcCase **played, CsvcCustomer **customer, GError **error);

#endif
