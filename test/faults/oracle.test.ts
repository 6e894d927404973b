import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { profilePaths } from '../../main/store/profile-paths.ts';
import { diceOf } from './dice.ts';
import { fault, type Scene } from './fault.ts';
import { expectNothingLost } from './oracle.ts';
import { planted } from './planted.ts';
import { type SeatScene, seatScene } from './seat-scene.ts';

/** An oracle that finds nothing is worth nothing: each thing it looks for is made wrong once. */
let scene: SeatScene;

beforeEach(async () => {
  scene = seatScene();
  const life = await scene.live();
  await life.order({ do: 'calls', count: 1 });
  await life.kill();
}, 60_000);

afterEach(() => scene.close({ keep: false }));

const verdict = () => expectNothingLost(scene.profile, scene.shown);

test('a profile that is whole is found whole', async () => {
  expect((await verdict()).entries).toBeGreaterThanOrEqual(scene.shown.entries.size);
});

test('an entry that was shown and is not there, and one that is another, are found', async () => {
  const [[seq, entry] = []] = scene.shown.entries;
  if (seq === undefined || entry === undefined) throw new Error('nothing was shown');
  scene.shown.entries.set(seq, { ...entry, at: entry.at + 1 });
  scene.shown.entries.set(9_999, { ...entry, seq: 9_999 });
  await expect(verdict()).rejects.toThrow(/entry 1 .* is not as it was shown\n {2}entry 9999 .* was shown and is gone/);
});

test('a second of sound that is another, or damaged, is found', async () => {
  const [[recordingId = '', chunks] = []] = scene.shown.chunks;
  chunks?.set(0, 'another');
  await expect(verdict()).rejects.toThrow(/the sound at 0 ms is not what was kept/);
  const path = join(profilePaths(scene.profile).recordings, `${recordingId}.hkrec`);
  const bytes = readFileSync(path);
  bytes[bytes.length - 300] = (bytes[bytes.length - 300] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  await expect(verdict()).rejects.toThrow(/told/);
});

test('a secret that lies in clear is found, wherever it lies', async () => {
  appendFileSync(join(scene.profile, 'backups.log'), `called ${planted.number}`);
  const [name = ''] = readdirSync(profilePaths(scene.profile).recordings);
  appendFileSync(join(profilePaths(scene.profile).recordings, 'copy.hkrec'), Buffer.from('1a45dfa3', 'hex'));
  await expect(verdict()).rejects.toThrow(/the number in clear[\s\S]*sound in clear/);
  expect(name).toMatch(/\.hkrec$/);
});

test('a profile that the next seat cannot open is found', async () => {
  rmSync(profilePaths(scene.profile).key);
  await expect(verdict()).rejects.toThrow();
});

/** A scene of nothing, which tells how it was closed. */
function emptyScene(closed: boolean[]): Scene {
  return {
    folders: ['/somewhere'],
    close: async ({ keep }) => {
      closed.push(keep);
    },
  };
}

test('a fault keeps its folders when the promise did not hold, and never outlives its time', async () => {
  const closed: boolean[] = [];
  const plan = { promise: 'x', arrange: async () => emptyScene(closed), inject: async () => undefined };
  const holds = fault({ ...plan, check: async () => 'all well' });
  const breaks = fault({ ...plan, check: () => Promise.reject(new Error('lost')) });
  const hangs = fault({ ...plan, secondsMax: 0.05, check: () => new Promise<string>(() => undefined) });
  const cannot = fault({ ...plan, lacks: () => 'no disk', check: async () => '' });
  expect([
    await holds.run('a', 1),
    await breaks.run('a', 1),
    await hangs.run('a', 1),
    await cannot.run('a', 1),
  ]).toEqual([
    { kind: 'holds', figures: 'all well', seconds: expect.any(Number) },
    { kind: 'broken', why: expect.stringContaining('lost'), kept: ['/somewhere'], seconds: expect.any(Number) },
    {
      kind: 'broken',
      why: expect.stringContaining('not over after'),
      kept: ['/somewhere'],
      seconds: expect.any(Number),
    },
    { kind: 'not-here', why: 'no disk' },
  ]);
  expect(closed).toEqual([false, true, true]);
});

test('the dice of a seed and a name are the same each time, and of no other', () => {
  const throws = (seed: number, name: string): readonly number[] => {
    const dice = diceOf(seed, name);
    return Array.from({ length: 50 }, () => dice.whole(1, 1_000_000));
  };
  expect(throws(7, 'disk-full')).toEqual(throws(7, 'disk-full'));
  expect(throws(7, 'disk-full')).not.toEqual(throws(8, 'disk-full'));
  expect(throws(7, 'disk-full')).not.toEqual(throws(7, 'disk-slow'));
});
