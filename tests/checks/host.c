/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The smallest host: make installcheck compiles it with nothing but what pkg-config says of the
 * installed library, and runs it. */

#include <csvc/csvc.h>
#include <stdio.h>

int
main (void)
{
  printf ("compiled with libcsvc %s, runs with %s\n", CSVC_VERSION_STRING, csvc_version_string ());

  return csvc_version_at_least (CSVC_MAJOR_VERSION, CSVC_MINOR_VERSION, CSVC_MICRO_VERSION) ? 0 : 1;
}
