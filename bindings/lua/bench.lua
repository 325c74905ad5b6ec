-- SPDX-License-Identifier: LGPL-2.1-or-later

-- What a call from Lua costs over the same call from C: nanoseconds, the best of several rounds, the empty loop taken off.
--
--     bench.lua POLICY [ROUNDS]

local core = require "csvc.core"
local csvc = require "csvc"

local policy = csvc.load (arg[1])
local rounds, times = tonumber (arg[2] or "15"), 200000
local calendar, zone = policy.calendars[1], policy.zone
local at = zone:time "2026-03-02T11:00"
local case = policy:open (policy.kinds[1].id, "C-1", { at = at, facts = { window = "hall" } })
local span, kind = 3 * csvc.hour, policy.kinds[1]
local column = string.pack ("i8", at):rep (times)
local stamp = { at = at }

local subjects = {
  { "an empty loop", function (n) for _ = 1, n do end end },
  { "a call of a Lua function", function (n) local f = function () end for _ = 1, n do f () end end },
  { "an empty SWIG call", function (n) local f = core.version_string for _ = 1, n do f () end end },
  { "a property, a text: policy.id", function (n) for _ = 1, n do local _ = policy.id end end },
  { "a property, an instant: case.last_at", function (n) for _ = 1, n do local _ = case.last_at end end },
  { "a property, an object: case.kind", function (n) for _ = 1, n do local _ = case.kind end end },
  { "a method: zone:offset (t)", function (n) for _ = 1, n do local _ = zone:offset (at) end end },
  { "a method: calendar:add (t, span)", function (n) for _ = 1, n do local _ = calendar:add (at, span) end end },
  { "the same in C: a packed column", function () calendar:add_many (column, span) end },
  { "a method: kind:state (id)", function (n) for _ = 1, n do local _ = kind:state "open" end end },
  { "a refusal: case:fire (event, stamp)", function (n) for _ = 1, n do case:fire ("replied", stamp) end end },
  { "an error that is caught", function (n) for _ = 1, n do pcall (csvc.time, "") end end },
}

local best = {}
for _ = 1, rounds do
  for i, subject in ipairs (subjects) do
    collectgarbage ()
    local begun = os.clock ()
    subject[2] (times)
    local took = (os.clock () - begun) / times * 1e9
    best[i] = math.min (best[i] or took, took)
  end
end

local named = {}
for i, subject in ipairs (subjects) do
  named[subject[1]] = best[i] - best[1]
  print (("%-42s %8.1f ns"):format (subject[1], best[i] - (i > 1 and best[1] or 0)))
end
local over = named["a method: calendar:add (t, span)"] - named["the same in C: a packed column"] - best[1]
print (("%-42s %8.1f ns (target: 100)"):format ("calendar:add over its cost in C", over))
