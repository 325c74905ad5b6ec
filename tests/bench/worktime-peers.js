// SPDX-License-Identifier: LGPL-2.1-or-later
//
// worktime-peers.js QUESTIONS N FOLDER: two packages of npm answer the first N questions that the worktime program wrote, with what
// is right in the last columns. Each line gives CPU time a question and how many answers are right. dayjs-business-time
// drops the seconds of an instant in some of its answers, so those to the minute are counted too.
'use strict';

const fs = require('fs');
const path = require('path');

const [questionsFile, wanted, folder] = process.argv.slice(2);
const lines = fs.readFileSync(questionsFile, 'utf8').trim().split('\n');
const holidays = lines.pop().split(',').slice(1);
const questions = lines.slice(0, Number(wanted)).map((line) => line.split(',').map(Number));
const load = (name) => require(path.join(path.resolve(folder), 'node_modules', name));

// Answers are in units of so many seconds, rounded down.
function momentBusinessTime() {
  const moment = load('moment-business-time');
  const hours = ['08:30:00', '12:00:00', '13:00:00', '18:00:00'];

  moment.updateLocale('en', {
    workinghours: { 0: null, 1: hours, 2: hours, 3: hours, 4: hours, 5: hours, 6: null }, holidays,
  });
  return {
    unit: 1,
    add: (from, amount) => moment(from * 1000).addWorkingTime(amount, 'seconds').unix(),
    between: (from, to) => moment(to * 1000).workingDiff(moment(from * 1000), 'seconds'),
  };
}

function dayjsBusinessTime() {
  const dayjs = load('dayjs');
  const hours = [{ start: '08:30:00', end: '12:00:00' }, { start: '13:00:00', end: '18:00:00' }];

  dayjs.extend(load('dayjs-business-time'));
  dayjs.setHolidays(holidays);
  dayjs.setBusinessTime({
    sunday: null, monday: hours, tuesday: hours, wednesday: hours, thursday: hours, friday: hours, saturday: null,
  });
  return {
    unit: 60,
    add: (from, amount) => dayjs(from * 1000).addBusinessMinutes(amount).unix(),
    between: (from, to) => Math.floor(dayjs(from * 1000).businessMinutesDiff(dayjs(to * 1000))),
  };
}

function cpuMicros() {
  const { user, system } = process.cpuUsage();

  return user + system;
}

function measure(name, operation, minute, ask, right) {
  const start = cpuMicros();
  const answers = questions.map(ask);
  const nanos = (cpuMicros() - start) * 1000 / questions.length;
  const within = (tolerance) => answers.filter((answer, i) => Math.abs(answer - right(questions[i])) <= tolerance).length;

  console.log(`${(name + ' ' + operation).padEnd(32)} ${nanos.toFixed(0).padStart(8)} ns  ` +
              `of ${questions.length} answers ${within(0)} right, ${within(minute)} to the minute`);
}

// No question's amount crosses a minute with its odd seconds, so in whole minutes the right answer is those earlier.
for (const [name, make] of [['moment-business-time', momentBusinessTime], ['dayjs-business-time', dayjsBusinessTime]]) {
  const { unit, add, between } = make();

  measure(name, 'add', 60, ([from, , amount]) => add(from, Math.floor(amount / unit)), (q) => q[4] - q[2] % unit);
  measure(name, 'between', 60 / unit, ([from, to]) => between(from, to), (q) => Math.floor(q[3] / unit));
}
