-- SPDX-License-Identifier: LGPL-2.1-or-later

-- The pure machine: a case of one's own.

local csvc = require "csvc"
local t = require "tap"

local policy, at = t.desk ()
local hour = csvc.hour

local function opened ()
  return (policy:open ("complaint", "C-1", { at = at, facts = { window = "hall" } }))
end

t.case ("a case is opened", function ()
  local case, answer, effects = policy:open ("complaint", "C-1", { at = at, actor = "ann", facts = { window = "hall" } })
  t.equal (answer, "accepted")
  t.equal (case.id, "C-1")
  t.equal (case.kind.id, "complaint")
  t.ok (case.policy == policy)
  t.equal (case.customer, nil)
  t.equal (case.opened_at, at)
  t.equal (case.last_at, at)
  t.equal (case.ended, false)
  t.equal (case.outcome, nil)
  t.equal (case.level, 0)
  t.equal (case.handler, nil)
  t.same (case.owner, { actor = "ann" })
  t.same (case.states, { "open" })
  t.same (case.facts, { window = "hall" })
  t.equal (case:is_in "open", true)
  t.equal (case:is_in "closed", false)
  t.equal (case:is_in "nix", false)
  t.equal (tostring (case), 'csvc.Case "C-1"')
  t.equal (effects[1].type, "opened")
  t.equal (effects[1].case, "C-1")
  t.equal (effects[1].at, at)
  t.equal (effects[2].hash, policy.hash)
  local started
  for _, effect in ipairs (effects) do
    if effect.type == "clock-started" and effect.clock == "reply" then started = effect end
  end
  t.equal (started.cycle, 1)
  t.equal (started.row, 1)
  t.equal (math.type (started.due), "integer")
  t.equal (policy.zone:format (started.due), "2026-03-02T15:30:00+08:00")
end)

t.case ("an instant alone is a stamp", function ()
  local case = opened ()
  t.equal (case:fire ("replied", at + hour), false)
  t.equal (select (2, case:fire ("replied", at + hour)), "refused-role")
end)

t.case ("a refusal is an answer and changes nothing", function ()
  local case = opened ()
  local bytes = case:to_bytes ()
  local ok, answer, effects = case:fire ("replied", { at = at + hour, role = "customer" })
  t.equal (ok, false)
  t.equal (answer, "refused-role")
  t.same (effects, {})
  t.equal (case:to_bytes (), bytes)
  local why = case:explain_refusal ("replied", { at = at + hour })
  t.equal (why.answer, "refused-role")
  t.equal (type (why.message), "string")
  t.equal (type (why.candidates), "table")
  t.equal (case:explain_refusal ("replied", { at = at + hour, role = "agent" }), nil)
  local none, word = policy:open ("complaint", "C-2", at)
  t.equal (none, nil)
  t.equal (word, "refused-missing-fact")
end)

