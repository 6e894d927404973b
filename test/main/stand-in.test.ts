import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type RunningSeat, runSeat } from '../../main/running-seat.ts';
import { fileKeyKeeper } from '../../main/store/profile-key.ts';
import { profilePaths } from '../../main/store/profile-paths.ts';
import { reserveBytes } from '../../main/store/reserve.ts';
import { leftStandIn, standInFor } from '../../main/store/seat-folder.ts';
import { noDevices } from './no-devices.ts';
import { recordedChunks } from './recordings/recorded.ts';
import { damagePage } from './store/damaged-profile.ts';
import { temporaryDirectory } from './store/temporary-directory.ts';

/** Only root may mount a disk of its own and make it read-only, and CI is root. */
const isRoot = process.getuid?.() === 0;

const diskBytes = 5 * reserveBytes;

/** A small disk of its own; `remount` makes it read-only or writable. Gone when the test ends. */
function smallDisk(): { readonly directory: string; remount(how: 'ro' | 'rw'): Promise<void> } {
  const directory = mkdtempSync(join(tmpdir(), 'hookline-small-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'tmpfs', directory]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', directory]);
    rmSync(directory, { recursive: true });
    const left = leftStandIn(directory);
    if (left !== null) rmSync(left, { recursive: true });
  });
  const remount = (how: 'ro' | 'rw'): Promise<void> =>
    // A seat that was closed may still be filling its reserve: until then the disk is busy.
    expect.poll(() => spawnSync('mount', ['-o', `remount,${how}`, directory]).status, { timeout: 10_000 }).toBe(0);
  return { directory, remount };
}

async function start(directory: string): Promise<RunningSeat> {
  const outcome = await runSeat({
    firstNotices: [],
    directory,
    keys: fileKeyKeeper(profilePaths(directory).key),
    devices: noDevices,
    version: '1.0.0',
    isPractice: true,
    locale: 'en',
    log: () => {},
  });
  if (outcome.kind !== 'running') throw new Error(`${outcome.message} ${outcome.detail}`);
  return outcome.running;
}

/** A call from ring to code, with some sound. */
async function call({ seat }: RunningSeat, callId: string): Promise<string> {
  const remote = { number: '6001', displayName: '' };
  seat.report({ kind: 'call-offered', at: Date.now(), callId, remote, line: 'practice', sipCallId: '' });
  seat.report({ kind: 'call', callId, event: { kind: 'established', at: Date.now() } });
  const { recordingId } = await seat.recordings.begin(callId);
  for (const chunk of recordedChunks()) {
    expect(await seat.recordings.append({ recordingId, ...chunk })).toEqual({ kind: 'kept' });
  }
  await seat.recordings.end(recordingId);
  seat.report({ kind: 'call', callId, event: { kind: 'ended', at: Date.now(), cause: 'hung-up-there' } });
  seat.ask({ kind: 'code', callId, code: 'order', note: callId });
  return recordingId;
}

/** What the timer of a running seat does every few seconds. */
async function tryDisk({ seat, profile }: RunningSeat): Promise<void> {
  await profile.standIn?.attempt();
  seat.tryDiskAgain();
}

const idsOf = ({ profile }: RunningSeat) => profile.store.journal.after(0, 10_000).map(({ seq, id }) => [seq, id]);
const lightOf = ({ seat }: RunningSeat) => {
  const { state, code, detail } = seat.view.value.lights.data;
  return { state, code, detail };
};
const codesOf = ({ seat }: RunningSeat) => seat.notices.takeEarly().map(({ code }) => code);

test.skipIf(!isRoot)(
  'on a read-only disk a seat works, says so, and brings everything home when the disk works again',
  async () => {
    const { directory, remount } = smallDisk();
    const first = await start(directory);
    const oldSound = await call(first, 'before');
    await first.close();
    await remount('ro');

    const away = await start(directory);
    expect(codesOf(away)).toContain('stand-in');
    expect(away.seat.view.value.seat).toBe(first.profile.seat);
    expect(away.profile.store.callRow('before')).toMatchObject({ workCode: 'order' });
    const newSound = await call(away, 'away');
    expect((await away.seat.recordings.open(oldSound)).seconds).toBeGreaterThan(2);
    await away.seat.saveSettings({ ...away.profile.settings, hookWhileWaiting: 'hold-and-answer' }, 'swordfish');
    await tryDisk(away);
    expect(lightOf(away)).toMatchObject({
      state: 'down',
      code: 'disk-read-only',
      detail: String(away.profile.standIn?.waiting()),
    });
    expect(away.profile.standIn?.waiting()).toBeGreaterThan(6);

    await remount('rw');
    await tryDisk(away);
    expect([lightOf(away).code, away.profile.standIn?.waiting()]).toEqual(['saved', 0]);
    await call(away, 'home again');
    expect(lightOf(away).code).toBe('saved');
    const kept = idsOf(away);
    await away.close();
    expect(leftStandIn(directory)).toBe(null);

    const last = await start(directory);
    expect(idsOf(last).slice(0, kept.length)).toEqual(kept);
    expect(['before', 'away', 'home again'].map((id) => last.profile.store.callRow(id)?.workCode)).toEqual([
      'order',
      'order',
      'order',
    ]);
    expect((await last.seat.recordings.open(newSound)).seconds).toBeGreaterThan(2);
    expect([last.profile.settings.hookWhileWaiting, last.profile.store.secret('sip-password')]).toEqual([
      'hold-and-answer',
      'swordfish',
    ]);
    expect(codesOf(last)).toEqual([]);
    await last.close();
  },
);

