-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Targets: shares of customers, recounted by an engine and followed in the journal.

local core = require "csvc.core"
local csvc = require "csvc"
local t = require "tap"

local day = csvc.day
local begin, snapshot = csvc.time "2026-03-01T00:00:00Z", csvc.time "2026-03-10T00:00:00+08:00"

local care = [[<policy xmlns="urn:csvc:policy:1" id="care" version="1" zone="Asia/Shanghai" lang="zh">
  <customer>
    <fact id="arpu" type="number"/><fact id="left" type="boolean"/><fact id="phone" type="string" pii="true"/><fact id="until" type="date"/>
  </customer>
  <tiers default="ordinary" review="P1M" grace="P10D"><tier id="ordinary" rank="0"/><tier id="gold" rank="1" when="arpu &gt;= 200"/></tiers>
  <ledgers><ledger id="points" unit="point"/></ledgers>
  <targets>
    <target id="frozen" label="保有率" snapshot="2026-03-10" kept="not(left)" goal="90%"/>
    <target id="valuable" snapshot="2026-03-10" among='tier = "gold"' kept="not(left)" goal="99.5%"/>
    <target id="later" snapshot="2026-04-20" among='phone != ""' kept='tier = "gold"'/>
    <target id="members" kept='tier = "gold"'MORE/>
    <target id="with_phone" among="is defined(arpu)" kept="is defined(phone)"/>
    <target id="under_contract" among="is defined(until)" kept="until &gt;= today()"/>
  </targets>
  <labels lang="en"><label for="target.frozen" text="Kept"/></labels>
  <case id="care" initial="open"><event id="done"/><state id="open"><transition event="done" target="closed"/></state><final id="closed"/></case>
</policy>]]

local function policy_of (more)
  return (csvc.load_text (care:gsub ("MORE", { MORE = more or "" }), "care.xml"))
end

local policy = policy_of ()

local function same_count (count, n_kept, n_lost, n_undecided, share, what)
  t.same ({ count.n_kept, count.n_lost, count.n_undecided, share = count.share }, { n_kept, n_lost, n_undecided, share = share }, what)
end

-- Feeds what there is.
local function follow (engine, counter, after)
  for entry in engine:journal (after) do
    counter:feed (entry)
    after = entry.id
  end
  return after
end

-- The recount, to which a counter is equal that followed all of the journal.
local function recount (engine, now)
  local counter <close> = csvc.target_counter (policy)
  follow (engine, counter)
  local counts = engine:count_targets (now)
  t.same (counter:count (now), counts)
  return counts
end

t.case ("what the policy says", function ()
  local ids = {}
  for i, target in ipairs (policy.targets) do ids[i] = target.id end
  t.same (ids, { "frozen", "valuable", "later", "members", "with_phone", "under_contract" })
  local valuable, members = policy:target "valuable", policy:target "members"
  t.equal (valuable.among, 'tier = "gold"')
  t.equal (valuable.kept, "not(left)")
  t.equal (valuable.snapshot, snapshot)
  t.equal (valuable.goal, 9950)
  t.equal (members.among, nil)
  t.equal (members.snapshot, nil)
  t.equal (members.goal, nil)
  t.equal (policy:target "frozen":label (), "保有率")
  t.equal (policy:target "frozen":label "en", "Kept")
  t.equal (members:label "en", "members")
  t.equal (valuable.part.file, "care.xml")
  t.equal (tostring (valuable), 'csvc.Target "valuable"')
  t.ok (valuable == policy.targets[2])
  t.equal (policy:target "nothing", nil)
  t.raises ("argument", nil, policy.target, policy, nil)
  t.raises ("argument", nil, valuable.label, valuable, 5)
  t.raises ("argument", "index out of range", core.policy_get_target, policy, 6)
  t.raises ("argument", nil, core.policy_get_target, policy, -1)
end)

t.case ("a target keeps its policy", function ()
  local target = policy_of ().targets[1]
  collectgarbage ()
  collectgarbage ()
  t.equal (target:label (), "保有率")
end)

