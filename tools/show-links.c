/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which state opens cases of which kind: read from the policy's own document, where each <open> stands in its state. */

#include "config.h"

#include <string.h>

#include "show.h"

typedef struct {
  const CsvcPolicy *policy;
  const CsvcKind   *kind;    /* NULL: outside a kind */
  GPtrArray        *states;  /* of CsvcState: those around the element, outermost first */
  GArray           *openings;
} Reader;

static const char *
find_value (const char **names, const char **values, const char *name)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], name) == 0)
      return values[i];
  return NULL;
}

static gboolean
is_state (const char *element)
{
  return strcmp (element, "state") == 0 || strcmp (element, "parallel") == 0 || strcmp (element, "final") == 0;
}

static void
add_opening (Reader *self, const char *child, const char *until)
{
  Opening opening = { .kind = self->kind, .from = g_ptr_array_index (self->states, self->states->len - 1), .child = csvc_policy_find_kind (self->policy, child) };

  if (until != NULL)
    opening.until = strcmp (until, "here") == 0 ? opening.from : csvc_kind_find_state (self->kind, until);
  g_array_append_val (self->openings, opening);
}

static void
on_start (GMarkupParseContext *context G_GNUC_UNUSED, const char *element, const char **names, const char **values, gpointer data,
          GError **error G_GNUC_UNUSED)
{
  Reader *self = data;
  const char *id = find_value (names, values, "id");

  if (strcmp (element, "case") == 0) {
    self->kind = csvc_policy_find_kind (self->policy, id);
    g_ptr_array_add (self->states, (gpointer) csvc_kind_get_state (self->kind, 0));
  } else if (self->kind != NULL && is_state (element))
    g_ptr_array_add (self->states, (gpointer) csvc_kind_find_state (self->kind, id));
  else if (self->kind != NULL && strcmp (element, "open") == 0)
    add_opening (self, find_value (names, values, "case"), find_value (names, values, "until"));
}

static void
on_end (GMarkupParseContext *context G_GNUC_UNUSED, const char *element, gpointer data, GError **error G_GNUC_UNUSED)
{
  Reader *self = data;
  gboolean is_case = strcmp (element, "case") == 0;

  if (self->kind != NULL && (is_case || is_state (element)))
    g_ptr_array_set_size (self->states, (int) self->states->len - 1);
  if (is_case)
    self->kind = NULL;
}

GArray *
show_find_openings (const CsvcPolicy *policy)
{
  static const GMarkupParser parser = { on_start, on_end, NULL, NULL, NULL };
  g_autofree char *document = csvc_policy_to_xml (policy);
  g_autoptr (GPtrArray) states = g_ptr_array_new ();
  Reader reader = { policy, NULL, states, g_array_new (FALSE, FALSE, sizeof (Opening)) };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &reader, NULL);

  /* It is the library's own writing, so it cannot fail. */
  g_markup_parse_context_parse (context, document, -1, NULL);
  return reader.openings;
}
