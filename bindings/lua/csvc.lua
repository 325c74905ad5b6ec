-- SPDX-License-Identifier: LGPL-2.1-or-later

--- Complaints, promises and their clocks: libcsvc for Lua.
--
-- Instants are integers, microseconds since 1970-01-01T00:00:00Z, and so are spans; csvc.time "2026-03-01T09:30:00+08:00" and
-- csvc.format (t) turn them from and into text. What C calls "never" is nil.
--
-- Facts are tables. A number comes back as an integer, or as a float when the float has the same digits (up to 15), else as text;
-- dates, times, instants and durations of facts are text, which is read as what it was. csvc.null is FEEL's null; what is unknown is nil.
--
-- A refusal is an answer, not an error: the first result is false (or nil), the second the word, "refused-role".
-- An error is a table with the fields kind ("not-found", "argument", …), message, where; of documents also file, line, diagnostics.
--
-- Engines, stores and transactions can be closed: local engine <close> = csvc.engine (…).
-- @module csvc

local core = require "csvc.core"

local error, getmetatable, ipairs, next, pairs, pcall, rawget, select, setmetatable, tostring, type =
  error, getmetatable, ipairs, next, pairs, pcall, rawget, select, setmetatable, tostring, type
local format, gmatch = string.format, string.gmatch

local M = {
  _VERSION = core.version_string (), -- of the library that runs
  null = core.null,
  microsecond = 1,
  millisecond = 1000,
  second = 1000000,
  minute = 60 * 1000000,
  hour = 3600 * 1000000,
  day = 86400 * 1000000,
}

-- What stands for which function of C: core name → Lua name. The surface test compares it with the list of public functions.
local surface = {}
core.surface = surface

-- What csvc.i leaves out for the time being is nil.
local function take (name, lua_name)
  surface[name] = core[name] and (surface[name] or lua_name)
  return core[name]
end

local function fail (kind, message, level)
  local info = debug and debug.getinfo ((level or 1) + 2, "Sl")
  local where = info and info.currentline > 0 and info.short_src .. ":" .. info.currentline or nil
  error (setmetatable ({ kind = kind, message = message, where = where }, core.Error), 0)
end

--- Is it an error of this library, perhaps of that kind?
function M.is_error (e, kind)
  return type (e) == "table" and getmetatable (e) == "csvc.Error" and (kind == nil or e.kind == kind)
end

-- ── classes ─────────────────────────────────────────────────────────────────────────────────────────────────────

local function words (text)
  return gmatch (text or "", "%S+")
end

