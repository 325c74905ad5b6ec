/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_DMN_H
#define CSVC_TOOL_DMN_H

#include "command.h"

/* What the sub-commands of csvc dmn share. */

extern const Command command_dmn_run, command_dmn_show, command_dmn_import;

/* NULL after a complaint, with *@status. */
CsvcModel *dmn_load (const char *path, ExitStatus *status);
/* FALSE after a complaint. */
gboolean   dmn_find_decision (const CsvcModel *model, const char *name, guint *index);

#endif
