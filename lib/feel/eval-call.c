/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "feel/eval.h"

#include <string.h>

/* Calls: of the host, of FEEL's functions, of functions that are values. */

#define MAX_ARGUMENTS 4096

static const CsvcValue *
give (const CsvcValue value, CsvcValue *place)
{
  *place = value;
  return place;
}

/* ---- The host's functions ---- */

static const CsvcValue *
evaluate_host (FeelEval *self, const FeelNode *node, CsvcValue *place)
{
  const CsvcFeelHost *host = self->env->host;

  if (host != NULL && host->ask (host->data, node->value.u.s, self->nodes[node->a].value.u.s, place))
    return place;
  self->missing = node->value.u.s;
  return NULL;
}

/* ---- FEEL's functions ---- */

/* The argument made to suit; FALSE when it does not. */
static gboolean
suit (FeelEval *self, const FeelParameter *parameter, CsvcValue *argument)
{
  const CsvcFeelList *list = _csvc_feel_get_list (argument);
  CsvcValue *item;

  if (_csvc_feel_parameter_takes (parameter, (CsvcType) argument->type) && argument->type != CSVC_TYPE_UNKNOWN)
    return TRUE;
  if (list != NULL && list->n == 1 && _csvc_feel_parameter_takes (parameter, (CsvcType) list->items[0].type))
    {
      *argument = list->items[0];
      return TRUE;
    }
  if (list != NULL || argument->type == CSVC_TYPE_NULL || !_csvc_feel_parameter_takes (parameter, CSVC_TYPE_LIST))
    return FALSE;
  item = _csvc_feel_alloc (self, 1, sizeof *item);
  if (item == NULL)
    return FALSE;
  *item = *argument;
  *argument = _csvc_feel_make_list (self, item, 1);
  return argument->type == CSVC_TYPE_LIST;
}

/* For a form whose arguments become one list: min (1, 2) as min ([1, 2]). */
static gboolean
gather (FeelEval *self, CsvcValue *arguments, guint *n)
{
  CsvcValue *items;

  if (*n == 1 && arguments[0].type == CSVC_TYPE_LIST)
    return TRUE;
  items = _csvc_feel_alloc (self, *n, sizeof *items);
  if (items == NULL)
    return FALSE;
  memcpy (items, arguments, *n * sizeof *items);
  arguments[0] = _csvc_feel_make_list (self, items, *n);
  *n = 1;
  return arguments[0].type == CSVC_TYPE_LIST;
}

static gboolean
form_suits (FeelEval *self, const FeelBuiltin *form, CsvcValue *arguments, guint *n)
{
  FeelParameter parameters[FEEL_MAX_PARAMETERS];
  guint n_parameters = _csvc_feel_builtin_parameters (form, parameters);

  if (form->rest)
    return *n > 0 && gather (self, arguments, n);
  if (*n > n_parameters || (*n < n_parameters && !parameters[*n].optional))
    return FALSE;
  for (guint i = 0; i < *n; i++)
    if (!suit (self, &parameters[i], &arguments[i]))
      return FALSE;
  return TRUE;
}

static gboolean
has_null (const CsvcValue *arguments, guint n)
{
  for (guint i = 0; i < n; i++)
    if (arguments[i].type == CSVC_TYPE_NULL)
      return TRUE;
  return FALSE;
}

/* Calls the first form of @builtin's name, or @only it, that suits; @arguments may be changed. FALSE: unknown. */
static gboolean
call_builtin (FeelEval *self, const FeelBuiltin *builtin, gboolean only, CsvcValue *arguments, guint n, CsvcValue *result)
{
  guint column = self->column;

  for (const FeelBuiltin *form = builtin; form->name != NULL && (form == builtin || (!only && strcmp (form->name, builtin->name) == 0)); form++)
    {
      CsvcValue copy[FEEL_MAX_PARAMETERS];
      gboolean small = n <= G_N_ELEMENTS (copy);
      CsvcValue *own = small ? copy : arguments;
      guint m = n;

      if (small && n > 0)
        memcpy (copy, arguments, n * sizeof *copy);
      if (!form_suits (self, form, own, &m))
        continue;
      self->missing = NULL;
      *result = form->call (self, own, m);
      self->column = column;
      return result->type != CSVC_TYPE_UNKNOWN;
    }
  *result = _csvc_feel_fail (self, column, has_null (arguments, n) ? "an argument is null" : "the function takes other arguments");
  return TRUE;
}

