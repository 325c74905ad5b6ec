// SPDX-License-Identifier: LGPL-2.1-or-later
//
// lifecycle-peers.js EVENTS.json FOLDER: the chart of lifecycle.xml as a machine of xstate, on the same events: kept in memory, and read
// from JSON and written back for every event, as a server does that keeps no cases. What comes out is compared first.
'use strict';

const fs = require('fs');
const path = require('path');
const [eventsFile, folder] = process.argv.slice(2);
const { setup, assign, createActor } = require(path.join(path.resolve(folder), 'node_modules', 'xstate'));
const work = JSON.parse(fs.readFileSync(eventsFile));
const zero = () => ({ replied: 0, breaches: 0, reopens: 0, priority: 0, contacts: 0 });
const more = (context) => Math.min(context.priority + 1, 3);

const machine = setup({
  guards: {
    fewContacts: ({ context }) => context.contacts < 50,
    urgent: ({ context }) => context.priority >= 1 || context.breaches > 0,
    replied: ({ context }) => !!context.replied,
    breached: ({ context }) => context.breaches > 0,
    silent: ({ context }) => !context.replied,
    fewReopens: ({ context }) => context.reopens < 3
  },
  actions: {
    reply: assign({ replied: 1, contacts: ({ context }) => context.contacts + 1 }),
    contact: assign({ contacts: ({ context }) => context.contacts + 1 }),
    raisePriority: assign({ priority: ({ context }) => more(context) }),
    breach: assign({ breaches: ({ context }) => context.breaches + 1 }),
    breachAndRaise: assign({ breaches: ({ context }) => context.breaches + 1, priority: ({ context }) => more(context) }),
    reopen: assign({ reopens: ({ context }) => context.reopens + 1 }),
    begin: assign(zero)
  }
}).createMachine({
  id: 'case', initial: 'open', context: zero(),
  states: {
    open: {
      initial: 'received',
      on: {
        sla_reply: { guard: 'silent', actions: 'breachAndRaise' },
        sla_resolve: { target: '.escalated', actions: 'breach' },
        withdraw: 'withdrawn'
      },
      states: {
        received: { on: { reply: { target: 'answered', actions: 'reply' } } },
        answered: { on: { triage: 'triaged' } },
        triaged: { on: { assign: 'working', reply: { actions: 'contact' } } },
        working: {
          initial: 'investigating',
          on: {
            escalate: { guard: 'urgent', target: 'escalated', actions: 'raisePriority' },
            propose: { guard: 'replied', target: '#case.resolution' }
          },
          states: {
            investigating: { on: { ask_customer: { guard: 'fewContacts', target: 'wait_customer', actions: 'contact' }, ask_third: 'wait_third' } },
            wait_customer: { on: { customer_reply: 'investigating' } },
            wait_third: { on: { third_reply: 'investigating' } }
          }
        },
        escalated: {
          initial: 'l1',
          on: { deescalate: 'working', propose: '#case.resolution' },
          states: {
            l1: { on: { escalate: { guard: 'breached', target: 'l2' } } },
            l2: { on: { deescalate: 'l1' } }
          }
        }
      }
    },
    resolution: {
      initial: 'proposed',
      on: { sla_resolve: { actions: 'breach' }, withdraw: 'withdrawn' },
      states: {
        proposed: { on: { accept: 'resolved', reject: 'disputed' } },
        disputed: { on: { propose: 'proposed', escalate: '#case.open.escalated.l2' } },
        resolved: { on: { close: '#case.closed', reject: 'disputed' } }
      }
    },
    closed: { on: { reopen: { guard: 'fewReopens', target: 'open.working', actions: 'reopen' }, new: { target: 'open', actions: 'begin' } } },
    withdrawn: { on: { new: { target: 'open', actions: 'begin' } } }
  }
});

const events = work.names.map((type) => ({ type }));
const leafOf = (value) => {
  while (typeof value !== 'string') value = Object.values(value)[0];
  return work.leaves.indexOf(value);
};

const peers = {
  'xstate': () => {
    const actor = createActor(machine).start();
    return { fire: (event) => actor.send(event), snapshot: () => actor.getSnapshot() };
  },
  'xstate, read and written': () => {
    const first = createActor(machine).start();
    let text = JSON.stringify(first.getPersistedSnapshot());
    first.stop();
    return {
      fire: (event) => {
        const actor = createActor(machine, { snapshot: JSON.parse(text) }).start();
        actor.send(event);
        text = JSON.stringify(actor.getPersistedSnapshot());
        actor.stop();
      },
      snapshot: () => JSON.parse(text)
    };
  }
};

function hashOf (peer) {
  let hash = 0;
  for (const index of work.events.slice(0, work.checked)) {
    peer.fire(events[index]);
    const { value, context: c } = peer.snapshot();
    hash = (hash * 31 + leafOf(value) + 16 * ((c.breaches * 7 + c.contacts * 3 + c.priority * 5 + c.reopens * 11 + c.replied) & 1023)) % 0x40000000;
  }
  return hash;
}

function measure (make, n) {
  const times = [];
  for (let round = 0; round < 3; round++) {
    const peer = make();
    const before = process.cpuUsage();
    for (let i = 0; i < n; i++) peer.fire(events[work.events[i]]);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) * 1000 / n);
  }
  return times.sort((a, b) => a - b)[1];
}

for (const [name, make] of Object.entries(peers)) {
  if (hashOf(make()) !== work.hash) {
    console.log(`${name} comes out otherwise`);
    process.exitCode = 1;
    continue;
  }
  const ns = measure(make, name === 'xstate' ? work.events.length : work.events.length / 10);
  console.log(`${name.padEnd(32)} ${ns.toFixed(1).padStart(8)} ns`);
}
