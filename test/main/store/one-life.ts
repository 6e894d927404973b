import { writeSync } from 'node:fs';
import { v7 } from 'uuid';
import { recordingVault } from '../../../main/recordings/vault.ts';
import { migrations } from '../../../main/store/migrate.ts';
import { openStore } from '../../../main/store/open.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import { recoverAfterCrash } from '../../../main/store/recover.ts';
import { reserveAt } from '../../../main/store/reserve.ts';
import { seatStore } from '../../../main/store/seat-store.ts';
import { profileKey } from '../recordings/recorded.ts';
import { callFacts } from './facts.ts';

/**
 * Run by system-calls.test.ts under strace, which lets one system call fail or kills at it. Arguments: the profile, and
 * how many migrations this life knows (all of them make tables that are written; fewer only make the file).
 * Says ENTRY and CHUNK for what was kept, NO and why for what was not.
 */
const [, , directory = '', known = String(migrations.length)] = process.argv;
const paths = profilePaths(directory);
const say = (line: string): void => void writeSync(1, `${line}\n`);
const list = migrations.slice(0, Number(known));
const opened = openStore({ path: paths.database, key: profileKey, now: Date.now, migrations: list });
if (opened.kind === 'refused') {
  say(`NO ${opened.error.code} ${opened.error.detail}`);
} else if (list.length === migrations.length) {
  const reserve = reserveAt(paths.reserve, 4096);
  await reserve.restore();
  const store = seatStore(opened.store, { seat: 'seat-1', newId: v7, reserve });
  const vault = recordingVault({ directory: paths.recordings, profileKey, reserve });
  await recoverAfterCrash(store, vault, 1);
  const recordingId = v7();
  for (const fact of callFacts(1)) {
    const outcome = store.append(fact, 1);
    say(outcome.kind === 'kept' ? `ENTRY ${outcome.entry.seq} ${outcome.entry.id}` : `NO ${outcome.kind}`);
  }
  const sound = new Uint8Array(500).fill(1);
  const failed = (cause: unknown) => ({ kind: cause instanceof Error ? cause.message : String(cause) });
  const begun = await vault.begin(recordingId, 'call-1', 1).catch(failed);
  for (let second = 0; begun.kind === 'kept' && second < 3; second += 1) {
    const chunk = { segment: 0, atMs: second * 1000, durationMs: 1000, sound };
    const kept = await vault.append(recordingId, chunk).catch(failed);
    say(kept.kind === 'kept' ? `CHUNK ${recordingId} ${second + 1}` : `NO ${kept.kind}`);
  }
  opened.store.close();
} else {
  opened.store.close();
}
say('END');
