import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JournalFact } from '../../../core/journal.ts';
import type { Notice } from '../../../core/notice.ts';
import { type LocalCopyPolicy, localCopyPolicy } from '../../../core/settings.ts';
import { type LocalCopiesOptions, localCopies } from '../../../main/recordings/local-copies.ts';
import { removedCopies } from '../../../main/recordings/removed-copies.ts';
import { folderLedger, newUploadRecord } from '../../../main/recordings/upload-ledger.ts';
import type { AtHub } from '../../../main/recordings/upload-outcome.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';

const hour = 3_600_000;
const sha256 = 'ab'.repeat(32);

/** Copies in a folder, on clocks and a hub that the test moves. */
async function someCopies(ids: readonly string[], policy: Partial<LocalCopyPolicy> = {}) {
  const directory = temporaryDirectory();
  const ledger = folderLedger(join(directory, 'uploads'));
  const removed = removedCopies(join(directory, 'removed'));
  const facts: JournalFact[] = [];
  const notices: Notice[] = [];
  const asked: string[] = [];
  const world: { hub: AtHub; share: number; uptimeMs: number; wallAt: number; onRemove: () => void } = {
    hub: 'equal',
    share: 0.5,
    uptimeMs: 5_000,
    wallAt: 1_800_000_000_000,
    onRemove: () => undefined,
  };
  for (const id of ids) {
    writeFileSync(join(directory, `${id}.hkrec`), 'sound');
    writeFileSync(join(directory, `${id}.hkkey`), 'its key');
    const record = { ...newUploadRecord, url: 'http://hub/x', confirmedAt: world.wallAt, sha256 };
    await ledger.put(id, 'confirmed', record);
  }
  const options: LocalCopiesOptions = {
    directory,
    memory: directory,
    ledger,
    removed,
    isAtHub: async (id) => {
      asked.push(id);
      return world.hub;
    },
    policy: () => ({ ...localCopyPolicy.parse({}), ...policy }),
    diskShare: () => world.share,
    clock: () => ({ uptimeMs: world.uptimeMs, wallAt: world.wallAt }),
    newId: () => 'era',
    callOf: async (id) => `call of ${id}`,
    write: (fact) => {
      facts.push(fact);
      world.onRemove();
    },
    tell: (notice) => notices.push(notice),
    log: () => undefined,
  };
  const pass = (ms: number): void => {
    world.uptimeMs += ms;
    world.wallAt += ms;
  };
  const here = (): string[] => ids.filter((id) => existsSync(join(directory, `${id}.hkrec`)));
  return {
    directory,
    ledger,
    removed,
    facts,
    notices,
    asked,
    world,
    pass,
    here,
    options,
    copies: localCopies(options),
  };
}

test('a copy goes a day after the hub had it and was asked again; the journal says so, and it is known as removed', async () => {
  const { copies, directory, pass, here, facts, notices, asked, removed, ledger } = await someCopies(['r1', 'r2']);
  await copies.look();
  pass(24 * hour - 1);
  await copies.look();
  expect([here(), asked]).toEqual([['r1', 'r2'], []]);
  pass(1);
  await copies.look();
  expect([here(), existsSync(join(directory, 'r1.hkkey'))]).toEqual([[], false]);
  expect(facts).toEqual(
    ['r1', 'r2'].map((recordingId) => ({
      kind: 'recording-removed',
      body: { callId: `call of ${recordingId}`, recordingId, reason: 'kept-long-enough', sha256 },
    })),
  );
  expect([await removed.among(['r1', 'r2', 'r3']), await ledger.get('r1'), notices]).toEqual([
    new Set(['r1', 'r2']),
    null,
    [],
  ]);
});

test('while the hub is away, lost it or has something else, nothing goes', async () => {
  const { copies, pass, here, world, facts } = await someCopies(['r1']);
  await copies.look();
  pass(100 * hour);
  for (const hub of ['hub-away', 'hub-lost-it', 'not-confirmed'] as const) {
    world.hub = hub;
    world.share = 0.99;
    await copies.look();
    expect([hub, here(), facts]).toEqual([hub, ['r1'], []]);
  }
});

