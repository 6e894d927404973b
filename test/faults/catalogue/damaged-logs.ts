import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { JournalEntry } from '../../../core/journal.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import { readSideJournal } from '../../../main/store/side-journal.ts';
import type { Dice } from '../dice.ts';
import { expectLook, type NoticeCode } from '../expect-look.ts';
import { brought, type Fault, fault } from '../fault.ts';
import { expectNothingLost, inWords, secretsInClear } from '../oracle.ts';
import { type SeatLife, type SeatScene, seatScene } from '../seat-scene.ts';

/** How much of a file one harm may change. */
const pagesHarmedMax = 6;
const pageBytes = 4096;

/** A profile whose seat died in its work, with an older write-ahead log put by: what a harm is done to. */
type DeadSeat = SeatScene & {
  readonly olderLog: string;
  /** What was shown before the harm. */
  readonly before: ReadonlyMap<number, JournalEntry>;
  /** The seat that was started after the harm. */
  next: SeatLife | null;
};

function deadSeat(dice: Dice): Promise<DeadSeat> {
  return brought(seatScene(), (scene) => workAndDie(scene, dice));
}

async function workAndDie(scene: SeatScene, dice: Dice): Promise<DeadSeat> {
  const { database } = profilePaths(scene.profile);
  const olderLog = join(scene.folders[0] ?? '', 'older-wal');
  const first = await scene.live();
  await first.order({ do: 'calls', count: dice.whole(2, 6) });
  await first.kill();
  copyFileSync(`${database}-wal`, olderLog);
  const second = await scene.live();
  await second.order({ do: 'calls', count: dice.whole(2, 6) });
  await second.kill();
  return { ...scene, olderLog, before: new Map(scene.shown.entries), next: null };
}

/** What may be done to the files of a log. */
type Harm = (files: { readonly database: string; readonly olderLog: string }, dice: Dice) => void;

const harms: Readonly<Record<string, Harm>> = {
  'random bytes at random pages': ({ database }, dice) => {
    // As a crash leaves it most of it stands in the write-ahead log: both files are harmed.
    for (let count = dice.whole(1, pagesHarmedMax); count > 0; count -= 1) {
      const path = dice.pick([database, `${database}-wal`].filter((each) => statSync(each).size > 0));
      const pages = Math.max(1, Math.floor(statSync(path).size / pageBytes));
      overwrite(path, dice.whole(0, pages - 1) * pageBytes + dice.whole(0, 4_000), dice.bytes(dice.whole(1, 64)));
    }
  },
  'a zeroed header': ({ database }) => overwrite(database, 0, new Uint8Array(100)),
  'a first page of noise': ({ database }, dice) => overwrite(database, 0, dice.bytes(pageBytes)),
  'a write-ahead log cut off anywhere': ({ database }, dice) =>
    truncateSync(`${database}-wal`, dice.whole(0, statSync(`${database}-wal`).size - 1)),
  'a write-ahead log of an earlier day': ({ database, olderLog }) => copyFileSync(olderLog, `${database}-wal`),
  'no write-ahead log': ({ database }) => rmSync(`${database}-wal`),
  'an index of noise': ({ database }, dice) => writeFileSync(`${database}-shm`, dice.bytes(32_768)),
  'a file cut off anywhere': ({ database }, dice) => truncateSync(database, dice.whole(0, statSync(database).size)),
  'no file': ({ database }) => {
    for (const end of ['', '-wal', '-shm']) rmSync(`${database}${end}`, { force: true });
  },
};

/** What a person is told of a log that was mended; nothing when the harm met nothing that mattered. */
const mendedCodes: readonly NoticeCode[] = ['log-mended', 'log-mended-lost'];

/** Logs whose files are no longer as they were written. */
export const damagedLogs: Readonly<Record<string, Fault>> = {
  ...Object.fromEntries(
    Object.entries(harms).map(([what, harm]) => [
      `log-with-${what.replaceAll(' ', '-')}`,
      fault<DeadSeat>({
        promise: `A log with ${what} is noticed at the next start and made anew, whole; the damaged one is kept.`,
        arrange: deadSeat,
        inject: async (scene, dice) => {
          harm({ database: profilePaths(scene.profile).database, olderLog: scene.olderLog }, dice);
          scene.next = await scene.live();
        },
        check: whole,
      }),
    ]),
  ),
  'log-without-its-key': fault<DeadSeat>({
    promise: 'A seat whose key is gone begins a new log, says so, and keeps the old one, which its key still opens.',
    arrange: deadSeat,
    inject: async (scene, dice) => {
      const { key } = profilePaths(scene.profile);
      copyFileSync(key, join(scene.folders[0] ?? '', 'old.key'));
      rmSync(key);
      const what = dice.pick(['gone', 'another', 'torn'] as const);
      if (what !== 'gone') writeFileSync(key, dice.bytes(what === 'another' ? 32 : 10), { mode: 0o600 });
      scene.next = await scene.live();
    },
    check: begunAnew,
  }),
};

async function whole(scene: DeadSeat): Promise<string> {
  const { profile, shown, next } = scene;
  if (next === null) throw new Error('no seat was started');
  await next.order({ do: 'calls', count: 1 });
  const { notices } = await next.look();
  const codes = notices.map(({ code }) => code).filter((code) => mendedCodes.includes(code));
  const hasQuarantine = existsSync(profilePaths(profile).quarantine);
  if (codes.length > 0 !== hasQuarantine) throw new Error(`told ${codes}, a quarantine: ${hasQuarantine}`);
  if (codes.includes('log-mended-lost')) throw new Error('lines were lost that the side journal had');
  await next.order({ do: 'close' });
  return `${inWords(await expectNothingLost(profile, shown))}, ${codes.length > 0 ? 'made anew' : 'sound'}`;
}

async function begunAnew({ profile, before, next, folders }: DeadSeat): Promise<string> {
  if (next === null) throw new Error('no seat was started');
  await expectLook(next, 'told', ({ notices }) => notices.some(({ code }) => code === 'log-begun-anew'));
  await next.order({ do: 'calls', count: 1 });
  await next.order({ do: 'close' });
  const { quarantine } = profilePaths(profile);
  const [folder = ''] = readdirSync(quarantine);
  const kept = readSideJournal(
    join(quarantine, folder, 'side-journal'),
    readFileSync(join(folders[0] ?? '', 'old.key')),
  );
  const aside = new Map(kept.entries.map((entry) => [entry.id, { ...entry, body: JSON.parse(entry.body) }]));
  const old = [...before].filter(([, entry]) => !isDeepStrictEqual(aside.get(entry.id), entry));
  if (old.length > 0) throw new Error(`${old.length} lines of the old log are not in the quarantine`);
  const inClear = secretsInClear(profile);
  if (inClear.length > 0) throw new Error(inClear.join('; '));
  return `${before.size} entries kept aside`;
}

function overwrite(path: string, offset: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  try {
    writeSync(file, bytes, 0, bytes.length, offset);
  } finally {
    closeSync(file);
  }
}
