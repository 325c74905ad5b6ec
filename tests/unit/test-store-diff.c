/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The same random commands on the memory store and on the SQLite store: every answer, every refusal and the whole journal must
 * be the same, and the hashes in the file those of the entries in memory. */

#include "config.h"

#include "csvc-test.h"
#include "store-draft.h"

#include "store/chain.h"

#include <sqlite3.h>
#include <string.h>

static void answers_alike (void);

static CU_TestInfo tests[] = {
  { "answers-alike", answers_alike },
  CU_TEST_INFO_NULL
};

const CsvcSuite csvc_suite_store_diff = { "store-diff", tests, NULL, NULL };

#define N_KEYS 25

typedef struct {
  CsvcStore *store;
  GRand     *random;
  GString   *said; /* one line an answer */
} Player;

static const char *const words[] = { NULL, "agent", "manager", "east", "客户" };

static const char *
any_word (Player *player)
{
  return words[g_rand_int_range (player->random, 0, G_N_ELEMENTS (words))];
}

static char *
any_key (Player *player)
{
  return g_strdup_printf ("C-%d", g_rand_int_range (player->random, 0, N_KEYS));
}

static gboolean
chance (Player *player, int percent)
{
  return g_rand_int_range (player->random, 0, 100) < percent;
}

static CsvcTime
any_time (Player *player)
{
  return g_rand_int_range (player->random, 0, 60);
}

/* ---- Saying ---- */

static void
say_outcome (Player *player, const char *what, gboolean ok, const GError *error)
{
  g_string_append_printf (player->said, "%s %s", what, ok ? "ok" : "failed");
  if (error != NULL)
    g_string_append_printf (player->said, " %d", error->code);
  g_string_append_c (player->said, '\n');
}

static void
say_head (Player *player, const CsvcHead *head)
{
  g_autofree char *state = head->state != NULL ? g_strndup (g_bytes_get_data (head->state, NULL), g_bytes_get_size (head->state)) : NULL;

  g_string_append_printf (player->said,
                          "  head %" G_GINT64_FORMAT " %d %s v%" G_GINT64_FORMAT " at %" G_GINT64_FORMAT " due %" G_GINT64_FORMAT
                          " %u %s %s %s %s %s %s %u %d\n",
                          head->id, head->type, head->key, head->version, head->at, head->due, head->codec, state, head->policy,
                          head->kind, head->customer, head->handler, head->unit, head->level, head->open);
}

static void
say_heads (Player *player, const GArray *heads)
{
  for (guint i = 0; i < heads->len; i++)
    say_head (player, &g_array_index (heads, CsvcHead, i));
}

static gboolean
say_entry (const CsvcEntry *entry, gpointer data)
{
  Player *player = data;

  g_string_append_printf (player->said, "  entry %" G_GINT64_FORMAT ".%u %d %s v%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s\n",
                          entry->batch, entry->index, entry->stream_type, entry->stream_key, entry->version, entry->at,
                          (const char *) g_bytes_get_data (entry->data, NULL));
  return TRUE;
}

/* ---- Playing ---- */

static void
vary (Player *player, CsvcDraft *draft)
{
  g_autofree char *state = g_strdup_printf ("state %u", g_rand_int_range (player->random, 0, 1000));
  int n_promises = g_rand_int_range (player->random, 0, 3);

  csvc_draft_set_state (draft, state);
  draft->head.due = chance (player, 30) ? CSVC_NEVER : any_time (player);
  draft->head.turn = g_rand_int_range (player->random, 0, 3);
  draft->head.level = g_rand_int_range (player->random, 0, 3);
  if (chance (player, 30))
    csvc_draft_set_text (&draft->head.handler, any_word (player));
  if (chance (player, 10))
    csvc_draft_set_text (&draft->head.customer, any_word (player));
  if (chance (player, 10))
    draft->head.open = !draft->head.open;
  if (chance (player, 30))
    csvc_draft_set_text (&draft->head.unit, any_word (player));
  if (chance (player, 40))
    csvc_draft_set_command (draft, g_rand_int_range (player->random, 1, 8), 1);
  if (chance (player, 30))
    csvc_draft_add_entry (draft);
  for (int i = 0; i < n_promises; i++)
    csvc_draft_add_promise (draft, i > 0 ? "reply" : "handle", g_rand_int_range (player->random, 1, 3), any_time (player));
  if (n_promises > 0 && chance (player, 20))
    draft->promises[0].due = CSVC_NEVER;
  for (guint i = 0; i < draft->n_entries; i++)
    draft->entries[i].data = g_bytes_new (state, strlen (state) + 1);
}

