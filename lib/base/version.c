/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/version.h>

const char *
csvc_version_string (void)
{
  return CSVC_VERSION_STRING;
}

gboolean
csvc_version_at_least (guint major,
                       guint minor,
                       guint micro)
{
  const guint ours[] = { CSVC_MAJOR_VERSION, CSVC_MINOR_VERSION, CSVC_MICRO_VERSION };
  const guint asked[] = { major, minor, micro };

  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    if (ours[i] != asked[i])
      return ours[i] > asked[i];

  return TRUE;
}
