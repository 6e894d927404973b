import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examineProfile } from '../../../main/cli/doctor.ts';
import { openProfile } from '../../../main/open-profile.ts';
import { connect } from '../../../main/store/connection.ts';
import { fileKeyKeeper } from '../../../main/store/profile-key.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import { recordedChunks } from '../recordings/recorded.ts';
import { damagePage, overwrite } from '../store/damaged-profile.ts';
import { callFacts } from '../store/facts.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';

const program = new URL('../../../main/cli/hookline.ts', import.meta.url).pathname;

/** A profile as a seat leaves it: ten calls, one recording. */
let sound = '';
let key: Uint8Array = new Uint8Array(0);

beforeAll(async () => {
  sound = mkdtempSync(join(tmpdir(), 'hookline-test-'));
  const keys = fileKeyKeeper(profilePaths(sound).key);
  const outcome = await openProfile({ directory: sound, keys, log: () => {} });
  if (outcome.kind === 'refused') throw new Error(outcome.detail);
  const { store, vault, close } = outcome.profile;
  for (let number = 1; number <= 10; number += 1) store.appendAll(callFacts(number).map((fact) => ({ fact, at: 1 })));
  await vault.begin('recording-1', 'call-1', 1_000);
  for (const chunk of recordedChunks()) await vault.append('recording-1', chunk);
  await vault.end('recording-1');
  close();
  const kept = await keys.key(true);
  if (kept.kind === 'key') key = kept.key;
});

afterAll(() => rmSync(sound, { recursive: true, force: true }));

/** Parts that are bad, parts that are warned of, and how many things were mended. */
async function doctor(directory: string, isMending = false) {
  const { isSound, mended, findings } = await examineProfile(profilePaths(directory), isMending);
  const parts = (state: string): readonly string[] =>
    findings.filter((one) => one.state === state).map((one) => one.part);
  return {
    isSound,
    mended: mended.length,
    bad: parts('bad').filter((part) => part !== 'window'),
    warned: parts('warning'),
  };
}

type Damage = readonly [
  what: string,
  part: string,
  isMended: boolean,
  harm: (paths: ReturnType<typeof profilePaths>) => void,
];

const damages: readonly Damage[] = [
  ['a damaged page', 'call log', true, ({ database }) => damagePage(database, 3)],
  ['a zeroed header', 'call log', true, ({ database }) => overwrite(database, 0, new Uint8Array(100))],
  ['a call log that is gone', 'call log', true, ({ database }) => rmSync(database)],
  ['a call log cut short', 'call log', true, ({ database }) => truncateSync(database, 9_000)],
  ['a list that is not what the log says', 'call log', true, ({ database }) => spoilList(database)],
  [
    'a damaged recording',
    'recordings',
    false,
    ({ recordings }) => spoilRecording(join(recordings, 'recording-1.hkrec')),
  ],
  ['a key file others can read', 'permissions', true, (paths) => chmodSync(paths.key, 0o644)],
  ['a missing key', 'key', false, (paths) => rmSync(paths.key)],
  ['a torn key', 'key', false, (paths) => writeFileSync(paths.key, 'torn')],
  [
    'a settings file with a mistake',
    'settings',
    false,
    ({ directory }) => writeFileSync(join(directory, 'settings.json'), '{ "theme": 5 }'),
  ],
  [
    'a keys file with a mistake',
    'settings',
    false,
    ({ directory }) => writeFileSync(join(directory, 'keys.json'), '{'),
  ],
  [
    'a lights file with a mistake',
    'settings',
    false,
    ({ directory }) => writeFileSync(join(directory, 'lights.json'), '{'),
  ],
];

function spoilRecording(path: string): void {
  overwrite(path, Math.floor(statSync(path).size / 2), new Uint8Array(64));
}

function spoilList(database: string): void {
  const connection = connect(database, key, 'write');
  connection.exec('delete from call where rowid in (select rowid from call limit 2)');
  connection.close();
}

test('a sound profile is called sound', async () => {
  expect(await doctor(copied())).toMatchObject({ mended: 0, bad: [] });
});

test.each(damages)('%s is named, and mended where that is safe', async (_what, part, isMended, harm) => {
  const directory = copied();
  harm(profilePaths(directory));
  expect(await doctor(directory)).toMatchObject({ isSound: false, mended: 0, bad: expect.arrayContaining([part]) });
  const after = await doctor(directory, true);
  expect([after.bad.length > 0, after.mended > 0]).toEqual([!isMended, isMended]);
  if (isMended) expect(await doctor(directory)).toMatchObject({ mended: 0, bad: [] });
});

test('a folder others may look into and a damaged side journal are warnings; what was set aside is named', async () => {
  const directory = copied();
  const { sideJournal, quarantine } = profilePaths(directory);
  chmodSync(directory, 0o755);
  overwrite(join(sideJournal, '00000001.side'), 40, Uint8Array.of(1, 2, 3));
  mkdirSync(join(quarantine, 'earlier'), { recursive: true });
  const told = await doctor(directory);
  expect(told.bad).toEqual([]);
  expect(told.warned).toEqual(expect.arrayContaining(['permissions', 'side journal', 'quarantine']));
});

test('the command says it in words or as JSON, and ends with 0, 1 or 2', { timeout: 60_000 }, () => {
  const hookline = (...args: readonly string[]) =>
    spawnSync(process.execPath, [program, 'doctor', ...args], {
      encoding: 'utf8',
      // A machine of the tests may have no browser: this one is told of.
      env: { ...process.env, HOOKLINE_CHROMIUM: process.execPath },
    });
  const directory = copied();
  damagePage(profilePaths(directory).database, 3);
  const named = hookline('--profile', directory);
  expect([named.status, named.stderr]).toEqual([1, '']);
  expect(named.stdout).toMatch(/^BAD {6}call log: The call log is damaged/m);
  const mended = hookline('--profile', directory, '--mend', '--json');
  expect([mended.status, JSON.parse(mended.stdout)]).toMatchObject([0, { ok: true }]);
  const refused = hookline('--profile', '/nowhere/at/all');
  expect([refused.status, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toContain('There is no profile in /nowhere/at/all');
});

function copied(): string {
  const directory = temporaryDirectory();
  cpSync(sound, directory, { recursive: true });
  return directory;
}