static gboolean
put_varied (Player *player, CsvcTx *tx, CsvcDraft *draft)
{
  g_autoptr (GError) error = NULL;
  gboolean ok;

  vary (player, draft);
  ok = csvc_draft_put (draft, tx, &error);
  say_outcome (player, "put", ok, error);
  say_head (player, &draft->head);
  return ok;
}

static gboolean
play_new (Player *player, CsvcTx *tx)
{
  g_autofree char *key = any_key (player);
  g_auto (CsvcDraft) draft = chance (player, 20) ? csvc_draft_new_customer (key) : csvc_draft_new (key);

  return put_varied (player, tx, &draft);
}

static gboolean
play_change (Player *player, CsvcTx *tx)
{
  g_autofree char *key = any_key (player);
  g_auto (CsvcHead) head = { 0 };
  gboolean stale = chance (player, 5);

  if (!_csvc_tx_load (tx, CSVC_STREAM_CASE, key, &head, NULL))
    return FALSE;
  say_head (player, &head);
  if (head.id == 0)
    return TRUE;
  {
    g_auto (CsvcDraft) draft = csvc_draft_of (&head);

    if (stale && head.version > 1)
      draft.base_version--;
    return put_varied (player, tx, &draft);
  }
}

static gboolean
play_find (Player *player, CsvcTx *tx)
{
  static const char *const texts[] = { "complaint", "agent", "manager", "east", "客户" };
  const CsvcFind what = { .index = g_rand_int_range (player->random, 0, 4), .type = chance (player, 80) ? CSVC_STREAM_CASE : CSVC_STREAM_CUSTOMER,
                          .text = texts[g_rand_int_range (player->random, 0, G_N_ELEMENTS (texts))], .open_only = chance (player, 50),
                          .after = g_rand_int_range (player->random, 0, 10), .limit = g_rand_int_range (player->random, 1, 20) };
  g_autoptr (GArray) heads = _csvc_heads_new ();
  gboolean ok = _csvc_tx_find (tx, &what, heads, NULL);

  say_outcome (player, "find", ok, NULL);
  say_heads (player, heads);
  return ok;
}

static gboolean
play_find_promises (Player *player, CsvcTx *tx)
{
  CsvcFindPromises what = { .from = any_time (player), .to = any_time (player) + 20, .handler = any_word (player),
                            .unit = any_word (player), .level = g_rand_int_range (player->random, 0, 3), .limit = 10,
                            .after = g_rand_int_range (player->random, 0, 3) };
  g_autoptr (GArray) promises = _csvc_promises_new ();
  gboolean ok = _csvc_tx_find_promises (tx, &what, promises, NULL);

  say_outcome (player, "find promises", ok, NULL);
  for (guint i = 0; i < promises->len; i++)
    {
      const CsvcPromise *p = &g_array_index (promises, CsvcPromise, i);

      g_string_append_printf (player->said, "  %s %s %s %s %u %s/%u %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", p->stream_key,
                              p->kind, p->handler, p->unit, p->level, p->clock, p->cycle, p->state, p->due, p->projected);
    }
  return ok;
}

