/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_TOOL_SESSION_H
#define CSVC_TOOL_SESSION_H

#include "command.h"

/* What every command on stored cases needs: a policy, a store, an engine on both. */
typedef struct {
  CsvcPolicy *policy;
  CsvcStore  *store;
  CsvcEngine *engine;
} Session;

typedef enum {
  STORE_READ,  /* one that another process writes may be read */
  STORE_WRITE, /* it must be there: a mistyped path must not leave an empty store behind */
  STORE_MAKE   /* made when it is not there */
} StoreUse;

/* FALSE after a complaint, with *@status. A store is made last, when the command line has turned out to make sense. */
gboolean session_load_policy (Session *self, const char *policy, ExitStatus *status);
gboolean session_open_store (Session *self, const char *store, StoreUse use, ExitStatus *status);
/* Both. @policy: (nullable): for commands that open no case. */
gboolean session_open (Session *self, const char *policy, const char *store, StoreUse use, ExitStatus *status);
void     session_clear (Session *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Session, session_clear)

/* The options that make a stamp. */
typedef struct {
  char *at, *occurred, *role, *actor, *unit, *key, *reason;
} StampOptions;

#define STAMP_ENTRIES(options)                                                                                                       \
  { "at", 0, 0, G_OPTION_ARG_FILENAME, &(options).at, "When, in the policy's zone unless it has an offset (now)", "TIME" },           \
  { "occurred", 0, 0, G_OPTION_ARG_FILENAME, &(options).occurred, "When it really happened, if that was earlier", "TIME" },           \
  { "as", 0, 0, G_OPTION_ARG_FILENAME, &(options).role, "In which role", "ROLE" },                                                    \
  { "by", 0, 0, G_OPTION_ARG_FILENAME, &(options).actor, "Who", "ACTOR" },                                                            \
  { "unit", 0, 0, G_OPTION_ARG_FILENAME, &(options).unit, "Of which unit", "UNIT" },                                                  \
  { "key", 0, 0, G_OPTION_ARG_FILENAME, &(options).key, "Makes the command safe to repeat: the same key is done once", "KEY" },       \
  { "reason", 0, 0, G_OPTION_ARG_FILENAME, &(options).reason, "For the journal", "TEXT" }

/* FALSE after a complaint. The texts in @stamp are those of @options. */
gboolean session_make_stamp (const Session *self, const StampOptions *options, CsvcStamp *stamp);

/* Complains about a command that was refused or failed, and says which exit status that deserves. */
ExitStatus session_fail_or_refuse (CsvcAnswer answer, const CsvcRefusal *refusal, const GError *error);

#endif
