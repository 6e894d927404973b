import { spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { equipmentList } from '../../../core/equipment.ts';
import { clockHealth } from '../../../main/cli/clock-health.ts';
import { equipmentHealth } from '../../../main/cli/equipment-health.ts';
import { openProfile } from '../../../main/open-profile.ts';
import { fileKeyKeeper } from '../../../main/store/profile-key.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import { enrolmentSecret } from '../../../main/sync/kept-enrolment.ts';
import { ask, newFolder, seatKey, startHub } from '../../hub/some-hub.ts';
import { callFacts } from '../store/facts.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';

const program = new URL('../../../main/cli/hookline.ts', import.meta.url).pathname;
const day = 86_400_000;
const now = Date.UTC(2026, 10, 22, 12);

/** A profile with one call in its log; written at a wall-clock time, and joined to a hub when one is named. */
async function profileWith({
  at = Date.now(),
  hub,
}: {
  readonly at?: number;
  readonly hub?: (seat: string) => Promise<object>;
}) {
  const directory = temporaryDirectory();
  const opened = await openProfile({
    directory,
    keys: fileKeyKeeper(profilePaths(directory).key),
    log: () => undefined,
  });
  if (opened.kind === 'refused') throw new Error(opened.detail);
  const { store, seat } = opened.profile;
  store.appendAll(callFacts(1).map((fact) => ({ fact, at })));
  if (hub !== undefined) store.setSecret(enrolmentSecret, JSON.stringify(await hub(seat)));
  const entries = store.journal.after(0, 100);
  await opened.profile.close();
  return { directory, seat, entries };
}

/** The real command; its exit code, and what it found of some parts. */
async function doctor(directory: string, ...parts: readonly string[]) {
  const child = spawn(process.execPath, [program, 'doctor', '--profile', directory, '--json'], {
    env: { ...process.env, HOOKLINE_CHROMIUM: process.execPath },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { findings } = JSON.parse(await text(child.stdout));
  const found: readonly { part: string; state: string; sentence: string }[] = findings;
  return found
    .filter(({ part }) => parts.includes(part))
    .map(({ part, state, sentence }) => `${part} ${state}: ${sentence}`);
}

const evidence = { now, newestAt: now - 60_000, timeZone: 'Asia/Shanghai', isSynced: true };

test.each([
  ['right', {}, ['good']],
  ['just after a small step back', { newestAt: now + 60_000 }, ['good']],
  ['in 1970', { now: 0 }, ['bad']],
  ['in 2038', { now: Date.UTC(2038, 0, 19) }, ['bad']],
  ['set back an hour', { newestAt: now + 3_600_000 }, ['bad']],
  ['set back a day', { newestAt: now + day }, ['bad']],
  ['far ahead, or the seat was left', { newestAt: now - 90 * day }, ['warning']],
  ['not kept by the network', { isSynced: false }, ['warning']],
  ['in a zone nobody knows', { timeZone: 'Nowhere/Land' }, ['warning']],
  ['of a seat without a log', { newestAt: null, isSynced: null }, ['good']],
])('a clock that is %s', (_what, change, states) => {
  expect(clockHealth({ ...evidence, ...change }).map(({ state }) => state)).toEqual(states);
});

test('equipment that is set up and not there is named with what to do', async () => {
  const list = equipmentList.parse([
    { id: 'desk', use: 'message-desk', port: { path: '/dev/ttyNOT1' } },
    { id: 'log', use: 'call-records', layout: 'no-such-layout', source: { kind: 'file', path: '/no/such/file' } },
    {
      id: 'lamp',
      use: 'panel',
      port: { path: '/dev/ttyNOT2', vendorId: '0403', productId: '6001' },
      profile: 'no-such-profile',
    },
  ]);
  const found = await equipmentHealth(list, [], temporaryDirectory());
  expect(found.map(({ state }) => state)).toEqual(['bad', 'bad', 'bad', 'bad', 'bad']);
  const adapter = { path: '/dev/ttyUSB7', manufacturer: '', vendorId: '0403', productId: '6001', serialNumber: 'A1' };
  const moved = await equipmentHealth(list.slice(2), [adapter], temporaryDirectory());
  expect(moved.map(({ sentence }) => sentence)).toEqual([
    expect.stringContaining('no serial profile "no-such-profile"'),
  ]);
  expect(await equipmentHealth([], [], temporaryDirectory())).toMatchObject([{ state: 'good' }]);
});

test('by the command: a clock set back, equipment that is gone, and a disk that takes nothing', {
  timeout: 60_000,
}, async () => {
  const { directory } = await profileWith({ at: Date.now() + day });
  const equipment = [{ id: 'desk', use: 'message-desk', port: { path: '/dev/ttyNOT1' } }];
  writeFileSync(join(directory, 'settings.json'), JSON.stringify({ equipment }));
  expect(await doctor(directory, 'clock', 'equipment')).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^clock bad: .*It was set back/),
      expect.stringMatching(/^equipment bad: desk \(message-desk\): its port \/dev\/ttyNOT1 is not there/),
    ]),
  );
  expect(await doctor(directory, 'disk')).not.toContainEqual(expect.stringContaining('takes nothing'));
});

