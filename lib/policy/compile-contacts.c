/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "policy/compile.h"

#include <string.h>

#include "base/time.h"

/* Whom not to contact, when not, and how often at most. */

enum {
  TOO_MANY_CONTACTS = 843,
  BAD_CAPACITY = 844,
  BAD_QUIET = 845,
  BAD_UNTIL = 846,
  BAD_CONTACT_ZONE = 854
};

#define MAX_SET 64 /* sets are one word of bits */
#define MAX_CONTACTS 1000
#define MAX_COUNT 1000000
#define MAX_CAP_DAYS 399 /* contacts are remembered for 400 days */

guint64
_csvc_compile_set (CsvcCompiler *self, const CsvcNode *node, const char *attribute, CsvcNames *names, gconstpointer first, gsize size)
{
  g_auto (GStrv) words = _csvc_compile_list (self, node, attribute);
  guint64 set = 0;

  for (char **word = words; *word != NULL; word++)
    {
      const char *item = _csvc_names_find (self, names, *word, node->place);

      if (item != NULL)
        set |= G_GUINT64_CONSTANT (1) << ((gsize) (item - (const char *) first) / size);
    }
  return set;
}

static guint64
compile_channels_of (CsvcCompiler *self, const CsvcNode *node)
{
  return _csvc_compile_set (self, node, "channel", &self->channels, self->policy->rules.channels, sizeof (CsvcChannel));
}

static guint64
compile_purposes_of (CsvcCompiler *self, const CsvcNode *node)
{
  return _csvc_compile_set (self, node, "purpose", &self->purposes, self->policy->rules.purposes, sizeof (CsvcPurpose));
}

static void
compile_channels (CsvcCompiler *self, CsvcRules *rules)
{
  g_autoptr (GPtrArray) nodes = _csvc_compile_gather (self, "channels", "channel");

  if (!_csvc_compile_check_count (self, nodes->len, MAX_SET, "channels", self->policy->document->place))
    return;
  rules->channels = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcChannel));
  rules->n_channels = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    {
      CsvcChannel *channel = &rules->channels[i];

      channel->index = i;
      _csvc_compile_part (self, &channel->part, g_ptr_array_index (nodes, i));
      _csvc_names_add (self, &self->channels, channel->part.id, channel, channel->part.place);
      _csvc_compile_add_target (self, &channel->part, "channel.%s", channel->part.id);
    }
}

static void
compile_purposes (CsvcCompiler *self, CsvcRules *rules)
{
  g_autoptr (GPtrArray) nodes = _csvc_compile_gather (self, "purposes", "purpose");

  if (!_csvc_compile_check_count (self, nodes->len, MAX_SET, "purposes", self->policy->document->place))
    return;
  rules->purposes = _csvc_compile_alloc (self, nodes->len, sizeof (CsvcPurpose));
  rules->n_purposes = nodes->len;
  for (guint i = 0; i < nodes->len; i++)
    {
      CsvcPurpose *purpose = &rules->purposes[i];

      purpose->index = i;
      _csvc_compile_part (self, &purpose->part, g_ptr_array_index (nodes, i));
      purpose->commercial = _csvc_compile_flag (purpose->part.node, "commercial", FALSE);
      _csvc_names_add (self, &self->purposes, purpose->part.id, purpose, purpose->part.place);
      _csvc_compile_add_target (self, &purpose->part, "purpose.%s", purpose->part.id);
    }
}

/* ── caps and capacities ── */

static gboolean
read_count (const CsvcNode *node, const char *attribute, guint *count)
{
  guint64 n;

  if (!g_ascii_string_to_unsigned (_csvc_node_get (node, attribute), 10, 0, MAX_COUNT, &n, NULL))
    return FALSE;
  *count = (guint) n;
  return TRUE;
}

static gboolean
is_remembered (CsvcTerm per)
{
  return per.months <= 12 && per.days <= MAX_CAP_DAYS && per.elapsed <= MAX_CAP_DAYS * CSVC_DAY;
}

/* Without purposes, a cap is for those that are to sell. */
static guint64
commercial_purposes (const CsvcRules *rules)
{
  guint64 set = 0;

  for (guint i = 0; i < rules->n_purposes; i++)
    if (rules->purposes[i].commercial)
      set |= G_GUINT64_CONSTANT (1) << i;
  return set;
}

static void
compile_cap (CsvcCompiler *self, CsvcRules *rules, const CsvcNode *node)
{
  CsvcCap *cap = &rules->caps[rules->n_caps];

  cap->node = node;
  cap->place = node->place;
  cap->purposes = _csvc_node_get (node, "purpose") != NULL ? compile_purposes_of (self, node) : commercial_purposes (rules);
  cap->per = _csvc_compile_term (self, node, "per");
  if (!read_count (node, "max", &cap->max) || !is_remembered (cap->per))
    _csvc_diagnostics_add (self->diagnostics, TOO_MANY_CONTACTS, node->place, 0, "max=\"a whole number\" per=\"at most a year\"", NULL,
                           "a cap cannot be of %s contacts per %s", _csvc_node_get (node, "max"), _csvc_node_get (node, "per"));
  if (cap->purposes != 0)
    rules->n_caps++;
}

static void
compile_capacity (CsvcCompiler *self, CsvcRules *rules, const CsvcNode *node)
{
  CsvcCapacity *capacity = &rules->capacities[rules->n_capacities];

  capacity->place = node->place;
  capacity->role = _csvc_names_find (self, &self->roles, _csvc_node_get (node, "role"), node->place);
  if (!read_count (node, "per-day", &capacity->per_day))
    _csvc_diagnostics_add (self->diagnostics, BAD_CAPACITY, node->place, 0, "a whole number of tasks", NULL, "per-day=\"%s\" is no capacity",
                           _csvc_node_get (node, "per-day"));
  for (guint i = 0; i < rules->n_capacities && capacity->role != NULL; i++)
    if (rules->capacities[i].role == capacity->role)
      _csvc_diagnostics_add (self->diagnostics, BAD_CAPACITY, node->place, 0, "one <capacity> for each role", NULL,
                             "the capacity of \"%s\" is said twice", capacity->role->part.id);
  if (capacity->role != NULL)
    rules->n_capacities++;
}

