-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Functions that C calls: progress, differences, pieces of a log. Errors come through whole.

local csvc = require "csvc"
local t = require "tap"

local policy, at = t.desk ()
local log = t.temporary ".csv"
local rows = csvc.simulate (policy, { cases = 400, seed = 3, path = log })
local map = csvc.default_map (policy)

t.case ("a log piece by piece", function ()
  local pieces = {}
  local n = csvc.simulate (policy, { cases = 400, seed = 3, format = "csv", write = function (text) pieces[#pieces + 1] = text end })
  t.equal (n, rows)
  t.equal (table.concat (pieces), t.read (log))
  local same, text = csvc.simulate (policy, { cases = 400, seed = 3 })
  t.equal (same, rows)
  t.equal (text, t.read (log))
  local _, xes = csvc.simulate (policy, { cases = 2, format = "xes" })
  t.ok (xes:find "<log", nil)
end)

t.case ("what a function raises comes through whole", function ()
  local value = { "mine" }
  local ok, e = pcall (csvc.simulate, policy, { cases = 10, write = function () error (value) end })
  t.equal (ok, false)
  t.ok (e == value)
  ok, e = pcall (csvc.simulate, policy, { cases = 10, write = function () error "text" end })
  t.ok (not ok and tostring (e):find "text")
  ok, e = pcall (csvc.simulate, policy, { cases = 10, write = function () error () end })
  t.ok (not ok and e == nil)
  ok, e = pcall (csvc.replay, policy, map, log, { progress = function () error (value) end })
  t.ok (not ok and e == value)
  ok, e = pcall (csvc.whatif, map, map, log, { progress = function () error (value) end })
  t.ok (not ok and e == value)
  -- And the next call is as good as new.
  t.equal (csvc.replay (policy, map, log):count "cases", 400)
end)

t.case ("false stops", function ()
  t.raises ("cancelled", nil, csvc.replay, policy, map, log, { progress = function () return false end })
  t.raises ("cancelled", nil, csvc.simulate, policy, { cases = 10, write = function () return false end })
  local calls = 0
  csvc.replay (policy, map, log, { progress = function (done, total)
    calls = calls + 1
    t.equal (math.type (done), "integer")
    t.ok (done <= total)
  end })
  t.ok (calls > 1)
end)

t.case ("callbacks that call back in", function ()
  local inner
  csvc.replay (policy, map, log, { progress = function ()
    if not inner then inner = csvc.replay (policy, map, log):to_json () end
  end })
  t.equal (inner, csvc.replay (policy, map, log):to_json ())
  local outer = {}
  local ok, e = pcall (csvc.simulate, policy, { cases = 5, write = function ()
    csvc.simulate (policy, { cases = 5, write = function () error (outer) end })
  end })
  t.ok (not ok and e == outer, "through both")
end)

t.case ("objects in use", function ()
  local core = require "csvc.core"
  local run = core.replay_new (policy, map)
  local seen
  core.replay_run (run, log, function ()
    if not seen then
      seen = true
      t.raises ("in-use", "callback", core.replay_run, run, log)
      t.raises ("in-use", nil, core.replay_set_until, run, nil)
      t.raises ("in-use", nil, core.close, run, "Replay")
      collectgarbage ()
    end
  end)
  t.ok (seen)
  t.equal (core.report_get_count (core.replay_run (run, log), "cases"), 400)
end)

t.case ("coroutines: no yield across, but from within", function ()
  local ok, e = pcall (coroutine.wrap (function () csvc.simulate (policy, { cases = 2, write = coroutine.yield }) end))
  t.ok (not ok and tostring (e):find "yield")
  local made = coroutine.wrap (function ()
    local n = csvc.simulate (policy, { cases = 2, write = function ()
      local inner = coroutine.wrap (function () coroutine.yield (1); coroutine.yield (2) end)
      t.equal (inner () + inner (), 3)
    end })
    coroutine.yield (n)
  end)
  t.ok (made () > 0)
end)

t.case ("what is no function", function ()
  for _, wrong in ipairs { 5, "x", {}, io.stdout, true } do
    t.raises ("argument", "function", csvc.replay, policy, map, log, { progress = wrong })
    t.raises ("argument", "function", csvc.simulate, policy, { write = wrong })
    t.raises ("argument", "function", csvc.whatif, map, map, log, { difference = wrong })
  end
  local calls = 0
  local callable = setmetatable ({}, { __call = function () calls = calls + 1 end })
  csvc.simulate (policy, { cases = 2, write = callable })
  t.ok (calls > 0)
end)

t.case ("differences", function ()
  local text = policy:to_xml ():gsub ('in="PT3H"', 'in="PT1H"')
  local stricter = csvc.load_text (text, "stricter.xml")
  local told = {}
  local comparison = csvc.whatif (map, csvc.default_map (stricter), log, { difference = function (d) told[#told + 1] = d end })
  t.ok (comparison.n_changed > 0)
  t.ok (#told > 0)
  t.equal (type (told[1].case), "string")
  local earlier = 0
  for _, d in ipairs (told) do
    if d.type == "earlier" then
      earlier = earlier + 1
      t.ok (d.dues.new < d.dues.old)
      t.equal (comparison.pairs[d.pair].old.id, "reply")
    end
  end
  t.equal (earlier, comparison:count (nil, "earlier"))
  t.equal (comparison:count (1, "earlier"), earlier)
  t.ok (comparison:sum (1, "earlier") > 0)
  t.ok (comparison:moved (1, "earlier", 50) > 0)
  t.ok (#comparison:cases (1, "earlier") <= 10)
  t.ok (#comparison:verdict_cases (nil, "met", "missed") <= 10)
  t.equal (math.type (comparison:verdicts (nil, false, "met", "met")), "integer")
  t.equal (comparison.old:count "cases", 400)
  t.equal (comparison.new:count "cases", 400)
  t.ok (comparison:to_json ():find "earlier", nil)
  t.raises ("argument", nil, comparison.count, comparison, 99, "earlier")
  t.raises ("argument", nil, comparison.sum, comparison, 1, "verdict")
  t.raises ("argument", nil, comparison.moved, comparison, 1, "earlier", 0)
  t.raises ("argument", "pair", comparison.count, comparison, "x", "earlier")
  t.raises ("not-found", nil, csvc.whatif, map, map, log, { pairs = { { "nix", "reply" } } })
  local value = {}
  local ok, e = pcall (csvc.whatif, map, csvc.default_map (stricter), log, { difference = function () error (value) end })
  t.ok (not ok and e == value)
end)

t.finish ()
