/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>

#include "engine/private.h"

/* What an engine is asked. Each question reads in the caller's transaction when one is open, and sees what that has done so far. */

#define PAGE 200

CsvcCase *
csvc_engine_get_case (CsvcEngine *self, const char *id, GError **error)
{
  CsvcCase *copy = NULL;
  CsvcWork *work;

  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return NULL;
  if (_csvc_engine_load (self, id, &work, error))
    {
      if (work != NULL)
        copy = csvc_case_copy (work->self);
      else
        g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "there is no case %.255s", id);
    }
  _csvc_engine_leave (self, FALSE, NULL);
  return copy;
}

static CsvcCustomer *
load_customer (CsvcEngine *self, const char *id, GError **error)
{
  CsvcPerson *person = _csvc_engine_load_person (self, id, error);
  CsvcPolicy *policy;

  if (person == NULL)
    return NULL;
  if (person->head.id == 0)
    {
      g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "there is no customer %.255s", id);
      return NULL;
    }
  policy = _csvc_person_find_policy (self, person, error);
  return policy != NULL ? _csvc_person_view (person, policy) : NULL;
}

CsvcCustomer *
csvc_engine_get_customer (CsvcEngine *self, const char *id, GError **error)
{
  CsvcCustomer *customer;

  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return NULL;
  customer = load_customer (self, id, error);
  _csvc_engine_leave (self, FALSE, NULL);
  return customer;
}

CsvcRefusal *
csvc_engine_explain_refusal (CsvcEngine *self, const char *id, const char *event, const CsvcFacts *params, const CsvcStamp *stamp,
                             GError **error)
{
  CsvcRefusal *refusal = NULL;
  CsvcWork *work;

  g_return_val_if_fail (self != NULL && id != NULL && event != NULL && stamp != NULL, NULL);

  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return NULL;
  if (_csvc_engine_load (self, id, &work, error))
    {
      if (work != NULL)
        refusal = csvc_case_explain_refusal (work->self, work->customer, event, params, stamp, error);
      else
        g_set_error (error, CSVC_ERROR, CSVC_ERROR_NOT_FOUND, "there is no case %.255s", id);
    }
  _csvc_engine_leave (self, FALSE, NULL);
  return refusal;
}

/* Claiming nothing tells what is next. */
gboolean
csvc_engine_get_next_wake (CsvcEngine *self, CsvcTime *wake, GError **error)
{
  g_autoptr (GArray) heads = _csvc_heads_new ();
  CsvcTime next = CSVC_NEVER;
  gboolean asked;

  g_return_val_if_fail (self != NULL && wake != NULL, FALSE);

  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return FALSE;
  asked = _csvc_tx_claim (self->tx, CSVC_TIME_MIN, 1, heads, &next, error);
  _csvc_engine_leave (self, FALSE, NULL);
  if (asked)
    *wake = next != CSVC_NEVER ? next + CSVC_MICROSECOND : CSVC_NEVER;
  return asked;
}

#define GETTER(type_, prefix_, item_, name_, expression, none) \
  type_ prefix_##_get_##name_ (const item_ *self) \
  { \
    g_return_val_if_fail (self != NULL, none); \
\
    return expression; \
  }

/* ---- What is due ---- */

struct _CsvcDueItem {
  CsvcPromise promise;
};

struct _CsvcDueList {
  GArray *promises; /* of CsvcPromise, which is all that an item is */
};
G_STATIC_ASSERT (sizeof (CsvcDueItem) == sizeof (CsvcPromise));

CsvcDueList *
csvc_engine_list_due (CsvcEngine *self, const CsvcDueFilter *filter, GError **error)
{
  g_autoptr (CsvcDueList) list = NULL;
  gboolean found;

  g_return_val_if_fail (self != NULL && filter != NULL && filter->limit > 0, NULL);

  list = g_new0 (CsvcDueList, 1);
  list->promises = _csvc_promises_new ();
  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return NULL;
  found = _csvc_tx_find_promises (self->tx,
                                  &(CsvcFindPromises){ .from = filter->from,
                                                       .to = filter->to,
                                                       .kind = filter->kind,
                                                       .handler = filter->handler,
                                                       .unit = filter->unit,
                                                       .level = filter->level,
                                                       .limit = filter->limit,
                                                       .after = filter->skip },
                                  list->promises, error);
  _csvc_engine_leave (self, FALSE, NULL);
  return found ? g_steal_pointer (&list) : NULL;
}

guint
csvc_due_list_get_size (const CsvcDueList *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->promises->len;
}

const CsvcDueItem *
csvc_due_list_get (const CsvcDueList *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->promises->len, NULL);

  return &g_array_index (self->promises, CsvcDueItem, index);
}

void
csvc_due_list_free (CsvcDueList *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->promises);
  g_free (self);
}

#define DUE_GETTER(type, name, expression, none) GETTER (type, csvc_due_item, CsvcDueItem, name, self->promise.expression, none)

