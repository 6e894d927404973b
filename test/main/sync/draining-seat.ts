import { writeSync } from 'node:fs';
import { runSeat } from '../../../main/running-seat.ts';
import { noDevices } from '../no-devices.ts';
import { testKeys } from './days-of-work.ts';
import type { DrainOrder, DrainWord } from './drain-words.ts';

/**
 * A real seat on a profile, with its real push, pull and uploads: joins a hub by a code, says how far it is, and dies or
 * has a call in trouble where it is told to. `node draining-seat.ts '{"directory":…}'`.
 */
const order: DrainOrder = JSON.parse(process.argv[2] ?? '{}');
/** How often it looks, in milliseconds: more often than a push takes. */
const lookEachMs = 5;
const sayEachMs = 100;
/** So many looks a call's trouble lasts; what a call in trouble reports, and one that is well again. */
const troubleMs = 3_000;
const poor = { codec: 'opus', lossPercent: 20, jitterMs: 80, roundTripMs: 900, mos: 1.5 };
const well = { codec: 'opus', lossPercent: 0, jitterMs: 2, roundTripMs: 20, mos: 4.4 };
const say = (word: DrainWord): void => void writeSync(1, `${JSON.stringify(word)}\n`);

const outcome = await runSeat({
  firstNotices: [],
  directory: order.directory,
  keys: testKeys,
  devices: noDevices,
  version: '1.0.0',
  isPractice: true,
  locale: 'en',
  log: (level, message) => {
    if (level !== 'info') process.stderr.write(`${level}: ${message}\n`);
  },
});
if (outcome.kind === 'refused') throw new Error(outcome.detail);
const { seat, profile } = outcome.running;
const seatName = profile.seat;
if (order.enrolment !== null) {
  const joined = await seat.hub.enrol(order.enrolment);
  if (joined.kind !== 'enrolled') throw new Error(JSON.stringify(joined));
}

const look = () => {
  const entries = profile.store.journal.lastSeq();
  const { confirmed, waiting, setAside, state } = seat.uploads.view();
  return {
    seat: seatName,
    entries,
    unsent: entries - profile.store.hub.state.acknowledgedSeq(),
    hub: seat.hub.view(),
    uploads: { confirmed, waiting, setAside, state },
    rss: process.memoryUsage.rss(),
  };
};
let saidAt = 0;
let trouble: { readonly beganAt: number; readonly waiting: number } | 'not yet' | 'over' = 'not yet';
setInterval(() => {
  const now = look();
  const { dieAt, troubleAt } = order;
  const isDying =
    dieAt !== null && (dieAt.of === 'entries' ? now.unsent <= dieAt.left : isBelow(now.uploads, dieAt.left));
  if (isDying) process.kill(process.pid, 'SIGKILL');
  if (troubleAt !== null && trouble === 'not yet' && isBelow(now.uploads, troubleAt)) {
    seat.uploads.heard({ kind: 'quality', callId: 'talking', at: Date.now(), report: well });
    seat.uploads.heard({ kind: 'quality', callId: 'talking', at: Date.now(), report: poor });
    trouble = { beganAt: performance.now(), waiting: now.uploads.waiting };
  } else if (typeof trouble === 'object' && performance.now() - trouble.beganAt > troubleMs) {
    say({ said: 'trouble', state: now.uploads.state, went: trouble.waiting - now.uploads.waiting });
    for (let report = 0; report < 5; report += 1)
      seat.uploads.heard({ kind: 'quality', callId: 'talking', at: Date.now(), report: well });
    trouble = 'over';
  }
  if (performance.now() - saidAt < sayEachMs) return;
  saidAt = performance.now();
  say({ said: 'look', look: now });
}, lookEachMs);

/** The number of those that wait is known once the queue was read. */
function isBelow({ waiting, state }: { readonly waiting: number; readonly state: string }, left: number): boolean {
  return state === 'sending' && waiting > 0 && waiting <= left;
}
