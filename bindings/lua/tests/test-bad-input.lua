-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Whatever is thrown at it: an error of the right kind, never a crash.

local core = require "csvc.core"
local csvc = require "csvc"
local t = require "tap"

local policy, at = t.desk ()

local odd = {
  false, true, 0, -1, 1.5, 0 / 0, 1 / 0, -1 / 0, math.maxinteger, math.mininteger, 2 ^ 63, "", "/nix/x", "a\0b", "\xff", ("x"):rep (100000), {}, { {} },
  setmetatable ({}, { __index = error, __len = error, __metatable = "csvc.Policy", __name = "csvc.Policy" }),
  print, function () end, coroutine.create (print), io.stdout, csvc.null, csvc, policy, policy.zone, policy.kinds[1], policy.calendars[1],
  csvc.store "memory:", csvc.engine ("memory:", policy), { at = at }, { at = "x" }, { at = at, role = 5 }, { facts = 5 },
}

t.case ("every function of csvc, with everything", function ()
  local quiet = { is_error = true, simulate = true }
  for name, f in pairs (csvc) do
    if type (f) == "function" and not quiet[name] then
      for i = 0, #odd do
        for j = 0, #odd, 7 do
          local ok, e = pcall (f, odd[i], odd[j], odd[(i + j) % #odd])
          t.ok (ok or csvc.is_error (e), name .. ": " .. tostring (e))
        end
      end
    end
  end
end)

t.case ("every function of the core, with everything", function ()
  local own = { metatable = true, same = true, is_closed = true, close = true, calendar_many = true }
  for name in pairs (core.surface) do
    local f = core[name]
    if not own[name] and not name:find "write" then
      t.ok (pcall (f) or true)
      for i = 1, #odd do
        local ok, e = pcall (f, odd[i], odd[#odd - i + 1], odd[i])
        t.ok (ok or csvc.is_error (e), name .. ": " .. tostring (e))
      end
      t.raises ("argument", "too many arguments", f, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    end
  end
end)

local function objects ()
  local case = policy:open ("complaint", "C", { at = at, facts = { window = "hall" } })
  local kind = policy.kinds[1]
  return {
    policy, policy.zone, policy.calendars[1], policy.roles[1], kind, kind.events[1], kind.states[2], kind.states[2].transitions[1], kind.clocks[1],
    kind.clocks[1].dues[1], kind.clocks[1].alarms[1], kind.part, kind.facts[1], case, case:what_next (at), case:explain_due ("reply", at),
    policy:customer "K", csvc.target_counter (policy), csvc.store "memory:", csvc.engine ("memory:", policy), csvc.default_map (policy),
    policy.calendars[1]:explain (at, at + csvc.day), csvc.calendar_builder ("x", policy.zone),
    (csvc.chart_text [[<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"><state id="a"/></scxml>]]),
  }
end

t.case ("every method, with everything, as every self", function ()
  for _, object in ipairs (objects ()) do
    local mt = core.metatable (getmetatable (object):match "%.(.*)$")
    for _, name in ipairs (mt.__names) do
      local f = object[name]
      if type (f) == "function" then
        for i = 0, #odd do
          local ok, e = pcall (f, odd[i], odd[i])
          t.ok (ok or csvc.is_error (e), name .. " of " .. tostring (odd[i]) .. ": " .. tostring (e))
          ok, e = pcall (f, object, odd[i], odd[(i * 7) % #odd + 1])
          t.ok (ok or csvc.is_error (e), name .. ": " .. tostring (e))
          if getmetatable (object) == "csvc.Engine" then pcall (object.rollback, object) end
        end
      end
    end
  end
end)

t.case ("objects are of one class, whatever they say", function ()
  for _, wrong in ipairs { io.stdout, csvc.null, policy.zone, "x", 5, {}, setmetatable ({}, { __name = "csvc.Policy" }) } do
    t.raises ("argument", "csvc.Policy expected", policy.kind, wrong, "complaint")
  end
  t.raises ("argument", "csvc.Policy expected, got nil", function () return policy.kind () end)
  t.raises ("argument", "csvc.Policy expected", policy.kind, nil, "complaint")
  t.raises ("argument", "csvc.Store expected", csvc.store "memory:".close, policy)
  t.raises ("argument", "csvc.Engine expected", csvc.engine ("memory:").close, policy)
end)

t.case ("parts of what was collected first", function ()
  -- Both die in one go, the policy first: its finalizer was set last.
  local said
  local late = setmetatable ({}, { __gc = function (self) said = select (2, pcall (function () return self.kind.id end)) end })
  late.kind = csvc.load (t.source .. "/examples/desk.xml").kinds[1]
  late = nil
  for _ = 1, 4 do collectgarbage () end
  t.ok (said == "complaint" or csvc.is_error (said, "closed"), tostring (said))
end)

t.case ("metatables are locked", function ()
  for _, object in ipairs (objects ()) do
    t.equal (type (getmetatable (object)), "string", tostring (object))
    t.equal (pcall (setmetatable, object, {}), false)
    t.raises ("argument", "no field 'nix'", function () return object.nix end)
    t.raises ("argument", "no field", function () return object[1] end)
    t.raises ("argument", "no field", function () return object[{}] end)
    t.raises ("argument", "cannot be set", function () object.id = 1 end)
    t.equal (type (tostring (object)), "string")
    t.ok (object == object)
    t.ok (object ~= 1 and object ~= "x" and object ~= io.stdout)
  end
  -- What the debug library does is the script's own doing, but must not free twice.
  local mt = debug.getmetatable (policy:customer "K")
  local customer = policy:customer "K"
  mt.__gc (customer)
  t.raises ("closed", nil, function () return customer.id end)
end)

t.case ("errors are tables", function ()
  local e = t.raises ("not-found", nil, csvc.load, "/nix")
  t.equal (e.kind, "not-found")
  t.equal (type (e.message), "string")
  t.ok (e.where:match "^.+:%d+$")
  t.equal (tostring (e), e.where .. ": " .. e.message)
  t.equal (getmetatable (e), "csvc.Error")
  t.equal (csvc.is_error (e), true)
  t.equal (csvc.is_error (e, "not-found"), true)
  t.equal (csvc.is_error (e, "io"), false)
  for _, no in ipairs { 1, "x", {}, io.stdout } do t.equal (csvc.is_error (no), false) end
  t.equal (csvc.is_error (nil), false)
  e.message = nil
  t.equal (tostring (e), "csvc.Error")
  e.message, e.where = {}, {}
  t.equal (tostring (e), "csvc.Error")
end)

t.case ("the script's line is named, not the module's", function ()
  local _, e = pcall (function ()
    local case = policy:open ("complaint", "C", { at = "noon" }) -- here
    return case
  end)
  t.ok (e.where:find "test%-bad%-input.lua:%d+")
  t.equal (e.kind, "argument")
  _, e = pcall (function () return policy.nix end)
  t.ok (e.where:find "test%-bad%-input.lua:%d+", e.where)
end)

t.case ("stamps", function ()
  local case = policy:open ("complaint", "C", { at = at, facts = { window = "hall" } })
  local function fire (stamp) return case:fire ("replied", stamp) end
  t.raises ("argument", "no field 'at'", fire, {})
  t.raises ("argument", "table with at", fire, nil)
  t.raises ("argument", "table with at", fire, "now")
  t.raises ("argument", "'at'", fire, { at = "now" })
  t.raises ("argument", "'at'", fire, { at = 1.5 })
  t.raises ("argument", "'at'", fire, { at = math.maxinteger })
  t.raises ("argument", "'occurred'", fire, { at = at, occurred = {} })
  t.raises ("argument", "'role'", fire, { at = at, role = 5 })
  t.raises ("argument", "'actor'", fire, { at = at, actor = "a\0b" })
  t.raises ("argument", "'unit'", fire, { at = at, unit = "\xff" })
  t.raises ("argument", "'rol'", fire, { at = at, rol = "agent" })
  t.raises ("argument", "number", fire, { at, role = "agent" })
  t.raises ("argument", "table of facts", fire, { at = at, facts = 5 })
  t.raises ("argument", "csvc.Customer expected", fire, { at = at, customer = "K" })
  t.raises ("argument", "no option 'nix'", csvc.simulate, policy, { nix = 1 })
  t.raises ("argument", "table expected", csvc.simulate, policy, 5)
end)

t.case ("deep stacks and long names", function ()
  local long = ("x"):rep (1000000)
  t.equal (policy:kind (long), nil)
  t.raises ("io", nil, csvc.load, ("x"):rep (5000))
  t.raises ("argument", "no field", function () return policy[long] end)
  local facts = {}
  for i = 1, 20000 do facts["f" .. i] = i end
  t.raises ("invalid", nil, policy.open, policy, "complaint", "C", { at = at, facts = facts })
  local function deep (n) return n == 0 and policy.zone.name or (deep (n - 1)) end
  t.equal (deep (150), "Asia/Shanghai")
end)

t.case ("two states know nothing of each other", function ()
  local path = package.loaded["csvc"] and arg and arg[-1] or "lua5.4"
  local script = t.temporary ".lua"
  local file = assert (io.open (script, "w"))
  file:write "local csvc = require 'csvc'; csvc.engine ('memory:'); io.write (csvc.format (0))\n"
  file:close ()
  local pipe = io.popen (path .. " " .. script)
  t.equal (pipe:read "a", "1970-01-01T00:00:00Z")
  pipe:close ()
  package.loaded["csvc"] = nil
  local again = require "csvc"
  t.ok (again ~= csvc)
  t.equal (again.format (0), "1970-01-01T00:00:00Z")
  t.equal (policy.id, "desk", "objects from before go on")
end)

t.finish ()