local function split (text)
  local list = {}
  for word in words (text) do
    list[#list + 1] = word
  end
  return list
end

-- A list of what COUNT and ITEM tell, the latter by index from 0.
local function lister (count, item)
  return function (self)
    local list = {}
    for i = 1, count (self) do
      list[i] = item (self, i - 1)
    end
    return list
  end
end

-- A list of tables: each field is asked of SELF by its index.
local function rower (count, fields)
  return function (self)
    local list = {}
    for i = 1, count (self) do
      local row = {}
      for name, f in next, fields do
        row[name] = f (self, i - 1)
      end
      list[i] = row
    end
    return list
  end
end

-- For #object, which Lua asks with the object twice.
local function length (size)
  return function (self) return size (self) end
end

-- Finishes a class of core: reads what it is from SPEC.
--   get = "id zone"            properties, from PREFIX_get_…; "is" and "has" likewise
--   list = { kinds = "kind" }  a property that is a list, from PREFIX_get_n_kinds and PREFIX_get_kind
--   rows = { segments = { "size", "from to kind" } }   a list of tables, from PREFIX_get_size, PREFIX_get_from (self, i), …
--   find = "kind"              a method, from PREFIX_find_…
--   call = "add to_xml", texts = "label"   methods: as they are; from PREFIX_get_…
--   fields, methods, meta      written by hand
local function class (name, prefix, spec)
  local mt, get, fn = core.metatable (name), {}, {}
  for _, verb in ipairs { "get", "is", "has" } do
    for word in words (spec[verb]) do
      get[word] = take (prefix .. "_" .. verb .. "_" .. word, name .. "." .. word)
    end
  end
  for plural, singular in pairs (spec.list or {}) do
    get[plural] = lister (take (prefix .. "_get_n_" .. plural, name .. "." .. plural),
                          take (prefix .. "_get_" .. singular, name .. "." .. plural))
  end
  for plural, row in pairs (spec.rows or {}) do
    local fields = {}
    for word in words (row[2]) do
      local from, to = word:match "^(.-)=(.*)$"
      fields[to or word] = take (prefix .. "_get_" .. (from or word), name .. "." .. plural)
    end
    get[plural] = rower (take (prefix .. "_get_" .. row[1], name .. "." .. plural), fields)
  end
  for word in words (spec.find) do
    fn[word] = take (prefix .. "_find_" .. word, name .. ":" .. word)
  end
  for word in words (spec.texts) do
    fn[word] = take (prefix .. "_get_" .. word, name .. ":" .. word)
  end
  for word in words (spec.call) do
    fn[word] = take (prefix .. "_" .. word, name .. ":" .. word)
  end
  for key, f in pairs (spec.fields or {}) do get[key] = f end
  for key, f in pairs (spec.methods or {}) do fn[key] = f end

  mt.__index = function (self, key)
    local f = fn[key]
    if f then return f end
    f = get[key]
    if f then return f (self) end
    fail ("argument", format ("no field '%s' in csvc.%s", tostring (key), name))
  end
  mt.__newindex = function (_, key)
    fail ("argument", format ("field '%s' of csvc.%s cannot be set", tostring (key), name))
  end
  mt.__eq = core.same
  mt.__name = "csvc." .. name
  mt.__metatable = "csvc." .. name
  mt.__tostring = spec.text or function (self)
    if core.is_closed (self) then
      return "csvc." .. name .. " (closed)"
    end
    local id = get.id and get.id (self)
    return id and format ("csvc.%s \"%s\"", name, id) or "csvc." .. name
  end
  for key, f in pairs (spec.meta or {}) do mt[key] = f end
  -- For tests that go through all of it.
  mt.__names = {}
  for _, list in ipairs { get, fn } do
    for key in pairs (list) do
      mt.__names[#mt.__names + 1] = key
    end
  end
end

-- As plain tables, for records that are asked for once.
local function reader (prefix, verbs, lua_name)
  local fields = {}
  for verb, names in pairs (verbs) do
    for word in words (names) do
      fields[word] = take (prefix .. "_" .. verb .. "_" .. word, lua_name .. "." .. word)
    end
  end
  return function (self)
    local record = {}
    for name, f in next, fields do
      record[name] = f (self)
    end
    return record
  end
end

-- What a table has besides what the function itself reads.
local no_options = {}

local function options_of (options, known, what)
  if options == nil then
    return no_options
  elseif type (options) ~= "table" then
    fail ("argument", format ("bad options of '%s' (table expected, got %s)", what, type (options)), 2)
  end
  -- A copy, as what indexes a stranger's table may do anything.
  local own = {}
  for key, value in next, options do
    if not known[key] then
      fail ("argument", format ("no option '%s' of '%s'", tostring (key), what), 2)
    end
    own[key] = value
  end
  return own
end

local function set_of (text)
  local set = {}
  for word in words (text) do
    set[word] = true
  end
  return set
end

-- Of options beside a stamp: those that are named, and the stamp that is left, or the instant alone.
local function parted (options, names)
  if type (options) ~= "table" then
    return no_options, options
  end
  local picked, stamp = {}, {}
  for key, value in next, options do
    if names[key] then picked[key] = value else stamp[key] = value end
  end
  return picked, stamp
end

local function integer (value, what)
  if type (value) ~= "number" or value % 1 ~= 0 then
    fail ("argument", format ("bad %s (integer expected, got %s)", what, type (value)), 2)
  end
  return value
end

-- ── time ────────────────────────────────────────────────────────────────────────────────────────────────────────

local time_to_string, zone_to_string = take ("time_to_string", "csvc.format"), take ("zone_to_string", "Zone:format")

--- The instant that a text with an offset names.
M.time = take ("time_parse", "csvc.time")
--- "2026-03-01T01:30:00Z"; or on the wall clocks of a zone. "never" for nil.
function M.format (time, zone)
  if time == nil then
    return "never"
  elseif zone == nil then
    return time_to_string (time)
  end
  return zone_to_string (type (zone) == "string" and M.zone (zone) or zone, time)
end
--- Microseconds of "PT3H" or "P1DT12H", and back.
M.duration = take ("duration_parse", "csvc.duration")
M.format_duration = take ("duration_to_string", "csvc.format_duration")
M.version_at_least = take ("version_at_least", "csvc.version_at_least")

--- A zone by its IANA name.
M.zone = take ("zone_new", "csvc.zone")
--- The version of the system's zone data, "2025b"; nil when it does not tell.
M.zone_data_version = take ("zone_get_data_version", "csvc.zone_data_version")

class ("Zone", "zone", {
  get = "name",
  call = "add_days",
  methods = {
    time = take ("zone_parse", "Zone:time"),
    date_or_time = take ("zone_parse_date_or_time", "Zone:date_or_time"),
    format = function (self, time) return time == nil and "never" or zone_to_string (self, time) end,
    offset = take ("zone_get_offset", "Zone:offset"),
    to_local = take ("zone_to_local", "Zone:to_local"),
    from_local = take ("zone_from_local", "Zone:from_local"),
  },
  text = function (self) return format ("csvc.Zone \"%s\"", self.name) end,
})

-- Sections in do … end keep their locals to themselves: a chunk may have 200.

-- ── calendars ───────────────────────────────────────────────────────────────────────────────────────────────────

do
local calendar_many = take ("calendar_many", "Calendar:add_many")

--- A calendar that stands alone, XML or JSON: calendar, findings.
M.calendar = take ("calendar_load_file", "csvc.calendar")
M.calendar_text = take ("calendar_load_text", "csvc.calendar_text")
--- A builder: csvc.calendar_builder ("office", csvc.zone "Asia/Shanghai"):hours ("mon tue", "09:00-17:00"):build ()
M.calendar_builder = take ("calendar_builder_new", "csvc.calendar_builder")

class ("Calendar", "calendar", {
  get = "id version zone hash",
  call = "add between is_open next_opening next_closing previous_opening previous_closing add_days count_days explain",
  methods = {
    --- Columns: lists, or strings packed as string.pack "i8" does; the second may be one number for all.
    add_many = function (self, times, amounts) return calendar_many (self, "add", times, amounts) end,
    between_many = function (self, from, to) return calendar_many (self, "between", from, to) end,
  },
})

class ("Segments", "segments", {
  get = "working",
  rows = { rows = { "size", "from to kind open label" } },
  text = take ("segments_to_string", "tostring(Segments)"),
})

-- Each gives the builder again.
local function chained (name, lua_name)
  local f = take (name, lua_name)
  return function (self, ...)
    f (self, ...)
    return self
  end
end

local import_ical = take ("calendar_builder_import_ical", "CalendarBuilder:import_ical")

local build = take ("calendar_builder_build", "CalendarBuilder:build")

class ("CalendarBuilder", "calendar_builder", {
  methods = {
    --- The calendar; the builder is spent then.
    build = function (self)
      local calendar = build (self)
      core.close (self, "CalendarBuilder")
      return calendar
    end,
    hours = chained ("calendar_builder_add_hours", "CalendarBuilder:hours"),
    date_hours = chained ("calendar_builder_add_date_hours", "CalendarBuilder:date_hours"),
    holiday = chained ("calendar_builder_add_holiday", "CalendarBuilder:holiday"),
    moved_day = chained ("calendar_builder_add_moved_day", "CalendarBuilder:moved_day"),
    closed = chained ("calendar_builder_add_break", "CalendarBuilder:closed"),
    version = chained ("calendar_builder_set_version", "CalendarBuilder:version"),
    horizon = chained ("calendar_builder_set_horizon", "CalendarBuilder:horizon"),
    precedence = chained ("calendar_builder_set_precedence", "CalendarBuilder:precedence"),
    add_ends = chained ("calendar_builder_set_add_ends", "CalendarBuilder:add_ends"),
    add_days = chained ("calendar_builder_set_add_days", "CalendarBuilder:add_days"),
    --- What was understood: counts, diagnostics, text. A file of days off, as Outlook and Apple read them.
    import_ical = function (self, text, name, moved_as) return import_ical (self, text, name or "calendar.ics", moved_as) end,
  },
})

class ("Import", "import", {
  get = "diagnostics",
  texts = "count",
  text = take ("import_to_string", "tostring(Import)"),
})
end

-- ── policies ────────────────────────────────────────────────────────────────────────────────────────────────────

--- A policy from a file, or from a text that messages call NAME: policy, findings.
M.load = take ("policy_load_file", "csvc.load")
local load_text = take ("policy_load_text", "csvc.load_text")
function M.load_text (text, name)
  return load_text (text, name or "policy.xml")
end

local get_assumed, n_assumed = take ("policy_get_assumed", "Policy.assumed"), take ("policy_get_n_assumed", "Policy.assumed")
local calendar_part = take ("policy_get_calendar_part", "Policy:calendar_part")
local calendar_text = take ("policy_dup_calendar_text", "Policy:calendar_text")
local case_open = take ("case_open", "Policy:open")

-- Facts, customer, and the stamp beside them: { at =, role =, facts = { … }, customer = … }; or the instant alone.
local function parts_of (stamp)
  if type (stamp) == "table" then
    return rawget (stamp, "facts"), rawget (stamp, "customer")
  end
end

local n_calendars, get_calendar = take ("policy_get_n_calendars", "Policy.calendars"), take ("policy_get_calendar", "Policy.calendars")

local function index_of_calendar (self, id)
  for i = 0, n_calendars (self) - 1 do
    if get_calendar (self, i).id == id then
      return i
    end
  end
  fail ("not-found", format ("the policy has no calendar \"%s\"", tostring (id)), 2)
end

local new_plan
local get_capacity = take ("policy_get_capacity", "Policy:capacity")
local open_linked, adopt = take ("case_open_linked", "Policy:open"), take ("case_adopt", "Policy:adopt")
local open_options = set_of "earlier"

class ("Policy", "policy", {
  get = "id version language hash zone findings default_tier",
  texts = "label",
  list = {
    calendars = "calendar", roles = "role", levels = "level", customer_facts = "customer_fact", kinds = "kind",
    tiers = "tier", ledgers = "ledger", entitlements = "entitlement", tables = "table", channels = "channel", purposes = "purpose",
    vetoes = "veto", caps = "cap", scripts = "script", rules = "rule", targets = "target",
  },
  find = "calendar role level customer_fact kind tier ledger entitlement table channel purpose script rule target",
  call = "to_xml replace_calendar asks_cases rules_read has_rules_on facts_for",
  fields = {
    assumed = function (self)
      local list = {}
      for i = 1, n_assumed (self) do
        local file, line, what, source = get_assumed (self, i - 1)
        list[i] = { file = file, line = line, what = what, source = source }
      end
      return list
    end,
  },
  methods = {
    --- How many new tasks a role takes on in a day; nil: as many as there are.
    capacity = function (self, role)
      local n = get_capacity (self, role)
      return n ~= 0xffffffff and n or nil
    end,
    calendar_part = function (self, id) return calendar_part (self, index_of_calendar (self, id)) end,
    calendar_text = function (self, id) return calendar_text (self, index_of_calendar (self, id)) end,
    --- A case of its own, outside any store: case, answer, effects; the case is nil when it was refused. With earlier = case it follows
    -- that one of the same customer.
    open = function (self, kind, id, stamp)
      local facts, customer = parts_of (stamp)
      local options, rest = parted (stamp, open_options)
      local _, answer, effects, case
      if options.earlier ~= nil then
        _, answer, effects, case = open_linked (self, kind, id, customer, facts, options.earlier, rest)
      else
        _, answer, effects, case = case_open (self, kind, id, customer, facts, rest)
      end
      return case, answer, effects
    end,
    --- Takes over a case that lived elsewhere, as JSON: case, answer, effects.
    adopt = function (self, json, stamp)
      local _, answer, effects, case = adopt (self, json, stamp)
      return case, answer, effects
    end,
    --- Many cases of one kind in memory.
    crowd = take ("crowd_new", "Policy:crowd"),
    --- An empty plan of retention.
    plan = function (self) return new_plan (self) end,
    customer = take ("customer_new", "Policy:customer"),
    case_from_json = take ("case_new_from_json", "Policy:case_from_json"),
    case_from_bytes = take ("case_new_from_bytes", "Policy:case_from_bytes"),
    customer_from_json = take ("customer_new_from_json", "Policy:customer_from_json"),
    customer_from_bytes = take ("customer_new_from_bytes", "Policy:customer_from_bytes"),
  },
})

class ("Part", "part", { get = "id source file line", is = "assumed", texts = "label" })
class ("Role", "role", { get = "part id", texts = "label", call = "sees" })
class ("Level", "level", { get = "part id number role", texts = "label" })
local text_for = take ("fact_text_for", "Fact:text_for")
class ("Fact", "fact", {
  get = "part id type words default", is = "of_customer required personal", texts = "label",
  methods = {
    --- fact:text_for (value, role): the text of the value, as the role may see it; nil sees nothing personal.
    text_for = function (self, value, role) return text_for (self, { value = value }, role) end,
  },
})

class ("Channel", "channel", { get = "part id" })
class ("Purpose", "purpose", { get = "part id", is = "commercial" })
class ("Veto", "veto", { get = "part id condition", fields = { closes = take ("veto_closes", "Veto.closes") } })
class ("Cap", "cap", { get = "max per line", call = "counts" })
class ("Script", "script", { get = "part id purpose", texts = "text" })
class ("Rule", "rule", { get = "part id on purpose priority condition channel role script kind update", texts = "label" })

-- Shares and goals are of 10,000, as C has them; nil: there is none.
local function share_of (n)
  return n >= 0 and n or nil
end

local target_goal = take ("target_get_goal", "Target.goal")

class ("Target", "target", {
  get = "part id among kept snapshot",
  texts = "label",
  fields = { goal = function (self) return share_of (target_goal (self)) end },
})

class ("Kind", "kind", {
  get = "part id backdate upgrade",
  texts = "label",
  list = { facts = "fact", events = "event", states = "state", transitions = "transition", clocks = "clock" },
  find = "fact event state clock",
})

class ("Event", "event", {
  get = "part id",
  texts = "label",
  fields = {
    by = lister (take ("event_get_n_by", "Event.by"), take ("event_get_by", "Event.by")),
    sets = lister (take ("event_get_n_sets", "Event.sets"), take ("event_get_sets", "Event.sets")),
  },
})

class ("State", "state", {
  get = "part id index type parent depth outcome",
  texts = "label",
  list = { transitions = "transition", clocks = "clock" },
  fields = {
    initial = lister (take ("state_get_n_initial", "State.initial"), take ("state_get_initial", "State.initial")),
    entry = take ("state_dup_entry_text", "State.entry"),
    exit = take ("state_dup_exit_text", "State.exit"),
  },
})

class ("Transition", "transition", {
  get = "source events condition file line",
  is = "internal",
  list = { targets = "target" },
  fields = { actions = take ("transition_dup_actions_text", "Transition.actions") },
})

class ("Tier", "tier", { get = "part id rank condition", texts = "label" })
class ("Ledger", "ledger", { get = "part id unit lasts", texts = "label" })

local grant_quota = take ("grant_get_quota", "Grant.quota")
local unlimited = 9223372036854775807

-- Units; nil for as many as wanted.
local function units (n)
  return n ~= unlimited and n or nil
end

class ("Grant", "grant", {
  get = "per scopes choices hours lasts source file line",
  is = "assumed",
  call = "has_tier",
  fields = {
    quota = function (self) return units (grant_quota (self)) end,
    needs_application = take ("grant_needs_application", "Grant.needs_application"),
  },
  text = take ("grant_to_string", "tostring(Grant)"),
})

class ("Entitlement", "entitlement", { get = "part id", texts = "label", list = { grants = "grant" } })

class ("Clock", "clock", {
  get = "part id state when met_by cancelled_by reset_by paused_by resumed_by paused_in on_leave reopen on_change every",
  is = "promise",
  texts = "label",
  list = { dues = "due", alarms = "alarm" },
  find = "alarm",
})

class ("Due", "due", {
  get = "when source file line",
  is = "assumed",
  text = take ("due_to_string", "tostring(Due)"),
})

class ("Alarm", "alarm", {
  get = "part id at every",
  texts = "label",
  fields = { actions = take ("alarm_dup_actions_text", "Alarm.actions") },
})

-- ── customers ───────────────────────────────────────────────────────────────────────────────────────────────────

-- All facts that OF declares, as OWNER has them.
local function facts_of (owner, declared, ask)
  local facts = {}
  for _, fact in ipairs (declared) do
    facts[fact.id] = ask (owner, fact.id)
  end
  return facts
end

local customer_fact, customer_put = take ("customer_get_fact", "Customer:fact"), take ("customer_put", "Customer:put")

-- What commands on accounts take beside the stamp. The request names the request: the same again is accepted and does nothing.
local use_options = set_of "amount scope choice request details"
local gift_options = set_of "expires forever priority request"
local until_option, request_option = set_of "until", set_of "request"

local function use_of (account, options, amount, request)
  local use, stamp = parted (options, use_options)
  if use == no_options then use = {} end
  use.account, use.amount, use.request = account, amount or use.amount, request or use.request
  return use, stamp
end

local function gift_of (account, amount, options)
  local gift, stamp = parted (options, gift_options)
  if gift == no_options then gift = {} end
  gift.account, gift.amount = account, amount
  return gift, stamp
end

-- Of customers, whom engines have too.
local plan_items, read_permission
local contact_options = set_of "rule case"

do
local customer = {}
for word in words "review set_tier clear_tier use reserve commit release grant adjust apply" do
  customer[word] = take ("customer_" .. word, "Customer:" .. word)
end

local warned_until, warned_below = take ("customer_warned_until", "Customer.warning"), take ("customer_warned_below", "Customer.warning")
local get_override = take ("customer_get_override", "Customer.override")
local get_balance, may_use = take ("customer_get_balance", "Customer:balance"), take ("customer_may_use", "Customer:may_use")
local get_application = take ("customer_get_application", "Customer:application")
local explain_tier = take ("customer_explain_tier", "Customer:explain_tier")
local read_reasons = reader ("tier_reasons", { get = "message target missing next lacking" }, "Customer:explain_tier")
local lines_of = lister (take ("tier_reasons_get_n_lines", "Customer:explain_tier"), take ("tier_reasons_get_line", "Customer:explain_tier"))
local read_entitled = reader ("entitled", { get = "answer message left until next grant help" }, "Customer:may_use")

-- What rules and vetoes may ask of a customer's cases: a list of { kind =, opened_at =, ended_at = }; nil: unknown.
local caseload_new, caseload_add = take ("caseload_new", "Customer:may_contact"), take ("caseload_add", "Customer:may_contact")
class ("Caseload", "caseload", {})

local function caseload_of (policy, cases)
  if cases == nil then
    return nil
  elseif type (cases) ~= "table" then
    fail ("argument", format ("bad cases (table expected, got %s)", type (cases)), 2)
  end
  local load = caseload_new (policy)
  for _, one in ipairs (cases) do
    if type (one) ~= "table" then
      fail ("argument", format ("bad case (table expected, got %s)", type (one)), 2)
    end
    caseload_add (load, one.kind, one.opened_at, one.ended_at)
  end
  return load
end

local may_contact = take ("customer_may_contact", "Customer:may_contact")
read_permission = reader ("permission", { get = "veto message missing next file line", is = "given" }, "Customer:may_contact")
class ("Permission", "permission", {})

local script_write, note_contact = take ("script_write", "Customer:write"), take ("customer_note_contact", "Customer:note_contact")
local open_task, update_task, close_task = take ("customer_open_task", "Customer:open_task"), take ("customer_update_task", "Customer:update_task"),
  take ("customer_close_task", "Customer:close_task")
local n_contacts, get_contact = take ("customer_get_n_contacts", "Customer.contacts"), take ("customer_get_contact", "Customer.contacts")
local n_tasks, get_task = take ("customer_get_n_tasks", "Customer.tasks"), take ("customer_get_task", "Customer.tasks")
local write_options, task_options = set_of "role language at", set_of "purpose script due"

-- ── plans ──

local read_item = reader ("plan_item", {
  get = "decision customer rule_id key tier due script case veto missing file line reason",
}, "Plan.items")
local dup_case_id, dup_facts = take ("plan_item_dup_case_id", "Plan.items"), take ("plan_item_dup_facts", "Plan.items")

local function plan_item_of (object)
  local item = read_item (object)
  item.rule, item.rule_id = item.rule_id, nil
  item.tier, item.script = item.tier and item.tier.id, item.script and item.script.id
  if item.decision == "open" then item.case_id = dup_case_id (object) end
  if item.decision == "open" or item.decision == "update" then item.facts = dup_facts (object) end
  return item
end
class ("PlanItem", "plan_item", {})

plan_items = function (size, get)
  return function (self)
    local list = {}
    for i = 1, size (self) do list[i] = plan_item_of (get (self, i - 1)) end
    return list
  end
end

local plan_add, plan_add_event = take ("plan_add", "Plan:add"), take ("plan_add_event", "Plan:add_event")
local plan_size = take ("plan_get_size", "Plan.items")
local items_of_plan = plan_items (plan_size, take ("plan_get", "Plan.items"))
local plan_new, customer_plan = take ("plan_new", "Policy:plan"), take ("customer_plan", "Customer:plan")
local policies_of_plans = setmetatable ({}, { __mode = "k" })

new_plan = function (policy)
  local plan = plan_new (policy)
  policies_of_plans[plan] = policy
  return plan
end

local function check_plan (self, one)
  local policy = policies_of_plans[self]
  if policy and core.customer_get_policy (one) ~= policy then
    fail ("argument", "a customer of another policy", 2)
  end
  return policy
end

class ("Plan", "plan", {
  call = "clear count take_capacity arbitrate",
  fields = { items = items_of_plan },
  methods = {
    --- Looks at all rules but those on events for one more customer. CASES: { kind =, opened_at =, ended_at = } each; nil: unknown.
    add = function (self, one, at, cases) plan_add (self, one, caseload_of (check_plan (self, one), cases), at) end,
    --- At the rules on this event, which a case of that kind accepted.
    add_event = function (self, one, kind, event, case_id, at, cases)
      plan_add_event (self, one, caseload_of (check_plan (self, one), cases), kind, event, case_id, at)
    end,
  },
  meta = { __len = length (plan_size) },
})

class ("TierReasons", "tier_reasons", {})
class ("Entitled", "entitled", {})

class ("Customer", "customer", {
  get = "id policy last_at next_wake tier earned_tier tier_since review_at",
  call = "copy copy_for to_json to_bytes advance",
  fields = {
    facts = function (self) return facts_of (self, self.policy.customer_facts, customer_fact) end,
    --- { until =, below = }: the tier will sink, and to which; nil when no warning stands.
    warning = function (self)
      local at = warned_until (self)
      return at and { ["until"] = at, below = warned_below (self) } or nil
    end,
    --- { until =, reason = }: the tier was set by hand.
    --- { at =, channel =, purpose =, rule =, case = }: those that are remembered, oldest first.
    contacts = function (self)
      local list = {}
      for i = 1, n_contacts (self) do
        local at, channel, purpose, rule, case = get_contact (self, i - 1)
        list[i] = { at = at, channel = channel, purpose = purpose, rule = rule, case = case }
      end
      return list
    end,
    --- { rule =, key =, case =, opened_at =, closed_at =, due = }: all tasks there ever were.
    tasks = function (self)
      local list = {}
      for i = 1, n_tasks (self) do
        local rule, key, case, opened_at, closed_at, due = get_task (self, i - 1)
        list[i] = { rule = rule, key = key, case = case, opened_at = opened_at, closed_at = closed_at, due = due }
      end
      return list
    end,
    override = function (self)
      local there, at, reason = get_override (self)
      return there and { ["until"] = at, reason = reason } or nil
    end,
  },
  methods = {
    fact = customer_fact,
    put = customer_put,
    --- A table: message, target, missing, next, lacking, lines.
    explain_tier = function (self, at)
      local object = explain_tier (self, at)
      local reasons = read_reasons (object)
      reasons.lines = lines_of (object)
      return reasons
    end,
    --- Units that can be used; nil: as many as wanted.
    balance = function (self, account, at) return units (get_balance (self, account, at)) end,
    reserved = take ("customer_get_reserved", "Customer:reserved"),
    used = take ("customer_get_used", "Customer:used"),
    --- customer:may_use ("lane", { at = t, scope = "city" }): yes or no, and a table: answer, message, left, until, next, grant, help
    may_use = function (self, account, options)
      local use, stamp = use_of (account, options)
      if type (stamp) == "table" then
        for key in next, stamp do
          if key ~= "at" then fail ("argument", format ("no option '%s' of 'may_use'", tostring (key))) end
        end
        stamp = stamp.at
      end
      local entitled = read_entitled (may_use (self, use, stamp))
      entitled.left = units (entitled.left)
      return entitled.answer == "accepted", entitled
    end,
    --- "none", "asked", "approved", "rejected", "withdrawn"
    application = get_application,
    running = take ("customer_get_n_running", "Customer:running"),
    running_until = take ("customer_get_running_until", "Customer:running_until"),
    --- customer:may_contact ("sms", "offer", at, cases): yes or no, and a table: given, veto, message, missing, next, file, line
    may_contact = function (self, channel, purpose, at, cases)
      local permission = read_permission (may_contact (self, caseload_of (core.customer_get_policy (self), cases), channel, purpose, at))
      return permission.given, permission
    end,
    --- customer:write ("script", { at = t, role = "agent", language = "en" }): the text for this customer.
    write = function (self, script, options)
      options = options_of (options, write_options, "write")
      return script_write (self, script, options.role, options.language, options.at)
    end,
    --- What the rules want of this customer: a list of tables. Changes nothing.
    plan = function (self, at, cases) return items_of_plan (customer_plan (self, caseload_of (core.customer_get_policy (self), cases), at)) end,
    note_contact = function (self, channel, purpose, options)
      local picked, stamp = parted (options, contact_options)
      return note_contact (self, channel, purpose, picked.rule, picked.case, stamp)
    end,
    --- customer:open_task (item.rule, item.key, case, { at = t, purpose =, script =, due = })
    open_task = function (self, rule, key, case, options)
      local picked, stamp = parted (options, task_options)
      return open_task (self, rule, key, case, picked.purpose, picked.script, picked.due, stamp)
    end,
    update_task = function (self, rule, key, options)
      local picked, stamp = parted (options, task_options)
      if picked.purpose ~= nil then fail ("argument", "no option 'purpose' of 'update_task'") end
      return update_task (self, rule, key, picked.script, picked.due, stamp)
    end,
    close_task = close_task,
    --- Commands, each with a stamp: was it accepted?, answer, effects.
    review = customer.review,
    set_tier = function (self, tier, options)
      local picked, stamp = parted (options, until_option)
      return customer.set_tier (self, tier, picked["until"], stamp)
    end,
    clear_tier = customer.clear_tier,
    --- customer:use ("lane", { at = t, amount = 2, scope =, choice =, request =, details = { … } })
    use = function (self, account, options) return customer.use (self, use_of (account, options)) end,
    --- customer:reserve ("points", "R-1", { at = t, amount = 500 })
    reserve = function (self, account, request, options) return customer.reserve (self, use_of (account, options, nil, request)) end,
    commit = customer.commit,
    release = customer.release,
    --- customer:grant ("points", 500, { at = t, expires =, forever =, priority =, request = })
    grant = function (self, account, amount, options) return customer.grant (self, gift_of (account, amount, options)) end,
    adjust = function (self, account, amount, options)
      local picked, stamp = parted (options, request_option)
      return customer.adjust (self, account, amount, picked.request, stamp)
    end,
    apply = customer.apply,
  },
})
end

-- ── cases ───────────────────────────────────────────────────────────────────────────────────────────────────────

local refusal_of

do
local read_refusal = reader ("refusal", { get = "answer message fact" }, "Case:explain_refusal")
local candidates_of = lister (take ("refusal_get_n_candidates", "Case:explain_refusal"), take ("refusal_get_candidate", "Case:explain_refusal"))

-- A table; nil when nothing is refused.
refusal_of = function (object)
  if not object then return nil end
  local refusal = read_refusal (object)
  refusal.candidates = candidates_of (object)
  return refusal
end
class ("Refusal", "refusal", {})

local cycle = {}
for word in words "clock number state start row verdict verdict_at met_late_at reason due" do
  cycle[word] = take ("cycle_" .. word, "Case.cycles")
end

local n_cycles = take ("case_get_n_cycles", "Case.cycles")

local function cycle_of (self, index)
  local record = { index = index }
  for name, f in next, cycle do
    record[name] = f (self, index - 1)
  end
  record.clock = record.clock.id
  return record
end

local function cycles_of (self)
  local list = {}
  for i = 1, n_cycles (self) do
    list[i] = cycle_of (self, i)
  end
  return list
end

-- From a cycle's table, its number in case.cycles, or a clock's id: then the last one.
local function index_of (self, which)
  local n = n_cycles (self)
  if type (which) == "table" then
    which = rawget (which, "index")
  end
  if type (which) == "string" then
    for i = n, 1, -1 do
      if cycle.clock (self, i - 1).id == which then
        return i - 1
      end
    end
    fail ("not-found", format ("no cycle of the clock \"%s\" has started", which), 2)
  end
  if integer (which, "cycle") < 1 or which > n then
    fail ("argument", format ("bad cycle (%s is not between 1 and %d)", which, n), 2)
  end
  return which - 1
end

local function by_cycle (name)
  local f = take ("cycle_" .. name, "Case:" .. name)
  return function (self, which, ...)
    return f (self, index_of (self, which), ...)
  end
end

local fire, advance = take ("case_fire", "Case:fire"), take ("case_advance", "Case:advance")
local case_fact, case_states = take ("case_get_fact", "Case:fact"), take ("case_dup_states", "Case.states")
local why_refused, what_next = take ("case_explain_refusal", "Case:explain_refusal"), take ("case_what_next", "Case:what_next")
local not_started = take ("case_explain_not_started", "Case:explain_not_started")
local owner_actor, owner_role, owner_unit =
  take ("case_get_owner_actor", "Case.owner"), take ("case_get_owner_role", "Case.owner"), take ("case_get_owner_unit", "Case.owner")

local end_case, hear_child, hear_told = take ("case_end", "Case:finish"), take ("case_hear_child", "Case:hear_child"), take ("case_hear_told", "Case:hear_told")
local open_child, upgrade = take ("case_open_child", "Case:open_child"), take ("case_upgrade", "Case:upgrade")
local n_decided, get_decided = take ("case_get_n_decided", "Case.decided"), take ("case_get_decided", "Case.decided")
local read_decided = reader ("decided", { get = "name table at" }, "Case.decided")
local decided_rows, decided_row = take ("decided_get_n_rows", "Case.decided"), take ("decided_get_row", "Case.decided")
local n_outputs, output_id, get_output = take ("decided_get_n_outputs", "Case.decided"), take ("decided_get_output_id", "Case.decided"),
  take ("decided_get_output", "Case.decided")
class ("Decided", "decided", {})

local function decided_of (object)
  local decided = read_decided (object)
  decided.rows = {}
  for i = 1, decided_rows (object) do
    local outputs = {}
    for k = 1, n_outputs (object, i - 1) do
      local id = output_id (object, i - 1, k - 1)
      outputs[id] = get_output (object, i - 1, id)
    end
    decided.rows[i] = { row = decided_row (object, i - 1), outputs = outputs }
  end
  return decided
end

local n_links, get_link = take ("case_get_n_links", "Case.links"), take ("case_get_link", "Case.links")
local read_link = reader ("link", { get = "relation case kind until outcome", has = "ended" }, "Case.links")
class ("Link", "link", {})

local upgrade_options = set_of "choice customer at"

class ("Case", "case", {
  get = "policy kind id customer opened_at last_at outcome level handler next_wake",
  call = "copy copy_for is_in to_json to_bytes",
  fields = {
    ended = take ("case_has_ended", "Case.ended"),
    states = function (self) return split (case_states (self)) end,
    cycles = cycles_of,
    --- What tables decided for it, by name: { name =, table =, at =, rows = { { row =, outputs = { … } } } }; row 0: the defaults.
    decided = function (self)
      local found = {}
      for i = 1, n_decided (self) do
        local one = decided_of (get_decided (self, i - 1))
        found[one.name] = one
      end
      return found
    end,
    --- The other cases that it knows: { relation = "parent", case =, kind =, until =, ended =, outcome = }.
    links = function (self)
      local list = {}
      for i = 1, n_links (self) do
        list[i] = read_link (get_link (self, i - 1))
      end
      return list
    end,
    facts = function (self) return facts_of (self, self.kind.facts, case_fact) end,
    owner = function (self)
      local owner = { actor = owner_actor (self), role = owner_role (self), unit = owner_unit (self) }
      return next (owner) and owner or nil
    end,
  },
  methods = {
    --- case:fire ("replied", { at = t, role = "agent", facts = { … }, customer = … }): was it accepted?, answer, effects
    fire = function (self, event, stamp)
      local facts, customer = parts_of (stamp)
      return fire (self, customer, event, facts, stamp)
    end,
    --- Fires every deadline before NOW: effects.
    advance = function (self, now, customer) return advance (self, customer, now) end,
    --- Ends it from outside, for a reason of one word: accepted?, answer, effects
    finish = function (self, reason, stamp)
      local _, customer = parts_of (stamp)
      return end_case (self, customer, reason, stamp)
    end,
    --- What cases tell each other, which an engine passes on by itself. EFFECT: a "child-opened" or "told" as a command gave it.
    open_child = function (self, effect, customer)
      local effects, child = open_child (self, customer, effect)
      return child, effects
    end,
    hear_child = function (self, child, outcome, at, customer) return hear_child (self, customer, child, outcome, at) end,
    hear_told = function (self, effect, at, customer) return hear_told (self, customer, effect, at) end,
    --- case:upgrade (policy, { at = t, choice = "retroactive" }): the case under another version of its policy, effects; this one does not change.
    upgrade = function (self, policy, options)
      options = options_of (options, upgrade_options, "upgrade")
      local effects, case = nil, nil
      case, effects = upgrade (self, policy, options.choice or "by-policy", options.customer, options.at)
      return case, effects
    end,
    fact = case_fact,
    used = by_cycle "used",
    projected_due = by_cycle "projected_due",
    explain_due = by_cycle "explain_due",
    due_if_paused = by_cycle "due_if_paused",
    --- nil when it would be accepted; else answer, message, fact, candidates.
    explain_refusal = function (self, event, stamp)
      local facts, customer = parts_of (stamp)
      return refusal_of (why_refused (self, customer, event, facts, stamp))
    end,
    explain_not_started = function (self, clock, customer) return not_started (self, customer, clock) end,
    what_next = function (self, at, customer) return what_next (self, customer, at) end,
  },
})

class ("WhyDue", "why_due", {
  get = "due budget rule file line",
  is = "projected beyond_horizon",
  call = "to_json",
  rows = {
    segments = { "size", "piece from to counted kind label cause segment_rule=rule segment_file=file segment_line=line" },
  },
  text = take ("why_due_to_string", "tostring(WhyDue)"),
})

class ("WhyNotStarted", "why_not_started", {
  get = "reason message fact file line",
  call = "to_json",
  text = take ("why_not_started_to_string", "tostring(WhyNotStarted)"),
})

local next_case, next_cycle = take ("what_next_case", "WhatNext.case"), take ("what_next_cycle", "WhatNext.cycles")
local next_cycles = rower (take ("what_next_get_n_cycles", "WhatNext.cycles"), {
  index = next_cycle,
  due = take ("what_next_get_due", "WhatNext.cycles"),
  due_if_resumed = take ("what_next_get_due_if_resumed", "WhatNext.cycles"),
  left = take ("what_next_get_left", "WhatNext.cycles"),
  pause_by = take ("what_next_get_pause_by", "WhatNext.cycles"),
  due_if_changed = take ("what_next_get_due_if_changed", "WhatNext.cycles"),
})
local suppose, supposed = take ("what_next_suppose", "WhatNext:suppose"), take ("what_next_get_supposed", "WhatNext.supposed")
local alarm_at, alarm_clock, next_alarm =
  take ("what_next_alarm_at", "WhatNext.alarm"), take ("what_next_alarm_clock", "WhatNext.alarm"), take ("what_next_alarm", "WhatNext.alarm")

class ("WhatNext", "what_next", {
  get = "at",
  call = "to_json",
  rows = { events = { "n_events", "event chance reason" } },
  fields = {
    --- The case as it stands then: a copy.
    case = next_case,
    --- The case as it would be with the facts that are supposed: a copy.
    supposed = supposed,
    --- { at =, clock =, alarm = }: the next deadline; nil when there is none.
    alarm = function (self)
      local at = alarm_at (self)
      return at and { at = at, clock = alarm_clock (self).id, alarm = next_alarm (self).id } or nil
    end,
    --- As case.cycles, with due_if_resumed, left and pause_by besides.
    cycles = function (self)
      local case, list = next_case (self), next_cycles (self)
      for _, row in ipairs (list) do
        for key, value in pairs (cycle_of (case, row.index + 1)) do
          if row[key] == nil or key == "index" then
            row[key] = value
          end
        end
      end
      return list
    end,
  },
  methods = {
    --- Supposes that these facts changed now: cycles have due_if_changed then.
    suppose = function (self, facts, customer) suppose (self, customer, facts) end,
  },
  text = take ("what_next_to_string", "tostring(WhatNext)"),
})
end

-- ── crowds ──────────────────────────────────────────────────────────────────────────────────────────────────────

do
local crowd_fire, crowd_advance = take ("crowd_fire", "Crowd:fire"), take ("crowd_advance", "Crowd:advance")
local crowd_case, crowd_add = take ("crowd_get_case", "Crowd:case"), take ("crowd_add", "Crowd:add")
local crowd_wake, crowd_size = take ("crowd_get_next_wake", "Crowd:next_wake"), take ("crowd_get_size", "Crowd.size")

--- Rows count from 1.
class ("Crowd", "crowd", {
  get = "kind size row_size n_whole",
  methods = {
    add = function (self, case) return crowd_add (self, case) + 1 end,
    --- A copy. Of what no decision reads it knows nothing.
    case = function (self, row) return crowd_case (self, integer (row, "row") - 1) end,
    fire = function (self, row, event, stamp)
      local facts, customer = parts_of (stamp)
      local found = core.crowd_get_kind (self):event (event)
      if not found then
        fail ("not-found", format ("there is no event \"%s\" in %s", event, self.kind.id))
      end
      return crowd_fire (self, integer (row, "row") - 1, customer, found, facts, stamp)
    end,
    advance = function (self, row, now, customer) return crowd_advance (self, integer (row, "row") - 1, customer, now) end,
    next_wake = function (self, row) return crowd_wake (self, integer (row, "row") - 1) end,
  },
  meta = { __len = length (crowd_size) },
})
end

-- ── decision tables ─────────────────────────────────────────────────────────────────────────────────────────────

do
local table_inputs, table_outputs = take ("table_get_n_inputs", "Table.inputs"), take ("table_get_n_outputs", "Table.outputs")
local column_part, column_type = take ("table_get_column_part", "Table.inputs"), take ("table_get_column_type", "Table.inputs")
local column_words, column_text = take ("table_get_column_words", "Table.inputs"), take ("table_get_column_text", "Table.inputs")
local row_part, row_valid, get_cell = take ("table_get_row_part", "Table.rows"), take ("table_get_row_valid", "Table.rows"), take ("table_get_cell", "Table.rows")
local n_rows, decide, decide_facts = take ("table_get_n_rows", "Table.rows"), take ("table_decide", "Table:decide"), take ("table_decide_facts", "Table:decide_facts")
local match, match_columns = take ("table_match", "Table:match"), take ("table_match_columns", "Table:match_columns")
local find_gaps, find_overlaps = take ("table_find_gaps", "Table:find_gaps"), take ("table_find_overlaps", "Table:find_overlaps")

local function columns_of (self, first, n)
  local list = {}
  for i = 1, n do
    local part = column_part (self, first + i - 1)
    list[i] = { id = part.id, part = part, type = column_type (self, first + i - 1), words = column_words (self, first + i - 1),
                text = column_text (self, first + i - 1) }
  end
  return list
end

-- As the tables' inputs, from a list of as many columns, or by name; a hole is a column that is missing for all.
local function columns_for (self, columns)
  if type (columns) ~= "table" then
    fail ("argument", format ("bad columns (table expected, got %s)", type (columns)), 2)
  end
  local list, known, n = {}, {}, table_inputs (self)
  for i = 1, n do
    local id = column_part (self, i - 1).id
    known[i], known[id] = true, true
    list[i] = columns[id] or columns[i] or false
  end
  for key in next, columns do
    if not known[key] then
      fail ("argument", format ("the table \"%s\" has no input %s", self.id, tostring (key)), 2)
    end
  end
  return list
end

class ("Table", "table", {
  get = "part id policy hit aggregate kind",
  texts = "label",
  fields = {
    --- { id =, part =, type =, words =, text = }
    inputs = function (self) return columns_of (self, 0, table_inputs (self)) end,
    outputs = function (self) return columns_of (self, table_inputs (self), table_outputs (self)) end,
    --- { part =, cells = { … }, valid = }: cells as they are written, the inputs first.
    rows = function (self)
      local list, n = {}, table_inputs (self) + table_outputs (self)
      for row = 1, n_rows (self) do
        local cells = {}
        for column = 1, n do cells[column] = get_cell (self, row - 1, column - 1) end
        list[row] = { part = row_part (self, row - 1), cells = cells, valid = row_valid (self, row - 1) }
      end
      return list
    end,
  },
  methods = {
    --- table:decide (customer or nil, case or nil, at): a decision.
    decide = decide,
    decide_facts = decide_facts,
    --- Rows that hold, each for itself, and rows that may: lists of numbers from 1.
    match = match,
    --- The same for many customers at once: a list for each. COLUMNS: by the inputs' names, or in order; each a list of integers, a string of
    -- packed ones, or { column, decimals = 2 }. math.mininteger is a missing fact.
    match_columns = function (self, columns, at) return match_columns (self, columns_for (self, columns), at) end,
    --- At most so many cases that no row holds for; were all looked at?
    find_gaps = function (self, limit) return find_gaps (self, limit or 20) end,
    find_overlaps = function (self, limit) return find_overlaps (self, limit or 20) end,
  },
})

local n_decided, decided_row = take ("decision_get_n_rows", "Decision.rows"), take ("decision_get_row", "Decision.rows")
local get_output, get_verdict = take ("decision_get_output", "Decision.outputs"), take ("decision_get_verdict", "Decision:verdict")
local failing_cell = take ("decision_get_failing_cell", "Decision:failing_cell")
local get_state = take ("decision_get_state", "Decision.state")

class ("Decision", "decision", {
  get = "table missing total",
  call = "to_json",
  fields = {
    --- "rows", "none", "unknown", "contradiction"
    state = get_state,
    --- Numbers of the rows that decided.
    rows = function (self)
      local list = {}
      for i = 1, n_decided (self) do list[i] = decided_row (self, i - 1) + 1 end
      return list
    end,
    --- What each of them says: { offer = "upgrade" }; the defaults when no row holds.
    outputs = function (self)
      local list, columns = {}, self.table.outputs
      for i = 1, get_state (self) == "none" and 1 or n_decided (self) do
        local outputs = {}
        for k, column in ipairs (columns) do outputs[column.id] = get_output (self, i - 1, k - 1) end
        list[i] = outputs
      end
      return list
    end,
  },
  methods = {
    --- Of any row: "decides", "holds", "fails", "unknown", "not-valid".
    verdict = function (self, row) return get_verdict (self, integer (row, "row") - 1) end,
    --- The first cell of a row that does not hold: column, missing fact; nil when it holds.
    failing_cell = function (self, row)
      local fails, column, missing = failing_cell (self, integer (row, "row") - 1)
      if fails then return column + 1, missing end
    end,
  },
})
end

-- ── expressions and decision models ─────────────────────────────────────────────────────────────────────────────

do
local expression_new = take ("expression_new", "csvc.expression")

--- csvc.expression ("arpu >= 500", { arpu = "number" }, zone): an expression, findings.
function M.expression (text, names, zone)
  local list
  if names ~= nil and type (names) ~= "table" then
    fail ("argument", format ("bad names (table expected, got %s)", type (names)))
  end
  for name, kind in pairs (names or no_options) do
    list = list or {}
    list[#list + 1] = format ("%s:%s", name, kind)
  end
  if list then table.sort (list) end
  return expression_new (text, list, zone)
end

local evaluate, evaluation_value = take ("expression_evaluate", "Expression:evaluate"), take ("evaluation_get_value", "Expression:evaluate")
local evaluation_text, evaluation_json = take ("evaluation_to_string", "Expression:evaluate"), take ("evaluation_to_json", "Expression:evaluate")
local read_evaluation = reader ("evaluation", { get = "missing type reason", is = "true" }, "Expression:evaluate")
class ("Evaluation", "evaluation", {})

class ("Expression", "expression", {
  get = "text",
  fields = {
    type = take ("expression_dup_type", "Expression.type"),
    reads = lister (take ("expression_get_n_reads", "Expression.reads"), take ("expression_get_read", "Expression.reads")),
  },
  methods = {
    --- expression:evaluate ({ arpu = 320 }, now): the value, and a table: type, missing, reason, true, text, json. Nil is unknown; a list, a
    -- context, a range or a function is nil, too, which text and json tell.
    evaluate = function (self, facts, now)
      local object = evaluate (self, facts, now)
      local evaluation = read_evaluation (object)
      evaluation.text, evaluation.json = evaluation_text (object), evaluation_json (object)
      return evaluation_value (object), evaluation
    end,
  },
})

--- A decision model of DMN from a file, or from a text: model, findings.
M.model = take ("model_load_file", "csvc.model")
local model_text = take ("model_load_text", "csvc.model_text")
function M.model_text (text, name)
  return model_text (text, name or "model.dmn")
end

local n_decisions, decision_name = take ("model_get_n_decisions", "Model.decisions"), take ("model_get_decision_name", "Model.decisions")
local model_table = take ("model_dup_decision_table", "Model:table")
local model_evaluate, model_json = take ("model_evaluate", "Model:evaluate"), take ("model_evaluate_json", "Model:evaluate_json")

local model_options = set_of "now zone"

class ("Model", "model", {
  get = "name",
  fields = {
    inputs = rower (take ("model_get_n_inputs", "Model.inputs"), {
      name = take ("model_get_input_name", "Model.inputs"),
      type = take ("model_dup_input_type", "Model.inputs"),
      allowed = take ("model_get_input_allowed", "Model.inputs"),
    }),
    decisions = rower (n_decisions, {
      name = decision_name,
      type = take ("model_dup_decision_type", "Model.decisions"),
      needs = take ("model_dup_decision_needs", "Model.decisions"),
    }),
  },
  methods = {
    --- The decision's table as a policy has it.
    table = function (self, decision)
      for i = 0, n_decisions (self) - 1 do
        if decision_name (self, i) == decision then return model_table (self, i) end
      end
      fail ("not-found", format ("the model has no decision \"%s\"", tostring (decision)))
    end,
    --- model:evaluate ("Discount", { age = 30 }, { now =, zone = }): the answer, when it is a plain value.
    evaluate = function (self, decision, inputs, options)
      options = options_of (options, model_options, "evaluate")
      return model_evaluate (self, inputs or {}, decision, options.now, options.zone)
    end,
    --- model:evaluate_json ('{"age": 30}', "Discount"): JSON, and what came to null and why; without a decision all of them.
    evaluate_json = function (self, inputs, decision, options)
      options = options_of (options, model_options, "evaluate_json")
      return model_json (self, inputs, decision, options.now, options.zone)
    end,
  },
})
end

-- ── charts ──────────────────────────────────────────────────────────────────────────────────────────────────────

do
--- A chart of SCXML: chart, findings.
M.chart = take ("chart_load_file", "csvc.chart")
local chart_text = take ("chart_load_text", "csvc.chart_text")
function M.chart_text (text, name)
  return chart_text (text, name or "chart.scxml")
end

local chart_states = take ("chart_dup_states", "Chart.states")

class ("Chart", "chart", {
  call = "send is_in",
  fields = {
    ended = take ("chart_has_ended", "Chart.ended"),
    states = function (self) return split (chart_states (self)) end,
  },
})
end

-- ── stores and engines ──────────────────────────────────────────────────────────────────────────────────────────

do
--- "memory:" or "sqlite:PATH".
M.store = take ("store_open", "csvc.store")

local function close_store (self)
  core.close (self, "Store")
end

class ("Store", "store", {
  get = "uri",
  methods = { close = close_store },
  meta = { __close = close_store },
  text = function (self) return core.is_closed (self) and "csvc.Store (closed)" or format ("csvc.Store \"%s\"", self.uri) end,
})

local engine_new, engine_with_set = take ("engine_new", "csvc.engine"), take ("engine_new_with_set", "csvc.engine")

--- csvc.engine (store or URI, policy): an engine; without a policy it opens nothing, the cases that are there go on. The versions that they need are
-- looked for in POLICIES, a set, first.
function M.engine (store, policy, policies)
  local opened = type (store) == "string" and M.store (store) or store
  if policies ~= nil then
    return engine_with_set (opened, policies, policy)
  end
  return engine_new (opened, policy)
end

--- Versions of policies by hash, which engines share.
M.policy_set = take ("policy_set_new", "csvc.policy_set")

local set_size = take ("policy_set_get_size", "PolicySet.size")
class ("PolicySet", "policy_set", { get = "size", call = "add find list", meta = { __len = length (set_size) } })

local begin, commit, rollback, in_transaction =
  take ("engine_begin", "Engine:begin"), take ("engine_commit", "Engine:commit"), take ("engine_rollback", "Engine:rollback"),
  take ("engine_in_transaction", "Engine.in_transaction")

-- A transaction that is rolled back when its block is left without a commit.
local Transaction = {}
Transaction.__index = Transaction
Transaction.__name = "csvc.Transaction"
Transaction.__metatable = "csvc.Transaction"

function Transaction:commit ()
  if self.done then
    fail ("closed", "the transaction has ended")
  end
  self.done = true
  self.engine:commit ()
end

function Transaction:rollback ()
  if not self.done then
    self.done = true
    if not core.is_closed (self.engine) then
      rollback (self.engine)
    end
  end
end

Transaction.__close = Transaction.rollback

-- Runs the function inside; what it gives is given, what it raises rolls back and is raised.
local function finish (transaction, ok, ...)
  if not ok then
    transaction:rollback ()
    error ((...), 0)
  end
  transaction:commit ()
  return ...
end

local function check_callable (f, what)
  local meta = type (f) ~= "function" and getmetatable (f)
  if type (f) ~= "function" and not (type (meta) == "table" and meta.__call) then
    fail ("argument", format ("bad %s (function expected, got %s)", what, type (f)), 2)
  end
end

local function transaction (self, f)
  if f ~= nil then
    check_callable (f, "transaction")
  end
  begin (self)
  local made = setmetatable ({ engine = self, done = false }, Transaction)
  if f == nil then
    return made
  end
  return finish (made, pcall (f, self))
end

local engine_open, engine_fire, engine_put = take ("engine_open", "Engine:open"), take ("engine_fire", "Engine:fire"), take ("engine_put_customer", "Engine:put")
local engine_linked, engine_end = take ("engine_open_linked", "Engine:open"), take ("engine_end", "Engine:finish")
local open_many, engine_advance = take ("engine_open_many", "Engine:open_many"), take ("engine_advance", "Engine:advance")
local advance_case, engine_refusal = take ("engine_advance_case", "Engine:advance_case"), take ("engine_explain_refusal", "Engine:explain_refusal")

local read_due = reader ("due_item", { get = "case kind handler unit level clock cycle state due projected" }, "Engine:due")
local read_case = reader ("case_item", { get = "id kind customer handler unit level last_at next_wake", is = "open" }, "Engine:cases")
local read_entry = reader ("journal_entry", {
  get = "id stream version command name at occurred recorded_at actor role unit key reason policy params read effects",
  is = "of_customer",
}, "Engine:follow")
local entry_to_json = take ("journal_entry_to_json", "Engine:follow")

-- What each table was made of, which counters are fed.
local originals = setmetatable ({}, { __mode = "k" })

local function entry_of (object)
  local entry = read_entry (object)
  originals[entry] = object
  return entry
end

local function read_all (list, size, get, read)
  local records = {}
  for i = 1, size (list) do
    records[i] = read (get (list, i - 1))
  end
  return records
end

local list_due, due_size, due_get = take ("engine_list_due", "Engine:due"), take ("due_list_get_size", "Engine:due"), take ("due_list_get", "Engine:due")
local list_cases, cases_size, cases_get, cases_next = take ("engine_list_cases", "Engine:cases"), take ("case_list_get_size", "Engine:cases"),
  take ("case_list_get", "Engine:cases"), take ("case_list_get_next", "Engine:cases")
local follow, follow_case = take ("engine_follow", "Engine:follow"), take ("engine_follow_case", "Engine:follow_case")
local follow_customer = take ("engine_follow_customer", "Engine:follow_customer")
local journal_size, journal_get = take ("journal_get_size", "Engine:follow"), take ("journal_get", "Engine:follow")

for _, name in ipairs { "DueList", "DueItem", "CaseList", "CaseItem", "CustomerList", "Journal", "JournalEntry", "UpgradeItem" } do
  class (name, "", {})
end

local function due (self, filter)
  return read_all (list_due (self, filter), due_size, due_get, read_due)
end

local function cases (self, filter)
  local list = list_cases (self, filter)
  local after = cases_next (list)
  return read_all (list, cases_size, cases_get, read_case), after ~= 0 and after or nil
end

local function entries (journal)
  return read_all (journal, journal_size, journal_get, entry_of)
end

local function copy (filter)
  if filter ~= nil and type (filter) ~= "table" then
    fail ("argument", format ("bad filter (table expected, got %s)", type (filter)), 2)
  end
  local copied = {}
  for key, value in next, filter or no_options do
    copied[key] = value
  end
  return copied
end

-- An iterator over what PAGE (state) gives, list after list, until it gives none.
local function each (page)
  local list, i = {}, 0
  return function ()
    i = i + 1
    if list and list[i] == nil then
      list, i = page (), 1
    end
    return list and list[i]
  end
end

-- What engines tell: { hears = whether C tells it, wake = function, listener … }. What C keeps does not keep the engine.
local ears = setmetatable ({}, { __mode = "k" })

local function ears_of (self)
  local own = ears[self]
  if not own then
    own = { hears = false }
    ears[self] = own
  end
  return own
end

-- All hear of it, whatever one of them raises; the first error comes out of the command. C's entry is gone when this returns.
local function hear (self, entry)
  local failed, problem = false, nil
  entry = entry_of (entry)
  for _, f in ipairs (copy (ears[self])) do
    local ok, raised = pcall (f, entry, self)
    if not ok and not failed then
      failed, problem = true, raised
    end
  end
  originals[entry] = nil
  if failed then
    error (problem, 0)
  end
end

local function wake (self, at)
  local own = ears[self]
  if own and own.wake then
    own.wake (at, self)
  end
end

core.set_ears (hear, wake)

local add_listener, set_wake_func, remove_listener = take ("engine_add_listener", "Engine:listen"), take ("engine_set_wake_func", "Engine:on_wake"),
  take ("engine_remove_listener", "Engine:listen")

local function catch_up (self, f, after)
  for entry in each (function ()
    local list = entries (follow (self, after, 100))
    after = #list > 0 and list[#list].id or after
    return list
  end) do
    f (entry, self)
  end
end

local function unlisten (self, own, f)
  for i, g in ipairs (own) do
    if g == f then
      table.remove (own, i)
      break
    end
  end
  if #own == 0 and own.hears and not core.is_closed (self) then
    remove_listener (self, own.hears)
    own.hears = false
  end
end

local function listen (self, f, after)
  check_callable (f, "listener")
  if after ~= nil then
    catch_up (self, f, after ~= "" and after or nil)
  end
  local hears = (ears[self] or no_options).hears or add_listener (self)
  local own = ears_of (self)
  own.hears = hears
  own[#own + 1] = f
  return function () unlisten (self, own, f) end
end

local function on_wake (self, f)
  if f ~= nil then
    check_callable (f, "wake function")
  end
  if not (ears[self] or no_options).wakes then
    set_wake_func (self)
  end
  local own = ears_of (self)
  own.wake, own.wakes = f, true
end

-- ── engines: customers ──

local service = {}
for word in words "review set_tier clear_tier use reserve commit_use release grant adjust apply note_event" do
  service[word] = take ("engine_" .. word, "Engine:" .. word)
end

local review_all, balance_at = take ("engine_review_all", "Engine:review_all"), take ("engine_get_balance_at", "Engine:balance_at")
local list_customers, customers_size = take ("engine_list_customers", "Engine:customers"), take ("customer_list_get_size", "Engine:customers")
local customers_get, customers_next = take ("customer_list_get", "Engine:customers"), take ("customer_list_get_next", "Engine:customers")
local review_options = set_of "after limit"

local take_in, sweep_new = take ("engine_take_in", "Engine:take_in"), take ("engine_sweep", "Engine:sweep")
local read_intake = reader ("intake", { get = "n_rows n_new n_changed n_same n_bad" }, "Engine:take_in")
local notes_of = lister (take ("intake_get_n_notes", "Engine:take_in"), take ("intake_get_note", "Engine:take_in"))
local read_sweep = reader ("sweep", { get = "at n_customers n_loaded n_opened n_updated n_closed n_left" }, "Engine:sweep")
local items_of_sweep = plan_items (take ("sweep_get_size", "Engine:sweep"), take ("sweep_get_item", "Engine:sweep"))
local failure = take ("sweep_get_failure", "Engine:sweep")
local engine_may_contact, engine_contact = take ("engine_may_contact", "Engine:may_contact"), take ("engine_contact", "Engine:contact")
local forget, hold, release_hold = take ("engine_forget", "Engine:forget"), take ("engine_hold", "Engine:hold"), take ("engine_release_hold", "Engine:release_hold")
local forget_due = take ("engine_forget_due", "Engine:forget_due")
local simulate_customers = take ("simulate_customers", "Engine:simulate_customers")
local intake_options, sweep_options, forget_options = set_of "strict dry_run progress", set_of "dry_run progress", set_of "only"
local simulate_options = set_of "at seed progress"
for _, name in ipairs { "Intake", "Sweep", "CustomerMap" } do
  class (name, "", {})
end

--- Which column of a CSV file is the customer's number, and which are facts: a map, findings. Or csvc.columns (policy, key, { fact = header }).
M.customer_map = take ("customer_map_load_file", "csvc.customer_map")
local customer_map_text = take ("customer_map_load_text", "csvc.customer_map_text")
function M.customer_map_text (policy, text, name)
  return customer_map_text (policy, text, name or "customers.xml")
end
local customer_map_new = take ("customer_map_new", "csvc.columns")
function M.columns (policy, key, columns)
  if columns ~= nil and type (columns) ~= "table" then
    fail ("argument", format ("bad columns (table expected, got %s)", type (columns)))
  end
  local list
  for fact, header in pairs (columns or no_options) do
    list = list or {}
    list[#list + 1] = format ("%s=%s", tostring (fact), tostring (header))
  end
  return customer_map_new (policy, key, list)
end

local simulate_customer = take ("simulate_customer", "csvc.simulate_customer")
--- A made-up customer, the same in every run: number, facts.
function M.simulate_customer (policy, index, at, seed)
  local facts, id = simulate_customer (policy, seed or 1, index, at)
  return id, facts
end

local function outside (self, what)
  if in_transaction (self) then
    fail ("in-use", what .. " is transactions of its own: not inside another", 2)
  end
end

-- ── engines: targets ──

local count_targets = take ("engine_count_targets", "Engine:count_targets")
local policy_of_counts, counts_share = take ("target_counts_get_policy", "Engine:count_targets"), take ("target_counts_get_share", "Engine:count_targets")
local counts_fields = {}
for word in words "n_kept n_lost n_undecided" do
  counts_fields[word] = take ("target_counts_get_" .. word, "Engine:count_targets")
end
class ("TargetCounts", "target_counts", {})

local function count_of (object, index, id)
  local count = { id = id, share = share_of (counts_share (object, index)) }
  for name, f in next, counts_fields do
    count[name] = f (object, index)
  end
  return count
end

-- In the order of the policy, and by id.
local function counts_of (object)
  local list = {}
  for i, target in ipairs (policy_of_counts (object).targets) do
    local count = count_of (object, i - 1, target.id)
    list[i], list[count.id] = count, count
  end
  return list
end

local counter_feed, counter_count = take ("target_counter_feed", "TargetCounter:feed"), take ("target_counter_count", "TargetCounter:count")

local function close_counter (self)
  core.close (self, "TargetCounter")
end

--- The targets of a policy, counted by following the journal, without a store: for entry in engine:journal () do counter:feed (entry) end. Personal
-- values are in its memory until it is fed that they were forgotten, or is closed.
M.target_counter = take ("target_counter_new", "csvc.target_counter")

class ("TargetCounter", "target_counter", {
  get = "policy",
  methods = {
    --- The next entry of the journal, from the first one on, or what a listener is told, while it is told; one that was dealt with does nothing.
    feed = function (self, entry)
      local original = originals[entry]
      if original == nil then
        fail ("argument", type (entry) == "table" and "bad entry (a copy, or told to a listener that has returned)"
                          or format ("bad entry (entry of the journal expected, got %s)", type (entry)))
      end
      counter_feed (self, original)
    end,
    --- What engine:count_targets gives when the journal was fed to its end. For the same NOW as before, only customers are looked at of whom
    -- entries came since; for another one all of them.
    count = function (self, now) return counts_of (counter_count (self, now)) end,
    close = close_counter,
  },
  meta = { __close = close_counter },
})

-- ── engines: cases that change as a whole ──

local engine_adopt, amend, void = take ("engine_adopt", "Engine:adopt"), take ("engine_amend", "Engine:amend"), take ("engine_void", "Engine:void")
local plan_upgrade, apply_upgrade = take ("engine_plan_upgrade", "Engine:plan_upgrade"), take ("engine_apply_upgrade", "Engine:apply_upgrade")
local plan_size, plan_get = take ("upgrade_plan_get_size", "UpgradePlan.items"), take ("upgrade_plan_get", "UpgradePlan.items")
local read_item = reader ("upgrade_item", { get = "case version error" }, "UpgradePlan.items")
local item_states, n_dues = take ("upgrade_item_get_states", "UpgradePlan.items"), take ("upgrade_item_get_n_dues", "UpgradePlan.items")
local item_due = take ("upgrade_item_get_due", "UpgradePlan.items")
local plan_options = set_of "at kind choice"

-- For which policy each was made.
local plans = setmetatable ({}, { __mode = "k" })

local function upgrade_item_of (object)
  local item = read_item (object)
  local before, after = item_states (object)
  item.states_before, item.states_after, item.dues = split (before), after and split (after) or nil, {}
  for i = 1, n_dues (object) do
    local clock, was, will = item_due (object, i - 1)
    item.dues[i] = { clock = clock, before = was, after = will }
  end
  return item
end

class ("UpgradePlan", "upgrade_plan", {
  get = "n_kept",
  fields = {
    --- { case =, version =, states_before =, states_after =, dues = { { clock =, before =, after = } }, error = }
    items = function (self)
      local list = {}
      for i = 1, plan_size (self) do list[i] = upgrade_item_of (plan_get (self, i - 1)) end
      return list
    end,
  },
  meta = { __len = length (plan_size) },
})

local function close_engine (self)
  core.close (self, "Engine")
  ears[self] = nil
end

class ("Engine", "engine", {
  get = "store policy",
  fields = { in_transaction = in_transaction },
  methods = {
    --- engine:open ("complaint", "C-1", { at = t, customer = "K-7", role = …, key = …, facts = { … } }): accepted?, answer, effects. With
    -- earlier = "C-0" it follows that case of the same customer.
    open = function (self, kind, id, stamp)
      local facts, customer = parts_of (stamp)
      local earlier = type (stamp) == "table" and rawget (stamp, "earlier")
      if earlier then
        return engine_linked (self, kind, id, customer, facts, earlier, stamp)
      end
      return engine_open (self, kind, id, customer, facts, stamp)
    end,
    --- engine:fire ("C-1", "replied", { at = t, role = "agent", facts = { … } }): accepted?, answer, effects
    fire = function (self, id, event, stamp)
      return engine_fire (self, id, event, parts_of (stamp), stamp)
    end,
    --- Ends a case from outside, for a reason of one word: accepted?, answer, effects
    finish = function (self, id, reason, stamp)
      return engine_end (self, id, reason, stamp)
    end,
    --- engine:put ("K-7", { vip = true }, { at = t }): accepted?, answer, effects
    put = function (self, id, facts, stamp)
      return engine_put (self, id, facts, stamp)
    end,
    --- A list of { kind =, id =, at =, … }, all or none: answers, effects
    open_many = function (self, openings)
      if in_transaction (self) then
        fail ("in-use", "open_many is a transaction of its own: not inside another")
      end
      return open_many (self, openings)
    end,
    --- Fires all that is due before NOW: number of steps, effects
    advance = function (self, now, max)
      return engine_advance (self, now, max or 0)
    end,
    advance_case = function (self, id, now)
      return advance_case (self, id, now)
    end,
    --- When advance() has something to do; nil when nothing is waited for.
    next_wake = take ("engine_get_next_wake", "Engine:next_wake"),
    case = take ("engine_get_case", "Engine:case"),
    customer = take ("engine_get_customer", "Engine:customer"),
    explain_refusal = function (self, id, event, stamp)
      return refusal_of (engine_refusal (self, id, event, parts_of (stamp), stamp))
    end,
    --- Open promises by due instant: a list of tables. The filter: from, to, kind, handler, unit, level, limit, skip.
    due = due,
    --- The same, all of them, page by page: for item in engine:each_due () do … end
    each_due = function (self, filter)
      filter = copy (filter)
      filter.limit, filter.skip = filter.limit or 100, filter.skip or 0
      return each (function ()
        local list = due (self, filter)
        filter.skip = filter.skip + #list
        return list
      end)
    end,
    --- A list of tables, and where the next page begins: pass it as `after`. The filter: kind, customer, handler, open_only, limit, after.
    cases = cases,
    each_case = function (self, filter)
      filter = copy (filter)
      filter.after = filter.after or 0
      return each (function ()
        local list
        if filter.after then
          list, filter.after = cases (self, filter)
        end
        return list
      end)
    end,
    --- What was committed after that entry: a list of tables.
    follow = function (self, after, limit) return entries (follow (self, after, limit or 100)) end,
    follow_case = function (self, id, after, limit) return entries (follow_case (self, id, after, limit or 100)) end,
    follow_customer = function (self, id, after, limit) return entries (follow_customer (self, id, after, limit or 100)) end,
    --- for entry in engine:journal (after) do … end
    journal = function (self, after)
      return each (function ()
        local list = entries (follow (self, after, 100))
        after = #list > 0 and list[#list].id or after
        return list
      end)
    end,
    --- Entries as JSON, one a text: all of each.
    journal_json = function (self, after, limit)
      return read_all (follow (self, after, limit or 100), journal_size, journal_get, entry_to_json)
    end,
    --- Calls F (entry, engine) for each entry that a command of this engine writes from now on, when it is committed; with AFTER first for those
    -- that the journal has after that one ("": all of it). What F raises comes out of that command, which stands. F may use the engine. Gives
    -- a function that stops it.
    listen = listen,
    --- Calls F (wake, engine) after a commit of this engine that changed when it wants to be advanced, in the place of the one before; nil: nobody
    -- any more. For hosts with a loop of their own: set one timer to WAKE, look at the clock at least once a minute, and call advance.
    on_wake = on_wake,

    --- What a customer has; as the methods of csvc.Customer, with the customer's id first.
    review = service.review,
    set_tier = function (self, id, tier, options)
      local picked, stamp = parted (options, until_option)
      return service.set_tier (self, id, tier, picked["until"], stamp)
    end,
    clear_tier = service.clear_tier,
    use = function (self, id, account, options) return service.use (self, id, use_of (account, options)) end,
    reserve = function (self, id, account, request, options)
      return service.reserve (self, id, use_of (account, options, nil, request))
    end,
    commit_use = service.commit_use,
    release = service.release,
    grant = function (self, id, account, amount, options) return service.grant (self, id, gift_of (account, amount, options)) end,
    adjust = function (self, id, account, amount, options)
      local picked, stamp = parted (options, request_option)
      return service.adjust (self, id, account, amount, picked.request, stamp)
    end,
    apply = service.apply,
    --- Something happened that conditions ask for with happened ("…").
    note_event = service.note_event,
    --- engine:review_all { at = t, limit = 10000, after = place }: where to go on (nil: all were looked at), how many changed, effects
    review_all = function (self, options)
      if in_transaction (self) then
        fail ("in-use", "review_all is a transaction of its own: not inside another")
      end
      local picked, stamp = parted (options, review_options)
      return review_all (self, stamp, picked.after, picked.limit or 10000)
    end,
    balance_at = balance_at,
    --- engine:take_in (map, "base.csv", { at = t, strict =, dry_run =, progress = }): n_rows, n_new, n_changed, n_same, n_bad, notes
    take_in = function (self, map, path, options)
      outside (self, "take_in")
      local picked, stamp = parted (options, intake_options)
      local object = take_in (self, map, path, picked.strict or false, picked.dry_run or false, picked.progress, stamp)
      local intake = read_intake (object)
      intake.notes = notes_of (object)
      return intake
    end,
    --- Plans the day by the rules and carries it out: at, n_customers, n_loaded, n_opened, n_updated, n_closed, n_left, items (one that failed says why in failure)
    sweep = function (self, options)
      outside (self, "sweep")
      local picked, stamp = parted (options, sweep_options)
      local object = sweep_new (self, stamp, picked.dry_run or false, picked.progress)
      local sweep = read_sweep (object)
      sweep.items = items_of_sweep (object)
      for i, item in ipairs (sweep.items) do
        item.failure = failure (object, i - 1)
      end
      return sweep
    end,
    --- How many customers the targets of the policy count and keep, as all will stand at NOW: a list of { id =, n_kept =, n_lost =, n_undecided =,
    -- share = }, which are also by their ids. Shares are of 10,000; nil: there is nobody. Looks at every customer and writes nothing.
    count_targets = function (self, now)
      outside (self, "count_targets")
      return counts_of (count_targets (self, now))
    end,
    may_contact = function (self, id, channel, purpose, at)
      local permission = read_permission (engine_may_contact (self, id, channel, purpose, at))
      return permission.given, permission
    end,
    --- Asks once more and notes the contact, just before sending: accepted?, answer, effects, permission
    contact = function (self, id, channel, purpose, options)
      local picked, stamp = parted (options, contact_options)
      local ok, answer, permission, effects = engine_contact (self, id, channel, purpose, picked.rule, picked.case, stamp)
      return ok, answer, effects, permission and read_permission (permission)
    end,
    --- Puts N made-up customers: engine:simulate_customers (1000, { at = t, seed = 1 })
    simulate_customers = function (self, n, options)
      outside (self, "simulate_customers")
      options = options_of (options, simulate_options, "simulate_customers")
      return simulate_customers (self, n, options.seed or 1, options.at, options.progress)
    end,
    --- Erases personal facts of a customer and of all their cases; only = { "phone" } not all of them.
    forget = function (self, id, options)
      local picked, stamp = parted (options, forget_options)
      return forget (self, id, picked.only, stamp)
    end,
    --- Whatever has been kept longer than the policy says: of how many customers, effects
    forget_due = function (self, stamp)
      outside (self, "forget_due")
      return forget_due (self, stamp)
    end,
    --- Nothing of the customer is forgotten until that hold is released.
    hold = hold,
    release_hold = release_hold,
    holds = take ("engine_list_holds", "Engine:holds"),
    --- How many values are kept apart, and how many were forgotten.
    count_personal = take ("engine_count_personal", "Engine:count_personal"),
    --- for id in engine:customers () do … end
    customers = function (self, page)
      local cursor = 0
      return each (function ()
        if not cursor then return nil end
        local list, ids = list_customers (self, page or 1000, cursor), {}
        for i = 1, customers_size (list) do ids[i] = customers_get (list, i - 1) end
        cursor = customers_next (list)
        if cursor == 0 then cursor = nil end
        return ids
      end)
    end,

    --- Takes over a case that lived elsewhere, as JSON: accepted?, answer, effects
    adopt = engine_adopt,
    --- Decides a case again with that entry of the journal as it ought to have been; EVENT nil: the same one.
    amend = function (self, id, entry, event, stamp)
      return amend (self, id, entry, event, parts_of (stamp), stamp)
    end,
    --- As if that event had not been.
    void = void,
    --- engine:plan_upgrade { at = t, kind =, choice = "retroactive" }: what bringing open cases of other versions under this engine's policy would do
    plan_upgrade = function (self, options)
      options = options_of (options, plan_options, "plan_upgrade")
      if in_transaction (self) then
        fail ("in-use", "a plan is not made inside a transaction")
      end
      local plan = plan_upgrade (self, options.kind, options.choice or "by-policy", options.at)
      plans[plan] = self.policy
      return plan
    end,
    --- Does it: how many cases.
    apply_upgrade = function (self, plan, stamp)
      if in_transaction (self) then
        fail ("in-use", "apply_upgrade is a transaction of its own: not inside another")
      end
      return apply_upgrade (self, plan, plans[plan] or fail ("argument", "bad plan (csvc.UpgradePlan expected)"), stamp)
    end,
    --- How many cases and customers, and entries, were found good; a fault is an error of the kind "corrupt".
    verify = take ("engine_verify", "Engine:verify"),
    --- As a scenario, whose policy lies at PATH.
    record = take ("scenario_record", "Engine:record"),
    begin = begin,
    commit = function (self)
      commit (self)
    end,
    rollback = rollback,
    --- local tx <close> = engine:transaction (); …; tx:commit (). Or engine:transaction (function (engine) … end).
    transaction = transaction,
    close = close_engine,
  },
  meta = { __close = close_engine },
  text = function (self)
    return core.is_closed (self) and "csvc.Engine (closed)" or format ("csvc.Engine on \"%s\"", self.store.uri)
  end,
})
end

-- ── logs ────────────────────────────────────────────────────────────────────────────────────────────────────────

do
--- A map from a file, or from a text: map, findings.
M.map = take ("map_load_file", "csvc.map")
local map_text = take ("map_load_text", "csvc.map_text")
function M.map_text (policy, text, name)
  return map_text (policy, text, name or "map.xml")
end
--- The map of simulated logs, and of those whose activities are named like events.
M.default_map = take ("map_new_default", "csvc.default_map")

class ("Map", "map", { get = "kind policy", call = "to_xml" })

local replay = {}
for word in words "new set_store set_until set_encoding set_temporary_folder run" do
  replay[word] = take ("replay_" .. word, "csvc.replay")
end
class ("Replay", "replay", {})

local replay_options = set_of "store up_to encoding folder progress"

--- csvc.replay (policy, map, "log.xes.gz", { store =, up_to =, encoding =, folder =, progress = function (done, total) … end }): a report
function M.replay (policy, map, path, options)
  options = options_of (options, replay_options, "replay")
  local run = replay.new (policy, map)
  if options.store ~= nil then replay.set_store (run, options.store) end
  replay.set_until (run, options.up_to)
  replay.set_encoding (run, options.encoding)
  replay.set_temporary_folder (run, options.folder)
  return replay.run (run, path, options.progress)
end

local figure_words = split "cycles met missed met-late overdue running paused left cancelled reset case-ended settled"
local figures_get, figures_used, figures_share =
  take ("figures_get", "Report.clocks"), take ("figures_get_used", "Figures:used"), take ("figures_share", "Report.clocks")
class ("Figures", "figures", {
  rows = { worst = { "n_worst", "worst_case=case worst_cycle=cycle worst_used=used worst_due=due worst_met_late_at=met_late_at" } },
  fields = {
    --- In thousandths of what is settled; nil when nothing is.
    share = function (self)
      local share = figures_share (self)
      return share >= 0 and share or nil
    end,
    counts = function (self)
      local counts = {}
      for _, word in ipairs (figure_words) do
        counts[word:gsub ("-", "_")] = figures_get (self, word)
      end
      return counts
    end,
  },
  methods = {
    count = figures_get,
    --- The time that PERCENT of the cycles that were met used at most; nil when none was met.
    used = function (self, percent)
      local used = figures_used (self, percent)
      return used >= 0 and used or nil
    end,
  },
})

local report_clock, report_figures = take ("report_get_clock", "Report.clocks"), take ("report_get_figures", "Report.clocks")
local n_clocks = take ("report_get_n_clocks", "Report.clocks")
local n_examples, example = take ("report_get_n_examples", "Report:examples"), take ("report_get_example", "Report:examples")

class ("Report", "report", {
  get = "policy kind first last until",
  texts = "count",
  call = "to_json",
  rows = {
    refusals = { "n_refusals", "refusal_event=event refusal_answer=answer refusal_states=states refusal_count=count refusal_reason=reason refusal_example=example" },
    events = { "n_events", "event_id=id event_accepted=accepted event_refused=refused" },
  },
  fields = {
    --- { clock =, figures =, later = }: of first cycles, and of later ones.
    clocks = function (self)
      local list = {}
      for i = 1, n_clocks (self) do
        list[i] = { clock = report_clock (self, i - 1), figures = report_figures (self, i - 1, false), later = report_figures (self, i - 1, true) }
      end
      return list
    end,
  },
  methods = {
    examples = function (self, count)
      local list = {}
      for i = 1, n_examples (self, count) do
        list[i] = example (self, count, i - 1)
      end
      return list
    end,
  },
})

local whatif = {}
for word in words "new add_pair set_until set_encoding set_temporary_folder run" do
  whatif[word] = take ("whatif_" .. word, "csvc.whatif")
end
class ("Whatif", "whatif", {})

local whatif_options = set_of "pairs up_to encoding folder progress difference"

--- csvc.whatif (old_map, new_map, "log.xes", { pairs = { { "reply", "answer" } }, difference = function (d) … end, … }): a comparison
function M.whatif (old_map, new_map, path, options)
  options = options_of (options, whatif_options, "whatif")
  local run = whatif.new (old_map, new_map)
  for _, pair in ipairs (options.pairs or no_options) do
    whatif.add_pair (run, pair[1], pair[2])
  end
  whatif.set_until (run, options.up_to)
  whatif.set_encoding (run, options.encoding)
  whatif.set_temporary_folder (run, options.folder)
  return whatif.run (run, path, options.progress, options.difference)
end

local comparison_n_pairs, comparison_clock = take ("comparison_get_n_pairs", "Comparison.pairs"), take ("comparison_get_clock", "Comparison.pairs")
local all_pairs = 0xffffffff

-- Of one pair, counted from 1 as in `pairs`; nil is all of them together.
local function by_pair (name)
  local f = take ("comparison_get_" .. name, "Comparison:" .. name)
  return function (self, pair, ...)
    return f (self, pair == nil and all_pairs or integer (pair, "pair") - 1, ...)
  end
end

local comparison_report = take ("comparison_get_report", "Comparison.old")

class ("Comparison", "comparison", {
  get = "n_changed",
  call = "to_json",
  fields = {
    old = function (self) return comparison_report (self, "old") end,
    new = function (self) return comparison_report (self, "new") end,
    pairs = function (self)
      local list = {}
      for i = 1, comparison_n_pairs (self) do
        list[i] = { old = comparison_clock (self, i - 1, "old"), new = comparison_clock (self, i - 1, "new") }
      end
      return list
    end,
  },
  methods = {
    verdicts = by_pair "verdicts",
    count = by_pair "count",
    sum = by_pair "sum",
    moved = by_pair "moved",
    cases = by_pair "cases",
    verdict_cases = by_pair "verdict_cases",
  },
})

local simulation = {}
for word in words "new set_cases set_seed set_from set_days write write_file" do
  simulation[word] = take ("simulation_" .. word, "csvc.simulate")
end
class ("Simulation", "simulation", {})

local simulation_options = set_of "kind cases seed from days format path write"

--- csvc.simulate (policy, { kind =, cases =, seed =, from =, days =, path = "log.csv" }): rows. With write = function (text) … end, and
-- format = "csv" or "xes", the log is given piece by piece; with neither it is the second result.
function M.simulate (policy, options)
  options = options_of (options, simulation_options, "simulate")
  local run = simulation.new (policy, options.kind)
  for _, name in ipairs { "cases", "seed", "from", "days" } do
    if options[name] ~= nil then
      simulation["set_" .. name] (run, options[name])
    end
  end
  if options.path ~= nil then
    return simulation.write_file (run, options.path)
  elseif options.write ~= nil then
    return simulation.write (run, options.format or "csv", options.write)
  end
  local pieces = {}
  local rows = simulation.write (run, options.format or "csv", function (text) pieces[#pieces + 1] = text end)
  return rows, table.concat (pieces)
end
end

-- ── scenarios ───────────────────────────────────────────────────────────────────────────────────────────────────

--- A scenario from a file: scenario, findings.
M.scenario = take ("scenario_load_file", "csvc.scenario")

local scenario_run = take ("scenario_run", "Scenario:run")

class ("Scenario", "scenario", {
  get = "policy n_steps n_expectations",
  methods = {
    --- Plays it in the pure machine, and on an engine of each store: true; or false and the failures.
    run = function (self, stores)
      local ok, failures = pcall (scenario_run, self, stores or {})
      if not ok and M.is_error (failures, "invalid") then
        return false, failures.diagnostics
      elseif not ok then
        error (failures, 0)
      end
      return true, failures
    end,
  },
})

for _, name in ipairs { "Diagnostics", "Diagnostic", "Effects", "Effect" } do
  class (name, "", {})
end

return M