DUE_GETTER (const char *, case, stream_key, NULL)
DUE_GETTER (const char *, kind, kind, NULL)
DUE_GETTER (const char *, handler, handler, NULL)
DUE_GETTER (const char *, unit, unit, NULL)
DUE_GETTER (guint, level, level, 0)
DUE_GETTER (const char *, clock, clock, NULL)
DUE_GETTER (guint, cycle, cycle, 0)
DUE_GETTER (CsvcTime, due, due, CSVC_NEVER)
DUE_GETTER (CsvcTime, projected, projected, CSVC_NEVER)

CsvcCycleState
csvc_due_item_get_state (const CsvcDueItem *self)
{
  g_return_val_if_fail (self != NULL, CSVC_CYCLE_CLOSED);

  return (CsvcCycleState) self->promise.state;
}

/* ---- Which cases there are ---- */

struct _CsvcCaseItem {
  CsvcHead head;
};

struct _CsvcCaseList {
  GArray *heads; /* of CsvcHead, which is all that an item is */
  gint64  next;
};
G_STATIC_ASSERT (sizeof (CsvcCaseItem) == sizeof (CsvcHead));

/* The store looks by one column, the rarest first; matches() sees to the others. */
static void
choose_index (const CsvcCaseFilter *filter, CsvcFind *find)
{
  find->index = filter->customer != NULL   ? CSVC_FIND_CUSTOMER
                : filter->handler != NULL  ? CSVC_FIND_HANDLER
                : filter->kind != NULL     ? CSVC_FIND_KIND
                                           : CSVC_FIND_ALL;
  find->text = filter->customer != NULL ? filter->customer : filter->handler != NULL ? filter->handler : filter->kind;
}

static gboolean
matches (const CsvcCaseFilter *filter, const CsvcHead *head)
{
  return (filter->kind == NULL || g_strcmp0 (filter->kind, head->kind) == 0) &&
         (filter->handler == NULL || g_strcmp0 (filter->handler, head->handler) == 0) && (head->open || !filter->open_only);
}

/* FALSE when the list is full. */
static gboolean
add_page (CsvcCaseList *list, const CsvcCaseFilter *filter, GArray *page)
{
  for (guint i = 0; i < page->len; i++)
    {
      CsvcHead *head = &g_array_index (page, CsvcHead, i);

      if (!matches (filter, head))
        continue;
      if (list->heads->len == filter->limit)
        return FALSE;
      list->next = head->id;
      g_array_append_val (list->heads, *head);
      *head = (CsvcHead){ 0 };
    }
  return TRUE;
}

static gboolean
find_cases (CsvcEngine *self, const CsvcCaseFilter *filter, CsvcCaseList *list, GError **error)
{
  CsvcFind find = { .type = CSVC_STREAM_CASE, .open_only = filter->open_only, .after = filter->after, .limit = PAGE };
  gboolean last = FALSE;

  choose_index (filter, &find);
  while (!last)
    {
      g_autoptr (GArray) page = _csvc_heads_new ();

      if (!_csvc_tx_find (self->tx, &find, page, error))
        return FALSE;
      last = page->len < PAGE;
      if (page->len > 0)
        find.after = g_array_index (page, CsvcHead, page->len - 1).id;
      if (!add_page (list, filter, page))
        return TRUE;
    }
  list->next = 0;
  return TRUE;
}

CsvcCaseList *
csvc_engine_list_cases (CsvcEngine *self, const CsvcCaseFilter *filter, GError **error)
{
  g_autoptr (CsvcCaseList) list = NULL;
  gboolean found;

  g_return_val_if_fail (self != NULL && filter != NULL && filter->limit > 0, NULL);

  list = g_new0 (CsvcCaseList, 1);
  list->heads = _csvc_heads_new ();
  if (!_csvc_engine_enter (self, CSVC_TX_READ, error))
    return NULL;
  found = find_cases (self, filter, list, error);
  _csvc_engine_leave (self, FALSE, NULL);
  return found ? g_steal_pointer (&list) : NULL;
}

guint
csvc_case_list_get_size (const CsvcCaseList *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->heads->len;
}

const CsvcCaseItem *
csvc_case_list_get (const CsvcCaseList *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->heads->len, NULL);

  return &g_array_index (self->heads, CsvcCaseItem, index);
}

gint64
csvc_case_list_get_next (const CsvcCaseList *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->next;
}

void
csvc_case_list_free (CsvcCaseList *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->heads);
  g_free (self);
}

#define CASE_GETTER(type, name, expression, none) GETTER (type, csvc_case_item, CsvcCaseItem, name, self->head.expression, none)

CASE_GETTER (const char *, id, key, NULL)
CASE_GETTER (const char *, kind, kind, NULL)
CASE_GETTER (const char *, customer, customer, NULL)
CASE_GETTER (const char *, handler, handler, NULL)
CASE_GETTER (const char *, unit, unit, NULL)
CASE_GETTER (guint, level, level, 0)
CASE_GETTER (CsvcTime, last_at, at, CSVC_NEVER)

gboolean
csvc_case_item_is_open (const CsvcCaseItem *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->head.open;
}

CsvcTime
csvc_case_item_get_next_wake (const CsvcCaseItem *self)
{
  g_return_val_if_fail (self != NULL, CSVC_NEVER);

  return self->head.due != CSVC_NEVER ? self->head.due + CSVC_MICROSECOND : CSVC_NEVER;
}