t.case ("a life, with a clock that is missed", function ()
  local case = opened ()
  local effects = case:advance (at + 6 * hour)
  t.equal (effects[#effects].type, "clock-missed")
  t.equal (effects[1].type, "alarm")
  t.equal (effects[1].alarm, "soon")
  local cycles = case.cycles
  t.equal (#cycles, 2)
  local reply = cycles[1]
  t.equal (reply.clock, "reply")
  t.equal (reply.number, 1)
  t.equal (reply.index, 1)
  t.equal (reply.state, "overdue")
  t.equal (reply.verdict, "missed")
  t.equal (reply.start, at)
  t.equal (reply.met_late_at, nil)
  local ok, answer = case:fire ("replied", { at = at + 7 * hour, role = "agent", actor = "wang" })
  t.equal (ok, true)
  t.equal (answer, "accepted")
  t.equal (case.cycles[1].met_late_at, at + 7 * hour)
  t.equal (case.cycles[1].verdict, "missed")
  t.equal (case:used ("reply", at + 8 * hour) > 3 * hour, true)
  t.equal (case:used (1, at + 8 * hour), case:used (case.cycles[1], at + 8 * hour))
  ok = case:fire ("solved", { at = at + 9 * hour, role = "agent" })
  t.equal (ok, true)
  t.equal (case.ended, true)
  t.same (case.states, { "closed" })
  t.equal (case.next_wake, nil, "nothing is waited for")
  t.equal (case:fire ("solved", { at = at + 10 * hour, role = "agent" }), false)
end)

t.case ("wakes", function ()
  local case = opened ()
  local wake = case.next_wake
  t.equal (math.type (wake), "integer")
  t.same (case:advance (wake - 1), {})
  t.ok (#case:advance (wake) > 0)
  t.ok (case.next_wake > wake)
  t.same (case:advance (at - hour), {}, "going back does nothing")
end)

t.case ("why due, why not started, what next", function ()
  local case = opened ()
  local why = case:explain_due ("reply", at + hour)
  t.equal (why.due, case.cycles[1].due)
  t.equal (why.budget, 3 * hour)
  t.equal (why.projected, false)
  t.equal (why.beyond_horizon, false)
  local counted = 0
  for _, segment in ipairs (why.segments) do
    counted = counted + segment.counted
    t.equal (type (segment.rule), "string")
  end
  t.equal (counted, 3 * hour)
  t.ok (why:to_json ():find '"due"', nil)
  t.equal (case:explain_not_started "reply", nil)
  t.raises ("not-found", "nix", case.explain_not_started, case, "nix")
  t.raises ("not-found", "nix", case.explain_due, case, "nix", at)
  t.raises ("argument", "not between", case.explain_due, case, 3, at)
  t.raises ("argument", "cycle", case.explain_due, case, {}, at)
  t.raises ("argument", "cycle", case.explain_due, case, nil, at)
  t.equal (case:due_if_paused ("reply", at + hour, at + 2 * hour) ~= nil, true)
  t.raises ("argument", nil, case.due_if_paused, case, "reply", at + 2 * hour, at + hour)
  t.equal (case:projected_due ("reply", at), case.cycles[1].due)
  local next_ = case:what_next (at + hour)
  t.equal (next_.at, at + hour)
  t.equal (#next_.events, 2)
  t.equal (next_.events[1].event.id, "replied")
  t.equal (next_.events[1].chance, "yes")
  t.equal (next_.alarm.clock, "reply")
  t.equal (next_.alarm.alarm, "soon")
  t.equal (#next_.cycles, 2)
  t.equal (next_.cycles[1].clock, "reply")
  t.equal (next_.cycles[1].left > 0, true)
  t.equal (next_.case.id, "C-1")
  next_.case:advance (at + 10 * hour)
  t.equal (next_.case.last_at, at, "a copy each time")
  t.ok (#tostring (next_) > 0 and #next_:to_json () > 0)
  case:fire ("solved", { at = at + hour, role = "agent" })
  local why_not = case:explain_not_started "reply"
  t.equal (why_not.reason, "ended")
  t.equal (type (why_not.message), "string")
end)

t.case ("copies, JSON and bytes", function ()
  local case = opened ()
  local copy = case:copy ()
  copy:advance (at + 6 * hour)
  t.ok (copy:to_bytes () ~= case:to_bytes ())
  t.ok (copy ~= case)
  t.equal (policy:case_from_bytes (case:to_bytes ()):to_json (), case:to_json ())
  t.equal (policy:case_from_json (case:to_json ()):to_bytes (), case:to_bytes ())
  t.raises ("syntax", nil, policy.case_from_json, policy, "")
  t.raises ("corrupt", nil, policy.case_from_bytes, policy, case:to_bytes ():sub (1, -2))
  t.raises ("argument", "string expected", policy.case_from_bytes, policy, nil)
  local other = csvc.load (t.source .. "/data/policies/telecom.xml")
  t.raises ("not-found", nil, other.case_from_bytes, other, case:to_bytes ())
end)

t.case ("bad bytes are errors, whatever they are", function ()
  local bytes, seed = opened ():to_bytes (), 42
  local broken = 0
  for _ = 1, 200 * t.scale do
    seed = (seed * 6364136223846793005 + 1442695040888963407)
    local i = (seed >> 33) % #bytes + 1
    local ok, e = pcall (policy.case_from_bytes, policy, bytes:sub (1, i - 1) .. string.char ((seed >> 20) & 255) .. bytes:sub (i + 1))
    if not ok then
      broken = broken + 1
      t.ok (csvc.is_error (e), tostring (e))
    end
  end
  t.ok (broken > 0)
end)

t.case ("errors of commands", function ()
  local case = opened ()
  t.raises ("not-found", "nix", case.fire, case, "nix", { at = at, role = "agent" })
  t.raises ("not-found", "nix", policy.open, policy, "nix", "C-1", at)
  t.raises ("invalid", nil, policy.open, policy, "complaint", "", { at = at, facts = { window = "hall" } })
  t.raises ("invalid", nil, policy.open, policy, "complaint", "C", { at = at, facts = { window = "moon" } })
  t.raises ("invalid", nil, case.fire, case, "replied", { at = at, role = "agent", facts = { window = "hall" } })
  t.equal (select (2, case:fire ("replied", { at = at - hour, role = "agent" })), "refused-time")
end)

t.case ("customers", function ()
  local telecom = csvc.load (t.source .. "/data/policies/telecom.xml")
  local customer = telecom:customer "K-7"
  t.equal (customer.id, "K-7")
  t.ok (customer.policy == telecom)
  local other = policy:customer "K-8"
  t.raises ("invalid", nil, telecom.open, telecom, telecom.kinds[1].id, "C-1", { at = at, customer = other })
  t.raises ("argument", "csvc.Customer expected", telecom.open, telecom, telecom.kinds[1].id, "C-1", { at = at, customer = "K-7" })
  local case = policy:open ("complaint", "C-9", { at = at, customer = other, facts = { window = "hall" } })
  t.equal (case.customer, "K-8")
  t.equal ((case:fire ("replied", { at = at, role = "agent", customer = other })), true)
  t.same (case:advance (at + hour, other), {})
end)

t.finish ()
