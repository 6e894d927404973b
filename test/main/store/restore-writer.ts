import { writeSync } from 'node:fs';
import { takeOverOlder } from '../../../main/store/take-over-older.ts';
import { openLarge } from './large-log.ts';
import { mixedLife } from './mixed-life.ts';

/**
 * Run by restore-killed.test.ts with a profile and a seed: opens the log, mending it as a large one, and puts its older
 * entries back while it writes new ones, until it is killed. Says ENTRY for what was kept, and END when all is back.
 */
const [, , directory = '', seed = '1'] = process.argv;
const say = (line: string): void => void writeSync(1, `${line}\n`);
say('BEGUN');
const log = openLarge(directory);
say('OPEN');
const life = mixedLife(Number(seed));
for (const _ of takeOverOlder(log.request)) {
  const outcome = log.journal.append(life(), 7);
  if (outcome.kind !== 'kept') throw new Error(outcome.kind);
  say(`ENTRY ${outcome.entry.seq} ${outcome.entry.id}`);
}
log.close();
say('END');
