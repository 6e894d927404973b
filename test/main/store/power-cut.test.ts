import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { journalTable } from '../../../main/store/journal-table.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import { openOrMend } from '../../../main/store/recover-store.ts';
import { settingTable } from '../../../main/store/setting-table.ts';
import { verifyJournal } from '../../../main/store/verify-journal.ts';
import { readContainer } from '../../../recording/read-container.ts';
import { layOut } from '../../../recording/timeline.ts';
import { profileKey } from '../recordings/recorded.ts';
import { noReserve } from './opened.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/**
 * The power is cut while the real seat (profile, journal, side journal, recordings) writes as fast as it can: what it
 * had acknowledged before the cut must be there after it. `HOOKLINE_POWER_CUTS=200` is the long run.
 */
const cutsInAll = Number(process.env.HOOKLINE_POWER_CUTS ?? 20);
/** Cuts of one mount. */
const cutsPerMount = 20;

const here = new URL('.', import.meta.url).pathname;
const hasPrograms = ['mkfs.btrfs', 'mkfs.ext4'].every(
  (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0,
);
const canMount = spawnSync('unshare', ['-m', 'sh', '-c', 'losetup -f'], { encoding: 'utf8' }).status === 0;

/** What the seat had said up to a cut: whole lines only. */
function acknowledged(path: string): { readonly entries: Map<number, string>; readonly soundMs: Map<string, number> } {
  const text = readFileSync(path, 'utf8');
  const entries = new Map<number, string>();
  const soundMs = new Map<string, number>();
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    const [what, first = '', second = ''] = line.split(' ');
    if (what === 'ENTRY') entries.set(Number(first), second);
    if (what === 'CHUNK') soundMs.set(first, Number(second));
  }
  return { entries, soundMs };
}

function checkCut(directory: string, ack: ReturnType<typeof acknowledged>): void {
  const paths = profilePaths(directory);
  const outcome = openOrMend({
    path: paths.database,
    key: profileKey,
    now: Date.now,
    newId: v7,
    backups: paths.backups,
    sideJournal: paths.sideJournal,
    quarantine: paths.quarantine,
    reserve: noReserve,
  });
  if (outcome.kind === 'refused') throw new Error(`${outcome.error.code}: ${outcome.error.detail}`);
  try {
    const { connection } = outcome.store;
    const seat = settingTable(connection, noReserve).get('seat') ?? '';
    const journal = journalTable(connection, { seat, newId: v7, reserve: noReserve });
    const there = new Map(journal.after(0, 1_000_000).map(({ seq, id }) => [seq, id]));
    expect([...ack.entries].filter(([seq, id]) => there.get(seq) !== id)).toEqual([]);
    expect(outcome.mended).toBeNull();
    expect(verifyJournal(connection).findings).toEqual([]);
  } finally {
    outcome.store.close();
  }
  for (const [recordingId, soundMs] of ack.soundMs) {
    const contents = readContainer(readFileSync(join(paths.recordings, `${recordingId}.hkrec`)), profileKey);
    if (contents.kind === 'unreadable') throw new Error(contents.code);
    expect(contents.problems).toEqual([]);
    // A chunk that says a second holds a second of packets of 60 ms, so up to one packet less.
    expect(layOut(contents.chunks).seconds * 1000).toBeGreaterThan(soundMs - 130);
  }
}

test.skipIf(!hasPrograms || !canMount)(
  `${cutsInAll} cuts of the power under load lose nothing that was acknowledged`,
  {
    timeout: 60_000 + cutsInAll * 10_000,
  },
  () => {
    let cuts = 0;
    let entriesInAll = 0;
    while (cuts < cutsInAll) {
      const work = temporaryDirectory();
      const writer = [process.execPath, join(here, 'kill-writer.ts')];
      const wanted = String(Math.min(cutsPerMount, cutsInAll - cuts));
      const run = spawnSync('unshare', ['-m', 'sh', join(here, 'power-cut.sh'), work, wanted, ...writer], {
        encoding: 'utf8',
      });
      expect(run.stderr).toBe('');
      expect(readFileSync(join(work, 'complaint'), 'utf8')).toBe('');
      let inThisMount = 0;
      for (let number = 1; existsSync(join(work, `cut.${number}`)); number += 1) {
        const ack = acknowledged(join(work, `ack.${number}`));
        checkCut(join(work, `cut.${number}`), ack);
        entriesInAll += ack.entries.size;
        inThisMount += 1;
      }
      // The image of so many seconds may fill up before the last cut; none at all would be a test that can't fail.
      expect(inThisMount).toBeGreaterThan(0);
      cuts += inThisMount;
      rmSync(work, { recursive: true, force: true });
    }
    expect(entriesInAll).toBeGreaterThan(cuts);
    console.log(`${cuts} power cuts, ${entriesInAll} acknowledged entries looked for`);
  },
);
