-- SPDX-License-Identifier: LGPL-2.1-or-later

-- The examples run, and print what they should.

local t = require "tap"

-- The interpreter that runs this, with what it found the module by in its environment.
local lua = arg[-1] or "lua5.4"

local function run (command)
  local pipe = assert (io.popen (("'%s' %s/examples/lua/%s 2>&1"):format (lua, t.source, command)))
  local said = pipe:read "a"
  local ok = pipe:close ()
  return said, ok == true
end

local function has (said, ...)
  for _, text in ipairs { ... } do
    t.ok (said:find (text, 1, true), ("no %q in:\n%s"):format (text, said))
  end
end

t.case ("load a policy and ask", function ()
  local said, ok = run ("ask.lua " .. t.source .. "/examples/desk.xml")
  t.ok (ok, said)
  has (said, "A small help desk: complaint", "reply is due 2026-03-02T15:30:00+08:00", "PT3H counted", "clock-missed\treply")
  said, ok = run "ask.lua /nix.xml"
  t.ok (not ok)
  has (said, "cannot read /nix.xml")
end)

t.case ("a complaint's life with a listener, in both stores", function ()
  local policy = t.source .. "/examples/desk.xml "
  local said, ok = run ("complaint.lua " .. policy)
  t.ok (ok, said)
  has (said, "refused: ", "woke at 2026-03-02T05:15:00.000001Z", "tell every agent that C-1", "reply of C-1 was missed", "1 case, 5 entries, all good")
  t.equal ((run ("complaint.lua " .. policy .. t.temporary ".db")), said)
end)

t.case ("a caller's queue", function ()
  local said, ok = run "route.lua"
  t.ok (ok, said)
  t.equal (said, "139-1\tgold\n139-2\tcomplaints-now\n139-3\tcomplaints\n139-4\tstandard\n139-5\tsilver\n139-6\tnew\n")
  said, ok = run ("route.lua " .. t.temporary ".db" .. " 139-1 2026-03-02T08:00:00Z")
  t.ok (ok, said)
  t.equal (said, "new\n")
end)

t.finish ()
