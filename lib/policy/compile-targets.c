/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "base/time.h"
#include "calendar/zone.h"
#include "policy/compile.h"

#include <string.h>

/* What share of which customers is to be kept. */

#define BAD_TARGET 874
#define MAX_TARGETS 100
#define WHOLE 10000 /* a share of all */

/* "90%", "99.5%", "99.95%"; -1 when it is none. */
static gint
parse_goal (const char *text)
{
  gsize length = strlen (text), digits = strspn (text, "0123456789");
  gint goal = 0, places = 0;

  if (digits == 0 || digits > 3 || text[length - 1] != '%')
    return -1;
  for (gsize i = 0; i < digits; i++)
    goal = goal * 10 + (text[i] - '0');
  if (text[digits] == '.')
    for (digits++; places < 2 && g_ascii_isdigit (text[digits]); places++)
      goal = goal * 10 + (text[digits++] - '0');
  if (digits != length - 1 || text[digits - 1] == '.')
    return -1;
  for (; places < 2; places++)
    goal *= 10;
  return goal <= WHOLE ? goal : -1;
}

static void
compile_goal (CsvcCompiler *self, CsvcTarget *target)
{
  const char *text = _csvc_node_get (target->part.node, "goal");

  target->goal = text != NULL ? parse_goal (text) : -1;
  if (text != NULL && target->goal < 0)
    _csvc_diagnostics_add (self->diagnostics, BAD_TARGET, target->part.place, 0, "a share such as \"90%\" or \"99.5%\", at most 100%", NULL,
                           "goal=\"%s\" is none", text);
}

/* A zone that is none has been reported as such. */
static void
compile_snapshot (CsvcCompiler *self, CsvcTarget *target)
{
  const char *text = _csvc_node_get (target->part.node, "snapshot");
  gint64 day;

  target->snapshot = CSVC_NEVER;
  if (text == NULL)
    return;
  if (!_csvc_date_parse (text, &day, NULL))
    _csvc_diagnostics_add (self->diagnostics, BAD_TARGET, target->part.place, 0, "a date such as \"2026-01-01\"", NULL,
                           "snapshot=\"%s\" is none", text);
  else if (self->policy->zone != NULL)
    target->snapshot = _csvc_zone_find_instant (self->policy->zone, day * CSVC_DAY);
}

static void
compile_target (CsvcCompiler *self, CsvcTarget *target, const CsvcNode *node)
{
  _csvc_compile_part (self, &target->part, node);
  _csvc_compile_add_target (self, &target->part, "target.%s", target->part.id);
  target->among = _csvc_compile_condition (self, node, "among");
  target->kept = _csvc_compile_condition (self, node, "kept");
  compile_goal (self, target);
  compile_snapshot (self, target);
}

static int
compare_instants (gconstpointer a, gconstpointer b)
{
  const CsvcTime *left = a, *right = b;

  return (*left > *right) - (*left < *right);
}

/* Each instant once, earliest first. */
static void
list_snapshots (CsvcCompiler *self)
{
  CsvcPolicy *policy = self->policy;
  guint n = 0;

  policy->snapshots = _csvc_compile_alloc (self, policy->n_targets, sizeof (CsvcTime));
  for (guint i = 0; i < policy->n_targets; i++)
    if (policy->targets[i].snapshot != CSVC_NEVER)
      policy->snapshots[n++] = policy->targets[i].snapshot;
  if (n == 0)
    return;
  qsort (policy->snapshots, n, sizeof (CsvcTime), compare_instants);
  policy->n_snapshots = 1;
  for (guint i = 1; i < n; i++)
    if (policy->snapshots[i] != policy->snapshots[policy->n_snapshots - 1])
      policy->snapshots[policy->n_snapshots++] = policy->snapshots[i];
}

void
_csvc_compile_targets (CsvcCompiler *self)
{
  CsvcPolicy *policy = self->policy;
  g_autoptr (GPtrArray) nodes = _csvc_compile_gather (self, "targets", "target");
  g_autoptr (GArray) names = g_array_new (FALSE, FALSE, sizeof (CsvcName));
  CsvcNames ids;

  if (!_csvc_compile_check_count (self, nodes->len, MAX_TARGETS, "targets", policy->document->place))
    return;
  policy->targets = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcTarget));
  policy->n_targets = nodes->len;
  _csvc_names_init (&ids, "target", 0);
  _csvc_compile_begin_customer_scope (self, names);
  for (guint i = 0; i < nodes->len; i++)
    {
      CsvcTarget *target = &policy->targets[i];

      compile_target (self, target, g_ptr_array_index (nodes, i));
      _csvc_names_add (self, &ids, target->part.id, target, target->part.place);
    }
  self->scope = (CsvcScope){ 0 };
  _csvc_names_clear (&ids);
  list_snapshots (self);
}
