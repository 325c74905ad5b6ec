// SPDX-License-Identifier: LGPL-2.1-or-later
//
// rules-peers.js PEER FOLDER N: one package of npm answers for the customers that the rules program wrote into FOLDER: the first N, or all of them
// where a customer costs little. Prints CPU time a customer, and how many masks are wrong.
'use strict';

const fs = require('fs');
const path = require('path');

const [peer, folder, wanted] = process.argv.slice(2);
const read = (name) => fs.readFileSync(path.join(folder, name), 'utf8');
const load = (name) => require(path.join(path.resolve(folder), 'node_modules', name));
const rules = JSON.parse(read('rules.json'));
const [head, ...lines] = read('customers.csv').trim().split('\n');
const names = head.split(',');
const masks = read('masks.csv').trim().split('\n').map(Number);
const isNumber = (text) => /^-?\d+$/.test(text);
const customers = lines.slice(0, Number(wanted)).map((line) => Object.fromEntries(
  line.split(',').map((value, i) => [names[i], isNumber(value) ? Number(value) : value])));

function cpuMicros() {
  const { user, system } = process.cpuUsage();

  return user + system;
}

function report(name, micros, answers) {
  const wrong = answers.filter((mask, i) => mask !== masks[i]).length;

  console.log(`${name.padEnd(24)} ${(micros * 1000 / answers.length).toFixed(1).padStart(14)} ns a customer  ` +
              `${wrong} of ${answers.length} wrong`);
}

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];

async function oneByOne(name, ask) {
  const times = [];
  let answers;

  for (let round = 0; round < 3; round++) {
    const start = cpuMicros();

    answers = [];
    for (const customer of customers) answers.push(await ask(customer));
    times.push(cpuMicros() - start);
  }
  report(name, median(times), answers);
}

function jsonRulesEngine() {
  const { Engine } = load('json-rules-engine');
  const engine = new Engine();
  const clauses = ([fact, low, high]) => Array.isArray(high) ? [{ fact, operator: 'in', value: high }] : [
    ...(low === null ? [] : [{ fact, operator: 'greaterThanInclusive', value: low }]),
    ...(high === null ? [] : [{ fact, operator: 'lessThanInclusive', value: high }]),
  ];

  rules.forEach((rule, k) => engine.addRule({ conditions: { all: rule.flatMap(clauses) }, event: { type: 'rule', params: { k } } }));
  return async (customer) => (await engine.run(customer)).events.reduce((mask, event) => mask | (1 << event.params.k), 0);
}

function zenEngine() {
  const { ZenEngine } = load('@gorules/zen-engine');
  const fields = names.slice(1);
  const cell = ([, low, high]) => Array.isArray(high) ? high.map((word) => `"${word}"`).join(', ')
    : low === high ? String(low) : low === null ? `<= ${high}` : high === null ? `>= ${low}` : `[${low}..${high}]`;
  const content = {
    hitPolicy: 'collect',
    inputs: fields.map((field, i) => ({ id: `i${i}`, name: field, type: 'expression', field })),
    outputs: [{ id: 'o', name: 'rule', field: 'rule', type: 'expression' }],
    rules: rules.map((rule, k) => Object.assign({ _id: `r${k}`, o: String(k) }, ...fields.map((field, i) => {
      const condition = rule.find(([name]) => name === field);

      return { [`i${i}`]: condition ? cell(condition) : '' };
    }))),
  };
  const decision = new ZenEngine().createDecision(Buffer.from(JSON.stringify({
    contentType: 'application/vnd.gorules.decision',
    nodes: [
      { id: 'in', type: 'inputNode', name: 'in', position: { x: 0, y: 0 } },
      { id: 't', type: 'decisionTableNode', name: 't', position: { x: 0, y: 0 }, content },
      { id: 'out', type: 'outputNode', name: 'out', position: { x: 0, y: 0 } },
    ],
    edges: [{ id: 'a', sourceId: 'in', targetId: 't', type: 'edge' }, { id: 'b', sourceId: 't', targetId: 'out', type: 'edge' }],
  })));

  return async (customer) => {
    const { result } = await decision.evaluate(customer);

    return (Array.isArray(result) ? result : []).reduce((mask, row) => mask | (1 << row.rule), 0);
  };
}

// Words are integers, as a careful schema has them.
async function duckdb() {
  const { DuckDBInstance } = load('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const file = path.join(path.resolve(folder), 'customers.csv');
  const clause = ([name, low, high]) => Array.isArray(high) ? `${name} in (${high.map((each) => `'${each}'::${name}_word`).join(', ')})`
    : [low === null ? '' : `${name} >= ${low}`, high === null ? '' : `${name} <= ${high}`].filter((text) => text).join(' and ');
  const query = 'select id, ' + rules.map((rule, k) => `(case when ${rule.map(clause).join(' and ')} then ${1 << k} else 0 end)`).join(' + ') +
                ' as mask from customers';
  const times = [];
  let answers;

  await connection.run('set threads = 1');
  await connection.run("create type grade_word as enum ('bronze', 'silver', 'gold', 'platinum', 'vip')");
  await connection.run("create type channel_word as enum ('web', 'app', 'shop', 'call')");
  await connection.run(`create table customers as select id, grade::grade_word as grade, channel::channel_word as channel, ` +
                       `columns(* exclude (id, grade, channel))::smallint from read_csv('${file}')`);
  for (let round = 0; round < 5; round++) {
    const start = cpuMicros();

    await connection.run(`create or replace temp table answers as ${query}`);
    times.push(cpuMicros() - start);
  }
  answers = (await connection.runAndReadAll('select mask from answers order by id')).getRows().map(([mask]) => Number(mask));
  report('DuckDB', median(times), answers);
}

(async () => {
  if (peer === 'duckdb') await duckdb();
  else await oneByOne(peer, peer === 'zen-engine' ? zenEngine() : jsonRulesEngine());
})().catch((error) => {
  console.error(`${peer}: ${error.message}`);
  process.exit(1);
});
