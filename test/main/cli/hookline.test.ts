import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordingVault } from '../../../main/recordings/vault.ts';
import { openStore, type Store } from '../../../main/store/open.ts';
import { fileKeyKeeper } from '../../../main/store/profile-key.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import { seatStore } from '../../../main/store/seat-store.ts';
import { fullReserve, recordedChunks } from '../recordings/recorded.ts';
import { callFacts } from '../store/facts.ts';
import { countedIds, noReserve } from '../store/opened.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';

const program = new URL('../../../main/cli/hookline.ts', import.meta.url).pathname;

function hookline(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** A profile as a seat leaves it: two calls, one of them with a recording. `use` runs while its store is open. */
async function profile(use: (store: Store) => void = () => {}): Promise<string> {
  const directory = temporaryDirectory();
  const paths = profilePaths(directory);
  const key = await fileKeyKeeper(paths.key).key(false);
  if (key.kind === 'refused') throw new Error(key.error.code);
  const opened = openStore({ path: paths.database, key: key.key, now: Date.now });
  if (opened.kind === 'refused') throw new Error(opened.error.code);
  const store = seatStore(opened.store, { seat: 'seat-1', newId: countedIds(), reserve: noReserve });
  for (const number of [1, 2]) for (const fact of callFacts(number)) store.append(fact, number * 1_000);
  const vault = recordingVault({ directory: paths.recordings, profileKey: key.key, reserve: fullReserve });
  await vault.begin('recording-1', 'call-1', 1_000);
  for (const chunk of recordedChunks()) await vault.append('recording-1', chunk);
  await vault.end('recording-1');
  try {
    use(opened.store);
  } finally {
    opened.store.close();
  }
  return directory;
}

const recordingOf = (directory: string): string => join(directory, 'recordings', 'recording-1.hkrec');

describe('hookline journal', () => {
  test('verify says that all is well', async () => {
    const directory = await profile();
    expect(hookline('journal', 'verify', '--profile', directory)).toEqual({
      status: 0,
      stdout: '12 entries, 2 calls: all as it should be.\n',
      stderr: '',
    });
    expect(JSON.parse(hookline('journal', 'verify', '--profile', directory, '--json').stdout)).toEqual({
      ok: true,
      entries: 12,
      calls: 2,
      findings: [],
    });
  });

  test('verify reads beside a seat that is open; rebuild is refused there', async () => {
    let verified: unknown;
    let rebuilt: unknown;
    const directory = await profile(({ path }) => {
      const folder = join(path, '..');
      verified = JSON.parse(hookline('journal', 'verify', '--profile', folder, '--json').stdout);
      rebuilt = hookline('journal', 'rebuild', '--profile', folder, '--json');
    });
    expect(directory).not.toBe('');
    expect(verified).toMatchObject({ ok: true, entries: 12 });
    expect(rebuilt).toMatchObject({ status: 2, stdout: expect.stringContaining('"error":"in-use"') });
  });

  test('verify names a call list that was altered, rebuild mends it', async () => {
    const directory = await profile(({ connection }) => connection.exec(`delete from call where call_id = 'call-1'`));
    expect(hookline('journal', 'verify', '--profile', directory)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('call call-1: missing in the call list'),
    });
    expect(JSON.parse(hookline('journal', 'rebuild', '--profile', directory, '--json').stdout)).toEqual({
      ok: true,
      entries: 12,
      calls: 2,
    });
    expect(hookline('journal', 'verify', '--profile', directory).status).toBe(0);
  });

  test('export gives every entry, one a line', async () => {
    const { stdout, status } = hookline('journal', 'export', '--profile', await profile());
    const entries: unknown[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect([status, entries.length]).toEqual([0, 12]);
    expect(entries[0]).toMatchObject({ seat: 'seat-1', seq: 1, at: 1_000, kind: 'call-offered' });
  });

  test('is refused by name without a profile, without its key, and with a torn file; nothing is made', async () => {
    const empty = temporaryDirectory();
    const keyless = await profile();
    rmSync(join(keyless, 'profile.key'));
    const torn = await profile();
    writeFileSync(join(torn, 'hookline.db'), readFileSync(join(torn, 'hookline.db')).subarray(0, 9_000));
    const codes = [join(empty, 'nowhere'), empty, keyless, torn].map((directory) => {
      const { status, stdout } = hookline('journal', 'verify', '--profile', directory, '--json');
      return [status, JSON.parse(stdout).error];
    });
    expect(codes).toEqual([
      [2, 'no-profile'],
      [2, 'no-profile'],
      [2, 'key-missing'],
      [2, 'torn-file'],
    ]);
  });
});

describe('hookline recording', () => {
  test('verify says that all is well, without being told the profile', async () => {
    const directory = await profile();
    const { status, stdout } = hookline('recording', 'verify', recordingOf(directory), '--json');
    expect([status, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ ok: true, end: 'complete', channels: 2, damagedChunks: [], problems: [], torn: null }),
    ]);
  });

  test('verify names the damaged chunk, export gives the rest', async () => {
    const directory = await profile();
    const path = recordingOf(directory);
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(16_000) ^ 1, 16_000);
    writeFileSync(path, bytes);
    expect(hookline('recording', 'verify', path)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('chunk 3: damaged, left out'),
    });
    const output = join(directory, 'out.webm');
    const exported = hookline('recording', 'export', path, '-o', output, '--json');
    expect([exported.status, JSON.parse(exported.stdout)]).toEqual([
      0,
      expect.objectContaining({ damagedChunks: [3], output, bytes: readFileSync(output).length }),
    ]);
    expect(readFileSync(output).subarray(0, 4)).toEqual(Buffer.from('1a45dfa3', 'hex'));
  });

  test('verify says when the end was cut off', async () => {
    const path = recordingOf(await profile());
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 800));
    const { status, stdout } = hookline('recording', 'verify', path, '--json');
    expect([status, JSON.parse(stdout)]).toEqual([1, expect.objectContaining({ ok: false, end: 'open' })]);
  });

  test('is refused by name for another profile, for no recording, and for no file', async () => {
    const [directory, other] = [await profile(), await profile()];
    const noRecording = join(directory, 'notes.txt');
    writeFileSync(noRecording, 'hello');
    const codes = [
      [recordingOf(directory), '--profile', other],
      [noRecording, '--profile', directory],
      ['recording-9', '--profile', directory],
    ].map((args) => {
      const { status, stdout } = hookline('recording', 'verify', ...args, '--json');
      return [status, JSON.parse(stdout).error];
    });
    expect(codes).toEqual([
      [2, 'wrong-key'],
      [2, 'not-a-recording'],
      [2, 'unknown'],
    ]);
  });
});

test('every command has its help', () => {
  for (const command of [
    [],
    ['journal'],
    ['journal', 'verify'],
    ['recording'],
    ['recording', 'export'],
    ['hid'],
    ['devices'],
  ]) {
    const { status, stdout } = hookline(...command, '--help');
    expect([status, stdout.startsWith('Usage: hookline')]).toEqual([0, true]);
  }
});

test('npx hookline hands arguments, output and exit code through', () => {
  const launcher = program.replace(/\.ts$/, '.mjs');
  const { status, stderr } = spawnSync(process.execPath, [launcher, 'dance', '--to', 'music'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([1, expect.stringContaining("unknown command 'dance'")]);
});

test('a command nobody knows is refused', () => {
  expect(hookline('dance')).toMatchObject({ status: 1, stderr: expect.stringContaining("unknown command 'dance'") });
});
