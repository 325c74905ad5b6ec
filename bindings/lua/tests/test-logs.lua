-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Replays and simulations; and that a real log is judged as C judges it.

local csvc = require "csvc"
local t = require "tap"

local policy = t.desk ()
local log = t.temporary ".csv"
local rows = csvc.simulate (policy, { kind = "complaint", cases = 300, seed = 11, from = csvc.time "2026-03-01T00:00:00Z", days = 10, path = log })
local map = csvc.default_map (policy, "complaint")

t.case ("a log is simulated, and replayed", function ()
  t.ok (rows > 300)
  local report = csvc.replay (policy, map, log)
  t.equal (report:count "cases", 300)
  t.equal (report:count "rows", rows)
  t.equal (report:count "unknown", 0)
  t.ok (report.policy == policy)
  t.equal (report.kind.id, "complaint")
  t.ok (report.first < report.last)
  t.equal (report["until"], report.last)
  local accepted = 0
  for _, event in ipairs (report.events) do accepted = accepted + event.accepted end
  t.equal (accepted, report:count "accepted")
  t.equal (#report.clocks, 2)
  local reply = report.clocks[1]
  t.equal (reply.clock.id, "reply")
  local counts = reply.figures.counts
  t.equal (counts.cycles, reply.figures:count "cycles")
  t.equal (counts.settled, counts.met + counts.missed)
  t.equal (reply.figures.share, counts.settled > 0 and (2000 * counts.met + counts.settled) // (2 * counts.settled) or nil)
  local used = reply.figures:used (100)
  t.ok (used == nil or reply.figures:used (50) <= used)
  for _, worst in ipairs (reply.figures.worst) do t.equal (type (worst.case), "string") end
  for _, refusal in ipairs (report.refusals) do t.ok (refusal.count > 0 and refusal.answer ~= "accepted") end
  t.same (report:examples "unknown", {})
  t.equal (reply.later:count "cycles", 0)
  t.equal (reply.later.share, nil)
  t.equal (reply.later:used (50), nil)
  t.raises ("argument", "1 to 100", reply.later.used, reply.later, 101)
  t.raises ("argument", "no such word", report.count, report, "nix")
end)

t.case ("into a store, and once more", function ()
  local store <close> = csvc.store "memory:"
  local report = csvc.replay (policy, map, log, { store = store })
  t.equal (report:to_json (), csvc.replay (policy, map, log):to_json ())
  local engine <close> = csvc.engine (store)
  local n = 0
  for _ in engine:each_case () do n = n + 1 end
  t.equal (n, 300)
  t.equal (csvc.replay (policy, map, log, { store = store }):count "already-stored", 300)
  t.equal ((engine:verify ()), 300)
end)

t.case ("maps", function ()
  local again = csvc.map_text (policy, map:to_xml ())
  t.equal (again.kind.id, "complaint")
  t.equal (csvc.replay (policy, again, log):to_json (), csvc.replay (policy, map, log):to_json ())
  t.raises ("not-found", nil, csvc.default_map, policy, "nix")
  t.raises ("policy", nil, csvc.map_text, policy, "<map/>")
  t.raises ("not-found", nil, csvc.map, policy, "/nix.xml")
end)

t.case ("logs that cannot be read", function ()
  t.raises ("not-found", nil, csvc.replay, policy, map, "/nix.csv")
  local path = t.temporary ".xes"
  local file = assert (io.open (path, "w"))
  file:write "<?xml version='1.0'?><log><trace>"
  file:close ()
  local ok, e = pcall (csvc.replay, policy, map, path)
  t.ok (not ok and csvc.is_error (e))
  t.raises ("argument", "no option 'until'", csvc.replay, policy, map, log, { ["until"] = 1 })
  t.raises ("argument", nil, csvc.replay, policy, map, log, { up_to = "soon" })
  t.raises ("argument", "csvc.Store expected", csvc.replay, policy, map, log, { store = "memory:" })
  t.raises ("not-found", nil, csvc.simulate, policy, { kind = "nix" })
  t.raises ("argument", nil, csvc.simulate, policy, { days = 0 })
  t.raises ("argument", nil, csvc.simulate, policy, { cases = -1 })
  t.raises ("io", nil, csvc.simulate, policy, { cases = 1, path = "/nix/there/log.csv" })
end)

local incidents = t.data and t.data .. "/eventlogs/bpic2013-incidents.xes.gz"
local tool = (os.getenv "CSVC_BUILDDIR" or "/nix") .. "/tools/csvc"

local function is_there (path)
  local file = path and io.open (path)
  if file then file:close () end
  return file ~= nil
end

if is_there (incidents) and is_there (tool) then
  t.case ("Volvo's incidents are judged as by C, to the letter", function ()
    local policies = t.source .. "/data/policies/"
    local incident = csvc.load (policies .. "incident.xml")
    local report = csvc.replay (incident, (csvc.map (incident, policies .. "incident-bpic2013.map.xml")), incidents)
    t.equal (report:count "cases", 7554)
    t.equal (report:count "rows", 65533)
    local pipe = io.popen (("%s replay --json --map=%sincident-bpic2013.map.xml %sincident.xml %s"):format (tool, policies, policies, incidents))
    local said = pipe:read "a"
    pipe:close ()
    t.equal ((report:to_json ():gsub ("%s+$", "")), (said:gsub ("%s+$", "")))
  end)
else
  t.skip ("Volvo's incidents are judged as by C, to the letter", is_there (incidents) and "the tool is not built" or "the log is not there")
end

t.finish ()
