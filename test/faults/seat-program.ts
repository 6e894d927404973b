import { createHash } from 'node:crypto';
import { existsSync, readdirSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';
import { v7 } from 'uuid';
import { assertNever } from '../../core/assert-never.ts';
import type { PhoneReport } from '../../core/console-api.ts';
import type { Notice } from '../../core/notice.ts';
import { steadyClock } from '../../core/steady-clock.ts';
import { runSeat } from '../../main/running-seat.ts';
import { fileKeyKeeper } from '../../main/store/profile-key.ts';
import { profilePaths } from '../../main/store/profile-paths.ts';
import { noDevices } from '../main/no-devices.ts';
import { recordedChunks } from '../main/recordings/recorded.ts';
import { planted } from './planted.ts';
import type { SeatOrder, SeatWord } from './seat-words.ts';

/**
 * A real seat process (profile, journal, recordings, sync) told of calls as a phone page tells it, until it is killed.
 * `node seat-program.ts PROFILE`; orders come as JSON lines, and each thing is said right after the seat showed it.
 */
const [, , directory = ''] = process.argv;
const say = (word: SeatWord): void => {
  let bytes = Buffer.from(`${JSON.stringify(word)}\n`);
  // A pipe takes a part when it is nearly full, and what waits on it must hear every word.
  while (bytes.length > 0) bytes = bytes.subarray(writeSync(1, bytes));
};
const outcome = await runSeat({
  firstNotices: [],
  directory,
  keys: fileKeyKeeper(profilePaths(directory).key),
  devices: noDevices,
  version: '1.0.0',
  isPractice: true,
  locale: 'en',
  log: (level, message) => {
    if (level !== 'info') console.error(`${level}: ${message}`);
  },
});
if (outcome.kind === 'refused') {
  say({ said: 'refused', message: outcome.message, detail: outcome.detail });
  process.exit(1);
}
const { running } = outcome;
const { seat, profile } = running;
/** What a start writes by itself is shown too: it is fewer lines than this, and one said twice does no harm. */
const startLinesMax = 20;
let shownSeq = Math.max(0, profile.store.journal.lastSeq() - startLinesMax);
const sayShown = (): void => {
  for (const entry of profile.store.journal.after(shownSeq, 1_000)) {
    say({ said: 'entry', entry });
    shownSeq = entry.seq;
  }
};
const report = (fact: PhoneReport): void => {
  seat.report(fact);
  sayShown();
};
/** As the phone page takes its times. */
const now = steadyClock({ wall: Date.now, monotonicMs: () => performance.now() }, () => talking === null);
const sounds = recordedChunks();
const told: Notice[] = [];
let talking: { readonly callId: string; readonly recordingId: string; atMs: number } | null = null;

async function begin(): Promise<void> {
  const callId = v7();
  const remote = { number: planted.number, displayName: planted.name };
  report({ kind: 'call-offered', at: now(), callId, remote, line: 'practice', sipCallId: '' });
  report({ kind: 'call', callId, event: { kind: 'answering', at: now() } });
  report({ kind: 'call', callId, event: { kind: 'established', at: now() } });
  const { recordingId } = await seat.recordings.begin(callId);
  sayShown();
  talking = { callId, recordingId, atMs: 0 };
}

/** Sound that counts up, so that no two chunks are alike. */
async function sound(seconds: number): Promise<void> {
  if (talking === null) return;
  const { callId, recordingId } = talking;
  for (let second = 0; second < seconds; second += 1) {
    const { atMs } = talking;
    const bytes = Buffer.concat([sounds[0]?.sound ?? new Uint8Array(), Buffer.from(`${recordingId}/${atMs}`)]);
    try {
      const kept = await seat.recordings.append({ recordingId, segment: 0, atMs, durationMs: 1000, sound: bytes });
      if (kept.kind === 'kept') {
        say({ said: 'chunk', recordingId, atMs, sha256: createHash('sha256').update(bytes).digest('hex') });
        talking.atMs += 1000;
      } else say({ said: 'no-chunk', why: kept.kind });
    } catch (error) {
      say({ said: 'no-chunk', why: String(error) });
      // As the page does whose sound is refused.
      report({ kind: 'recording', callId, at: now(), state: 'stopped' });
    }
    await turn();
  }
}

async function hangUp(): Promise<void> {
  if (talking === null) return;
  const { callId, recordingId } = talking;
  const at = now();
  talking = null;
  await seat.recordings.end(recordingId).catch((error: unknown) => say({ said: 'no-chunk', why: String(error) }));
  report({ kind: 'call', callId, event: { kind: 'ended', at, cause: 'hung-up-there' } });
  seat.ask({ kind: 'code', callId, code: 'order', note: planted.note });
  sayShown();
}

/** More recordings than this are not asked about one by one at each look. */
const placesMax = 500;

/** How many recordings of the profile are not wholly at the hub. */
async function notAtHub(): Promise<number> {
  const folder = profilePaths(directory).recordings;
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.hkrec')) : [];
  if (names.length > placesMax) return seat.uploads.view().waiting;
  const places = await seat.uploads.places(names.map((name) => name.replace('.hkrec', '')));
  return names.length - places.filter(({ state }) => state === 'at-hub').length;
}

async function look(): Promise<void> {
  sayShown();
  const { lights, calls, recording, today, hub, uploads } = seat.view.value;
  told.push(...seat.notices.takeEarly());
  const ids = calls.map(({ callId }) => callId);
  say({
    said: 'look',
    look: {
      data: lights.data,
      calls: ids,
      recording,
      talkMs: today.talkMs,
      hub,
      uploads,
      notices: told,
      notAtHub: await notAtHub(),
    },
  });
}

async function obey(order: Exclude<SeatOrder, { do: 'look' }>): Promise<void> {
  switch (order.do) {
    case 'calls':
      for (let call = 0; call < order.count; call += 1) {
        await begin();
        await sound(2);
        await hangUp();
      }
      break;
    case 'work':
      for (;;) {
        await begin();
        await sound(3);
        await hangUp();
        await turn();
      }
    case 'talk':
      await begin();
      await sound(order.seconds);
      break;
    case 'sound':
      await sound(order.seconds);
      break;
    case 'hang-up':
      await hangUp();
      break;
    case 'close':
      await running.close();
      say({ said: 'done' });
      process.exit(0);
      break;
    case 'enrol': {
      const { kind, ...rest } = await seat.hub.enrol(order.text);
      say({ said: 'enrolled', outcome: kind === 'enrolled' ? kind : JSON.stringify(rest) });
      break;
    }
    case 'look-after-copies':
      await seat.uploads.lookAfterCopies();
      break;
    case 'pause-uploads':
      await seat.uploads.setPaused(order.isPaused);
      break;
    default:
      assertNever(order);
  }
}

if (profile.store.secret('sip-password') === null) profile.store.setSecret('sip-password', planted.password);
sayShown();
say({ said: 'open' });
let orders: Promise<void> = Promise.resolve();
createInterface({ input: process.stdin }).on('line', (line) => {
  const order: SeatOrder = JSON.parse(line);
  // Somebody may look while a seat is at work.
  if (order.do === 'look') void look();
  else orders = orders.then(() => obey(order)).then(() => say({ said: 'done' }));
});
process.stdin.once('end', () => process.exit(0));