/* The arguments' values; NULL: one is unknown, or *@failed. */
static CsvcValue *
evaluate_arguments (FeelEval *self, guint first, CsvcValue *few, guint *n, gboolean *failed)
{
  CsvcValue *values = few;
  guint k = 0;

  *n = 0;
  for (guint i = first; i != 0; i = self->nodes[i].next)
    (*n)++;
  *failed = *n > MAX_ARGUMENTS;
  if (*n > FEEL_MAX_PARAMETERS && !*failed)
    *failed = (values = _csvc_feel_alloc (self, *n, sizeof *values)) == NULL;
  if (*failed)
    return NULL;
  for (guint i = first; i != 0; i = self->nodes[i].next, k++)
    {
      const FeelNode *node = &self->nodes[i];
      const CsvcValue *value = _csvc_feel_evaluate (self, node->op == FEEL_OP_ARGUMENT ? node->a : i, &values[k]);

      if (value == NULL)
        return NULL;
      values[k] = *value;
    }
  return values;
}

static const CsvcValue *
evaluate_builtin (FeelEval *self, const FeelNode *node, CsvcValue *place)
{
  CsvcValue few[FEEL_MAX_PARAMETERS], *arguments;
  gboolean failed;
  guint n;

  arguments = evaluate_arguments (self, node->a, few, &n, &failed);
  if (failed)
    return give (FEEL_NULL, place);
  if (arguments == NULL)
    return NULL;
  self->column = node->column;
  if (self->nodes[node->a].op == FEEL_OP_ARGUMENT && node->ask)
    return give (_csvc_feel_fail (self, node->column, "the function has no parameter of this name"), place);
  return call_builtin (self, &_csvc_feel_builtins[node->slot], node->relation, arguments, n, place) ? place : NULL;
}

/* ---- Functions that are values ---- */

static gboolean
invoke_host (FeelEval *self, const CsvcFeelFunction *function, const CsvcValue *arguments, guint n, CsvcValue *result)
{
  CsvcFeelEnv env = *self->env;
  CsvcValue *coerced;

  if (n != function->n)
    {
      *result = _csvc_feel_fail (self, self->column, "the function takes another number of arguments");
      return TRUE;
    }
  coerced = _csvc_feel_alloc (self, n, sizeof *coerced);
  *result = FEEL_NULL;
  if (coerced == NULL)
    return TRUE;
  for (guint i = 0; i < n; i++)
    {
      coerced[i] = arguments[i];
      if (function->types != NULL && !_csvc_feel_coerce (&coerced[i], function->types[i], _csvc_feel_eval_scratch (self)))
        {
          _csvc_feel_fail (self, self->column, "an argument is of another type than the parameter");
          return TRUE;
        }
    }
  env.scratch = _csvc_feel_eval_scratch (self);
  return function->invoke (function->data, &env, coerced, result, &self->missing);
}

/* Puts the arguments into the places of a function's parameters. FALSE: they do not suit. */
static gboolean
bind (FeelEval *self, const CsvcExpr *expr, const FeelNode *function, const CsvcValue *arguments, guint n, CsvcValue *locals)
{
  guint k = 0;

  for (guint i = function->a; i != 0; i = expr->nodes[i].next, k++)
    {
      const FeelNode *parameter = &expr->nodes[i];

      if (k >= n)
        return FALSE;
      locals[parameter->slot] = arguments[k];
      if (parameter->full != NULL && !_csvc_feel_coerce (&locals[parameter->slot], parameter->full, _csvc_feel_eval_scratch (self)))
        return FALSE;
    }
  return k == n;
}

/* Runs the body as a part of this evaluation, whose memory and bounds it shares. */
static gboolean
invoke_closure (FeelEval *self, const FeelClosure *closure, const CsvcValue *arguments, guint n, CsvcValue *result)
{
  const CsvcExpr *expr = closure->expr;
  const FeelNode *function = &expr->nodes[closure->node];
  guint height = expr->nodes[function->b].height + 1;
  CsvcFeelEnv env = *self->env;
  FeelEval inner = *self;
  const CsvcValue *value;

  *result = FEEL_NULL;
  if (self->nesting + height > FEEL_MAX_NESTING)
    {
      *result = _csvc_feel_fail_outside (self, self->column, "functions call each other too deeply");
      return TRUE;
    }
  inner.locals = _csvc_feel_alloc (self, MAX (expr->n_locals, 1), sizeof *inner.locals);
  if (inner.locals == NULL || !_csvc_feel_spend (self, 1))
    return TRUE;
  if (function->slot > 0)
    memcpy (inner.locals, closure->locals, function->slot * sizeof *inner.locals);
  if (!bind (self, expr, function, arguments, n, inner.locals))
    {
      *result = _csvc_feel_fail (self, self->column, "the function takes other arguments");
      return TRUE;
    }
  env.values = closure->values;
  inner.expr = expr;
  inner.nodes = expr->nodes;
  inner.env = &env;
  inner.scratch = self->scratch;
  inner.steps = self->steps;
  inner.nesting += height;
  value = _csvc_feel_evaluate (&inner, function->b, result);
  self->steps = inner.steps;
  self->missing = inner.missing;
  if (value != NULL)
    *result = *value;
  return value != NULL;
}

