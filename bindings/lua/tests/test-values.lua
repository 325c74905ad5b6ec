-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Times, durations, numbers and facts: what goes in comes out.

local csvc = require "csvc"
local t = require "tap"

t.case ("instants are integers of microseconds", function ()
  local at = csvc.time "2026-03-01T09:30:00.25+08:00"
  t.equal (math.type (at), "integer")
  t.equal (at, 1772328600250000)
  t.equal (csvc.format (at), "2026-03-01T01:30:00.25Z")
  t.equal (csvc.format (at, "Asia/Shanghai"), "2026-03-01T09:30:00.25+08:00")
  t.equal (csvc.format (at, csvc.zone "Asia/Shanghai"), "2026-03-01T09:30:00.25+08:00")
  t.equal (csvc.format (nil), "never")
  t.equal (csvc.format (nil, "Asia/Shanghai"), "never")
  t.equal (csvc.time "1970-01-01T00:00:00Z", 0)
  t.equal (csvc.time "1969-12-31T23:59:59.999999Z", -1)
end)

t.case ("the whole range, to the microsecond", function ()
  local first, last = csvc.time "0001-01-01T00:00:00Z", csvc.time "9999-12-31T23:59:59.999999Z"
  t.equal (first, -62135596800 * 1000000)
  t.equal (last, 253402300800 * 1000000 - 1)
  t.equal (csvc.format (first), "0001-01-01T00:00:00Z")
  t.equal (csvc.format (last), "9999-12-31T23:59:59.999999Z")
  t.raises ("argument", "is not between", csvc.format, last + 1)
  t.raises ("argument", "is not between", csvc.format, first - 1)
  t.raises ("argument", "is not between", csvc.format, math.maxinteger)
  t.raises ("argument", "is not between", csvc.format, math.mininteger)
  -- Any instant survives text.
  local seed = 20261122
  for _ = 1, 500 * t.scale do
    seed = (seed * 6364136223846793005 + 1442695040888963407)
    local at = first + (seed >> 1) % (last - first)
    t.equal (csvc.time (csvc.format (at)), at)
  end
end)

t.case ("a float without a fraction is an integer; others are refused", function ()
  t.equal (csvc.format (0.0), "1970-01-01T00:00:00Z")
  t.equal (csvc.format (1e6), "1970-01-01T00:00:01Z")
  t.raises ("argument", "no integer representation", csvc.format, 0.5)
  t.raises ("argument", "no integer representation", csvc.format, 0 / 0)
  t.raises ("argument", "no integer representation", csvc.format, 1 / 0)
  t.raises ("argument", "no integer representation", csvc.format, 1e300)
  t.raises ("argument", "integer expected, got string", csvc.format, "0")
end)

t.case ("texts without an offset are refused", function ()
  t.raises ("syntax", nil, csvc.time, "2026-03-01T09:30:00")
  t.raises ("syntax", nil, csvc.time, "")
  t.raises ("syntax", nil, csvc.time, "tomorrow")
  t.raises ("invalid", nil, csvc.time, "2026-02-30T00:00:00Z")
  t.raises ("argument", "contains a NUL", csvc.time, "2026-03-01T00:00:00Z\0")
  t.raises ("argument", "not UTF-8", csvc.time, "\xff")
end)

t.case ("durations", function ()
  t.equal (csvc.duration "PT3H", 3 * csvc.hour)
  t.equal (csvc.duration "-PT0.5S", -500 * csvc.millisecond)
  t.equal (csvc.duration "P1DT12H", csvc.day + 12 * csvc.hour)
  t.equal (csvc.format_duration (90 * csvc.minute), "PT1H30M")
  t.equal (csvc.format_duration (0), "PT0S")
  t.equal (csvc.format_duration (-csvc.minute), "-PT1M")
  t.raises ("syntax", nil, csvc.duration, "P1M")
  t.raises ("argument", nil, csvc.format_duration, 1.5)
  t.equal (csvc.microsecond * 1000, csvc.millisecond)
  t.equal (csvc.second * 60, csvc.minute)
end)

