/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/check.h"

#include <string.h>

/* What a call calls: a value that is a function, a question about the case or the customer, or a function of FEEL. */

static const CsvcFeelType *
plain (CsvcType type)
{
  return _csvc_feel_type_plain (type);
}

static FeelNode *
next_of (FeelCompiler *self, const FeelNode *node)
{
  return node->next != 0 ? _csvc_feel_node (self, node->next) : NULL;
}

static FeelNode *
first_of (FeelCompiler *self, guint index)
{
  return index != 0 ? _csvc_feel_node (self, index) : NULL;
}

static guint
check_arguments (FeelCompiler *self, guint first)
{
  guint n = 0;

  for (FeelNode *node = first_of (self, first); node != NULL; node = next_of (self, node), n++)
    if (node->op == FEEL_OP_ARGUMENT)
      _csvc_feel_set_type (node, _csvc_feel_check_node (self, node->a));
    else
      _csvc_feel_check_node (self, (guint) (node - _csvc_feel_node (self, 0)));
  return n;
}

/* ---- Questions about the case ---- */

/* The argument of In and entries, a state's id as a string literal. */
static void
check_state (FeelCompiler *self, FeelNode *call, FeelOp op, CsvcType type)
{
  const FeelNode *argument = _csvc_feel_node (self, call->a);
  const char *const *states = self->scope->states;
  const char *function = call->value.u.s;
  g_autofree char *hint = NULL;

  _csvc_feel_set_type (call, plain (type));
  if (states == NULL)
    {
      _csvc_feel_fault (self, 314, call->column, NULL, NULL, "%s asks about a state, and there is no case here", function);
      return;
    }
  if (argument->op != FEEL_OP_CONSTANT || argument->value.type != CSVC_TYPE_STRING || argument->next != 0)
    {
      _csvc_feel_fault (self, 310, call->column, "the id of one state in quotes", "write it as in In (\"open\")",
                        "%s has another argument", function);
      return;
    }
  for (guint i = 0; states[i] != NULL; i++)
    if (strcmp (states[i], argument->value.u.s) == 0)
      {
        call->op = (guint8) op;
        call->slot = i;
        return;
      }
  hint = _csvc_suggest (argument->value.u.s, states);
  _csvc_feel_fault (self, 313, argument->column, "a state of this lifecycle", hint, "no state \"%s\"", argument->value.u.s);
}

static void
check_is_defined (FeelCompiler *self, FeelNode *call)
{
  const FeelNode *argument = _csvc_feel_node (self, call->a);

  _csvc_feel_set_type (call, plain (CSVC_TYPE_BOOLEAN));
  if (call->a == 0 || argument->op != FEEL_OP_NAME || argument->next != 0)
    {
      _csvc_feel_fault (self, 310, call->column, "the name of one fact", NULL, "is defined has another argument");
      return;
    }
  _csvc_feel_check_node (self, call->a);
  if (argument->op != FEEL_OP_FACT && argument->type != CSVC_TYPE_UNKNOWN)
    _csvc_feel_fault (self, 310, argument->column, "the name of one fact", NULL, "is defined asks about \"%s\", which is no fact",
                      argument->value.u.s);
  call->op = FEEL_OP_IS_DEFINED;
}

static const char *const host_functions[] = { "used", "balance", "available", "applied", "happened", "happened_at", "open_cases",
                                              "last_opened", "last_ended", NULL };

static void
check_host (FeelCompiler *self, FeelNode *call)
{
  const FeelNode *argument = _csvc_feel_node (self, call->a);
  const CsvcFeelHostScope *host = self->scope->host;
  g_autofree char *message = NULL, *hint = NULL;
  CsvcType type = CSVC_TYPE_UNKNOWN;

  if (host == NULL)
    _csvc_feel_fault (self, 318, call->column, NULL, NULL, "%s asks about a customer, and there is none here", call->value.u.s);
  else if (argument->op != FEEL_OP_CONSTANT || argument->value.type != CSVC_TYPE_STRING || argument->next != 0)
    _csvc_feel_fault (self, 310, call->column, "one id in quotes", NULL, "%s has another argument", call->value.u.s);
  else if (!host->check (host->data, call->value.u.s, argument->value.u.s, &type, &message, &hint))
    _csvc_feel_fault (self, 318, argument->column, NULL, hint, "%s", message);
  else
    call->op = FEEL_OP_HOST;
  _csvc_feel_set_type (call, plain (type));
}

/* ---- Functions that are values ---- */

static void
check_invoke (FeelCompiler *self, FeelNode *call)
{
  const CsvcFeelType *function = _csvc_feel_check_node (self, call->a);
  const FeelNode *callee = _csvc_feel_node (self, call->a);
  guint n = check_arguments (self, call->b);
  g_autofree char *what = NULL;

  if (function == NULL || function->type == CSVC_TYPE_UNKNOWN || function->type == CSVC_TYPE_NULL)
    return;
  if (function->type == CSVC_TYPE_FUNCTION)
    {
      _csvc_feel_set_type (call, function->item);
      if (self->scope->dmn || function->types == NULL || function->n == n)
        return;
      _csvc_feel_fault (self, 310, call->column, NULL, NULL, "the function takes %u arguments, not %u", function->n, n);
      return;
    }
  if (self->scope->dmn)
    return;
  what = _csvc_feel_describe (callee);
  _csvc_feel_fault (self, 310, call->column, "a function", NULL, "%s is called", what);
}

