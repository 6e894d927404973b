import { writeSync } from 'node:fs';
import { v7 } from 'uuid';
import type { JournalFact } from '../../../core/journal.ts';
import { recordingVault } from '../../../main/recordings/vault.ts';
import { openStore } from '../../../main/store/open.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import { recoverAfterCrash } from '../../../main/store/recover.ts';
import { reserveAt } from '../../../main/store/reserve.ts';
import { seatStore } from '../../../main/store/seat-store.ts';
import { profileKey, recordedChunks } from '../recordings/recorded.ts';

/**
 * Run by kill.test.ts with a profile as its argument: starts as a seat does (open, recover), then takes call after call
 * and records it, and says ACK for each thing a seat would have shown, until it is killed.
 */
const [, , directory = ''] = process.argv;
const paths = profilePaths(directory);
const say = (line: string): void => void writeSync(1, `${line}\n`);
const reserve = reserveAt(paths.reserve, 64 * 1024);
await reserve.restore();
const opened = openStore({ path: paths.database, key: profileKey, now: Date.now });
if (opened.kind === 'refused') throw new Error(`${opened.error.code}: ${opened.error.detail}`);
const store = seatStore(opened.store, { seat: 'seat-1', newId: v7, reserve });
const vault = recordingVault({ directory: paths.recordings, profileKey, reserve });
const write = (fact: JournalFact): void => {
  const outcome = store.append(fact, Date.now());
  if (outcome.kind !== 'kept') throw new Error(outcome.kind);
  say(`ENTRY ${outcome.entry.seq} ${outcome.entry.id}`);
};
await recoverAfterCrash(store, vault, Date.now());
say('READY');
for (;;) {
  const [callId, recordingId] = [v7(), v7()];
  const remote = { number: '13800138000', displayName: '' };
  write({ kind: 'call-offered', body: { callId, remote, line: 'practice', sipCallId: '' } });
  write({ kind: 'call-answered', body: { callId, by: 'key' } });
  await vault.begin(recordingId, callId, Date.now());
  write({ kind: 'recording-started', body: { callId, recordingId } });
  for (const chunk of recordedChunks()) {
    const kept = await vault.append(recordingId, chunk);
    if (kept.kind !== 'kept') throw new Error(kept.kind);
    say(`CHUNK ${recordingId} ${chunk.atMs + chunk.durationMs}`);
  }
  const { seconds } = await vault.end(recordingId);
  write({ kind: 'recording-ended', body: { callId, recordingId, seconds, end: 'complete' } });
  write({ kind: 'call-ended', body: { callId, cause: 'hung-up-there' } });
}
