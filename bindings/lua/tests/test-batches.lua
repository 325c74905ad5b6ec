-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Columns of questions to a calendar: one call, and the answers of single calls.

local csvc = require "csvc"
local t = require "tap"

local policy, at = t.desk ()
local calendar = policy.calendars[1]
local n = t.slow and 20000 or 1000000

local function columns ()
  local times, amounts, seed = {}, {}, 1
  for i = 1, n do
    seed = seed * 6364136223846793005 + 1442695040888963407
    times[i] = at + (seed >> 20) % (5 * 365 * csvc.day)
    amounts[i] = (seed >> 13) % (90 * csvc.day) - 10 * csvc.day
  end
  return times, amounts
end

local times, amounts = columns ()
local answers = calendar:add_many (times, amounts)

local function pack (list)
  local parts = {}
  for i = 1, #list, 100 do
    local last = math.min (i + 99, #list)
    parts[#parts + 1] = string.pack (("i8"):rep (last - i + 1), table.unpack (list, i, last))
  end
  return table.concat (parts)
end

t.case ("a million questions give what single ones give", function ()
  t.equal (#answers, n)
  for i = 1, n, 7 do
    if (calendar:add (times[i], amounts[i])) ~= answers[i] then t.equal (answers[i], (calendar:add (times[i], amounts[i]))) end
  end
  local between = calendar:between_many (times, answers)
  for i = 1, n, 11 do
    if (calendar:between (times[i], answers[i])) ~= between[i] then t.equal (between[i], (calendar:between (times[i], answers[i]))) end
  end
  t.ok (true)
end)

t.case ("packed columns give packed answers", function ()
  local packed = calendar:add_many (pack (times), pack (amounts))
  t.equal (#packed, 8 * n)
  t.ok (packed == pack (answers))
  local same = calendar:add_many (pack (times), 3 * csvc.hour)
  t.equal ((string.unpack ("i8", same)), (calendar:add (times[1], 3 * csvc.hour)))
end)

-- The tool is C all through: a million of its answers, in seconds, are those of one call from here.
local tool = (os.getenv "CSVC_BUILDDIR" or "/nix") .. "/tools/csvc"
local there = not t.slow and io.open (tool)
if there then
  there:close ()
  t.case ("a million answers of C are the same", function ()
    local questions, said = t.temporary ".in", t.temporary ".out"
    local file, rounded = assert (io.open (questions, "w")), {}
    for i = 1, n do
      rounded[i] = amounts[i] // csvc.second * csvc.second
      file:write (csvc.format (times[i]), "\t", rounded[i] // csvc.second, "\n")
    end
    file:close ()
    t.ok (os.execute (("%s calendar --batch %s/examples/desk.xml office add < %s > %s"):format (tool, t.source, questions, said)))
    local expected, i, differ = calendar:add_many (times, rounded), 0, 0
    for line in io.lines (said) do
      i = i + 1
      local answer = line:match "%d%d%d%d%-%S+" or line
      if csvc.time (answer) ~= expected[i] then differ = differ + 1 end
    end
    t.equal (i, n)
    t.equal (differ, 0)
  end)
else
  t.skip ("a million answers of C are the same", t.slow and "takes long here" or "the tool is not built")
end

t.case ("empty columns, and columns that do not fit", function ()
  t.same (calendar:add_many ({}, {}), {})
  t.equal (calendar:add_many ("", ""), "")
  t.same (calendar:add_many ({}, 5), {})
  t.raises ("argument", "different lengths", calendar.add_many, calendar, { at }, {})
  t.raises ("argument", "element 2", calendar.add_many, calendar, { at, "x" }, { 1, 2 })
  t.raises ("argument", "element 2", calendar.add_many, calendar, { at, at }, { 1, 2.5 })
  t.raises ("argument", "packed", calendar.add_many, calendar, "1234567", "1234567")
  t.raises ("argument", "list or packed", calendar.add_many, calendar, nil, 5)
  t.raises ("argument", "list or packed", calendar.add_many, calendar, { at }, nil)
  t.raises ("argument", "csvc.Calendar", calendar.add_many, policy, { at }, { 1 })
  local e = t.raises ("limit", "question 2", calendar.add_many, calendar, { at, math.maxinteger }, csvc.hour)
  t.equal (e.kind, "limit")
  t.raises ("limit", nil, calendar.add_many, calendar, { at }, { math.mininteger })
end)

t.case ("many cases are opened at once", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  local openings = {}
  for i = 1, 1000 do
    openings[i] = { kind = "complaint", id = "C-" .. i, at = at, facts = { window = i % 2 == 0 and "hall" or "hotline" }, customer = "K-1" }
  end
  openings[1001] = { kind = "complaint", id = "C-refused", at = at }
  local answers, effects = engine:open_many (openings)
  t.equal (#answers, 1001)
  t.equal (answers[1000], "accepted")
  t.equal (answers[1001], "refused-missing-fact")
  t.ok (#effects > 5000)
  t.equal (engine:case "C-1000":fact "window", "hall")
  t.raises ("argument", "has no id", engine.open_many, engine, { { kind = "complaint", at = at } })
  t.raises ("argument", "table expected", engine.open_many, engine, { 5 })
  t.raises ("argument", "known", engine.open_many, engine, { { kind = "complaint", id = "x", at = at, nix = 1 } })
  t.raises ("argument", "list", engine.open_many, engine, "x")
  t.raises ("not-found", nil, engine.open_many, engine, { { kind = "nix", id = "x", at = at } })
  local hollow = setmetatable ({}, { __len = function () return 10 ^ 9 end })
  t.same ((engine:open_many (hollow)), {})
end)

t.finish ()
