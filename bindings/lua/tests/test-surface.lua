-- SPDX-License-Identifier: LGPL-2.1-or-later

-- What bindings/surface.txt says that Lua offers is there, and nothing of the core is left unused.

local core = require "csvc.core"
local csvc = require "csvc"
local t = require "tap"

local rows = {}
for line in io.lines (t.source .. "/bindings/surface.txt") do
  local name, lua_name = line:match "^csvc_(%S+)%s+%S+%s+(%S+)"
  if name then rows[name] = lua_name end
end

-- By the name of the core, or of all that begins so.
local function row_of (name)
  if rows[name] then return rows[name] end
  for prefix, lua_name in pairs (rows) do
    if prefix:sub (-1) == "*" and name:sub (1, #prefix - 1) == prefix:sub (1, -2) then return lua_name end
  end
end

local function exists (lua_name)
  local class, member = lua_name:match "^(%u%w*)[.:]([%w_]+)$"
  if class then
    for _, known in ipairs (core.metatable (class).__names) do
      if known == member then return true end
    end
    return false
  end
  local f = lua_name:match "^csvc%.([%w_]+)$"
  return f == nil or csvc[f] ~= nil
end

t.case ("every name that the table tells is there", function ()
  local n = 0
  for name, lua_name in pairs (rows) do
    n = n + 1
    t.ok (exists (lua_name), name .. ": there is no " .. lua_name)
    t.ok (lua_name ~= "?", name .. ": the column is empty")
  end
  t.ok (n > 400)
end)

t.case ("the table tells of what csvc.lua uses", function ()
  for name, lua_name in pairs (core.surface) do
    local told = row_of (name)
    -- Reshaped functions bear names of their own.
    if told and told ~= "-" then t.ok (exists (told)) end
    t.ok (exists (lua_name), lua_name .. " is no name")
  end
end)

t.case ("csvc.lua uses all of the core, but for what the table does not promise", function ()
  local own = { metatable = true, close = true, is_closed = true, same = true, version_string = true }
  local unused = {}
  for name, f in pairs (core) do
    if type (f) == "function" and not own[name] and not core.surface[name] and (row_of (name) or "-") ~= "-" then
      unused[#unused + 1] = name
    end
  end
  table.sort (unused)
  t.equal (table.concat (unused, " "), "")
end)

t.case ("effects have the fields of the header", function ()
  local policy, at = t.desk ()
  local case, _, effects = policy:open ("complaint", "C", { at = at, facts = { window = "hall" } })
  for _, effect in ipairs (case:advance (at + csvc.day)) do effects[#effects + 1] = effect end
  for _, effect in ipairs (effects) do
    t.equal (type (effect.type), "string")
    t.equal (math.type (effect.at), "integer")
    local doc = t.read (t.source .. "/include/csvc/effect.h"):match ("@CSVC_EFFECT_" .. effect.type:upper ():gsub ("%-", "_") .. ": ([^\n]+)")
    t.ok (doc, effect.type)
    for key in pairs (effect) do
      if key ~= "type" and key ~= "at" then t.ok (doc:find (key:gsub ("_", "-"), 1, true) or key == "continues", effect.type .. "." .. key) end
    end
  end
end)

t.finish ()