test('by the command: a seat of its own, a hub in step, behind, ahead, with another log, that knows no key, and away', {
  timeout: 120_000,
}, async () => {
  expect(await doctor((await profileWith({})).directory, 'hub')).toEqual(['hub good: This seat belongs to no hub.']);
  const hub = await startHub(newFolder(), { now: Date.now });
  const join = async (seat: string) => ({
    address: hub.url,
    pins: [],
    enrolledAt: 1,
    hubId: 'hub',
    seat,
    key: await seatKey(hub, seat),
  });
  const said = async (push: (entries: readonly object[]) => readonly object[]) => {
    let key = '';
    const profile = await profileWith({
      hub: async (seat) => {
        const enrolment = await join(seat);
        key = enrolment.key;
        return enrolment;
      },
    });
    const entries = push(profile.entries);
    if (entries.length > 0) await ask(hub.url, 'POST', '/v1/journal', key, { firstSeq: 1, entries });
    return doctor(profile.directory, 'hub', 'hub clock', 'hub certificate');
  };
  const count = 6;
  expect(await said((entries) => entries)).toEqual([
    `hub good: ${hub.url} answers and knows this seat; everything of the log is there.`,
  ]);
  expect(await said(() => [])).toEqual([expect.stringContaining(`${count} entries wait to go up`)]);
  expect(await said((entries) => [...entries, { kind: 'from-the-future', seq: count + 1 }])).toEqual([
    expect.stringMatching(/^hub bad: The hub holds 1 entries more than this log/),
    expect.stringMatching(/^hub warning: The hub set 1 entries of this seat aside/),
  ]);
  expect(
    await said((entries) =>
      entries.map((entry, index) =>
        index === count - 1 ? { ...entry, id: '01890000-0000-7000-8000-00000000ffff' } : entry,
      ),
    ),
  ).toEqual([expect.stringMatching(/^hub bad: The hub holds another entry under number 6/)]);
  const stranger = await profileWith({ hub: async (seat) => ({ ...(await join(seat)), key: 'x'.repeat(20) }) });
  expect(await doctor(stranger.directory, 'hub')).toEqual([expect.stringMatching(/^hub bad: .*does not know the key/)]);
  const lonely = await profileWith({ hub: async (seat) => ({ ...(await join(seat)), address: 'http://127.0.0.1:9' }) });
  expect(await doctor(lonely.directory, 'hub')).toEqual([expect.stringMatching(/^hub warning: .*does not answer/)]);
});

test('by the command: a hub whose clock is another', { timeout: 60_000 }, async () => {
  const server = createServer((request, response) => {
    response.setHeader('date', new Date(Date.now() + 3 * 3_600_000).toUTCString());
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url?.endsWith('/standing') ? { lastSeq: 0, setAsideCount: 0 } : {}));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { directory } = await profileWith({
    hub: async (seat) => ({
      address: `http://127.0.0.1:${port}`,
      pins: [],
      enrolledAt: 1,
      hubId: 'hub',
      seat,
      key: 'k'.repeat(20),
    }),
  });
  expect(await doctor(directory, 'hub clock')).toEqual([
    expect.stringMatching(/^hub clock warning: .*3 hours apart|^hub clock warning: .*180 minutes apart/),
  ]);
});

test('by the command: a recording whose seat died in it is a warning, its wrapped key that is torn another', {
  timeout: 60_000,
}, async () => {
  const { directory } = await profileWith({});
  const opened = await openProfile({
    directory,
    keys: fileKeyKeeper(profilePaths(directory).key),
    log: () => undefined,
  });
  if (opened.kind === 'refused') throw new Error(opened.detail);
  await opened.profile.vault.begin('recording-9', 'call-9', 1);
  await opened.profile.close();
  const { recordings } = profilePaths(directory);
  writeFileSync(join(recordings, 'recording-9.hkkey'), '{"hubId":');
  chmodSync(join(recordings, 'recording-9.hkkey'), 0o600);
  expect(await doctor(directory, 'recordings')).toEqual([
    expect.stringMatching(/^recordings warning: recording-9.hkrec has no end/),
    expect.stringMatching(/^recordings warning: The key of recording-9 wrapped for the hub is damaged/),
  ]);
});
