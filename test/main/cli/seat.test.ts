import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import type { RunningHub } from '../../../hub/run-hub.ts';
import { openProfile } from '../../../main/open-profile.ts';
import { openStore } from '../../../main/store/open.ts';
import { fileKeyKeeper } from '../../../main/store/profile-key.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import { seatName, seatStore } from '../../../main/store/seat-store.ts';
import { newFolder, startHub } from '../../hub/some-hub.ts';
import { callFacts } from '../store/facts.ts';
import { noReserve } from '../store/opened.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { runProgram } from './run-program.ts';

const hookline = new URL('../../../main/cli/hookline.ts', import.meta.url).pathname;

/** A profile with one call. */
async function newProfile(): Promise<string> {
  const directory = temporaryDirectory();
  const paths = profilePaths(directory);
  const key = await fileKeyKeeper(paths.key).key(false);
  if (key.kind === 'refused') throw new Error(key.error.code);
  const opened = openStore({ path: paths.database, key: key.key, now: Date.now });
  if (opened.kind === 'refused') throw new Error(opened.error.code);
  const seat = seatName(opened.store, noReserve, v7);
  const store = seatStore(opened.store, { seat, newId: v7, reserve: noReserve });
  for (const fact of callFacts(1)) store.append(fact, 1_000);
  opened.store.close();
  return directory;
}

test('a seat joins by the file that the hub wrote, says how it stands, leaves, and comes back with a new key', async () => {
  const place = newFolder();
  if (place.kind !== 'folder') throw new Error('not a folder');
  // The codes are made by a program of its own, whose clock is the machine's.
  const hub = await startHub(place, { now: Date.now });
  const profile = await newProfile();
  const seatCommand = async (...args: readonly string[]) => {
    const { code, out, err } = await runProgram(hookline, ['seat', ...args, '--profile', profile, '--json']);
    return { code, said: out === '' ? err : JSON.parse(out) };
  };
  const newFile = async (name: string, ...more: readonly string[]) => {
    const file = join(temporaryDirectory(), name);
    const args = ['hub', 'enrol-code', '--data', place.path, '--address', hub.url, '--file', file, ...more];
    const { code, out } = await runProgram(hookline, args);
    expect(code).toBe(0);
    return { file, out };
  };
  expect(await seatCommand('standing')).toMatchObject({ code: 0, said: { hub: null, lastSeq: 6 } });
  const first = await newFile('first.json');
  const { code: used } = JSON.parse(readFileSync(first.file, 'utf8'));
  expect(first.out).toContain(`\nhookline:enrol?hub=${encodeURIComponent(hub.url)}&code=${used}\n`);

  const joined = await seatCommand('enrol', first.file);
  expect(joined).toMatchObject({ code: 0, said: { ok: true, address: hub.url } });
  const { seat } = joined.said;
  expect(await seatCommand('standing')).toMatchObject({ code: 1, said: { ok: false, lastSeq: 7, atHub: 0, seat } });

  // The same code again: it served. A fresh one: the hub has this seat.
  expect(await seatCommand('enrol', first.file)).toMatchObject({ code: 2, said: { error: 'unknown-code' } });
  const other = await newFile('other.json');
  expect(await seatCommand('enrol', other.file)).toMatchObject({ code: 2, said: { error: 'already-enrolled' } });
  // Nothing of that took the key away.
  expect((await seatCommand('standing')).said).toMatchObject({ atHub: 0 });

  expect(await seatCommand('leave')).toMatchObject({ code: 0 });
  const { out: exported } = await runProgram(hookline, ['journal', 'export', '--profile', profile]);
  const told = exported
    .split('\n')
    .slice(6, -1)
    .map((each) => JSON.parse(each));
  expect(told.map(({ kind, body }) => [kind, body.address])).toEqual([
    ['hub-joined', hub.url],
    ['hub-left', hub.url],
  ]);
  expect(await seatCommand('standing')).toMatchObject({ code: 0, said: { hub: null } });
  const renewed = await newFile('renewed.json', '--renews', seat);
  const line = renewed.out.split('\n').find((one) => one.startsWith('hookline:enrol')) ?? '';
  expect(await seatCommand('enrol', line)).toMatchObject({ code: 0, said: { seat } });
  await hub.stop();
  expect(await seatCommand('standing')).toMatchObject({ code: 2, said: { error: 'hub-away' } });
  expect(await seatCommand('enrol', 'http://hub.example 1')).toMatchObject({ code: 2, said: { error: 'unreadable' } });
}, 60_000);

test('a folder without a profile gets one, as a start of the seat makes it, and its seat joins', async () => {
  const place = newFolder();
  if (place.kind !== 'folder') throw new Error('not a folder');
  const hub = await startHub(place, { now: Date.now });
  const profile = join(temporaryDirectory(), 'new');
  const file = join(temporaryDirectory(), 'code.json');
  const codeArgs = ['hub', 'enrol-code', '--data', place.path, '--address', hub.url, '--file', file];
  expect((await runProgram(hookline, codeArgs)).code).toBe(0);
  // The file is there already: no second code is made, and the first one serves.
  const again = await runProgram(hookline, codeArgs);
  expect([again.code, again.err]).toEqual([2, expect.stringContaining('EEXIST')]);
  expect(await codesIn(hub)).toBe(1);

  const args = ['seat', 'enrol', '--profile', profile, '--json'];
  const unreadable = await runProgram(hookline, [...args, 'no code']);
  expect([unreadable.code, existsSync(profile)]).toEqual([2, false]);
  const joined = await runProgram(hookline, [...args, file]);
  expect([joined.code, JSON.parse(joined.out)]).toMatchObject([0, { ok: true, address: hub.url }]);
  const keys = fileKeyKeeper(profilePaths(profile).key);
  const opened = await openProfile({ directory: profile, keys, log: () => {} });
  if (opened.kind === 'refused') throw new Error(opened.detail);
  expect(opened.profile.store.journal.after(0, 9)).toMatchObject([{ seq: 1, kind: 'hub-joined' }]);
  await opened.profile.close();
}, 60_000);

test('what this machine refuses leaves the code as it was', async () => {
  const place = newFolder();
  if (place.kind !== 'folder') throw new Error('not a folder');
  const hub = await startHub(place, { now: Date.now });
  const profile = await newProfile();
  const file = join(temporaryDirectory(), 'code.json');
  await runProgram(hookline, ['hub', 'enrol-code', '--data', place.path, '--address', hub.url, '--file', file]);
  const enrol = () => runProgram(hookline, ['seat', 'enrol', file, '--profile', profile, '--json']);
  const { key } = profilePaths(profile);
  chmodSync(key, 0o644);
  expect((await enrol()).code).toBe(2);
  chmodSync(key, 0o600);
  const keyed = await fileKeyKeeper(key).key(true);
  if (keyed.kind === 'refused') throw new Error(keyed.error.code);
  const opened = openStore({ path: profilePaths(profile).database, key: keyed.key, now: Date.now });
  if (opened.kind === 'refused') throw new Error(opened.error.code);
  expect(JSON.parse((await enrol()).out)).toMatchObject({ error: 'in-use' });
  opened.store.close();
  expect(JSON.parse((await enrol()).out)).toMatchObject({ ok: true, address: hub.url });
}, 60_000);

/** How many codes the hub has made. */
async function codesIn(hub: RunningHub): Promise<number> {
  const rows = await hub.parts.database.tables.selectFrom('enrolment_code').selectAll().execute();
  return rows.length;
}
