/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "session.h"

#include <string.h>

#define SQLITE "sqlite:"

/* The file of a store; NULL when it is kept in none. Options stand only behind "sqlite:", after the last "?". */
static char *
dup_path (const char *uri)
{
  const char *path, *options;

  if (g_str_has_prefix (uri, "memory:"))
    return NULL;
  if (!g_str_has_prefix (uri, SQLITE))
    return g_strdup (uri);
  path = uri + strlen (SQLITE);
  options = strrchr (path, '?');
  return options != NULL ? g_strndup (path, (gsize) (options - path)) : g_strdup (path);
}

/* @uri, asking for reading only, unless it has options of its own. */
static char *
make_reading_uri (const char *uri)
{
  if (g_str_has_prefix (uri, "memory:"))
    return g_strdup (uri);
  if (!g_str_has_prefix (uri, SQLITE))
    return g_strdup_printf (SQLITE "%s?mode=ro", uri);
  return strchr (uri, '?') != NULL ? g_strdup (uri) : g_strdup_printf ("%s?mode=ro", uri);
}

static CsvcStore *
open_store (const char *uri, StoreUse use, ExitStatus *status)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *real = NULL;
  CsvcStore *store;

  if (uri == NULL) {
    ui_complain ("which store? Expected --store sqlite:PATH");
    *status = EXIT_USAGE;
    return NULL;
  }
  path = dup_path (uri);
  if (use != STORE_MAKE && path != NULL && !g_file_test (path, G_FILE_TEST_EXISTS)) {
    ui_complain ("there is no store %s; “csvc case open” and “csvc replay --store” make one", uri);
    *status = EXIT_IO;
    return NULL;
  }
  real = use == STORE_READ ? make_reading_uri (uri) : g_strdup (uri);
  store = csvc_store_open (real, &error);
  if (store == NULL)
    *status = ui_fail (error);
  return store;
}

gboolean
session_load_policy (Session *self, const char *policy, ExitStatus *status)
{
  self->policy = command_load_policy (policy, status);
  return self->policy != NULL;
}

gboolean
session_open_store (Session *self, const char *store, StoreUse use, ExitStatus *status)
{
  g_autoptr (GError) error = NULL;

  self->store = open_store (store, use, status);
  if (self->store == NULL)
    return FALSE;
  self->engine = csvc_engine_new (self->store, self->policy, &error);
  if (self->engine == NULL)
    *status = ui_fail (error);
  return self->engine != NULL;
}

gboolean
session_open (Session *self, const char *policy, const char *store, StoreUse use, ExitStatus *status)
{
  if (policy != NULL && !session_load_policy (self, policy, status))
    return FALSE;
  return session_open_store (self, store, use, status);
}

void
session_clear (Session *self)
{
  g_clear_pointer (&self->engine, csvc_engine_free);
  g_clear_pointer (&self->store, csvc_store_unref);
  g_clear_pointer (&self->policy, csvc_policy_unref);
}

gboolean
session_make_stamp (const Session *self, const StampOptions *options, CsvcStamp *stamp)
{
  const CsvcZone *zone = csvc_policy_get_zone (self->policy);
  const char *role = options->role;

  *stamp = CSVC_STAMP (0);
  if (!command_read_time ("--at", options->at, zone, &stamp->at))
    return FALSE;
  if (options->occurred != NULL && !command_read_time ("--occurred", options->occurred, zone, &stamp->occurred))
    return FALSE;
  if (role != NULL && command_find_role (self->policy, "--as", role) == NULL)
    return FALSE;
  stamp->role = role;
  stamp->actor = options->actor;
  stamp->unit = options->unit;
  stamp->key = options->key;
  stamp->reason = options->reason;
  return TRUE;
}

ExitStatus
session_fail_or_refuse (CsvcAnswer answer, const CsvcRefusal *refusal, const GError *error)
{
  if (answer == CSVC_ANSWER_FAILED)
    return ui_fail (error);
  if (refusal == NULL) {
    ui_complain ("%s", csvc_answer_to_string (answer));
    return EXIT_FAULTS;
  }
  ui_complain ("refused: %s", csvc_refusal_get_message (refusal));
  for (guint i = 0; i < csvc_refusal_get_n_candidates (refusal); i++)
    ui_complain ("  %s", csvc_refusal_get_candidate (refusal, i));
  return EXIT_FAULTS;
}
