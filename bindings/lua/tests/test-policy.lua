-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Policies, their parts, calendars, charts, scenarios.

local csvc = require "csvc"
local t = require "tap"

local telecom = t.source .. "/data/policies/telecom.xml"

t.case ("a policy and its parts", function ()
  local policy, findings = csvc.load (t.source .. "/examples/desk.xml")
  t.equal (policy.id, "desk")
  t.equal (policy.version, "1")
  t.equal (policy.language, "en")
  t.equal (#policy.hash, 64)
  t.equal (policy:label (), "A small help desk")
  t.equal (policy:label "de", "A small help desk")
  t.equal (type (findings), "table")
  t.equal (#policy.findings, #findings)
  t.equal (#policy.kinds, 1)
  t.equal (#policy.roles, 1)
  t.equal (policy:role "agent".id, "agent")
  t.equal (policy:role "nobody", nil)
  local kind = policy:kind "complaint"
  t.ok (kind == policy.kinds[1], "equal, though another userdata")
  t.equal (#kind.events, 2)
  t.equal (kind:event "replied".by[1].id, "agent")
  t.equal (#kind:event "replied".sets, 0)
  local open = kind:state "open"
  t.equal (open.type, "atomic")
  t.equal (kind:state "closed".type, "final")
  t.equal (open.parent.index, 0)
  t.equal (open.depth, 1)
  t.equal (#open.clocks, 2)
  t.equal (open.transitions[1].targets[1].id, "closed")
  t.equal (open.transitions[1].events, "solved")
  t.equal (open.transitions[1].condition, nil)
  t.equal (open.transitions[1].internal, false)
  local reply = kind:clock "reply"
  t.equal (reply.met_by, "replied")
  t.equal (reply.promise, true)
  t.equal (reply.state, open)
  t.equal (#reply.dues, 2)
  t.equal (tostring (reply.dues[1]), "PT3H of office")
  t.equal (reply.dues[1].when, 'window = "hall"')
  t.equal (reply.dues[2].when, nil)
  t.equal (reply:alarm "soon".at, "75%")
  t.equal (reply:alarm "soon".actions, "notify agent")
  t.equal (reply.part.line > 0, true)
  local window = kind:fact "window"
  t.same (window.words, { "hotline", "hall" })
  t.equal (window.type, "enum")
  t.equal (window.required, true)
  t.equal (window.of_customer, false)
  t.equal (policy:calendar "office".id, "office")
  t.equal (policy:calendar_part "office".id, "office")
  t.ok (policy:calendar_text "office":find "08:30", nil)
  t.raises ("not-found", "nix", policy.calendar_text, policy, "nix")
end)

t.case ("parts outlive what they were asked of", function ()
  local state
  do
    local policy = csvc.load (telecom)
    local kind = policy.kinds[1]
    state = kind.states[2]
  end
  for _ = 1, 3 do collectgarbage () end
  t.equal (type (state.id), "string")
  t.equal (state.parent.depth, 0)
end)

t.case ("the shipped policies are read whole", function ()
  local policy = csvc.load (telecom)
  local n = 0
  for _, kind in ipairs (policy.kinds) do
    for _, state in ipairs (kind.states) do
      n = n + #state.transitions + #state.clocks
      t.equal (type (state.entry == nil or state.entry), state.entry == nil and "boolean" or "string")
    end
    for _, clock in ipairs (kind.clocks) do
      for _, alarm in ipairs (clock.alarms) do t.ok (alarm.id) end
    end
    t.equal (kind:label "zh" ~= nil, true)
  end
  t.ok (n > 50)
  t.ok (#policy.assumed > 0)
  t.equal (type (policy.assumed[1].line), "number")
  for _, level in ipairs (policy.levels) do t.equal (level.role.id, policy:level (level.id).role.id) end
end)

t.case ("a policy goes to XML and back", function ()
  local policy = csvc.load (telecom)
  local again = csvc.load_text (policy:to_xml (), "again.xml")
  t.equal (again.hash, policy.hash)
  t.equal (again:to_xml (), policy:to_xml ())
  t.ok (again ~= policy)
end)

t.case ("faults come all at once, with file and line", function ()
  local e = t.raises ("policy", "bad.xml", csvc.load_text, [[<policy xmlns="urn:csvc:policy:1" id="x" version="1" zone="Nowhere/Land">
  <case id="k" initial="nix"><state id="a"><transition event="e" target="b"/></state></case>
</policy>]], "bad.xml")
  t.ok (#e.diagnostics >= 2)
  t.equal (e.file, "bad.xml")
  t.equal (math.type (e.line), "integer")
  local first = e.diagnostics[1]
  t.equal (first.severity, "error")
  t.equal (math.type (first.number), "integer")
  t.ok (first.text:find "bad.xml:")
  t.ok (first.message)
  t.ok (e.where:find "tap.lua" or e.where:find "test%-policy.lua")
  t.raises ("not-found", "/nix", csvc.load, "/nix/nothing.xml")
  t.raises ("policy", nil, csvc.load_text, "")
  t.raises ("policy", nil, csvc.load_text, "<policy\0/>")
  t.raises ("policy", nil, csvc.load_text, "\xff\xfe")
end)

local office = '{"id": "office", "time_zone": "Asia/Shanghai", "weekly": {"mon": [["09:00", "12:00"], ["13:00", "18:00"]], "tue": [["09:00", "18:00"]]}}'

t.case ("calendars from JSON", function ()
  local calendar, findings = csvc.calendar_text (office, "office.json")
  t.equal (calendar.id, "office")
  t.equal (calendar.zone.name, "Asia/Shanghai")
  t.equal (#findings, 0)
  t.equal (#calendar.hash, 64)
  t.equal (calendar.version, nil)
  local zone = calendar.zone
  local monday = zone:time "2026-03-02T11:00"
  local due, beyond = calendar:add (monday, 3 * csvc.hour)
  t.equal (zone:format (due), "2026-03-02T15:00:00+08:00")
  t.equal (beyond, false)
  t.equal (calendar:between (monday, due), 3 * csvc.hour)
  t.equal (calendar:is_open (monday), true)
  t.equal (zone:format ((calendar:next_closing (monday))), "2026-03-02T12:00:00+08:00")
  t.equal (zone:format ((calendar:next_opening (monday))), "2026-03-02T13:00:00+08:00")
  t.equal (zone:format ((calendar:previous_opening (monday))), "2026-03-02T09:00:00+08:00")
  t.equal (zone:format ((calendar:previous_closing (monday))), "2026-02-24T18:00:00+08:00")
  t.equal (zone:format ((calendar:add_days (monday, 2))), "2026-03-09T11:00:00+08:00")
  t.equal (calendar:count_days (monday, monday + 7 * csvc.day), 2)
  local segments = calendar:explain (monday, due)
  t.equal (segments.working, 3 * csvc.hour)
  local sum = 0
  for _, row in ipairs (segments.rows) do sum = sum + row.open end
  t.equal (sum, segments.working)
  t.equal (segments.rows[1].kind, "working")
  t.ok (tostring (segments):find "working time PT3H", nil)
  t.raises ("limit", nil, calendar.add, calendar, csvc.time "9999-12-31T00:00:00Z", 400 * csvc.day)
  t.raises ("syntax", nil, csvc.calendar_text, "{", "x.json")
  t.raises ("not-found", nil, csvc.calendar, "/nix.json")
end)

t.case ("calendars from a builder", function ()
  local calendar = csvc.calendar_builder ("shop", csvc.zone "Europe/Berlin")
    :hours ("mon tue wed thu fri", "09:00-17:00"):holiday ("12-25", "Christmas"):date_hours ("2026-12-24", "09:00-12:00", "Christmas Eve")
    :moved_day ("2026-12-27", "fri"):closed (nil, "12:00-12:30", "lunch"):version "3":horizon (2030, "flag"):precedence "holidays"
    :add_ends "opening":add_days "time-of-day":build ()
  t.equal (calendar.version, "3")
  t.equal (calendar:is_open (calendar.zone:time "2026-12-25T10:00"), false)
  t.equal (calendar:is_open (calendar.zone:time "2026-12-23T12:15"), false)
  local _, beyond = calendar:add (calendar.zone:time "2031-01-06T10:00", csvc.hour)
  t.equal (beyond, true)
  local builder = csvc.calendar_builder ("x", csvc.zone "UTC")
  t.raises ("syntax", nil, builder.hours, builder, "mon", "nine to five")
  t.raises ("argument", "no such word", builder.precedence, builder, "nobody")
  t.raises ("argument", nil, builder.horizon, builder, -1, "flag")
  t.raises ("argument", "string expected, got nil", builder.holiday, builder)
  t.raises ("invalid", nil, builder.build, builder)
  builder:hours ("mon", "09:00-10:00"):build ()
  t.raises ("closed", "CalendarBuilder", builder.hours, builder, "tue", "09:00-10:00")
  t.raises ("closed", "CalendarBuilder", builder.build, builder)
end)

t.case ("days off from iCalendar", function ()
  local builder = csvc.calendar_builder ("cn", csvc.zone "Asia/Shanghai"):hours ("mon tue wed thu fri", "09:00-18:00")
  local import = builder:import_ical ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261001\r\nSUMMARY:国庆节\r\n" ..
    "END:VEVENT\r\nEND:VCALENDAR\r\n", "cn.ics", "fri")
  t.equal (import:count "events", 1)
  t.equal (import:count "days-off", 1)
  t.same (import.diagnostics, {})
  t.ok (tostring (import):find "cn.ics", nil)
  t.raises ("argument", "no such word", import.count, import, "nix")
  t.raises ("syntax", nil, builder.import_ical, builder, "BEGIN:VCARD")
end)

t.case ("charts of SCXML", function ()
  local chart = csvc.chart_text [[<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" initial="a">
    <state id="a"><transition event="go" target="b"/></state><final id="b"/></scxml>]]
  t.same (chart.states, { "a" })
  t.equal (chart:is_in "a", true)
  t.equal (chart.ended, false)
  local ok, answer = chart:send "stop"
  t.equal (ok, false)
  t.equal (answer, "refused-state")
  ok, answer = chart:send "go"
  t.equal (ok, true)
  t.equal (answer, "accepted")
  t.same (chart.states, { "b" })
  t.equal (chart.ended, true)
  t.raises ("invalid", nil, chart.send, chart, "two words")
  t.raises ("policy", nil, csvc.chart_text, "<scxml/>")
end)

t.case ("a scenario is played and recorded", function ()
  local path = t.temporary ".scenario"
  local file = assert (io.open (path, "w"))
  file:write ("policy ", t.source, "/examples/desk.xml\n2026-03-02 09:00  open complaint C1: window = hotline\n  state open\n",
              "09:20  replied by ann as agent\n  clock reply met at 09:20\n")
  file:close ()
  local scenario = csvc.scenario (path)
  t.equal (scenario.n_steps, 2)
  t.equal (scenario.n_expectations, 2)
  t.equal (scenario.policy.id, "desk")
  t.equal (scenario:run (), true)
  t.equal (scenario:run { csvc.store "memory:" }, true)
  t.raises ("argument", "csvc.Store expected", scenario.run, scenario, { 5 })
  t.raises ("argument", "list of stores", scenario.run, scenario, 5)
  file = assert (io.open (path, "a"))
  file:write "  state closed\n"
  file:close ()
  local ok, failures = csvc.scenario (path):run ()
  t.equal (ok, false)
  t.equal (failures[1].number, 710)
  t.equal (failures[1].line, 6)
  t.raises ("not-found", nil, csvc.scenario, "/nix.scenario")
end)

t.finish ()