static gboolean
play_claim (Player *player, CsvcTx *tx)
{
  g_autoptr (GArray) heads = _csvc_heads_new ();
  CsvcTime next = 0;
  gboolean ok = _csvc_tx_claim (tx, any_time (player), g_rand_int_range (player->random, 0, 6), heads, &next, NULL);

  say_outcome (player, "claim", ok, NULL);
  say_heads (player, heads);
  g_string_append_printf (player->said, "  next %" G_GINT64_FORMAT "\n", next);
  for (guint i = 0; ok && i < heads->len; i++)
    {
      g_auto (CsvcDraft) draft = csvc_draft_of (&g_array_index (heads, CsvcHead, i));

      ok = put_varied (player, tx, &draft);
    }
  return ok;
}

static gboolean
play_find_command (Player *player, CsvcTx *tx)
{
  guint8 key[16], digest[16] = { 0 };
  gint64 version = -1;
  gboolean ok;

  csvc_command_key (g_rand_int_range (player->random, 1, 8), key);
  ok = _csvc_tx_find_command (tx, g_rand_int_range (player->random, 1, N_KEYS), key, &version, digest, NULL);
  g_string_append_printf (player->said, "command %d %" G_GINT64_FORMAT " %d\n", ok, version, digest[0]);
  return ok;
}

static gboolean
play_document (Player *player, CsvcTx *tx)
{
  g_autofree char *hash = g_strdup_printf ("%d", g_rand_int_range (player->random, 0, 9));
  g_autoptr (GBytes) content = g_bytes_new (hash, strlen (hash));
  g_autoptr (GBytes) found = NULL;
  gboolean ok = _csvc_tx_get_document (tx, hash, &found, NULL);

  g_string_append_printf (player->said, "document %d %d\n", ok, found != NULL);
  return ok && (chance (player, 50) || _csvc_tx_put_document (tx, "policy", "p", hash, content, NULL));
}

static void
play_transaction (Player *player)
{
  static gboolean (*const plays[]) (Player *player, CsvcTx *tx) = { play_new, play_new, play_change, play_change, play_change, play_find,
                                                                    play_find_promises, play_claim, play_find_command, play_document };
  g_autoptr (GError) error = NULL;
  CsvcTx *tx = _csvc_store_begin (player->store, CSVC_TX_WRITE, &error);
  int n = g_rand_int_range (player->random, 1, 6);
  gboolean ok = TRUE, commit = chance (player, 85);

  csvc_assert_no_error (error);
  for (int i = 0; i < n && ok; i++)
    ok = plays[g_rand_int_range (player->random, 0, G_N_ELEMENTS (plays))] (player, tx);
  ok = _csvc_tx_end (tx, commit, &error);
  say_outcome (player, commit ? "commit" : "roll back", ok, error);
}

static void
play (Player *player, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      play_transaction (player);
      if (chance (player, 5))
        _csvc_store_scan (player->store, g_rand_int_range (player->random, 0, N_KEYS), g_rand_int_range (player->random, 0, 50),
                          g_rand_int_range (player->random, 0, 3), say_entry, player, NULL);
    }
  _csvc_store_scan (player->store, 0, 0, 0, say_entry, player, NULL);
}

/* ---- Comparing ---- */

static void
assert_same_answers (const char *a, const char *b, guint32 seed)
{
  g_auto (GStrv) x = g_strsplit (a, "\n", -1);
  g_auto (GStrv) y = g_strsplit (b, "\n", -1);
  guint i = 0;

  while (x[i] != NULL && y[i] != NULL && g_str_equal (x[i], y[i]))
    i++;
  CSVC_ASSERT_TRUE (x[i] == NULL && y[i] == NULL, "seed %u, answer %u:\n  memory: %s\n  sqlite: %s", seed, i,
                    x[i] != NULL ? x[i] : "(end)", y[i] != NULL ? y[i] : "(end)");
}

typedef struct {
  sqlite3_stmt *batches; /* of the file */
  CsvcChain     chain;   /* of the memory store's entries */
  guint         n_wrong;
} Comparison;