/* ── quiet hours ── */

static void
compile_quiet (CsvcCompiler *self, CsvcRules *rules, const CsvcNode *node)
{
  CsvcQuiet *quiet = &rules->quiets[rules->n_quiets++];

  quiet->place = node->place;
  quiet->channels = compile_channels_of (self, node);
  quiet->purposes = compile_purposes_of (self, node);
  if (!_csvc_time_of_day_parse (_csvc_node_get (node, "from"), &quiet->from, NULL) ||
      !_csvc_time_of_day_parse (_csvc_node_get (node, "to"), &quiet->to, NULL) || quiet->from == quiet->to)
    _csvc_diagnostics_add (self->diagnostics, BAD_QUIET, node->place, 0, "two times of the day, such as from=\"21:00\" to=\"08:00\"", NULL,
                           "from %s to %s are no hours", _csvc_node_get (node, "from"), _csvc_node_get (node, "to"));
}

/* ── vetoes ── */

static gboolean
is_instant (const CsvcExpr *expression)
{
  CsvcType type = _csvc_expr_get_type (expression);

  return type == CSVC_TYPE_DATE || type == CSVC_TYPE_DATE_TIME;
}

static void
compile_veto (CsvcCompiler *self, CsvcRules *rules, const CsvcNode *node)
{
  CsvcVeto *veto = &rules->vetoes[rules->n_vetoes];

  veto->index = rules->n_vetoes++;
  _csvc_compile_part (self, &veto->part, node);
  veto->channels = compile_channels_of (self, node);
  veto->purposes = compile_purposes_of (self, node);
  veto->when = _csvc_compile_condition (self, node, "when");
  veto->until = _csvc_compile_expression (self, node, "until", NULL);
  veto->closes = _csvc_compile_flag (node, "closes", FALSE);
  _csvc_compile_add_target (self, &veto->part, "veto.%s", veto->part.id);
  if (veto->until != NULL && !is_instant (veto->until))
    _csvc_diagnostics_add (self->diagnostics, BAD_UNTIL, node->place, 0, "a date, or a date and time", NULL,
                           "until=\"…\" of \"%s\" is of another type", veto->part.id);
}

/* ── all of it ── */

static void
compile_zone (CsvcCompiler *self, CsvcRules *rules, const CsvcNode *node)
{
  const char *id = _csvc_node_get (node, "zone");

  if (id == NULL)
    return;
  rules->zone = _csvc_names_find (self, &self->customer_facts, id, node->place);
  if (rules->zone != NULL && rules->zone->type != CSVC_TYPE_STRING)
    _csvc_diagnostics_add (self->diagnostics, BAD_CONTACT_ZONE, node->place, 0, "a string such as \"Asia/Shanghai\"", NULL,
                           "\"%s\" is no fact that names a zone", id);
}

typedef void (*CompileContact) (CsvcCompiler *self, CsvcRules *rules, const CsvcNode *node);

/* (transfer none): room for as many as there are; they count themselves. */
static gpointer
compile_each (CsvcCompiler *self, const char *name, gsize size, CompileContact compile, gpointer *items)
{
  g_autoptr (GPtrArray) nodes = _csvc_compile_gather (self, "contacts", name);

  if (!_csvc_compile_check_count (self, nodes->len, MAX_CONTACTS, name, self->policy->document->place))
    return NULL;
  *items = _csvc_compile_alloc (self, nodes->len, size);
  for (guint i = 0; i < nodes->len; i++)
    compile (self, &self->policy->rules, g_ptr_array_index (nodes, i));
  return *items;
}

static void
check_veto_ids (CsvcCompiler *self)
{
  CsvcNames names;

  _csvc_names_init (&names, "veto", 0);
  for (guint i = 0; i < self->policy->rules.n_vetoes; i++)
    _csvc_names_add (self, &names, self->policy->rules.vetoes[i].part.id, &self->policy->rules.vetoes[i], self->policy->rules.vetoes[i].part.place);
  _csvc_names_clear (&names);
}

void
_csvc_compile_contacts (CsvcCompiler *self)
{
  CsvcRules *rules = &self->policy->rules;
  g_autoptr (GPtrArray) lists = _csvc_compile_children (self->policy->document, "contacts");
  g_autoptr (GArray) names = g_array_new (FALSE, FALSE, sizeof (CsvcName));

  rules->asked_kinds = _csvc_compile_alloc (self, self->policy->n_kinds, 1);
  compile_channels (self, rules);
  compile_purposes (self, rules);
  for (guint i = 0; i < lists->len; i++)
    compile_zone (self, rules, g_ptr_array_index (lists, i));
  _csvc_compile_begin_customer_scope (self, names);
  self->asks_cases = TRUE;
  compile_each (self, "cap", sizeof (CsvcCap), compile_cap, (gpointer *) &rules->caps);
  compile_each (self, "capacity", sizeof (CsvcCapacity), compile_capacity, (gpointer *) &rules->capacities);
  compile_each (self, "quiet", sizeof (CsvcQuiet), compile_quiet, (gpointer *) &rules->quiets);
  compile_each (self, "veto", sizeof (CsvcVeto), compile_veto, (gpointer *) &rules->vetoes);
  check_veto_ids (self);
  self->asks_cases = FALSE;
  self->scope = (CsvcScope){ 0 };
}
