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
  if (major != CSVC_MAJOR_VERSION)
    return major < CSVC_MAJOR_VERSION;
  if (minor != CSVC_MINOR_VERSION)
    return minor < CSVC_MINOR_VERSION;

  return micro <= CSVC_MICRO_VERSION;
}
