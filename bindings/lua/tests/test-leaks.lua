-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Loops that must leave nothing: the heap of Lua and the memory of the process come back.

local csvc = require "csvc"
local t = require "tap"

local policy, at = t.desk ()
local n = t.slow and 500 or 100000

local function resident ()
  local file = io.open "/proc/self/statm"
  if not file then return 0 end
  local _, pages = file:read ("n", "n")
  file:close ()
  return pages * 4
end

local function heap ()
  collectgarbage ()
  collectgarbage ()
  return collectgarbage "count"
end

-- Runs once to warm up; the growth of the second and third run, in KiB, must be small.
local function loop (name, times, f)
  t.case (name, function ()
    for _ = 1, times // 4 do f () end
    local lua, process = heap (), resident ()
    for _ = 1, times do f () end
    t.ok (heap () - lua < 64, string.format ("Lua's heap grew by %.0f KiB", heap () - lua))
    -- Sanitizers keep freed memory for a while on purpose.
    t.ok (t.slow or resident () - process < 4096, string.format ("the process grew by %d KiB", resident () - process))
  end)
end

loop ("objects and parts", n, function () return policy.kinds[1].clocks[1].state.id end)
loop ("errors", n, function () pcall (csvc.time, "nonsense") end)
loop ("wrong arguments", n, function () pcall (policy.kind, io.stdout, "x") end)
loop ("facts that fail half way", n, function () pcall (policy.open, policy, "complaint", "C", { at = at, facts = { window = "hall", x = {} } }) end)
loop ("too many arguments", n, function () pcall (require "csvc.core".case_fire, policy, nil, "x", nil, at, 6, 7, 8) end)
loop ("cases, effects and bytes", n // 10, function ()
  local case = policy:open ("complaint", "C", { at = at, facts = { window = "hall" } })
  case:advance (at + csvc.day)
  policy:case_from_bytes (case:to_bytes ())
end)
loop ("explanations", n // 20, function ()
  local case = policy:open ("complaint", "C", { at = at, facts = { window = "hall" } })
  local why = case:explain_due ("reply", at)
  return #why.segments, case:what_next (at).events, case:explain_refusal ("replied", at)
end)
local care = csvc.load (t.source .. "/tests/tool/care.xml")
local manager, stranger = care:role "manager", policy.roles[1]
loop ("masks", n // 20, function ()
  local customer = care:customer "K"
  customer:put ({ phone = "13800008000" }, at)
  pcall (customer.copy_for, customer, stranger)
  pcall (care.facts_for, care, { phone = "1" }, stranger)
  pcall (care:customer_fact "phone".text_for, care:customer_fact "phone", {}, manager)
  return customer:copy_for (nil).facts, customer:copy_for (manager).facts, care:facts_for ({ phone = "1", x = 2 }, nil),
    care:customer_fact "phone":text_for ("13800008000", nil)
end)
loop ("policies, also with faults", n // 500, function ()
  csvc.load (t.source .. "/examples/desk.xml")
  pcall (csvc.load_text, "<policy xmlns='urn:csvc:policy:1' id='x'/>")
end)
loop ("engines with listeners that know them", n // 100, function ()
  local engine <close> = csvc.engine ("memory:", policy)
  engine:listen (function () return engine end)
  engine:open ("complaint", "C", { at = at, facts = { window = "hall" } })
  engine:due ()
end)
loop ("engines that nobody closes", n // 100, function ()
  local engine = csvc.engine ("memory:", policy)
  engine:open ("complaint", "C", { at = at, facts = { window = "hall" } })
  engine:transaction ()
end)
do
  local telecom = csvc.load (t.source .. "/data/policies/telecom.xml")
  local engine = csvc.engine ("memory:", telecom)
  engine:put ("K", { arpu = 600, club_member = true }, at)
  local entry = engine:follow ()[1]
  loop ("targets", n, function ()
    local counter <close> = csvc.target_counter (telecom)
    counter:feed (entry)
    pcall (counter.feed, counter, {})
    pcall (counter.count, counter, "now")
    local other = csvc.target_counter (telecom)
    other:feed (engine:follow ()[1])
    return counter:count (at).members.share, other:count (at), engine:count_targets (at), other.policy.targets[1].goal
  end)
end
loop ("callbacks that raise", n // 100, function ()
  pcall (csvc.simulate, policy, { cases = 1, write = function () error "x" end })
end)
loop ("columns", n // 100, function ()
  local calendar = policy.calendars[1]
  pcall (calendar.add_many, calendar, { at, at, "x" }, csvc.hour)
  return calendar:add_many ({ at, at + 1 }, { 1, 2 }), calendar:between_many (string.pack ("i8", at), at)
end)

t.finish ()
