-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Cases that live in a store: commands, lists, journal, transactions, listeners.

local csvc = require "csvc"
local t = require "tap"

local policy, at = t.desk ()
local hour = csvc.hour

local function stamp (after, more)
  local made = more or {}
  made.at, made.role = at + after, "agent"
  return made
end

local function fill (engine, n)
  for i = 1, n do
    assert (engine:open ("complaint", "C-" .. i, { at = at, customer = "K-" .. i % 3, facts = { window = "hall" } }))
  end
end

local function each_store (f)
  f "memory:"
  f ("sqlite:" .. t.temporary ".db")
end

t.case ("commands and answers", function ()
  each_store (function (uri)
    local store <close> = csvc.store (uri)
    local engine <close> = csvc.engine (store, policy)
    t.ok (engine.policy == policy)
    t.ok (engine.store == store)
    t.equal (store.uri ~= nil, true)
    local ok, answer, effects = engine:open ("complaint", "C-1", { at = at, customer = "K-7", key = "form-1", facts = { window = "hotline" } })
    t.equal (ok, true)
    t.equal (answer, "accepted")
    t.equal (effects[1].type, "opened")
    -- The same again: done once, answered twice.
    local again, _, same = engine:open ("complaint", "C-1", { at = at, customer = "K-7", key = "form-1", facts = { window = "hotline" } })
    t.equal (again, true)
    t.same (same, effects)
    t.raises ("exists", nil, engine.open, engine, "complaint", "C-1", { at = at, facts = { window = "hall" } })
    ok, answer = engine:fire ("C-1", "replied", { at = at + hour })
    t.equal (ok, false)
    t.equal (answer, "refused-role")
    t.equal (engine:explain_refusal ("C-1", "replied", { at = at + hour }).answer, "refused-role")
    t.equal (engine:explain_refusal ("C-1", "replied", stamp (hour)), nil)
    ok, answer = engine:fire ("C-1", "replied", stamp (hour))
    t.equal (ok, true)
    t.equal (answer, "accepted")
    t.raises ("not-found", "C-2", engine.fire, engine, "C-2", "replied", stamp (hour))
    t.raises ("not-found", nil, engine.case, engine, "C-2")
    t.raises ("not-found", nil, engine.customer, engine, "K-none")
    t.equal (engine:case "C-1".cycles[1].verdict, "met")
    t.equal (engine:case "C-1".customer, "K-7")
    local streams, entries = engine:verify ()
    t.ok (streams >= 1 and entries >= 2)
  end)
end)