t.case ("zones", function ()
  local zone = csvc.zone "Asia/Shanghai"
  t.equal (zone.name, "Asia/Shanghai")
  t.equal (tostring (zone), 'csvc.Zone "Asia/Shanghai"')
  local at = zone:time "2026-03-02 11:00"
  t.equal (csvc.format (at), "2026-03-02T03:00:00Z")
  t.equal (zone:format (at), "2026-03-02T11:00:00+08:00")
  t.equal (zone:offset (at), 8 * csvc.hour)
  t.equal (zone:to_local (at), at + 8 * csvc.hour)
  t.equal (zone:from_local (at + 8 * csvc.hour), at)
  t.equal (zone:date_or_time "2026-03-02", at - 11 * csvc.hour)
  local later, beyond = zone:add_days (at, 1)
  t.equal (later, at + csvc.day)
  t.equal (beyond, false)
  t.raises ("not-found", nil, csvc.zone, "Mars/Olympus")
  t.raises ("limit", nil, zone.add_days, zone, at, 10 ^ 9 // 1)
  t.ok (csvc.zone "Asia/Shanghai" == zone, "the same zone")
  t.ok (csvc.zone "UTC" ~= zone)
  local version = csvc.zone_data_version ()
  t.ok (version == nil or type (version) == "string")
end)

t.case ("versions", function ()
  t.ok (csvc._VERSION:match "^%d+%.%d+%.%d+$")
  t.equal (csvc.version_at_least (0, 0, 1), true)
  t.equal (csvc.version_at_least (99, 0, 0), false)
  t.raises ("argument", nil, csvc.version_at_least, -1, 0, 0)
  t.raises ("argument", nil, csvc.version_at_least, 2 ^ 32, 0, 0)
end)

local document = [[
<policy xmlns="urn:csvc:policy:1" id="v" version="1" zone="Asia/Shanghai">
  <roles><role id="agent"/></roles>
  <customer>
    <fact id="yes" type="boolean"/><fact id="n" type="number"/><fact id="s" type="string"/>
    <fact id="e" type="enum" values="low high"/><fact id="d" type="date"/><fact id="clock" type="time"/>
    <fact id="at" type="dateTime"/><fact id="span" type="dayTimeDuration"/><fact id="months" type="yearMonthDuration"/>
  </customer>
  <case id="k" initial="a"><state id="a"/></case>
</policy>]]

local function customer ()
  return csvc.load_text (document):customer "K-1"
end

t.case ("facts go in and come out as they were", function ()
  local k = customer ()
  t.same (k.facts, {})
  local effects = k:put ({ yes = true, n = 5, s = "héllo", e = "high", d = "2026-03-01", clock = "09:30:00", at = "2026-03-01T09:30:00+08:00",
                           span = "PT3H", months = "P1M" }, 0)
  t.equal (#effects, 9)
  t.same (k.facts, { yes = true, n = 5, s = "héllo", e = "high", d = "2026-03-01", clock = "09:30:00", at = "2026-03-01T01:30:00Z",
                     span = "PT3H", months = "P1M" })
  local again = customer ()
  again:put (k.facts, 0)
  t.same (again.facts, k.facts)
  t.equal (#k:put (k.facts, 0), 0, "nothing changed")
end)

t.case ("numbers keep their digits", function ()
  local k = customer ()
  for _, row in ipairs {
    { 0, 0 }, { 1, 1 }, { -7, -7 }, { 10 ^ 17 // 1 | 0, 10 ^ 17 // 1 | 0 }, { 999999999999999999, 999999999999999999 },
    { 0.5, 0.5 }, { 0.1, 0.1 }, { -2.25, -2.25 }, { 1e-7, 1e-7 }, { 3.0, 3 }, { "4.50", 4.5 },
    { "0.1234567890123456", "0.1234567890123456" }, { "123456789012345.678", "123456789012345.678" }, { "12345678901.2345", 12345678901.2345 },
  } do
    k:put ({ n = row[1] }, 0)
    t.equal (k:fact "n", row[2])
    -- What came out goes in as the same number: nothing changes.
    t.equal (#k:put ({ n = k:fact "n" }, 0), 0)
  end
end)

t.case ("floats that are given back are the same decimal", function ()
  local k, seed = customer (), 7
  for _ = 1, 300 * t.scale do
    seed = (seed * 6364136223846793005 + 1442695040888963407)
    local text = string.format ("%d.%06d", (seed >> 40) % 100000000, (seed >> 13) % 1000000)
    k:put ({ n = text }, 0)
    t.equal (#k:put ({ n = k:fact "n" }, 0), 0, text)
  end
end)

t.case ("numbers that do not fit are refused", function ()
  local k = customer ()
  t.raises ("limit", "18 digits", k.put, k, { n = 10 ^ 18 // 1 | 0 }, 0)
  t.raises ("limit", "18 digits", k.put, k, { n = math.mininteger }, 0)
  t.raises ("limit", "18 digits", k.put, k, { n = math.maxinteger }, 0)
  t.raises ("argument", "no finite number", k.put, k, { n = 0 / 0 }, 0)
  t.raises ("argument", "no finite number", k.put, k, { n = -1 / 0 }, 0)
  t.raises ("limit", nil, k.put, k, { n = 1e300 }, 0)
  t.equal (k:fact "n", nil)
end)

t.case ("null takes a fact away; nil is unknown", function ()
  local k = customer ()
  t.equal (k:fact "yes", nil)
  k:put ({ yes = false }, 0)
  t.equal (k:fact "yes", false)
  local effects = k:put ({ yes = csvc.null }, 0)
  t.equal (#effects, 1)
  t.ok (effects[1].value == csvc.null)
  t.equal (k:fact "yes", nil)
  t.equal (type (csvc.null), "userdata")
end)

t.case ("facts that do not fit are named", function ()
  local k = customer ()
  t.raises ("invalid", "n", k.put, k, { n = true }, 0)
  t.raises ("invalid", nil, k.put, k, { nix = 1 }, 0)
  t.raises ("invalid", nil, k.put, k, { e = "medium" }, 0)
  t.raises ("argument", "the fact s is a table", k.put, k, { s = {} }, 0)
  t.raises ("argument", "the fact s is a function", k.put, k, { s = print }, 0)
  t.raises ("argument", "the fact s is a userdata", k.put, k, { s = io.stdout }, 0)
  t.raises ("argument", "contains a NUL", k.put, k, { s = "a\0b" }, 0)
  t.raises ("argument", "not UTF-8", k.put, k, { s = "\xc3" }, 0)
  t.raises ("argument", "named by a number", k.put, k, { "x" }, 0)
  t.raises ("argument", "named by a boolean", k.put, k, { [true] = 1 }, 0)
  t.raises ("argument", nil, k.put, k, { ["a\0b"] = 1 }, 0)
  t.raises ("argument", "table of facts", k.put, k, "facts", 0)
  t.raises ("argument", nil, k.put, k, io.stdout, 0)
  t.same (k.facts, {}, "all or none")
end)

t.case ("no metamethod runs while facts are read", function ()
  local k, calls = customer (), 0
  local facts = setmetatable ({ n = 1 }, {
    __index = function () calls = calls + 1 end, __pairs = function () calls = calls + 1 end, __len = function () calls = calls + 1 end,
  })
  k:put (facts, setmetatable ({ at = 0 }, { __index = function () calls = calls + 1 end }).at)
  t.equal (calls, 0)
  t.equal (k:fact "n", 1)
end)

t.case ("customers go to JSON and bytes and back", function ()
  local k = customer ()
  k:put ({ n = 0.1, s = "x" }, 0)
  local policy = k.policy
  t.equal (k.id, "K-1")
  t.same (policy:customer_from_json (k:to_json ()).facts, k.facts)
  t.same (policy:customer_from_bytes (k:to_bytes ()).facts, k.facts)
  t.equal (policy:customer_from_bytes (k:to_bytes ()):to_bytes (), k:to_bytes ())
  t.raises ("syntax", nil, policy.customer_from_json, policy, "{")
  t.raises ("corrupt", nil, policy.customer_from_bytes, policy, "\0\1\2")
  t.raises ("corrupt", nil, policy.customer_from_bytes, policy, "")
  t.raises ("invalid", nil, policy.customer, policy, "")
end)

t.finish ()