/* f (x), where f is a name: the name gets a node. */
static void
make_invoke (FeelCompiler *self, FeelNode *call)
{
  FeelNode name = { .op = FEEL_OP_NAME, .column = call->column, .height = 1, .value = call->value };

  g_array_append_val (self->nodes, name); /* there is room, so call stays good */
  call->op = FEEL_OP_INVOKE;
  call->value = (CsvcValue) CSVC_VALUE_UNKNOWN;
  call->b = call->a;
  call->a = (guint16) (self->nodes->len - 1);
  check_invoke (self, call);
}

/* ---- FEEL's own ---- */

gboolean
_csvc_feel_find_builtin (const char *name, guint *index)
{
  for (guint i = 0; _csvc_feel_builtins[i].name != NULL; i++)
    if (strcmp (_csvc_feel_builtins[i].name, name) == 0)
      {
        *index = i;
        return TRUE;
      }
  return FALSE;
}

gboolean
_csvc_feel_reads_clock (const FeelNode *node)
{
  const char *name;

  if (node->op != FEEL_OP_CALL_BUILTIN && node->op != FEEL_OP_BUILTIN)
    return FALSE;
  name = _csvc_feel_builtins[node->slot].name;
  return strcmp (name, "now") == 0 || strcmp (name, "today") == 0;
}

/* Puts named arguments in the order of the parameters; FALSE when this form has other names. */
static gboolean
place_arguments (FeelCompiler *self, guint first, const FeelParameter *parameters, guint n_parameters, guint16 *places)
{
  guint n = 0;

  for (FeelNode *node = first_of (self, first); node != NULL; node = next_of (self, node), n++)
    {
      guint place = 0;

      if (node->op != FEEL_OP_ARGUMENT)
        return FALSE;
      while (place < n_parameters && (strlen (node->value.u.s) != parameters[place].name_length ||
                                      memcmp (parameters[place].name, node->value.u.s, parameters[place].name_length) != 0))
        place++;
      if (place >= n_parameters || places[place] != 0)
        return FALSE;
      places[place] = (guint16) (node - _csvc_feel_node (self, 0));
    }
  return TRUE;
}

/* What is left out before a place that is taken is null, where null is taken. */
static gboolean
fill_gaps (FeelCompiler *self, const FeelNode *call, const FeelParameter *parameters, guint n_parameters, guint16 *places)
{
  const FeelNode null = { .op = FEEL_OP_CONSTANT, .column = call->column, .height = 1, .value = FEEL_NULL };
  guint last = n_parameters;

  while (last > 0 && places[last - 1] == 0)
    last--;
  for (guint i = 0; i < n_parameters; i++)
    {
      if (places[i] != 0 || (i >= last && parameters[i].optional))
        continue;
      if (!_csvc_feel_parameter_takes (&parameters[i], CSVC_TYPE_NULL))
        return FALSE;
      g_array_append_val (self->nodes, null);
      places[i] = (guint16) (self->nodes->len - 1);
      _csvc_feel_check_node (self, places[i]);
    }
  return TRUE;
}

static gboolean
form_takes (FeelCompiler *self, const FeelBuiltin *form, guint first, guint n, gboolean by_type)
{
  FeelParameter parameters[FEEL_MAX_PARAMETERS];
  guint n_parameters = _csvc_feel_builtin_parameters (form, parameters), i = 0;

  if (form->rest)
    return n > 0;
  if (n > n_parameters || (n < n_parameters && !parameters[n].optional))
    return FALSE;
  for (const FeelNode *node = first_of (self, first); node != NULL && by_type; node = next_of (self, node), i++)
    if (node->type != CSVC_TYPE_NULL && !_csvc_feel_parameter_takes (&parameters[i], (CsvcType) node->type))
      return FALSE;
  return TRUE;
}

/* The type that the letters i (an item of the first argument) and l (a list like it) mean. */
static const CsvcFeelType *
result_type (FeelCompiler *self, const FeelBuiltin *form, guint first)
{
  const FeelNode *argument = first_of (self, first);
  const CsvcFeelType *list = argument != NULL ? argument->full : NULL;
  const CsvcFeelType *item = list != NULL && list->type == CSVC_TYPE_LIST ? list->item : list;

  if (form->result == 'i')
    return item;
  return form->result == 'l' ? _csvc_feel_type_list (self->types, item) : plain (_csvc_feel_builtin_result (form));
}

static gboolean
has_names (FeelCompiler *self, guint first)
{
  for (const FeelNode *node = first_of (self, first); node != NULL; node = next_of (self, node))
    if (node->op == FEEL_OP_ARGUMENT)
      return TRUE;
  return FALSE;
}

