/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>
#include <csvc/mask.h>
#include <csvc/tier.h>
#include <string.h>

#include "base/time.h"
#include "machine/customer.h"

/* What to say to this customer. The places for facts were checked when the policy was loaded. */

static void
append_fact (GString *out, const CsvcFact *fact, const CsvcValue *value, const CsvcRole *role)
{
  g_autofree char *text = csvc_fact_dup_text_for (fact, value, role);

  g_string_append (out, text);
}

/* FALSE: what stands there is missing. */
static gboolean
append_piece (GString *out, const CsvcPiece *piece, const CsvcCustomer *customer, const CsvcRole *role, const char *language, gint64 today)
{
  const CsvcTier *tier = csvc_customer_get_tier (customer);
  const CsvcValue *value = piece->type == CSVC_PIECE_FACT ? &customer->facts[piece->fact->index] : NULL;

  if (piece->type == CSVC_PIECE_TODAY)
    _csvc_date_append (out, today);
  else if (piece->type == CSVC_PIECE_TIER && tier != NULL)
    g_string_append (out, csvc_tier_get_label (tier, language));
  else if (value != NULL && value->type != CSVC_TYPE_UNKNOWN)
    append_fact (out, piece->fact, value, role);
  else if (piece->type != CSVC_PIECE_END && piece->otherwise == NULL)
    return FALSE;
  else if (piece->otherwise != NULL)
    g_string_append (out, piece->otherwise);
  return TRUE;
}

static const CsvcScriptText *
find_text (const CsvcScript *self, const char *language)
{
  for (guint i = 0; i < self->n_texts && language != NULL; i++)
    if (strcmp (self->texts[i].language, language) == 0)
      return &self->texts[i];
  return NULL;
}

/* Its language, the policy's, or the first there is. */
static const CsvcScriptText *
choose_text (const CsvcScript *self, const char *language)
{
  const CsvcScriptText *text = find_text (self, language);

  if (text == NULL)
    text = find_text (self, self->policy->language);
  return text != NULL ? text : &self->texts[0];
}

char *
csvc_script_write (const CsvcScript *self, const CsvcCustomer *customer, const char *role, const char *language, CsvcTime at, GError **error)
{
  const CsvcScriptText *text;
  const CsvcRole *reader;
  gint64 today;
  g_autoptr (GString) out = NULL;

  g_return_val_if_fail (self != NULL && customer != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  g_return_val_if_fail (customer->policy == self->policy, NULL);

  text = choose_text (self, language);
  reader = role != NULL ? csvc_policy_find_role (self->policy, role) : NULL;
  today = _csvc_floor_div (csvc_zone_to_local (self->policy->zone, at), CSVC_DAY);
  out = g_string_new (NULL);
  for (guint i = 0; i < text->n_pieces; i++)
    {
      const CsvcPiece *piece = &text->pieces[i];

      g_string_append (out, piece->before);
      if (append_piece (out, piece, customer, reader, text->language, today))
        continue;
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "the script \"%s\" cannot be said: %s is missing", self->part.id,
                   piece->fact != NULL ? piece->fact->part.id : "the tier");
      return NULL;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

const char *
csvc_script_get_text (const CsvcScript *self, const char *language)
{
  const CsvcScriptText *text;

  g_return_val_if_fail (self != NULL && language != NULL, NULL);

  text = find_text (self, language);
  return text != NULL ? text->says : NULL;
}
