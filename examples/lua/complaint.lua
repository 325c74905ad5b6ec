-- SPDX-License-Identifier: LGPL-2.1-or-later

-- A complaint's life in a store, with a listener that hears of everything that was committed. The twin of ../c/complaint.c.
--
--     complaint.lua [POLICY [STORE]]

local csvc = require "csvc"

-- A real one would send messages, and keep entry.id to go on from there after a restart.
local function tell (entry)
  for _, effect in ipairs (entry.effects) do
    if effect.type == "notify" then
      print (("%s: tell every %s that %s (%s)"):format (entry.id, effect.role, entry.stream, effect.cause))
    elseif effect.type == "clock-missed" then
      print (("%s: %s of %s was missed"):format (entry.id, effect.clock, entry.stream))
    end
  end
end

local function main (path, uri)
  local policy = csvc.load (path)
  local store <close> = csvc.store (uri)
  local engine <close> = csvc.engine (store, policy)
  local function at (text)
    return policy.zone:time (text)
  end
  engine:listen (tell)

  -- A key makes the command safe to repeat, as after a lost connection: it is done once and answered twice.
  for _ = 1, 2 do
    engine:open ("complaint", "C-1", { at = at "2026-03-02T11:00", customer = "K-7", actor = "wang", role = "agent", key = "form-4711",
                                       facts = { window = "hotline" } })
  end

  -- A refusal is an answer, no error, and says why when asked.
  local stamp = { at = at "2026-03-02T11:30", actor = "zhang" }
  if not engine:fire ("C-1", "replied", stamp) then
    print ("refused: " .. engine:explain_refusal ("C-1", "replied", stamp).message)
  end

  -- A host sleeps until the next wake. Nobody sleeps here: time is an argument.
  local wake = engine:next_wake ()
  while wake and wake <= at "2026-03-09T11:00" do
    print ("woke at " .. csvc.format (wake))
    engine:advance (wake)
    wake = engine:next_wake ()
  end

  engine:fire ("C-1", "solved", { at = at "2026-03-09T12:00", actor = "wang", role = "agent" })
  local complaint = engine:case "C-1"
  local said = { complaint.ended and "ended:" or "open:" }
  for _, cycle in ipairs (complaint.cycles) do
    said[#said + 1] = cycle.clock .. " " .. cycle.verdict
  end
  print (table.concat (said, " "))
  local streams, entries = engine:verify ()
  print (("%d case, %d entries, all good"):format (streams, entries))
end

local ok, problem = pcall (main, arg[1] or "desk.xml", arg[2] or "memory:")
if not ok then
  io.stderr:write (tostring (problem), "\n")
  os.exit (1)
end
