import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import { seatHub } from '../../../main/seat-hub.ts';
import { openStore } from '../../../main/store/open.ts';
import { seatStore } from '../../../main/store/seat-store.ts';
import { callFacts } from '../store/facts.ts';
import { noReserve, testKey } from '../store/opened.ts';

/**
 * A seat that writes and syncs until it is killed, or, with `rounds`, until it has written so much and everything is at the
 * hub. `node syncing-seat.ts '{"path":…,"enrol":…,"rounds":…}'` says `KEPT SEQ ID` for each entry that is on disk, then
 * `IN STEP`.
 */
const { path, enrol, rounds = Number.POSITIVE_INFINITY } = JSON.parse(process.argv[2] ?? '{}');
const say = (line: string): void => void writeSync(1, `${line}\n`);
const opened = openStore({ path, key: testKey, now: Date.now });
if (opened.kind === 'refused') throw new Error(opened.error.detail);
const store = seatStore(opened.store, { seat: 'seat-1', newId: v7, reserve: noReserve });
const hub = seatHub({
  seat: 'seat-1',
  store,
  timing: {
    now: Date.now,
    random: Math.random,
    // As in a seat, but a hundred times shorter where it waits for somebody who is away.
    wait: (ms, signal) => delay(ms > 100_000 ? ms : ms / 100, undefined, { signal, ref: false }).catch(() => undefined),
  },
  isVoiceSuffering: () => false,
  log: () => undefined,
  onLink: async () => undefined,
});
hub.start();
if (enrol !== undefined) say(JSON.stringify(await hub.enrol(enrol)));
for (let round = 0; round < rounds; round += 1) {
  const outcome = store.appendAll(callFacts(round).map((fact) => ({ fact, at: round })));
  if (outcome.kind !== 'kept') throw new Error(outcome.kind);
  hub.editRecord({ collection: 'customers', recordId: `r${round % 5}`, fields: { round } });
  for (const { seq, id } of outcome.entries) say(`KEPT ${seq} ${id}`);
  await delay(2);
}
const isInStep = (): boolean => {
  const view = hub.view();
  return view.kind === 'enrolled' && view.state === 'in-step' && store.hub.records.firstOwnSeq() === null;
};
// Keeps the process alive, which none of the seat's own waits does.
while (!isInStep()) await delay(20);
const { rows } = hub.records({ collection: 'customers', search: '', after: null, limit: 200 });
say(`IN STEP ${JSON.stringify(rows.map(({ recordId, version, fields }) => ({ recordId, version, fields })))}`);
await hub.close();
opened.store.close();