t.case ("those of now", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  same_count (recount (engine, begin).members, 0, 0, 0, nil)
  engine:put ("C-1", { arpu = 300 }, begin)
  engine:put ("C-2", { arpu = 100 }, begin)
  engine:put ("C-3", { phone = "1" }, begin)
  engine:put ("C-2", { ["until"] = "2026-03-05" }, begin)
  local counts = recount (engine, begin)
  same_count (counts.members, 1, 2, 0, 3333)
  same_count (counts.with_phone, 0, 2, 0, 0)
  t.equal (#counts, 6)
  for i, target in ipairs (policy.targets) do
    t.equal (counts[i].id, target.id)
    t.ok (counts[i] == counts[target.id])
  end
  engine:put ("C-1", { phone = "2" }, begin + day)
  same_count (recount (engine, begin + day).with_phone, 1, 1, 0, 5000)
  -- The same customers another day, and one before that.
  same_count (recount (engine, begin + 5 * day).under_contract, 0, 1, 0, 0)
  same_count (recount (engine, begin + 4 * day).under_contract, 1, 0, 0, 10000)
end)

t.case ("a snapshot", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  engine:put ("C-1", { arpu = 300 }, snapshot - day)
  engine:put ("C-2", { arpu = 100 }, snapshot)       -- at the very instant
  engine:put ("C-3", { arpu = 300 }, snapshot + 1)   -- too late
  engine:put ("C-2", { arpu = 500 }, snapshot + day) -- gold too late
  same_count (recount (engine, snapshot + day).frozen, 0, 0, 2, nil)
  engine:put ("C-1", { left = false }, snapshot + day)
  engine:put ("C-2", { left = true }, snapshot + day)
  engine:put ("C-3", { left = true }, snapshot + day)
  local counts = recount (engine, snapshot + day)
  same_count (counts.frozen, 1, 1, 0, 5000)
  same_count (counts.valuable, 1, 0, 0, 10000)
  engine:put ("C-1", { left = true, arpu = 0 }, snapshot + 3 * day)
  same_count (recount (engine, snapshot + 100 * day).valuable, 0, 1, 0, 0)
  same_count (recount (engine, snapshot - 1).frozen, 0, 0, 0, nil)
end)

local tool = os.getenv "CSVC_BUILDDIR" and os.getenv "CSVC_BUILDDIR" .. "/tools/csvc"
local file = tool and io.open (tool)

if file then
  file:close ()
  t.case ("as the tool says", function ()
    local store, document = t.temporary ".db", t.temporary ".xml"
    local written = assert (io.open (document, "w"))
    written:write ((care:gsub ("MORE", "")))
    written:close ()
    local loaded = csvc.load (document)
    local counts
    do
      local engine <close> = csvc.engine ("sqlite:" .. store, loaded)
      for i = 0, 59 do
        engine:put ("C-" .. i % 40, { arpu = i % 3 == 0 and 300 or 100, left = i % 5 == 0 }, begin + i * day // 4)
      end
      counts = engine:count_targets (snapshot + 60 * day)
    end
    local pipe = io.popen (("%s targets %s --store %s --at %s --json"):format (tool, document, store, csvc.format (snapshot + 60 * day)))
    local said, i = pipe:read "a", 0
    pipe:close ()
    for id, rest in said:gmatch '"target": "([%w_]+)"(.-)}' do
      i = i + 1
      t.equal (counts[i].id, id)
      for name, value in pairs { kept = counts[i].n_kept, lost = counts[i].n_lost, undecided = counts[i].n_undecided,
                                 share = counts[i].share or "null", goal = loaded:target (id).goal or "null" } do
        t.equal (rest:match ('"' .. name .. '": (%w+)'), tostring (value), id .. " " .. name)
      end
    end
    t.equal (i, 6)
    t.ok (counts.valuable.n_lost > 0)
    for _, suffix in ipairs { "-wal", "-shm" } do os.remove (store .. suffix) end
  end)
else
  t.skip ("as the tool says", "the tool is not built")
end

-- Something happens, as NUMBER says.
local puts = {
  { arpu = 100 }, { arpu = 250 }, { left = true }, { left = false }, { phone = "13800138000" }, { ["until"] = "2026-03-15" }, { ["until"] = "2026-05-01" },
}
local function command (engine, number, at)
  local id, kind = "C-" .. number % 8, number // 8 % 12
  if kind == 0 then
    engine:put (id, { phone = "1" }, at)
    engine:forget (id, at)
  elseif kind == 1 then
    engine:put (id, { arpu = 300 }, at)
    engine:set_tier (id, "gold", { at = at, ["until"] = at + 20 * day, actor = "chief", reason = "asked for" })
  elseif kind == 2 then
    engine:advance (at)
  elseif kind == 3 then
    engine:open ("care", "X-" .. at, at)
  else
    engine:put (id, puts[number // 96 % #puts + 1], at)
  end
end

t.case ("a counter is equal to the recount after each command", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  local following, listening <close> = csvc.target_counter (policy), csvc.target_counter (policy)
  engine:listen (function (entry) listening:feed (entry) end, "")
  local number, at, after = 12345, begin, nil
  for _ = 1, 60 * t.scale do
    number = (number * 1103515245 + 12345) % 2147483648
    at = at + (1 + number // 1024 % 48) * csvc.hour
    command (engine, number // 1024, at)
    after = follow (engine, following, after)
    for _, now in ipairs { at, at + number // 4096 % 3 * 5 * day } do
      local counts = engine:count_targets (now)
      t.same (following:count (now), counts)
      t.same (listening:count (now), counts)
    end
  end
  t.ok (recount (engine, at).frozen.n_kept + recount (engine, at).frozen.n_lost > 0)
end)

t.case ("an entry left out", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  local counter = csvc.target_counter (policy)
  engine:put ("C-1", { arpu = 1 }, begin)
  engine:put ("C-1", { arpu = 2 }, begin)
  local first, second = table.unpack (engine:follow ())
  t.raises ("invalid", "left out", counter.feed, counter, second)
  -- Nothing came of it; and what is fed twice counts once.
  for _, entry in ipairs { first, first, second, first } do t.equal (counter:feed (entry), nil) end
  same_count (counter:count (begin).members, 0, 1, 0, 0)
end)

t.case ("an entry of another store", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  local other <close> = csvc.engine ("memory:", policy)
  local counter = csvc.target_counter (policy)
  for i = 1, 3 do engine:put ("C-1", { arpu = i }, begin) end
  other:put ("C-1", { arpu = 300 }, begin)
  other:grant ("C-1", "points", 10, begin)
  other:reserve ("C-1", "points", "R", { at = begin, amount = 5 })
  other:release ("C-1", "points", "R", begin)
  follow (engine, counter)
  t.raises ("corrupt", "does not fit", counter.feed, counter, other:follow ()[4])
end)

t.case ("a counter of another policy", function ()
  local store, another = csvc.store "memory:", policy_of (' among="arpu &gt; 0" goal="50%"')
  local engine <close> = csvc.engine (store, policy)
  local other <close> = csvc.engine (store, another)
  local counter, none = csvc.target_counter (another), csvc.target_counter ((t.desk ()))
  engine:put ("C-1", { arpu = 300 }, begin)
  engine:put ("C-2", { arpu = 0 }, begin)
  engine:put ("C-3", { arpu = 100 }, begin)
  follow (engine, counter)
  follow (engine, none)
  t.same (counter:count (begin), other:count_targets (begin))
  same_count (counter:count (begin).members, 1, 1, 0, 5000)
  same_count (engine:count_targets (begin).members, 1, 2, 0, 3333)
  t.same (none:count (begin), {})
  t.ok (counter.policy == another)
end)

t.case ("what is no entry", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  local counter = csvc.target_counter (policy)
  engine:put ("C-1", { arpu = 1 }, begin)
  local entry, copy = engine:follow ()[1], {}
  for key, value in pairs (entry) do copy[key] = value end
  local raw = core.journal_get (core.engine_follow (engine, nil, 1), 0)
  for _, wrong in ipairs { 5, 0 / 0, "1.0", entry.id, true, false, print, engine, policy, counter, csvc.null, raw } do
    t.raises ("argument", "entry of the journal expected", counter.feed, counter, wrong)
  end
  t.raises ("argument", "entry of the journal expected, got nil", counter.feed, counter)
  for _, wrong in ipairs { {}, copy, entry.effects, { entry } } do
    t.raises ("argument", "a copy", counter.feed, counter, wrong)
  end
  for _, wrong in ipairs { 5, "x", entry, policy, engine } do
    t.raises ("argument", "csvc.TargetCounter expected", counter.feed, wrong, entry)
    t.raises ("argument", "csvc.JournalEntry expected", core.target_counter_feed, counter, wrong)
  end
  for _, wrong in ipairs { 5, "care", engine, counter, {} } do t.raises ("argument", "csvc.Policy expected", csvc.target_counter, wrong) end
  t.raises ("argument", nil, csvc.target_counter, nil)
  same_count (counter:count (begin).members, 0, 0, 0, nil)
  counter:feed (entry)
  same_count (counter:count (begin).members, 0, 1, 0, 0)
end)

t.case ("what a listener was told is gone afterwards", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  local counter, told = csvc.target_counter (policy), {}
  engine:listen (function (entry)
    told[#told + 1] = entry
    error "mine"
  end)
  t.equal (pcall (engine.put, engine, "C-1", { arpu = 1 }, begin), false)
  t.raises ("argument", "listener", counter.feed, counter, told[1])
  t.equal (told[1].id, engine:follow ()[1].id)
end)

t.case ("a listener that came too late", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  local counter = csvc.target_counter (policy)
  engine:put ("C-1", { arpu = 1 }, begin)
  engine:listen (function (entry) counter:feed (entry) end)
  t.raises ("invalid", "left out", engine.put, engine, "C-1", { arpu = 2 }, begin)
  t.equal (engine:customer "C-1":fact "arpu", 2)
end)

t.case ("an entry outlives its engine", function ()
  local counter, entry = csvc.target_counter (policy), nil
  do
    local engine <close> = csvc.engine ("memory:", policy)
    engine:put ("C-1", { arpu = 300 }, begin)
    entry = engine:follow ()[1]
  end
  collectgarbage ()
  collectgarbage ()
  counter:feed (entry)
  same_count (counter:count (begin).members, 1, 0, 0, 10000)
end)

t.case ("what is refused", function ()
  local engine, counter = csvc.engine ("memory:", policy), csvc.target_counter (policy)
  for _, wrong in ipairs { "now", 1.5, {}, true, math.maxinteger, "2026-03-01T00:00:00Z" } do
    t.raises ("argument", nil, engine.count_targets, engine, wrong)
    t.raises ("argument", nil, counter.count, counter, wrong)
  end
  t.raises ("argument", nil, engine.count_targets, engine)
  t.raises ("argument", nil, counter.count, counter)
  t.raises ("argument", "no field 'nix'", function () return counter.nix end)
  t.raises ("argument", "cannot be set", function () counter.policy = policy end)
  local raw = core.engine_count_targets (engine, begin)
  for _, name in ipairs { "n_kept", "n_lost", "n_undecided", "share" } do
    t.raises ("argument", "index out of range", core["target_counts_get_" .. name], raw, 6)
    t.raises ("argument", nil, core["target_counts_get_" .. name], raw, -1)
    t.raises ("argument", nil, core["target_counts_get_" .. name], raw, nil)
  end
  engine:begin ()
  t.raises ("in-use", "count_targets", engine.count_targets, engine, begin)
  t.raises ("invalid", "in a transaction", core.engine_count_targets, engine, begin)
  engine:rollback ()
  engine:close ()
  t.raises ("closed", nil, engine.count_targets, engine, begin)
  local bare <close> = csvc.engine "memory:"
  t.raises ("invalid", "no policy", bare.count_targets, bare, begin)
end)

t.case ("a progress function cannot use the engine that calls it", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  local path = t.temporary ".csv"
  local base = assert (io.open (path, "w"))
  base:write "no,arpu\nC-1,300\nC-2,1\n"
  base:close ()
  local told = 0
  local function use ()
    told = told + 1
    t.raises ("in-use", nil, engine.count_targets, engine, begin)
    t.raises ("in-use", nil, engine.verify, engine)
  end
  engine:take_in (csvc.columns (policy, "no"), path, { at = begin, progress = use })
  engine:simulate_customers (1, { at = begin, progress = use })
  t.ok (told >= 2)
  -- A listener can.
  local shares = {}
  engine:listen (function () shares[#shares + 1] = engine:count_targets (begin).members.n_kept end)
  engine:put ("C-2", { arpu = 300 }, begin)
  t.same (shares, { engine:count_targets (begin).members.n_kept })
end)

t.case ("a closed counter", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  engine:put ("C-1", { arpu = 300 }, begin)
  local entry, kept = engine:follow ()[1], nil
  do
    local counter <close> = csvc.target_counter (policy)
    kept = counter
  end
  kept:close ()
  t.equal (tostring (kept), "csvc.TargetCounter (closed)")
  t.raises ("closed", nil, kept.feed, kept, entry)
  t.raises ("closed", nil, kept.count, kept, begin)
  t.raises ("closed", nil, function () return kept.policy end)
  t.raises ("argument", "csvc.TargetCounter expected", kept.close, engine)
end)

t.finish ()
