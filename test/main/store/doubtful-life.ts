import { writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { v7 } from 'uuid';
import { openProfile } from '../../../main/open-profile.ts';
import { profileKey } from '../recordings/recorded.ts';

/**
 * Run by failed-sync.test.ts under strace, which lets syncs fail for a while: a profile whose log is written as a seat
 * does, each fact tried until it is kept. Says BEGIN, then ENTRY for what was kept and NO for each refusal.
 */
const [, , directory = ''] = process.argv;
const say = (line: string): void => void writeSync(1, `${line}\n`);
const keys = { key: () => Promise.resolve({ kind: 'key', key: profileKey, isNew: false } as const) };
const opened = await openProfile({ directory, keys, log: (_level, message) => say(`LOG ${message}`) });
if (opened.kind === 'refused') throw new Error(opened.detail);
const { store } = opened.profile;
say('BEGIN');
for (let number = 1; number <= 20; number += 1) {
  const fact = { kind: 'call-held', body: { callId: v7() } } as const;
  for (let tries = 0; tries < 20; tries += 1) {
    const outcome = store.append(fact, number);
    if (outcome.kind === 'kept') {
      say(`ENTRY ${outcome.entry.seq} ${outcome.entry.id}`);
      break;
    }
    say(`NO ${outcome.kind}`);
  }
  // Not a wait for something: the time in which the side journal syncs by itself.
  await setTimeout(30);
}
await opened.profile.close();
say('END');
process.exit(0);