t.case ("wakes and sweeps", function ()
  each_store (function (uri)
    local engine <close> = csvc.engine (uri, policy)
    t.equal (engine:next_wake (), nil)
    fill (engine, 3)
    local wake = engine:next_wake ()
    t.equal (math.type (wake), "integer")
    t.equal ((engine:advance (wake - 1)), 0)
    local n, effects = engine:advance (wake, 1)
    t.equal (n, 1)
    t.ok (#effects >= 1)
    n = engine:advance (at + 30 * csvc.day)
    t.ok (n > 3)
    t.equal (engine:next_wake (), nil)
    t.equal (engine:case "C-3".cycles[1].verdict, "missed")
    local other <close> = csvc.engine ("memory:", policy)
    fill (other, 1)
    t.ok (#other:advance_case ("C-1", at + 6 * hour) > 0)
    t.raises ("not-found", nil, other.advance_case, other, "nix", at)
  end)
end)

t.case ("what is due, and which cases there are", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  fill (engine, 25)
  engine:fire ("C-7", "solved", stamp (hour))
  local due = engine:due ()
  t.equal (#due, 48)
  t.equal (due[1].clock, "reply")
  t.equal (due[1].case, "C-1")
  t.equal (due[1].kind, "complaint")
  t.equal (due[1].state, "running")
  t.equal (due[1].due, due[1].projected)
  t.equal (due[1].cycle, 1)
  t.equal (#engine:due { limit = 5 }, 5)
  t.equal (#engine:due { limit = 100, skip = 40 }, 8)
  t.equal (#engine:due { to = at }, 0)
  t.equal (#engine:due { kind = "nix" }, 0)
  local n = 0
  for item in engine:each_due { limit = 7 } do
    n = n + 1
    t.equal (item.case, (due[n]).case)
  end
  t.equal (n, 48)
  local cases, after = engine:cases { limit = 10 }
  t.equal (#cases, 10)
  t.equal (cases[1].id, "C-1")
  t.equal (cases[1].open, true)
  t.equal (cases[1].customer, "K-1")
  t.equal (math.type (after), "integer")
  t.equal (engine:cases { limit = 10, after = after }[1].id, "C-11")
  t.equal (select (2, engine:cases { limit = 100 }), nil)
  t.equal (#engine:cases { open_only = true }, 24)
  t.equal (#engine:cases { customer = "K-0" }, 8)
  n = 0
  for item in engine:each_case { limit = 4 } do
    n = n + 1
    t.equal (item.id, "C-" .. n)
  end
  t.equal (n, 25)
  for _ in engine:each_case { kind = "nix" } do error "none" end
  t.raises ("argument", "limit", engine.due, engine, { limit = 0 })
  t.raises ("argument", "known", engine.due, engine, { limits = 1 })
  t.raises ("argument", "known", engine.cases, engine, { [1] = 1 })
  t.raises ("argument", "boolean expected", engine.cases, engine, { open_only = 1 })
  t.raises ("argument", "table", engine.cases, engine, 5)
  t.raises ("argument", nil, engine.cases, engine, { after = -1 })
end)

t.case ("the journal is followed", function ()
  each_store (function (uri)
    local engine <close> = csvc.engine (uri, policy)
    fill (engine, 3)
    engine:fire ("C-1", "replied", { at = at + hour, role = "agent", actor = "ann", key = "k", reason = "why", unit = "u" })
    engine:advance (at + 6 * hour)
    local entries = engine:follow ()
    t.ok (#entries >= 5)
    t.equal (entries[1].command, "open")
    t.equal (entries[1].stream, "C-1")
    t.equal (entries[1].version, 1)
    t.equal (entries[1].name, "complaint")
    t.same (entries[1].params, { window = "hall" })
    t.equal (entries[1].effects[1].type, "opened")
    t.equal (entries[1].policy, policy.hash)
    t.equal (entries[4].command, "fire")
    t.equal (entries[4].name, "replied")
    t.equal (entries[4].actor, "ann")
    t.equal (entries[4].reason, "why")
    t.equal (entries[4].at, at + hour)
    t.equal (entries[4].of_customer, false)
    t.equal (#engine:follow (entries[3].id), #entries - 3)
    t.equal (#engine:follow (nil, 2), 2)
    t.equal (#engine:follow (entries[#entries].id), 0)
    t.equal (engine:follow_case "C-2" [1].stream, "C-2")
    t.ok (engine:journal_json (nil, 1)[1]:find '"C-1"', nil)
    local n = 0
    for entry in engine:journal () do
      n = n + 1
      t.equal (entry.id, entries[n].id)
    end
    t.equal (n, #entries)
    t.raises ("syntax", nil, engine.follow, engine, "nix")
    t.raises ("argument", nil, engine.follow, engine, 12)
  end)
end)

t.case ("customers of the store", function ()
  local telecom = csvc.load (t.source .. "/data/policies/telecom.xml")
  local engine <close> = csvc.engine ("memory:", telecom)
  local fact = telecom.customer_facts[1]
  local ok, answer, effects = engine:put ("K-1", {}, at)
  t.equal (ok, true)
  t.equal (answer, "accepted")
  t.equal (type (effects), "table")
  if fact and fact.type == "enum" then
    engine:put ("K-1", { [fact.id] = fact.words[1] }, at)
    t.equal (engine:customer "K-1":fact (fact.id), fact.words[1])
  end
  t.equal (engine:customer "K-1".id, "K-1")
end)

t.case ("transactions stand or fall together", function ()
  each_store (function (uri)
    local engine <close> = csvc.engine (uri, policy)
    do
      local tx <close> = engine:transaction ()
      t.equal (engine.in_transaction, true)
      fill (engine, 2)
      tx:commit ()
      t.raises ("closed", "has ended", tx.commit, tx)
    end
    t.equal (engine.in_transaction, false)
    t.equal (#engine:cases (), 2)
    do
      local tx <close> = engine:transaction ()
      engine:fire ("C-1", "solved", stamp (hour))
      t.equal (engine:case "C-1".ended, true)
    end
    t.equal (engine:case "C-1".ended, false)
    local kept = engine:transaction (function (e)
      t.ok (e == engine)
      e:fire ("C-1", "solved", stamp (hour))
      return "result"
    end)
    t.equal (kept, "result")
    t.equal (engine:case "C-1".ended, true)
    local value = {}
    local ok, e = pcall (engine.transaction, engine, function (self)
      self:fire ("C-2", "solved", stamp (hour))
      error (value)
    end)
    t.equal (ok, false)
    t.ok (e == value, "the very value")
    t.equal (engine:case "C-2".ended, false)
    engine:begin ()
    t.raises (nil, "transaction", engine.begin, engine)
    t.raises ("in-use", nil, engine.open_many, engine, {})
    t.raises (nil, "transaction", engine.verify, engine)
    engine:rollback ()
    engine:rollback ()
    t.raises ("invalid", nil, engine.commit, engine)
    -- Another engine on the same store would wait for itself.
    local other <close> = csvc.engine (engine.store, policy)
    engine:begin ()
    t.raises ("in-use", nil, other.begin, other)
    t.raises ("in-use", nil, other.fire, other, "C-2", "solved", stamp (hour))
    engine:commit ()
    t.equal ((other:fire ("C-2", "solved", stamp (hour))), true)
  end)
end)

t.case ("listeners hear what was committed", function ()
  each_store (function (uri)
    local engine <close> = csvc.engine (uri, policy)
    fill (engine, 1)
    local heard = {}
    local stop = engine:listen (function (entry, who)
      t.ok (who == engine)
      heard[#heard + 1] = entry.command .. " " .. entry.stream
    end)
    engine:open ("complaint", "D-1", { at = at, facts = { window = "hall" } })
    t.same (heard, { "open D-1" })
    engine:fire ("D-1", "replied", { at = at })
    t.equal (#heard, 1, "a refusal leaves no trace")
    engine:begin ()
    engine:fire ("D-1", "replied", stamp (hour))
    t.equal (#heard, 1, "not yet")
    engine:commit ()
    t.same (heard, { "open D-1", "fire D-1" })
    engine:begin ()
    engine:fire ("D-1", "solved", stamp (hour))
    engine:rollback ()
    t.equal (#heard, 2)
    engine:advance (at + 6 * hour)
    t.ok (#heard > 2)
    local n = #heard
    stop ()
    stop ()
    engine:fire ("D-1", "solved", stamp (7 * hour))
    t.equal (#heard, n)
    local all = {}
    engine:listen (function (entry) all[#all + 1] = entry.id end, nil)
    engine:open_many { { kind = "complaint", id = "E-1", at = at, facts = { window = "hall" } } }
    t.equal (#all, 1)
  end)
end)

t.case ("from an entry on", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  fill (engine, 4)
  local ids, heard = engine:follow (), {}
  engine:listen (function (entry) heard[#heard + 1] = entry.stream end, ids[2].id)
  engine:fire ("C-1", "replied", stamp (hour))
  t.same (heard, { "C-3", "C-4", "C-1" })
  t.raises ("argument", "listener", engine.listen, engine, 5)
  t.raises ("argument", "listener", engine.listen, engine, nil)
  t.raises ("argument", "listener", engine.listen, engine, io.stdout)
end)

t.case ("what a listener raises comes through, and the command stands", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  local value, calls = { "mine" }, 0
  engine:listen (function () calls = calls + 1; error (value) end)
  local ok, e = pcall (engine.open, engine, "complaint", "C-1", { at = at, facts = { window = "hall" } })
  t.equal (ok, false)
  t.ok (e == value)
  t.equal (engine:case "C-1".id, "C-1")
  t.equal (calls, 1)
  pcall (engine.fire, engine, "C-1", "replied", stamp (hour))
  t.equal (calls, 2, "each entry once")
end)

t.case ("listeners may use the engine, and what that does is told too", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  local heard = {}
  engine:listen (function (entry, self)
    heard[#heard + 1] = entry.name
    if entry.command == "open" then self:fire (entry.stream, "replied", stamp (hour)) end
  end)
  engine:open ("complaint", "C-1", { at = at, facts = { window = "hall" } })
  t.same (heard, { "complaint", "replied" })
  -- But not close it: it is in use.
  engine:listen (function (_, self) self:close () end)
  t.raises ("in-use", "closes it", engine.fire, engine, "C-1", "solved", stamp (2 * hour))
  t.equal (engine:case "C-1".ended, true, "the command stands")
end)

t.case ("listeners and coroutines", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  local heard = 0
  local registered = coroutine.wrap (function () engine:listen (function () heard = heard + 1 end) end)
  registered ()
  registered = nil
  collectgarbage ()
  coroutine.wrap (function () fill (engine, 2) end) ()
  t.equal (heard, 2)
end)

t.case ("several engines share a store", function ()
  local store = csvc.store "memory:"
  local a, b = csvc.engine (store, policy), csvc.engine (store)
  fill (a, 1)
  t.equal ((b:fire ("C-1", "replied", stamp (hour))), true)
  t.raises ("invalid", nil, b.open, b, "complaint", "C-2", at)
  t.equal (b.policy, nil)
  store:close ()
  t.equal ((a:fire ("C-1", "solved", stamp (hour))), true, "engines hold the store")
end)

t.case ("closing", function ()
  local engine = csvc.engine ("memory:", policy)
  local tx = engine:transaction ()
  engine:close ()
  engine:close ()
  t.raises ("closed", "csvc.Engine is closed", engine.case, engine, "C")
  t.raises ("closed", nil, function () return engine.policy end)
  t.raises ("closed", nil, engine.begin, engine)
  t.raises ("closed", nil, engine.listen, engine, print)
  tx:rollback ()
  t.equal (tostring (engine), "csvc.Engine (closed)")
  local store = csvc.store "memory:"
  store:close ()
  t.equal (tostring (store), "csvc.Store (closed)")
  t.raises ("closed", nil, csvc.engine, store, policy)
  t.ok (engine ~= store and engine ~= csvc.engine ("memory:", policy))
end)

t.case ("cases that follow others, and that are ended from outside", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  engine:open ("complaint", "C-1", { at = at, customer = "K-1", facts = { window = "hall" } })
  local ok, answer, effects = engine:open ("complaint", "C-2", { at = at + hour, customer = "K-1", earlier = "C-1", facts = { window = "hall" } })
  t.equal (ok, true)
  t.equal (answer, "accepted")
  local linked
  for _, effect in ipairs (effects) do
    if effect.type == "linked" then linked = effect end
  end
  t.equal (linked and linked.case, "C-1")
  t.raises ("not-found", "C-9", engine.open, engine, "complaint", "C-3", { at = at + hour, customer = "K-1", earlier = "C-9", facts = { window = "hall" } })
  t.raises ("argument", "string expected", engine.open, engine, "complaint", "C-3", { at = at, earlier = 5 })
  ok, answer = engine:finish ("C-2", "merged", { at = at + 2 * hour, role = "agent" })
  t.equal (ok, true)
  t.equal (answer, "accepted")
  t.equal (engine:case "C-2".ended, true)
  t.raises ("not-found", nil, engine.finish, engine, "C-9", "merged", at)
end)

t.case ("stores that cannot be opened", function ()
  t.raises ("invalid", nil, csvc.store, "mongo:db")
  t.raises ("io", nil, csvc.store, "sqlite:/nix/there/is/none.db")
  local path = t.temporary ".db"
  local file = assert (io.open (path, "w"))
  file:write (("this is no database"):rep (500))
  file:close ()
  t.raises ("corrupt", nil, csvc.store, "sqlite:" .. path)
  t.raises ("argument", "csvc.Store expected", csvc.engine, 5, policy)
  t.raises ("argument", "csvc.Policy expected", csvc.engine, "memory:", 5)
end)

t.case ("a case is written down as a scenario", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  fill (engine, 1)
  engine:fire ("C-1", "replied", stamp (hour))
  local text = engine:record ("desk.xml", "C-1")
  t.ok (text:find "policy desk.xml", nil)
  t.raises ("not-found", nil, engine.record, engine, "desk.xml", "C-9")
end)

t.finish ()
