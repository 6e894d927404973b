import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordingVault } from '../../../main/recordings/vault.ts';
import { openStore } from '../../../main/store/open.ts';
import { reserveAt } from '../../../main/store/reserve.ts';
import { seatStore } from '../../../main/store/seat-store.ts';
import { verifyJournal } from '../../../main/store/verify-journal.ts';
import { readContainer } from '../../../recording/read-container.ts';

/** Run by disk-full.test.ts with a small file system as its argument: records and logs until nothing more goes in. */
const [, , disk = ''] = process.argv;
const key = new Uint8Array(32).fill(3);
const fact = { kind: 'agent-state', body: { activity: { kind: 'ready' }, cause: 'person' } } as const;
const filler = join(disk, 'filler');

/** Fills the disk to the last block, as somebody else's download would. */
function fill(): void {
  for (const size of [1024 * 1024, 4096, 1]) {
    try {
      for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC')) throw cause;
    }
  }
}

const reserve = reserveAt(join(disk, 'reserve'), 6 * 1024 * 1024);
await reserve.restore();
const opened = openStore({ path: join(disk, 'hookline.db'), key, now: () => 1 });
if (opened.kind === 'refused') throw new Error(opened.error.detail);
let made = 0;
const newId = (): string => {
  made += 1;
  return `01890000-0000-7000-8000-${made.toString(16).padStart(12, '0')}`;
};
const store = seatStore(opened.store, { seat: 'seat-1', newId, reserve });
const vault = recordingVault({ directory: join(disk, 'recordings'), profileKey: key, reserve });
await vault.begin('r1', 'call-1', 1);
const sound = new Uint8Array(8_000).fill(7);
let chunks = 0;
const append = async (): Promise<string> => {
  const { kind } = await vault.append('r1', { segment: 0, atMs: chunks * 1000, durationMs: 1000, sound });
  if (kind === 'kept') chunks += 1;
  return kind;
};
for (let second = 0; second < 20; second += 1) await append();
fill();
let soundOutcome = 'kept';
while (soundOutcome === 'kept') soundOutcome = await append();
await vault.end('r1');
let logged = 0;
for (let entry = 0; entry < 200; entry += 1) if (store.append(fact, 1).kind === 'kept') logged += 1;
fill();
while (!reserve.isSpent() && store.append(fact, 1).kind === 'kept');
const isReserveSpent = reserve.isSpent();
const soundAfterReserveSpent = (await vault.begin('r2', 'call-2', 1)).kind;
fill();
let logWhenAllIsGone = 'kept';
for (let entry = 0; entry < 50_000 && logWhenAllIsGone === 'kept'; entry += 1) {
  logWhenAllIsGone = store.append(fact, 1).kind;
}
rmSync(filler);
const logWhenRoomIsBack = store.append(fact, 1).kind;
const container = readContainer(readFileSync(join(disk, 'recordings/r1.hkrec')), key);
const verdict = verifyJournal(opened.store.connection);
process.stdout.write(
  JSON.stringify({
    soundOutcome,
    entriesAfterSoundStopped: logged,
    isReserveSpent,
    soundAfterReserveSpent,
    verdict: verdict.findings,
    end: container.kind === 'read' ? container.end : container.code,
    problems: container.kind === 'read' ? container.problems : [],
    chunksKept: container.kind === 'read' && container.chunks.length === chunks + 1,
    entriesBeforeFull: verdict.entries === store.journal.lastSeq(),
    logWhenAllIsGone,
    logWhenRoomIsBack,
  }),
);
