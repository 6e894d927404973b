import { writeSync } from 'node:fs';
import { v7 } from 'uuid';
import type { PhoneReport } from '../../../core/console-api.ts';
import { runSeat } from '../../../main/running-seat.ts';
import { noDevices } from '../no-devices.ts';
import { profileKey, recordedChunks } from '../recordings/recorded.ts';

/**
 * Run by kill.test.ts with a profile as its argument: the real seat process (profile, journal, recordings, view), told
 * of call after call as a phone page would, until it is killed. Says ENTRY and CHUNK for each thing that was shown as
 * saved, right after the seat showed it.
 */
const [, , directory = ''] = process.argv;
const say = (line: string): void => void writeSync(1, `${line}\n`);
const outcome = await runSeat({
  firstNotices: [],
  directory,
  keys: { key: () => Promise.resolve({ kind: 'key', key: profileKey, isNew: false }) },
  devices: noDevices,
  version: '1.0.0',
  isPractice: true,
  locale: 'en',
  log: (level, message) => {
    // Closing what the last life left open is what this is about; anything worse is a failure.
    if (level === 'error') throw new Error(message);
  },
});
if (outcome.kind !== 'running') throw new Error(outcome.message);
const { seat, profile } = outcome.running;
let shownSeq = 0;
const sayShown = (): void => {
  for (const { seq, id } of profile.store.journal.after(shownSeq, 1_000)) {
    say(`ENTRY ${seq} ${id}`);
    shownSeq = seq;
  }
};
const report = (fact: PhoneReport): void => {
  seat.report(fact);
  sayShown();
};
sayShown();
for (;;) {
  const callId = v7();
  const remote = { number: '13800138000', displayName: '' };
  const event = (kind: 'answering' | 'established' | 'held' | 'resumed') =>
    report({ kind: 'call', callId, event: { kind, at: Date.now() } });
  report({ kind: 'call-offered', at: Date.now(), callId, remote, line: 'practice', sipCallId: '' });
  event('answering');
  event('established');
  const { recordingId } = await seat.recordings.begin(callId);
  sayShown();
  for (const chunk of recordedChunks()) {
    const kept = await seat.recordings.append({ recordingId, ...chunk });
    if (kept.kind !== 'kept') throw new Error(kept.kind);
    say(`CHUNK ${recordingId} ${chunk.atMs + chunk.durationMs}`);
  }
  event('held');
  event('resumed');
  await seat.recordings.end(recordingId);
  report({ kind: 'call', callId, event: { kind: 'ended', at: Date.now(), cause: 'hung-up-there' } });
  seat.ask({ kind: 'code', callId, code: 'order', note: 'two' });
  sayShown();
}
