-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Customers: tiers, entitlements, ledgers, contacts, sweeps; tables, expressions, crowds; cases that change as a whole.

local csvc = require "csvc"
local t = require "tap"

local _, at = t.desk ()
local hour, day = csvc.hour, csvc.day

local club = [[<policy xmlns="urn:csvc:policy:1" id="club" version="VERSION" zone="UTC">
  <roles><role id="agent"/></roles>
  <customer><fact id="arpu" type="number" default="0"/><fact id="phone" type="string" pii="true"/></customer>
  <tiers default="basic" review="P1Y" grace="P3M"><tier id="basic" rank="0"/><tier id="gold" rank="1" when="arpu >= 100"/></tiers>
  <entitlements>
    <entitlement id="lane"><grant tier="gold" quota="2" per="month"/></entitlement>
    <entitlement id="post"><grant tier="gold" apply="true"/></entitlement>
  </entitlements>
  <ledgers><ledger id="points" unit="point"/></ledgers>
  <case id="order" initial="open">
    <event id="done"/><event id="mail"/>
    <state id="open">
      <clock id="c" met-by="done"><due in="PTHOURSH"/></clock>
      <transition event="mail"/><transition event="done" target="over"/>
    </state>
    <final id="over" outcome="won"/>
  </case>
  <tables>
    <table id="offer" hit="first"><input id="arpu"/><output id="offer" type="string" default='"thanks"'/><row arpu="&gt;= 50" offer='"upgrade"'/></table>
  </tables>
</policy>]]

local function policy_of (version, hours)
  return (csvc.load_text (club:gsub ("VERSION", version):gsub ("HOURS", tostring (hours)), "club.xml"))
end
local policy = policy_of ("1", 2)

t.case ("tiers", function ()
  local customer = policy:customer "K-1"
  t.equal (customer.tier.id, "basic")
  customer:put ({ arpu = 150 }, at)
  t.equal (customer.tier.id, "gold")
  t.equal (policy:tier "gold".rank, 1)
  t.equal (policy.default_tier.id, "basic")
  t.equal (customer.warning, nil)
  t.equal (customer:explain_tier (at).target.id, "gold")
  t.equal ((customer:set_tier ("basic", { at = at, ["until"] = at + day, reason = "x" })), true)
  t.same (customer.override, { ["until"] = at + day, reason = "x" })
  t.equal ((customer:clear_tier (at)), true)
  t.equal (select (2, customer:clear_tier (at)), "refused-state")
  t.raises ("not-found", nil, customer.set_tier, customer, "none", { at = at, reason = "x" })
  t.raises ("argument", nil, customer.set_tier, customer, "gold", { at = at, untill = at })
end)

t.case ("accounts", function ()
  local customer = policy:customer "K-1"
  customer:put ({ arpu = 150 }, at)
  t.equal (customer:balance ("lane", at), 2)
  t.equal ((customer:use ("lane", { at = at, amount = 2, request = "R", details = { part = 5 } })), true)
  local yes, why = customer:may_use ("lane", at)
  t.equal (yes, false)
  t.equal (why.answer, "refused-quota")
  t.equal (why.left, 0)
  t.equal (why.grant.quota, 2)
  t.equal (select (2, customer:use ("post", at)), "refused-application")
  t.equal ((customer:apply ("post", "approved", at)), true)
  t.equal (customer:application "post", "approved")
  t.equal ((customer:grant ("points", 100, { at = at, expires = at + day })), true)
  t.equal ((customer:reserve ("points", "R-1", { at = at, amount = 30 })), true)
  t.equal (customer:reserved "points", 30)
  t.equal ((customer:commit ("points", "R-1", at)), true)
  t.equal ((customer:adjust ("points", -10, { at = at, reason = "x" })), true)
  t.equal (customer:balance ("points", at), 60)
  t.equal (customer:copy ():to_json (), customer:to_json ())
  t.raises ("argument", "request", customer.reserve, customer, "points", nil, at)
  t.raises ("argument", nil, customer.use, customer, "lane", { at = at, nonsense = 1 })
  t.raises ("argument", nil, customer.use, customer, "lane", { at = at, amount = 1.5 })
  t.raises ("argument", nil, customer.apply, customer, "post", "none", at)
end)