test('a clock that jumps over the day removes nothing, is told once, and stops the removing for a day', async () => {
  const { copies, pass, here, world, notices } = await someCopies(['r1']);
  await copies.look();
  pass(23 * hour);
  world.wallAt += 30 * 24 * hour;
  await copies.look();
  pass(2 * hour);
  await copies.look();
  expect([here(), notices]).toEqual([['r1'], [{ code: 'clock-jumped', detail: '720 h' }]]);
  pass(22 * hour);
  await copies.look();
  expect(here()).toEqual([]);
});

test('what was counted is kept over restarts; counted anew where it was lost or damaged', async () => {
  const { options, copies, pass, here, directory } = await someCopies(['r1']);
  await copies.look();
  pass(20 * hour);
  await localCopies(options).look();
  writeFileSync(join(directory, 'kept-time.json'), '{"era":');
  await localCopies({ ...options, newId: () => 'era-2' }).look();
  pass(23 * hour);
  await localCopies(options).look();
  expect(here()).toEqual(['r1']);
  pass(hour);
  await localCopies(options).look();
  expect(here()).toEqual([]);
});

test('on a full disk copies that are at the hub go early, the oldest first, until there is room; what is not there stays', async () => {
  const ids = ['r1', 'r2', 'r3', 'r4'];
  const { copies, here, world, facts, notices, ledger } = await someCopies(ids);
  await ledger.put('r2', 'waiting', newUploadRecord);
  world.share = 0.93;
  world.onRemove = () => {
    world.share -= 0.03;
  };
  await copies.look();
  expect(here()).toEqual(['r2', 'r4']);
  expect(facts.map(({ body }) => body)).toMatchObject([
    { recordingId: 'r1', reason: 'disk-full' },
    { recordingId: 'r3', reason: 'disk-full' },
  ]);
  expect(notices).toEqual([{ code: 'recordings-let-go', detail: '2' }]);
});

test('a site may keep copies longer, or until the disk needs the room, or never let one go early', async () => {
  const long = await someCopies(['r1'], { keepHours: 48 });
  const ever = await someCopies(['r1'], { keepHours: null });
  const never = await someCopies(['r1'], { thinAbove: null });
  for (const one of [long, ever, never]) {
    one.world.share = one === never ? 0.99 : 0.5;
    await one.copies.look();
    one.pass(25 * hour - (one === never ? 2 * hour : 0));
    await one.copies.look();
    expect(one.here()).toEqual(['r1']);
  }
  for (const one of [long, ever, never]) one.pass(25 * hour);
  for (const one of [long, ever, never]) await one.copies.look();
  expect([long.here(), ever.here(), never.here()]).toEqual([[], ['r1'], []]);
});

test('a crash between any two steps of letting go is gone on with', async () => {
  const { options, copies, pass, here, directory, facts, ledger } = await someCopies(['r1']);
  await copies.look();
  pass(25 * hour);
  // It was listed and its file is gone, and the seat died before it wrote that down.
  await localCopies({
    ...options,
    write: () => {
      throw new Error('the seat dies');
    },
  }).look();
  expect([here(), facts, (await ledger.get('r1'))?.queue]).toEqual([[], [], 'confirmed']);
  await localCopies(options).look();
  expect([facts.length, await ledger.get('r1'), existsSync(join(directory, 'r1.hkrec'))]).toEqual([1, null, false]);
});

test('every copy has its look, however many there are', async () => {
  const ids = Array.from({ length: 150 }, (_, index) => `r${String(index).padStart(4, '0')}`);
  const { copies, pass, here } = await someCopies(ids);
  for (let looks = 0; looks < 3; looks += 1) await copies.look();
  pass(25 * hour);
  for (let looks = 0; looks < 4; looks += 1) await copies.look();
  expect(here()).toEqual([]);
});

test('a line of the list that was cut short spoils no other', async () => {
  const path = join(temporaryDirectory(), 'deep', 'removed');
  const list = removedCopies(path);
  expect(await list.among(['r1'])).toEqual(new Set());
  await list.add('r1', sha256);
  writeFileSync(path, '\nr2 abab', { flag: 'a' });
  await list.add('r3', sha256);
  expect(await list.among(['r1', 'r2', 'r3'])).toEqual(new Set(['r1', 'r3']));
});
