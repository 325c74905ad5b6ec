-- SPDX-License-Identifier: LGPL-2.1-or-later

-- The nightly retention sweep: who is to be called tomorrow and why, who is not, and the last question before the call. The twin of ../c/sweep.c.
--
--     sweep.lua [POLICY [STORE [NIGHT]]]

local csvc = require "csvc"

local hour <const>, day <const> = csvc.duration "PT1H", csvc.duration "P1D"

local customers = {
  { "K-1", { spend = 80, contract_end = "2026-03-20", consent = true } },
  { "K-2", { spend = 80, contract_end = "2026-03-12", consent = false } },
  { "K-3", { spend = 300, contract_end = "2026-03-25", consent = true } },
  { "K-4", { spend = 80, contract_end = "2026-03-28", consent = true } },
  { "K-5", { spend = 80, contract_end = "2027-01-31", warned_on = "2026-03-01", consent = true } },
  { "K-6", { spend = 500, contract_end = "2026-03-15", consent = true } },
  { "K-7", { spend = 500, contract_end = "2027-01-31", consent = true } },
}

local function say (form, ...)
  print (form:format (...))
end

-- The tasks of each role, the most urgent first; then what was suppressed, and by what.
local function show (policy, sweep)
  for _, role in ipairs (policy.roles) do
    say ("%s:", role.id)
    for _, item in ipairs (sweep.items) do
      if item.decision == "open" and policy:rule (item.rule).role.id == role.id then
        say ("  %s (%s) until %s: %s", item.customer, item.tier, policy.zone:format (item.due), item.reason)
      end
    end
  end
  print "suppressed:"
  for _, item in ipairs (sweep.items) do
    if item.decision == "suppressed" then
      say ("  %s (%s) by %s: %s", item.customer, item.tier, item.veto, item.reason)
    end
  end
end

local function main (path, uri, night)
  local policy = csvc.load (path)
  local engine <close> = csvc.engine (uri, policy)
  local at = policy.zone:time (night)

  for _, customer in ipairs (customers) do
    engine:put (customer[1], customer[2], at - 7 * day)
  end
  engine:contact ("K-6", "phone", "keeping", at - 7 * day + 9 * hour)

  local sweep = engine:sweep { at = at, actor = "night" }
  say ("%s: %d customers, %d looked at whole, %d tasks opened", policy.zone:format (at), sweep.n_customers, sweep.n_loaded, sweep.n_opened)
  show (policy, sweep)
  -- One task for an occasion, for ever: a sweep that was cut short is simply made again.
  say ("again: %d opened", engine:sweep { at = at, actor = "night" }.n_opened)

  -- Much may happen until the morning, so the last moment is asked once more.
  engine:note_event ("K-3", "port_requested", at + 6 * hour)
  for _, hours in ipairs { 6, 9 } do
    for _, number in ipairs { "K-1", "K-3", "K-5" } do
      local moment = at + hours * hour
      local _, permission = engine:may_contact (number, "phone", "keeping", moment)
      say ("%s call %s? %s", policy.zone:format (moment), number, permission.message)
    end
  end
end

local ok, problem = pcall (main, arg[1] or "retention.xml", arg[2] or "memory:", arg[3] or "2026-03-03T01:30")
if not ok then
  io.stderr:write (tostring (problem), "\n")
  os.exit (1)
end