t.case ("masks", function ()
  local text = [[<policy xmlns="urn:csvc:policy:1" id="masked" version="1" zone="UTC">
    <roles><role id="agent"/><role id="boss" sees="phone born contact"/></roles>
    <customer><fact id="phone" type="string" pii="true" mask="3,4"/><fact id="born" type="date" pii="true"/><fact id="arpu" type="number"/></customer>
    <case id="order" initial="open"><fact id="contact" type="string" pii="true" mask="1,0"/><state id="open"/></case>
  </policy>]]
  local masked = csvc.load_text (text, "masked.xml")
  local agent, boss, stranger = masked:role "agent", masked:role "boss", csvc.load_text (text, "masked.xml"):role "boss"
  local facts = { phone = "13800008000", born = "1980-02-29", arpu = 5 }
  local customer = masked:customer "K-1"
  customer:put (facts, at)
  t.same (customer:copy_for (agent).facts, { phone = "138****8000", arpu = 5 })
  t.same (customer:copy_for (nil).facts, { phone = "138****8000", arpu = 5 })
  t.same (customer:copy_for (boss).facts, facts)
  t.same (customer.facts, facts)
  t.ok (not customer:copy_for (nil):to_json ():find ("13800008000", 1, true))
  local phone, born = masked:customer_fact "phone", masked:customer_fact "born"
  t.equal (phone:text_for ("13800008000", agent), "138****8000")
  t.equal (phone:text_for ("13800008000", boss), "13800008000")
  t.equal (born:text_for ("1980-02-29", nil), "****")
  local case = masked:open ("order", "C-1", { at = at, facts = { contact = "欧阳" } })
  t.same (case:copy_for (agent).facts, { contact = "欧****" })
  t.same (case:copy_for (boss).facts, { contact = "欧阳" })
  t.same (masked:facts_for (facts, nil), { phone = "138****8000", born = "****", arpu = 5 })
  t.same (masked:facts_for (facts, boss), facts)
  t.raises ("argument", "another policy", customer.copy_for, customer, stranger)
  t.raises ("argument", "another policy", case.copy_for, case, stranger)
  t.raises ("argument", "another policy", masked.facts_for, masked, facts, stranger)
  t.raises ("argument", nil, customer.copy_for, customer, "boss")
  t.raises ("argument", nil, phone.text_for, phone, nil, boss)
end)