/* Named arguments become positional. FALSE: no form of the function has these names. */
static gboolean
settle_names (FeelCompiler *self, FeelNode *call, guint builtin, guint *chosen)
{
  const char *name = _csvc_feel_builtins[builtin].name;

  for (const FeelBuiltin *form = &_csvc_feel_builtins[builtin]; form->name != NULL && strcmp (form->name, name) == 0; form++)
    {
      FeelParameter parameters[FEEL_MAX_PARAMETERS];
      guint16 places[FEEL_MAX_PARAMETERS] = { 0 };
      guint n = _csvc_feel_builtin_parameters (form, parameters);

      if (!place_arguments (self, call->a, parameters, n, places) || !fill_gaps (self, call, parameters, n, places))
        continue;
      for (guint i = 0; i < n && places[i] != 0; i++)
        _csvc_feel_node (self, places[i])->next = i + 1 < n ? places[i + 1] : 0;
      call->a = places[0];
      *chosen = (guint) (form - _csvc_feel_builtins);
      return TRUE;
    }
  return FALSE;
}

static void
refuse_arguments (FeelCompiler *self, FeelNode *call, guint builtin)
{
  const char *name = _csvc_feel_builtins[builtin].name;
  g_autoptr (GString) forms = g_string_new (NULL);

  if (self->scope->dmn) /* FEEL answers null */
    {
      call->op = FEEL_OP_CALL_BUILTIN;
      call->slot = builtin;
      call->ask = TRUE; /* its names were not settled, if it has any */
      return;
    }
  for (const FeelBuiltin *form = &_csvc_feel_builtins[builtin]; form->name != NULL && strcmp (form->name, name) == 0; form++)
    {
      g_autofree char *text = _csvc_feel_builtin_describe (form);

      g_string_append_printf (forms, "%s%s", forms->len > 0 ? " or " : "", text);
    }
  _csvc_feel_fault (self, 310, call->column, forms->str, NULL, "%s has other arguments", name);
}

static void
check_builtin (FeelCompiler *self, FeelNode *call, guint builtin)
{
  const char *name = call->value.u.s;
  guint n = check_arguments (self, call->a), first = builtin;
  gboolean named = has_names (self, call->a);

  if (named && !settle_names (self, call, builtin, &first))
    {
      refuse_arguments (self, call, builtin);
      return;
    }
  for (n = 0, builtin = call->a; builtin != 0; builtin = _csvc_feel_node (self, builtin)->next)
    n++;
  for (guint i = first; _csvc_feel_builtins[i].name != NULL && strcmp (_csvc_feel_builtins[i].name, name) == 0; i++)
    if (form_takes (self, &_csvc_feel_builtins[i], call->a, n, !self->scope->dmn))
      {
        call->op = FEEL_OP_CALL_BUILTIN;
        call->slot = i;
        call->relation = named;
        _csvc_feel_set_type (call, self->scope->dmn ? NULL : result_type (self, &_csvc_feel_builtins[i], call->a));
        return;
      }
  refuse_arguments (self, call, first);
}

static void
refuse_function (FeelCompiler *self, FeelNode *call)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *hint = NULL;

  for (guint i = 0; _csvc_feel_builtins[i].name != NULL; i++)
    g_ptr_array_add (names, (gpointer) _csvc_feel_builtins[i].name);
  for (guint i = 0; host_functions[i] != NULL; i++)
    g_ptr_array_add (names, (gpointer) host_functions[i]);
  g_ptr_array_add (names, (gpointer) "In");
  g_ptr_array_add (names, (gpointer) "entries");
  g_ptr_array_add (names, (gpointer) "is defined");
  g_ptr_array_add (names, NULL);
  hint = _csvc_suggest (call->value.u.s, (const char *const *) names->pdata);
  _csvc_feel_fault (self, 308, call->column, "a function of FEEL, In, entries or is defined", hint, "there is no function \"%s\" here",
                    call->value.u.s);
  check_arguments (self, call->a);
}

void
_csvc_feel_check_call (FeelCompiler *self, guint index)
{
  FeelNode *call = _csvc_feel_node (self, index);
  const char *name = call->value.u.s;
  guint builtin;

  if (call->op == FEEL_OP_INVOKE)
    check_invoke (self, call);
  else if (_csvc_feel_names_a_value (self, call))
    make_invoke (self, call);
  else if (strcmp (name, "In") == 0)
    check_state (self, call, FEEL_OP_IN_STATE, CSVC_TYPE_BOOLEAN);
  else if (strcmp (name, "entries") == 0)
    check_state (self, call, FEEL_OP_ENTRIES, CSVC_TYPE_NUMBER);
  else if (strcmp (name, "is defined") == 0)
    check_is_defined (self, call);
  else if (g_strv_contains (host_functions, name))
    check_host (self, call);
  else if (_csvc_feel_find_builtin (name, &builtin))
    check_builtin (self, call, builtin);
  else
    refuse_function (self, call);
}
