/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/csvc.h>

#include "csvc-test.h"

/* Rows and cases agree in test-machine-random.c; here is what only a crowd has. */

static void many_are_as_one_by_one (void);
static void many_stop_where_one_fails (void);
static void none_is_fired (void);

static CU_TestInfo tests[] = {
  { "many-are-as-one-by-one", many_are_as_one_by_one },
  { "many-stop-where-one-fails", many_stop_where_one_fails },
  { "none-is-fired", none_is_fired },
  CU_TEST_INFO_NULL
};

static void set_up (void);
static void tear_down (void);

const CsvcSuite csvc_suite_crowd = { "crowd", tests, set_up, tear_down };

#define ROWS 20
#define FIRED 100

static const char *const events[] = { "reply", "triage", "assign", "ask_customer", "customer_reply", "sla_reply", "escalate", "withdraw", "new" };

static CsvcPolicy *policy;

static void
set_up (void)
{
  policy = csvc_policy_load_file (csvc_test_source ("tests/bench/lifecycle.xml"), NULL, NULL);
  g_assert_nonnull (policy);
}

static void
tear_down (void)
{
  g_clear_pointer (&policy, csvc_policy_unref);
}

static CsvcCrowd *
make_crowd (void)
{
  const CsvcStamp stamp = CSVC_STAMP (0);
  g_autoptr (CsvcCase) one = NULL;
  CsvcCrowd *crowd = csvc_crowd_new (policy, "complaint", NULL);

  g_assert_cmpint (csvc_case_open (policy, "complaint", "C-1", NULL, NULL, &stamp, NULL, &one, NULL), ==, CSVC_ANSWER_ACCEPTED);
  for (guint i = 0; i < ROWS; i++)
    csvc_crowd_add (crowd, one);
  return crowd;
}

typedef struct {
  guint            rows[FIRED];
  const CsvcEvent *events[FIRED];
  CsvcTime         instants[FIRED];
  CsvcAnswer       answers[FIRED];
} Queue;

static void
draw_queue (Queue *queue, GRand *rand)
{
  const CsvcKind *kind = csvc_policy_find_kind (policy, "complaint");

  for (guint i = 0; i < FIRED; i++)
    {
      queue->rows[i] = (guint) g_rand_int_range (rand, 0, ROWS);
      queue->events[i] = csvc_kind_find_event (kind, events[g_rand_int_range (rand, 0, G_N_ELEMENTS (events))]);
      queue->instants[i] = (i + 1) * CSVC_SECOND;
      queue->answers[i] = CSVC_ANSWER_FAILED;
    }
}

static void
assert_rows_agree (CsvcCrowd *a, CsvcCrowd *b)
{
  for (guint i = 0; i < ROWS; i++)
    {
      g_autoptr (GBytes) left = csvc_case_to_bytes (csvc_crowd_get_case (a, i));
      g_autoptr (GBytes) right = csvc_case_to_bytes (csvc_crowd_get_case (b, i));

      CSVC_ASSERT_TRUE (g_bytes_equal (left, right), "row %u", i);
    }
}

static void
many_are_as_one_by_one (void)
{
  g_autoptr (CsvcCrowd) many = make_crowd ();
  g_autoptr (CsvcCrowd) single = make_crowd ();
  GRand *rand = csvc_test_random (31);
  guint n_accepted = 0;
  Queue queue;

  draw_queue (&queue, rand);
  CSVC_ASSERT_UINT (csvc_crowd_fire_many (many, FIRED, queue.rows, queue.events, queue.instants, queue.answers, NULL), FIRED);
  for (guint i = 0; i < FIRED; i++)
    {
      const CsvcStamp stamp = CSVC_STAMP (queue.instants[i]);

      CSVC_ASSERT_INT (queue.answers[i], csvc_crowd_fire (single, queue.rows[i], NULL, queue.events[i], NULL, &stamp, NULL, NULL));
      n_accepted += queue.answers[i] == CSVC_ANSWER_ACCEPTED;
    }
  CSVC_ASSERT_TRUE (n_accepted > 10 && n_accepted < FIRED, "%u accepted", n_accepted);
  assert_rows_agree (many, single);
}

static void
many_stop_where_one_fails (void)
{
  g_autoptr (CsvcCrowd) crowd = make_crowd ();
  g_autoptr (GError) error = NULL;
  Queue queue;

  draw_queue (&queue, csvc_test_random (32));
  for (guint i = 0; i < FIRED; i++)
    {
      queue.rows[i] = 0;
      queue.events[i] = queue.events[0];
    }
  queue.instants[7] = CSVC_TIME_MAX + 1; /* there is no such time */
  CSVC_ASSERT_UINT (csvc_crowd_fire_many (crowd, FIRED, queue.rows, queue.events, queue.instants, queue.answers, &error), 7);
  CU_ASSERT_PTR_NOT_NULL (error);
  CU_ASSERT_NOT_EQUAL (queue.answers[6], CSVC_ANSWER_FAILED);
  CSVC_ASSERT_INT (queue.answers[8], CSVC_ANSWER_FAILED); /* as it was */
}

static void
none_is_fired (void)
{
  g_autoptr (CsvcCrowd) crowd = make_crowd ();

  CSVC_ASSERT_UINT (csvc_crowd_fire_many (crowd, 0, NULL, NULL, NULL, NULL, NULL), 0);
}