test.skipIf(!isRoot)(
  'a seat that died away from its disk goes on there, and the next start on a good disk has it all',
  async () => {
    const { directory, remount } = smallDisk();
    const first = await start(directory);
    await call(first, 'before');
    await first.close();
    await remount('ro');
    const away = await start(directory);
    await call(away, 'one');
    const kept = idsOf(away);
    // Its disk is still read-only: it ends with everything in the stand-in, as it would if it were killed.
    await away.close();
    expect(leftStandIn(directory)).not.toBe(null);

    const again = await start(directory);
    expect(idsOf(again).slice(0, kept.length)).toEqual(kept);
    await call(again, 'two');
    const all = idsOf(again);
    await again.close();
    await remount('rw');

    const last = await start(directory);
    expect(idsOf(last).slice(0, all.length)).toEqual(all);
    expect(lightOf(last).code).toBe('saved');
    expect(leftStandIn(directory)).toBe(null);
    await last.close();
  },
);

test('a folder whose files may not be written is worked beside too', async () => {
  const directory = temporaryDirectory();
  const first = await start(directory);
  await call(first, 'before');
  await first.close();
  if (isRoot) execFileSync('chattr', ['+i', profilePaths(directory).database]);
  else chmodSync(profilePaths(directory).database, 0o400);
  const writable = (): void => {
    if (isRoot) execFileSync('chattr', ['-i', profilePaths(directory).database]);
    else chmodSync(profilePaths(directory).database, 0o600);
  };
  try {
    const away = await start(directory);
    await call(away, 'away');
    expect(lightOf(away).code).toBe('disk-read-only');
    writable();
    await tryDisk(away);
    expect(lightOf(away).code).toBe('saved');
    await away.close();
  } finally {
    writable();
  }
  const last = await start(directory);
  expect(last.profile.store.callRow('away')?.workCode).toBe('order');
  await last.close();
});

test.skipIf(!isRoot)(
  'a disk that is full to the last block at start is worked beside, and gets everything when there is room',
  async () => {
    const { directory } = smallDisk();
    const first = await start(directory);
    await call(first, 'before');
    await first.close();
    const filler = join(directory, 'filler');
    rmSync(profilePaths(directory).reserve, { force: true });
    for (const size of [1024 * 1024, 4096]) {
      try {
        for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
      } catch (cause) {
        expect(cause).toMatchObject({ code: 'ENOSPC' });
      }
    }
    const away = await start(directory);
    await call(away, 'away');
    expect(lightOf(away).code).toBe('disk-read-only');
    rmSync(filler);
    await tryDisk(away);
    expect(lightOf(away).code).toBe('saved');
    await away.close();
    const last = await start(directory);
    expect(last.profile.store.callRow('away')?.workCode).toBe('order');
    await last.close();
  },
);

test('a folder that is not there and cannot be made is refused: a name typed wrong is no disk that fails', async () => {
  const outcome = await runSeat({
    firstNotices: [],
    directory: '/dev/null/profile',
    keys: fileKeyKeeper('/dev/null/profile/profile.key'),
    devices: noDevices,
    version: '1.0.0',
    isPractice: true,
    locale: 'en',
    log: () => {},
  });
  expect(outcome).toMatchObject({ kind: 'refused' });
});

test('a stand-in is for its owner alone: what others may write to, and a link, is not used', () => {
  const directory = temporaryDirectory();
  writeFileSync(profilePaths(directory).database, 'not to be read');
  const [open, linked, own] = [temporaryDirectory(), temporaryDirectory(), temporaryDirectory()];
  const made = standInFor(directory, 'EROFS', [own]);
  if (made.kind !== 'stand-in') throw new Error(made.kind);
  expect(statSync(made.directory).mode & 0o777).toBe(0o700);
  const name = basename(made.directory);
  mkdirSync(join(open, name));
  writeFileSync(join(open, name, 'hookline.db'), 'planted');
  chmodSync(join(open, name), 0o777);
  symlinkSync(made.directory, join(linked, name));
  expect([leftStandIn(directory, [open]), leftStandIn(directory, [linked])]).toEqual([null, null]);
  expect(standInFor(directory, 'EROFS', [open, linked, '/dev/null', '/no/such/place'])).toEqual({
    kind: 'none',
    why: 'EROFS',
  });
  expect(standInFor(directory, 'EROFS', [open, linked, own])).toEqual(made);
});

test.skipIf(!isRoot)(
  'what cannot be read is left out of the copy, and the log there is mended from the rest',
  async () => {
    const directory = temporaryDirectory();
    const first = await start(directory);
    await call(first, 'before');
    await first.close();
    const paths = profilePaths(directory);
    damagePage(paths.database, 3);
    execFileSync('mount', ['--bind', directory, directory]);
    onTestFinished(() => void execFileSync('umount', ['-l', directory]));
    execFileSync('mount', ['-o', 'remount,bind,ro', directory]);
    const away = await start(directory);
    expect(codesOf(away)).toEqual(['log-mended', 'stand-in']);
    await call(away, 'away');
    execFileSync('mount', ['-o', 'remount,bind,rw', directory]);
    await tryDisk(away);
    expect(lightOf(away).code).toBe('saved');
    const calls = ({ profile }: RunningSeat) => ['before', 'away'].map((id) => profile.store.callRow(id)?.workCode);
    expect(calls(away)).toEqual(['order', 'order']);
    await away.close();
    const last = await start(directory);
    expect(calls(last)).toEqual(['order', 'order']);
    expect(new Set(idsOf(last).map(([, id]) => id)).size).toBe(idsOf(last).length);
    await last.close();
  },
);