t.case ("engines", function ()
  local engine <close> = csvc.engine ("memory:", policy)
  local heard, wakes = {}, {}
  engine:listen (function (entry) heard[#heard + 1] = entry.command end)
  engine:on_wake (function (wake) wakes[#wakes + 1] = wake or false end)
  engine:put ("K-1", { arpu = 150, phone = "139" }, at)
  t.ok (#wakes > 0)
  t.equal ((engine:grant ("K-1", "points", 10, { at = at, key = "g" })), true)
  t.equal ((engine:reserve ("K-1", "points", "R", { at = at, amount = 4 })), true)
  t.equal ((engine:commit_use ("K-1", "points", "R", at)), true)
  t.equal ((engine:note_event ("K-1", "called", at)), true)
  t.equal (engine:balance_at ("K-1", "points", at), 6)
  t.equal (heard[2], "grant")
  local place, changed = engine:review_all { at = at + day, limit = 5 }
  t.equal (place, nil)
  t.equal (changed, 0)
  local ids = {}
  for id in engine:customers () do ids[#ids + 1] = id end
  t.same (ids, { "K-1" })
  t.ok (#engine:follow_customer "K-1" >= 4)
  t.equal ((engine:hold ("K-1", "lawsuit", at + day)), true)
  t.same (engine:holds "K-1", { "lawsuit" })
  t.equal (select (2, engine:forget ("K-1", at + day)), "refused-hold")
  engine:release_hold ("K-1", "lawsuit", at + day)
  t.equal ((engine:forget ("K-1", { at = at + day, only = { "phone" } })), true)
  t.raises ("argument", nil, engine.forget, engine, "K-1", { at = at + day, only = "phone" })
  engine:on_wake (function () error "mine" end)
  local ok, problem = pcall (engine.open, engine, "order", "O-0", at)
  t.ok (not ok and problem:find "mine")
  t.equal (engine:case "O-0".id, "O-0", "the command stands")
  engine:on_wake (nil)
end)

t.case ("cases that change as a whole", function ()
  local store = csvc.store "memory:"
  local engine <close> = csvc.engine (store, policy)
  engine:open ("order", "O-1", at)
  engine:fire ("O-1", "done", at + hour)
  local entries = engine:follow_case "O-1"
  t.equal ((engine:void ("O-1", entries[#entries].id, { at = at + hour, reason = "x" })), true)
  t.equal (engine:case "O-1".ended, false)
  engine:fire ("O-1", "mail", at + hour)
  entries = engine:follow_case "O-1"
  t.equal ((engine:amend ("O-1", entries[#entries].id, "done", { at = at + hour })), true)
  engine:open ("order", "O-2", at + hour)
  local policies = csvc.policy_set ()
  t.equal (policies:add (policy), true)
  t.equal (#policies, 1)
  local new <close> = csvc.engine (store, policy_of ("2", 4), policies)
  local plan = new:plan_upgrade { at = at + hour, choice = "retroactive" }
  t.equal (#plan, 1)
  t.same (plan.items[1].dues, { { clock = "c", before = at + 3 * hour, after = at + 5 * hour } })
  t.equal (new:apply_upgrade (plan, at + hour), 1)
  t.raises ("argument", "plan", new.apply_upgrade, new, {}, at)
  local case = policy:open ("order", "O-3", at)
  t.equal (case:upgrade (policy_of ("2", 4), { at = at, choice = "retroactive" }).cycles[1].due, at + 4 * hour)
  t.equal (policy:adopt (case:to_json (), at).id, "O-3")
  t.equal ((case:finish ("merged", at)), true)
  t.raises ("argument", nil, case.open_child, case, {})
end)

t.case ("tables, expressions, models", function ()
  local tab = policy:table "offer"
  t.equal (tab.hit, "first")
  local decision = tab:decide_facts ({ arpu = 60 }, at)
  t.equal (decision.state, "rows")
  t.same (decision.outputs, { { offer = "upgrade" } })
  t.same (decision.rows, { 1 })
  t.same (tab:decide_facts ({ arpu = 1 }, at).outputs, { { offer = "thanks" } })
  t.equal (tab:decide_facts ({ arpu = 1 }, at):failing_cell (1), 1)
  local hold, may = tab:match_columns ({ arpu = { 60, 40, math.mininteger } }, at)
  t.same (hold, { { 1 }, {}, {} })
  t.same (may, { { 1 }, {}, { 1 } })
  t.same ((tab:match_columns ({ { ("i8"):pack (6000), decimals = 2 } }, at)), { { 1 } })
  t.raises ("argument", nil, tab.match_columns, tab, { false }, at)
  t.raises ("argument", nil, tab.match_columns, tab, { nothing = {} }, at)
  t.raises ("argument", nil, decision.verdict, decision, 2)
  local expression = csvc.expression ("arpu >= 500", { arpu = "number" })
  t.equal (expression:evaluate { arpu = 600 }, true)
  local value, why = expression:evaluate {}
  t.equal (value, nil)
  t.equal (why.missing, "arpu")
  t.raises ("syntax", nil, csvc.expression, "1 +")
  t.raises ("policy", nil, csvc.model_text, "<a/>")
end)

t.case ("crowds", function ()
  local crowd = policy:crowd "order"
  t.equal (crowd:add ((policy:open ("order", "O", at))), 1)
  t.equal ((crowd:fire (1, "done", at)), true)
  t.equal (crowd:case (1).ended, true)
  t.equal (#crowd, 1)
  t.raises ("argument", nil, crowd.fire, crowd, 2, "done", at)
  t.raises ("not-found", nil, crowd.fire, crowd, 1, "nothing", at)
end)

t.case ("retention", function ()
  local telecom = csvc.load (t.source .. "/data/policies/telecom.xml")
  local engine <close> = csvc.engine ("memory:", telecom)
  engine:simulate_customers (100, { at = at })
  local sweep = engine:sweep { at = at + day }
  t.equal (sweep.n_customers, 100)
  local opened = 0
  for _, item in ipairs (sweep.items) do
    if item.decision == "open" then opened = opened + 1 end
  end
  t.equal (sweep.n_opened + sweep.n_left, opened)
  t.equal (engine:sweep { at = at + day }.n_opened, 0)
  local ok, problem = pcall (engine.sweep, engine, { at = at + day, progress = function () error "mine" end })
  t.ok (not ok and problem:find "mine")
  local customer = telecom:customer "X"
  t.equal ((customer:note_contact ("phone", "greeting", at)), true)
  t.same (customer.contacts, { { at = at, channel = "phone", purpose = "greeting" } })
  t.equal ((customer:may_contact ("phone", "greeting", at, { { kind = "complaint", opened_at = at } })), false)
  t.raises ("argument", nil, customer.may_contact, customer, "phone", "greeting", at, { 5 })
  local plan = telecom:plan ()
  plan:add (customer, at, {})
  plan:arbitrate ()
  t.equal (#plan.items, #plan)
end)

t.case ("a sweep in which one fails", function ()
  local policy = csvc.load_text [[<policy xmlns='urn:csvc:policy:1' id='care' version='1' zone='Asia/Shanghai'><roles><role id='agent'/></roles>
<customer><fact id='n' type='number'/></customer><ledgers><ledger id='points' lasts='P1Y'/></ledgers><purposes><purpose id='service'/></purposes>
<rules><rule id='thanks' purpose='service' when='n &gt; 0'><open case='care' role='agent'><with fact='units' value='n'/></open></rule></rules>
<case id='care' initial='open'><fact id='units' type='number'/><state id='open'><onentry><give ledger='points' amount='units'/></onentry></state></case></policy>]]
  local engine <close> = csvc.engine ("memory:", policy)
  for customer, n in pairs { ["K-1"] = 5, ["K-2"] = "1000000000000000000", ["K-3"] = 7 } do
    engine:put (customer, { n = n }, at)
  end
  local sweep = engine:sweep { at = at + day }
  t.equal (sweep.n_opened, 2)
  t.equal (sweep.n_left, 1)
  for _, item in ipairs (sweep.items) do
    t.equal (item.failure ~= nil, item.customer == "K-2")
    t.ok (item.failure == nil or item.failure:find "units")
  end
end)

t.finish ()
