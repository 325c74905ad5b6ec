-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Load a policy and ask: when is a complaint due that comes in now, and why then?
--
--     ask.lua [POLICY]

local csvc = require "csvc"

local function main (path)
  local policy = csvc.load (path)
  local kinds = {}
  for i, kind in ipairs (policy.kinds) do
    kinds[i] = kind:label ()
  end
  print (policy:label () .. ": " .. table.concat (kinds, ", "))

  local at = policy.zone:time "2026-03-02T11:00"
  local complaint, answer = policy:open ("complaint", "C-1", { at = at, facts = { window = "hall" } })
  if not complaint then
    error (answer)
  end
  for _, cycle in ipairs (complaint.cycles) do
    print (cycle.clock .. " is due " .. policy.zone:format (cycle.due))
    io.write (tostring (complaint:explain_due (cycle, at)))
  end

  print "and if nobody does anything for six hours:"
  for _, effect in ipairs (complaint:advance (at + 6 * csvc.hour)) do
    print (policy.zone:format (effect.at), effect.type, effect.alarm or effect.role or effect.clock)
  end
end

local ok, problem = pcall (main, arg[1] or "desk.xml")
if not ok then
  for _, fault in ipairs (csvc.is_error (problem) and problem.diagnostics or {}) do
    io.stderr:write (fault.text, "\n")
  end
  io.stderr:write (tostring (problem), "\n")
  os.exit (1)
end
