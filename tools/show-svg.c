/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The drawing as SVG: Graphviz lays it out, when it is there. */

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "show.h"
#include "ui.h"

/* dot writes where we would: it inherits stdout. */
static gboolean
start_dot (GPid *pid, int *input, GError **error)
{
  char *arguments[] = { (char *) "dot", (char *) "-Tsvg", NULL };

  ui_flush ();
  return g_spawn_async_with_pipes (NULL, arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, pid, input, NULL,
                                   NULL, error);
}

static gboolean
write_all (int fd, const char *text)
{
  for (gsize rest = strlen (text); rest > 0;) {
    gssize n = write (fd, text, rest);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    text += n;
    rest -= (gsize) n;
  }
  return TRUE;
}

static gboolean
wait_for (GPid pid)
{
  int status = 0;

  while (waitpid (pid, &status, 0) < 0)
    if (errno != EINTR)
      return FALSE;
  g_spawn_close_pid (pid);
  return WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

ExitStatus
show_svg (const CsvcPolicy *policy, const CsvcKind *only)
{
  g_autofree char *drawing = show_dup_dot (policy, only);
  g_autoptr (GError) error = NULL;
  gboolean written;
  int input;
  GPid pid;

  if (!start_dot (&pid, &input, &error)) {
    if (g_error_matches (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
      ui_complain ("drawing needs the program dot, of the package graphviz; --dot prints what to give it elsewhere");
    else
      ui_complain ("cannot run dot: %s", error->message);
    return EXIT_IO;
  }
  written = write_all (input, drawing);
  close (input);
  if (wait_for (pid) && written)
    return EXIT_FINE;
  ui_complain ("dot did not draw it");
  return EXIT_IO;
}
