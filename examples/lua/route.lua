-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Which queue does a caller go to? As a telephone exchange asks (FreeSWITCH, Kamailio, Asterisk): with the number, while it rings.
--
--     route.lua STORE NUMBER TIME     the queue, for a store of route.xml
--     route.lua                       a few callers of a made-up store
--
-- A caller whose complaint is overdue, or due within the hour, goes to somebody who can end it; then those whom their tier entitles to it, gold before silver, before
-- the rest.

local csvc = require "csvc"

local here = arg[0]:match "^(.*)/[^/]*$" or "."

-- The promise of an open complaint that is due first; nil when the caller has none open.
local function first_due (engine, number)
  local first
  for item in engine:each_case { customer = number, kind = "complaint", open_only = true } do
    for _, cycle in ipairs (engine:case (item.id).cycles) do
      if cycle.due and cycle.verdict ~= "met" and (not first or cycle.due < first) then
        first = cycle.due
      end
    end
  end
  return first
end

-- nil for a number that nobody knows. Who is entitled to it comes through first, in the queue of their tier.
local function standing_of (engine, number, now)
  local ok, customer = pcall (engine.customer, engine, number)
  if ok then
    return customer:may_use ("hotline_priority", now) and customer.tier.id or "standard"
  elseif not csvc.is_error (customer, "not-found") then
    error (customer, 0)
  end
end

local function route (engine, number, now)
  local due = first_due (engine, number)
  if due and due <= now + csvc.hour then
    return "complaints-now"
  elseif due then
    return "complaints"
  end
  return standing_of (engine, number, now) or "new"
end

-- ── a made-up morning ──

local function fill (engine, at)
  for number, arpu in pairs { ["139-1"] = 250, ["139-2"] = 300, ["139-3"] = 120, ["139-4"] = 60, ["139-5"] = 150 } do
    engine:put (number, { arpu = arpu }, at)
  end
  engine:open ("complaint", "C-1", { at = at, customer = "139-2" })
  engine:open ("complaint", "C-2", { at = at, customer = "139-3" })
  engine:open ("complaint", "C-3", { at = at, customer = "139-5" })
  engine:fire ("C-3", "solved", { at = at + csvc.hour, role = "agent" })
end

local function morning ()
  local policy = csvc.load (here .. "/route.xml")
  local engine <close> = csvc.engine ("memory:", policy)
  local at = policy.zone:time "2026-03-02T08:00"
  fill (engine, at)
  local now = at + 3 * csvc.hour + 30 * csvc.minute
  engine:advance (now)
  for _, number in ipairs { "139-1", "139-2", "139-3", "139-4", "139-5", "139-6" } do
    print (number, route (engine, number, now))
  end
end

if #arg == 0 then
  morning ()
else
  local engine <close> = csvc.engine (arg[1])
  print (route (engine, arg[2], csvc.time (arg[3])))
end
