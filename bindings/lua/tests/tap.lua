-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Tests that speak TAP. A case is a function; inside it, each check counts for itself: hundreds of them, one line a case.
--
--   local t = require "tap"
--   t.case ("a name", function () t.equal (1 + 1, 2) end)
--   t.finish ()

local csvc = require "csvc"

local M = { count = 0, failed = 0, checks = 0 }

M.source = os.getenv "CSVC_SRCDIR" or "."
M.data = os.getenv "CSVC_TEST_DATA"
M.scale = tonumber (os.getenv "CSVC_TEST_SCALE" or "1") or 1
M.slow = (os.getenv "CSVC_TEST_SANITIZED" or "") ~= "" or (os.getenv "CSVC_TEST_VALGRIND" or "") ~= ""

local function show (value)
  return type (value) == "string" and string.format ("%q", value) or tostring (value)
end

local function complain (what, level)
  error (setmetatable ({ debug.traceback (what, level or 3) }, { __tostring = function (e) return e[1] end }), 0)
end

function M.ok (value, what)
  M.checks = M.checks + 1
  if not value then complain (what or "not true") end
  return value
end

function M.equal (got, expected, what)
  M.checks = M.checks + 1
  if got ~= expected or math.type (got) ~= math.type (expected) then
    complain (string.format ("%sexpected %s, got %s", what and what .. ": " or "", show (expected), show (got)))
  end
end

-- Tables by their contents.
local function same (a, b)
  if type (a) ~= "table" or type (b) ~= "table" then return a == b end
  for key, value in pairs (a) do
    if not same (value, b[key]) then return false, key end
  end
  for key in pairs (b) do
    if a[key] == nil then return false, key end
  end
  return true
end

function M.same (got, expected, what)
  M.checks = M.checks + 1
  local yes, key = same (got, expected)
  if not yes then complain ((what and what .. ": " or "") .. "tables differ" .. (key and " at " .. tostring (key) or "")) end
end

-- It raises an error of that kind, whose message has PATTERN in it (plain).
function M.raises (kind, pattern, f, ...)
  M.checks = M.checks + 1
  local ok, e = pcall (f, ...)
  if ok then complain ("nothing was raised") end
  if not csvc.is_error (e, kind) then
    complain (string.format ("expected an error of kind %s, got %s: %s", kind, csvc.is_error (e) and e.kind or type (e), tostring (e)))
  end
  if pattern and not tostring (e):find (pattern, 1, true) then complain (string.format ("no %q in %q", pattern, tostring (e))) end
  return e
end

function M.case (name, f)
  M.count = M.count + 1
  local ok, problem = xpcall (f, function (e)
    return type (e) == "table" and getmetatable (e) ~= "csvc.Error" and e or debug.traceback (tostring (e), 2)
  end)
  io.write (ok and "ok " or "not ok ", M.count, " - ", name, "\n")
  if not ok then
    M.failed = M.failed + 1
    io.write ("#   ", (tostring (problem):gsub ("\n", "\n#   ")), "\n")
  end
  io.flush ()
end

function M.skip (name, reason)
  M.count = M.count + 1
  io.write ("ok ", M.count, " - ", name, " # SKIP ", reason, "\n")
end

function M.finish ()
  io.write ("# ", M.checks, " checks\n1..", M.count, "\n")
  io.flush ()
  -- The state is closed, so that leaks are seen.
  os.exit (M.failed == 0, true)
end

function M.read (path)
  local file = assert (io.open (path, "rb"))
  local text = file:read "a"
  file:close ()
  return text
end

-- A name for a file that does not exist yet; removed at the end.
local made = setmetatable ({}, { __gc = function (list) for _, path in ipairs (list) do os.remove (path) end end })
function M.temporary (suffix)
  local path = os.tmpname ()
  os.remove (path)
  path = path .. (suffix or "")
  made[#made + 1] = path
  return path
end

-- The desk of examples/desk.xml, and an instant in it.
function M.desk ()
  local policy = csvc.load (M.source .. "/examples/desk.xml")
  return policy, policy.zone:time "2026-03-02T11:00"
end

return M
