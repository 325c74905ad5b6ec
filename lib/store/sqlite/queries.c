/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every statement that the store runs. Static texts, bound values.
 *
 * An entry's place is batch * 2^20 + its index in the batch: the rowid, so that the journal is appended to and read in order. */

#include "config.h"

#include "store/sqlite/connection.h"

#define HEAD "id, type, key, version, at, due, codec, state, policy, kind, customer, handler, unit, level, open"
#define ENTRY "e.place, e.stream, e.version, e.at, e.recorded_at, e.type, e.codec, e.command, e.command_digest, e.data, s.type, s.key"

/* Indexes hold (text, open, id): for open and closed ones alike, two ordered runs are merged. */
#define FIND_OPEN(where) "SELECT " HEAD " FROM stream WHERE " where " AND open = 1 AND id > ?2 ORDER BY id LIMIT ?3"
#define FIND_BOTH(where) \
  "SELECT " HEAD " FROM stream WHERE " where " AND open = 0 AND id > ?2 UNION ALL " \
  "SELECT " HEAD " FROM stream WHERE " where " AND open = 1 AND id > ?2 ORDER BY id LIMIT ?3"

static const char *const texts[CSVC_N_QUERIES] = {
  [QUERY_BEGIN_READ] = "BEGIN",
  [QUERY_BEGIN_WRITE] = "BEGIN IMMEDIATE",
  [QUERY_COMMIT] = "COMMIT",
  [QUERY_ROLLBACK] = "ROLLBACK",
  /* Changes nothing, but makes the commit write a page: see fence() in sqlite.c. */
  [QUERY_TOUCH] = "PRAGMA user_version = 2",

  [QUERY_LOAD] = "SELECT " HEAD " FROM stream WHERE type = ?1 AND key = ?2",
  [QUERY_FIND_COMMAND] = "SELECT version, command_digest FROM entry WHERE stream = ?1 AND command = ?2",

  [QUERY_FIND_ALL] = FIND_BOTH ("type = ?1"),
  [QUERY_FIND_ALL_OPEN] = FIND_OPEN ("type = ?1"),
  [QUERY_FIND_CUSTOMER] = FIND_BOTH ("type = 1 AND customer = ?1"),
  [QUERY_FIND_CUSTOMER_OPEN] = FIND_OPEN ("type = 1 AND customer = ?1"),
  [QUERY_FIND_KIND] = FIND_BOTH ("type = 1 AND kind = ?1"),
  [QUERY_FIND_KIND_OPEN] = FIND_OPEN ("type = 1 AND kind = ?1"),
  [QUERY_FIND_HANDLER] = FIND_BOTH ("type = 1 AND handler = ?1"),
  [QUERY_FIND_HANDLER_OPEN] = FIND_OPEN ("type = 1 AND handler = ?1"),

  /* CROSS JOIN keeps the order of the loops: by the index on projected. */
  [QUERY_FIND_PROMISES] =
    "SELECT s.key, s.kind, s.handler, s.unit, s.level, p.clock, p.cycle, p.state, p.due, p.projected "
    "FROM promise p CROSS JOIN stream s ON s.id = p.stream "
    "WHERE p.projected >= ?1 AND p.projected < ?2 AND (?3 IS NULL OR s.kind = ?3) AND (?4 IS NULL OR s.handler = ?4) "
    "AND (?5 IS NULL OR s.unit = ?5) AND (?6 = 0 OR s.level = ?6) "
    "ORDER BY p.projected, s.key, p.clock, p.cycle LIMIT ?7 OFFSET ?8",

  [QUERY_CLAIM] = "SELECT " HEAD " FROM stream WHERE due < ?1 ORDER BY due, turn, key, type LIMIT ?2",
  /* As many as were claimed are left out: they are the first in the same order. */
  [QUERY_NEXT_DUE] = "SELECT due FROM stream WHERE due IS NOT NULL ORDER BY due, turn, key, type LIMIT 1 OFFSET ?1",

  [QUERY_OLD_HEAD] = "SELECT id, version, due, turn, kind, customer, handler, open FROM stream WHERE type = ?1 AND key = ?2",
  /* One numbering of parameters for these four; the shorter ones stop earlier. Columns that stand in an index are left out
   * when they stay as they are: SQLite would rewrite the index. */
  [QUERY_INSERT_HEAD] =
    "INSERT INTO stream (id, version, at, codec, state, policy, unit, level, digest, due, turn, kind, customer, handler, open, type, "
    "key) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
  [QUERY_UPDATE_STATE] =
    "UPDATE stream SET version = ?2, at = ?3, codec = ?4, state = ?5, policy = ?6, unit = ?7, level = ?8, digest = ?9 WHERE id = ?1",
  [QUERY_UPDATE_DUE] =
    "UPDATE stream SET version = ?2, at = ?3, codec = ?4, state = ?5, policy = ?6, unit = ?7, level = ?8, digest = ?9, due = ?10, "
    "turn = ?11 WHERE id = ?1",
  [QUERY_UPDATE_HEAD] =
    "UPDATE stream SET version = ?2, at = ?3, codec = ?4, state = ?5, policy = ?6, unit = ?7, level = ?8, digest = ?9, due = ?10, "
    "turn = ?11, kind = ?12, customer = ?13, handler = ?14, open = ?15 WHERE id = ?1",

  [QUERY_OLD_PROMISES] = "SELECT clock, cycle, state, due, projected FROM promise WHERE stream = ?1 ORDER BY clock, cycle",
  [QUERY_DELETE_PROMISES] = "DELETE FROM promise WHERE stream = ?1",
  [QUERY_INSERT_PROMISE] = "INSERT INTO promise (stream, clock, cycle, state, due, projected) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
  [QUERY_INSERT_ENTRY] =
    "INSERT INTO entry (place, stream, version, at, recorded_at, type, codec, command, command_digest, data) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
  [QUERY_INSERT_BATCH] = "INSERT INTO batch (n, entries, hash) VALUES (?1, ?2, ?3)",
  [QUERY_LAST_BATCH] = "SELECT n, hash FROM batch ORDER BY n DESC LIMIT 1",

  [QUERY_SCAN] = "SELECT " ENTRY " FROM entry e CROSS JOIN stream s ON s.id = e.stream WHERE e.place > ?1 ORDER BY e.place LIMIT ?2",
  [QUERY_SCAN_STREAM] =
    "SELECT " ENTRY " FROM entry e INDEXED BY entry_version CROSS JOIN stream s ON s.id = e.stream "
    "WHERE e.stream = ?3 AND e.place > ?1 ORDER BY e.version LIMIT ?2",

  [QUERY_LIST_COLUMNS] = "SELECT n, name, type FROM fact_column ORDER BY n",
  [QUERY_INSERT_COLUMN] = "INSERT INTO fact_column (n, name, type) VALUES (?1, ?2, ?3)",
  [QUERY_PUT_FACTS] =
    "INSERT OR REPLACE INTO fact (place, stale, key, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, "
    "c14, c15, c16, c17, c18, c19, c20, c21, c22, c23, c24, c25, c26, c27, c28, c29, c30, c31, c32, c33, c34, c35, "
    "c36, c37, c38, c39, c40, c41, c42, c43, c44, c45, c46, c47, c48, c49, c50, c51, c52, c53, c54, c55, c56, c57, "
    "c58, c59, c60, c61, c62, c63) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, "
    "?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, "
    "?39, ?40, ?41, ?42, ?43, ?44, ?45, ?46, ?47, ?48, ?49, ?50, ?51, ?52, ?53, ?54, ?55, ?56, ?57, ?58, ?59, ?60, "
    "?61, ?62, ?63, ?64, ?65, ?66, ?67)",
  [QUERY_DELETE_FACTS] = "DELETE FROM fact WHERE place = ?1",
  [QUERY_SCAN_STATES] = "SELECT id, key, state FROM stream WHERE type = 2 AND id >= ?1 ORDER BY id",

  [QUERY_FIND_PERSONAL] = 
    "SELECT field, at, digest, salt, value FROM personal WHERE type = ?1 AND key = ?2 AND erased = 0 ORDER BY field, digest",
  [QUERY_ADD_PERSONAL] = 
    "INSERT INTO personal (erased, type, key, field, digest, at, salt, value) VALUES (0, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
  /* In its place and of the same size: see personal.c. */
  [QUERY_ERASE_PERSONAL] =
    "UPDATE personal SET erased = 1, salt = zeroblob (length (salt)), value = zeroblob (length (value)) "
    "WHERE type = ?1 AND key = ?2 AND (?3 IS NULL OR field = ?3) AND erased = 0",

  [QUERY_PUT_DOCUMENT] = "INSERT OR IGNORE INTO document (hash, type, name, digest, content) VALUES (?1, ?2, ?3, ?4, ?5)",
  [QUERY_GET_DOCUMENT] = "SELECT content, digest FROM document WHERE hash = ?1",

  [QUERY_VERIFY_STRUCTURE] = "PRAGMA integrity_check (1)",
  [QUERY_VERIFY_BATCHES] = "SELECT n, entries, hash FROM batch ORDER BY n",
  [QUERY_VERIFY_ENTRIES] = "SELECT " ENTRY " FROM entry e LEFT JOIN stream s ON s.id = e.stream ORDER BY e.place",
  [QUERY_VERIFY_HEADS] =
    "SELECT " HEAD ", digest, (SELECT count(*) FROM entry e WHERE e.stream = stream.id), "
    "(SELECT max(version) FROM entry e WHERE e.stream = stream.id) FROM stream ORDER BY id",
  [QUERY_VERIFY_ORPHANS] = "SELECT stream FROM promise WHERE stream NOT IN (SELECT id FROM stream) LIMIT 1",
  [QUERY_VERIFY_DOCUMENTS] = "SELECT content, digest, hash FROM document",
  [QUERY_VERIFY_FACTS] =
    "SELECT s.id FROM stream s LEFT JOIN fact f ON f.place = s.id WHERE s.type = 2 AND (f.key IS NULL OR f.key <> s.key) UNION ALL "
    "SELECT place & 0xffffffffffff FROM fact WHERE place & 0xffffffffffff NOT IN (SELECT id FROM stream WHERE type = 2) LIMIT 1",
};

const char *
_csvc_sqlite_query_text (CsvcQuery query)
{
  return texts[query];
}