gboolean
_csvc_feel_invoke (FeelEval *self, const CsvcValue *function, const CsvcValue *arguments, guint n, CsvcValue *result)
{
  const FeelClosure *closure = _csvc_feel_get_closure (function);
  CsvcValue *copy;

  if (closure == NULL)
    {
      *result = _csvc_feel_fail (self, self->column, "what is called is no function");
      return TRUE;
    }
  if (closure->host != NULL)
    return invoke_host (self, closure->host, arguments, n, result);
  if (closure->builtin == NULL)
    return invoke_closure (self, closure, arguments, n, result);
  copy = _csvc_feel_alloc (self, MAX (n, 1), sizeof *copy);
  *result = FEEL_NULL;
  if (copy == NULL)
    return TRUE;
  if (n > 0)
    memcpy (copy, arguments, n * sizeof *copy);
  return call_builtin (self, closure->builtin, FALSE, copy, n, result);
}

/* The name of a function's parameter, or NULL. */
static const char *
parameter_name (const FeelClosure *closure, guint place)
{
  guint k = 0;

  if (closure->host != NULL)
    return place < closure->host->n ? closure->host->names[place] : NULL;
  if (closure->expr == NULL)
    return NULL;
  for (guint i = closure->expr->nodes[closure->node].a; i != 0; i = closure->expr->nodes[i].next, k++)
    if (k == place)
      return closure->expr->nodes[i].value.u.s;
  return NULL;
}

/* Puts named arguments in the order of the parameters; those left out are null. FALSE: there is no such parameter. */
static gboolean
order_arguments (FeelEval *self, const FeelClosure *closure, guint first, CsvcValue *arguments, guint *n)
{
  CsvcValue ordered[FEEL_MAX_PARAMETERS];
  guint size = 0, k = 0;

  while (size < G_N_ELEMENTS (ordered) && parameter_name (closure, size) != NULL)
    ordered[size++] = FEEL_NULL;
  for (guint i = first; i != 0; i = self->nodes[i].next, k++)
    {
      guint place = 0;

      if (self->nodes[i].op != FEEL_OP_ARGUMENT)
        return FALSE;
      while (place < size && strcmp (parameter_name (closure, place), self->nodes[i].value.u.s) != 0)
        place++;
      if (place >= size)
        return FALSE;
      ordered[place] = arguments[k];
    }
  memcpy (arguments, ordered, size * sizeof *ordered);
  *n = size;
  return TRUE;
}

static gboolean
has_names (const FeelEval *self, guint first)
{
  return first != 0 && self->nodes[first].op == FEEL_OP_ARGUMENT;
}

static const CsvcValue *
evaluate_invoke (FeelEval *self, const FeelNode *node, CsvcValue *place)
{
  CsvcValue few[FEEL_MAX_PARAMETERS], callee, *arguments;
  const CsvcValue *function = _csvc_feel_evaluate (self, node->a, &callee);
  const FeelClosure *closure;
  gboolean failed;
  guint n;

  if (function == NULL)
    return NULL;
  arguments = evaluate_arguments (self, node->b, few, &n, &failed);
  if (failed)
    return give (FEEL_NULL, place);
  if (arguments == NULL)
    return NULL;
  self->column = node->column;
  closure = _csvc_feel_get_closure (function);
  if (closure != NULL && has_names (self, node->b) && !order_arguments (self, closure, node->b, arguments, &n))
    return give (_csvc_feel_fail (self, node->column, "the function has no parameter of this name"), place);
  return _csvc_feel_invoke (self, function, arguments, n, place) ? place : NULL;
}

static const CsvcValue *
evaluate_builtin_value (FeelEval *self, const FeelNode *node, CsvcValue *place)
{
  FeelClosure closure = { .builtin = &_csvc_feel_builtins[node->slot] };

  return give (_csvc_feel_closure (_csvc_feel_eval_scratch (self), &closure), place);
}

const CsvcValue *
_csvc_feel_evaluate_call (FeelEval *self, guint index, CsvcValue *place)
{
  const FeelNode *node = &self->nodes[index];

  switch ((FeelOp) node->op)
    {
    case FEEL_OP_HOST:
      return evaluate_host (self, node, place);
    case FEEL_OP_CALL_BUILTIN:
      return evaluate_builtin (self, node, place);
    case FEEL_OP_INVOKE:
      return evaluate_invoke (self, node, place);
    case FEEL_OP_BUILTIN:
      return evaluate_builtin_value (self, node, place);
    default: /* the rest never leaves the compiler, or stands in tests only */
      g_return_val_if_reached (give (FEEL_NULL, place));
    }
}
