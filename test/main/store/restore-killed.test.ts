import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { verifyJournal } from '../../../main/store/verify-journal.ts';
import { damagePage } from './damaged-profile.ts';
import { closedAtEnd, openLarge, writeLarge } from './large-log.ts';
import { dice } from './mixed-life.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Printed with a failure, so it can be run again. `HOOKLINE_KILLS=1000` is a long run. */
const seed = 20_261_122;
const killsMax = Number(process.env.HOOKLINE_KILLS ?? 6);

const program = new URL('restore-writer.ts', import.meta.url).pathname;

/** One life: killed after so many words, or at once after the first (while it mends). True when it came to its end. */
async function live(directory: string, words: number, life: number, kept: Map<number, string>): Promise<boolean> {
  const child = spawn(process.execPath, [program, directory, String(life)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    complaint += text.toString();
  });
  const exited = once(child, 'exit');
  let heard = 0;
  let isEnded = false;
  for await (const line of createInterface({ input: child.stdout })) {
    const [what, seq = '', id = ''] = line.split(' ');
    if (what === 'ENTRY') kept.set(Number(seq), id);
    if (what === 'END') isEnded = true;
    heard += 1;
    if (heard === words) child.kill('SIGKILL');
  }
  await exited;
  expect(complaint).toBe('');
  return isEnded;
}

test(`${killsMax} kills while older entries are put back (seed ${seed}): everything is there once, in order`, {
  timeout: 20_000 + killsMax * 15_000,
}, async () => {
  const throwDice = dice(seed);
  for (let kills = 0; kills < killsMax; ) {
    const directory = temporaryDirectory();
    const written = writeLarge(directory, 1_200);
    damagePage(join(directory, 'hookline.db'), 2);
    const kept = new Map(written.map(({ seq, id }) => [seq, id]));
    let isEnded = false;
    for (let life = 1; !isEnded; life += 1) {
      // The last ones are left alone: a restoring that is always killed in its first second is never at its end.
      const words = kills < killsMax ? 1 + Math.floor(throwDice() * 60) : 1_000_000;
      isEnded = await live(directory, words, life, kept);
      if (!isEnded) kills += 1;
      if (life % 6 === 0 && !isEnded) isEnded = await live(directory, 1_000_000, 100 + life, kept);
    }
    const log = closedAtEnd(openLarge(directory));
    const found = log.journal.journal.after(0, 1_000_000);
    expect(found.map(({ seq }) => seq)).toEqual(found.map((_, index) => index + 1));
    expect([...kept].filter(([seq, id]) => found[seq - 1]?.id !== id)).toEqual([]);
    expect(verifyJournal(log.store.connection).findings).toEqual([]);
    expect(log.mended).toBeNull();
    log.close();
  }
});