static void
compare_batch (Comparison *comparison)
{
  guint8 hash[32];

  _csvc_chain_hash (&comparison->chain, hash);
  if (sqlite3_step (comparison->batches) != SQLITE_ROW
      || sqlite3_column_int64 (comparison->batches, 0) != comparison->chain.n + 1
      || sqlite3_column_int64 (comparison->batches, 1) != comparison->chain.digests->len
      || sqlite3_column_bytes (comparison->batches, 2) != 32
      || memcmp (sqlite3_column_blob (comparison->batches, 2), hash, 32) != 0)
    comparison->n_wrong++;
  _csvc_chain_advance (&comparison->chain, hash);
}

static gboolean
compare_entry (const CsvcEntry *entry, gpointer data)
{
  Comparison *comparison = data;

  if (entry->batch > comparison->chain.n + 1)
    compare_batch (comparison);
  _csvc_chain_add (&comparison->chain, entry, entry->stream_type, entry->stream_key);
  return TRUE;
}

static void
assert_same_hashes (CsvcStore *memory, const char *path)
{
  Comparison comparison = { 0 };
  sqlite3 *db = NULL;

  CSVC_ASSERT_INT (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
  CSVC_ASSERT_INT (sqlite3_prepare_v2 (db, "SELECT n, entries, hash FROM batch ORDER BY n", -1, &comparison.batches, NULL), SQLITE_OK);
  _csvc_chain_init (&comparison.chain);
  CU_ASSERT_TRUE (_csvc_store_scan (memory, 0, 0, 0, compare_entry, &comparison, NULL));
  compare_batch (&comparison);
  CSVC_ASSERT_INT (sqlite3_step (comparison.batches), SQLITE_DONE);
  CSVC_ASSERT_UINT (comparison.n_wrong, 0);
  CSVC_ASSERT_TRUE (comparison.chain.n > 20, "only %d batches", (int) comparison.chain.n);
  _csvc_chain_clear (&comparison.chain);
  sqlite3_finalize (comparison.batches);
  sqlite3_close (db);
}

static void
assert_verifies_alike (CsvcStore *a, CsvcStore *b)
{
  g_autoptr (GError) error = NULL;
  gint64 n[2] = { 0, 0 }, m[2] = { 1, 1 };

  CU_ASSERT_TRUE (_csvc_store_verify (a, &n[0], &n[1], &error));
  csvc_assert_no_error (error);
  CU_ASSERT_TRUE (_csvc_store_verify (b, &m[0], &m[1], &error));
  csvc_assert_no_error (error);
  CSVC_ASSERT_INT (n[0], m[0]);
  CSVC_ASSERT_INT (n[1], m[1]);
}

static void
play_both (guint32 seed)
{
  g_autofree char *name = g_strdup_printf ("diff-%u.db", seed);
  const char *path = csvc_test_path (name);
  g_autofree char *uri = g_strdup_printf ("sqlite:%s?sync=normal", path);
  g_autoptr (CsvcStore) memory = csvc_store_open ("memory:", NULL);
  g_autoptr (CsvcStore) sqlite = csvc_store_open (uri, NULL);
  Player a = { memory, g_rand_new_with_seed (seed), g_string_new (NULL) };
  Player b = { sqlite, g_rand_new_with_seed (seed), g_string_new (NULL) };

  play (&a, 150);
  play (&b, 150);
  assert_same_answers (a.said->str, b.said->str, seed);
  assert_verifies_alike (memory, sqlite);
  assert_same_hashes (memory, path);
  g_rand_free (a.random);
  g_rand_free (b.random);
  g_string_free (a.said, TRUE);
  g_string_free (b.said, TRUE);
}

static void
answers_alike (void)
{
  GRand *random = csvc_test_random (1);
  guint rounds = 4 * csvc_test_scale ();

  for (guint i = 0; i < rounds; i++)
    play_both (g_rand_int (random));
}
