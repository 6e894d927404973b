import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { siteAnswer } from '../../../core/hub-recordings-api.ts';
import { readHubOptions } from '../../../hub/hub-options.ts';
import { openSiteKeys, SiteKeyProblem } from '../../../hub/listening/site-keys.ts';
import { runHub } from '../../../hub/run-hub.ts';
import { judgeHubKey } from '../../../recording/hub-key-pin.ts';
import { wrapForHub } from '../../../recording/hub-wrap.ts';
import { startDyingHub } from '../hub-process.ts';
import { ask, hubOptions, keyOf, newFolder, onBothDatabases, seatKey, startHub } from '../some-hub.ts';
import { seatWithSound, sound } from './seat-with-sound.ts';

function keyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-keys-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const recordingKey = Uint8Array.from({ length: 32 }, (_, index) => index);
const place = { seat: 'seat-1', recordingId: 'r1' };

onBothDatabases((newPlace) => {
  test('three hubs that start at once on one database tell every role the same key, signed by the same identity', async () => {
    const database = await newPlace();
    const hubs = await Promise.all([1, 2, 3].map(() => startDyingHub(database, 0)));
    const hub = await startHub(database);
    const seat = await seatKey(hub, 'seat-1');
    const said = await Promise.all(
      [hub, ...hubs].map(async ({ url }) => (await ask(url, 'GET', '/v1/site', seat)).body),
    );
    for (const other of hubs) other.kill();
    await Promise.all(hubs.map(({ ended }) => ended));
    expect(new Set(said.map(({ recordingKey: { keyId } }) => keyId)).size).toBe(1);
    const read = siteAnswer.parse(said[0]);
    expect(judgeHubKey(null, read.hubId, read).kind).toBe('taken');
    for (const role of ['agent', 'attendant', 'supervisor', 'quality', 'administrator', 'auditor'] as const)
      expect((await ask(hub.url, 'GET', '/v1/site', await keyOf(hub, role))).status).toBe(200);
    expect((await ask(hub.url, 'GET', '/v1/site', null)).status).toBe(401);
  });

  test('a new key pair is taken by seats because the same identity signed it; the old one opens what is there', async () => {
    const hub = await startHub(await newPlace());
    const { parts } = hub;
    const keys = await openSiteKeys(parts, null);
    const before = await keys.about();
    const taken = judgeHubKey(null, before.hubId, before);
    if (taken.kind !== 'taken') throw new Error(taken.kind);
    const old = wrapForHub(recordingKey, place, before.recordingKey);
    await keys.rotate({ id: 'command-line', role: 'administrator' });
    const after = await keys.about();
    expect(after.recordingKey.generation).toBe(2);
    expect(judgeHubKey(taken.pin, before.hubId, after)).toMatchObject({ kind: 'taken' });
    // And never back.
    const newer = judgeHubKey(taken.pin, before.hubId, after);
    if (newer.kind !== 'taken') throw new Error(newer.kind);
    expect(judgeHubKey(newer.pin, before.hubId, before)).toEqual({ kind: 'refused', why: 'older' });
    const next = wrapForHub(recordingKey, place, after.recordingKey);
    for (const wrapped of [old, next])
      expect(await keys.unwrap(wrapped ?? '', place)).toEqual(Buffer.from(recordingKey));
    expect(await keys.unwrap(old ?? '', { ...place, recordingId: 'r2' })).toBe(null);
    const lines = await parts.database.tables.selectFrom('audit_line').select('action').execute();
    expect(lines).toEqual([{ action: 'recording-key-rotated' }]);
  });

  test('with a key file the database gives no private key; without it, or with another, the hub says so and does not start', async () => {
    const database = await newPlace();
    const path = join(keyFolder(), 'site.key');
    const first = await runHub(hubOptions(database, { recordingKeyFile: path }));
    const wrapped = wrapForHub(
      recordingKey,
      place,
      (await (await openSiteKeys(first.parts, path)).about()).recordingKey,
    );
    const { tables } = first.parts.database;
    const rows = await tables.selectFrom('recording_key_pair').select('private_key').execute();
    const identity = await tables.selectFrom('site_identity').select('private_key').execute();
    for (const { private_key: text } of [...rows, ...identity]) expect(text).toMatch(/^sealed:/);
    await first.stop();
    expect(statSync(path).mode & 0o777).toBe(0o600);

    await expect(runHub(hubOptions(database))).rejects.toThrow('HOOKLINE_HUB_RECORDING_KEY');
    const secret = readFileSync(path, 'utf8');
    writeFileSync(path, `${'ab'.repeat(32)}\n`);
    await expect(runHub(hubOptions(database, { recordingKeyFile: path }))).rejects.toThrow(SiteKeyProblem);
    writeFileSync(path, 'not a key');
    await expect(runHub(hubOptions(database, { recordingKeyFile: path }))).rejects.toThrow('64 hex digits');
    rmSync(path);
    await expect(runHub(hubOptions(database, { recordingKeyFile: path }))).rejects.toThrow('Put it back');
    writeFileSync(path, secret);
    const again = await startHub(database, { recordingKeyFile: path });
    expect(await (await openSiteKeys(again.parts, path)).unwrap(wrapped ?? '', place)).toEqual(
      Buffer.from(recordingKey),
    );
  });

  test('a hub that gets a key file later seals what lay open, and plays on', async () => {
    const database = await newPlace();
    const folder = newFolder();
    if (folder.kind !== 'folder') throw new Error('not a folder');
    const recordings = { kind: 'folder', path: folder.path } as const;
    const open = await runHub(hubOptions(database, { recordings }));
    const one = await seatWithSound(open, 'seat-1');
    await one.record('r1');
    await one.send('r1');
    await open.stop();
    const path = join(keyFolder(), 'site.key');
    const sealed = await startHub(database, { recordings, recordingKeyFile: path });
    const rows = await sealed.parts.database.tables.selectFrom('recording_key_pair').select('private_key').execute();
    for (const { private_key: text } of rows) expect(text).toMatch(/^sealed:/);
    expect((await sound(sealed, await keyOf(sealed, 'quality'), 'seat-1/r1')).status).toBe(200);
  });
});

test('the key file is named in the environment alone', () => {
  const read = readHubOptions(['--data', '/srv/hub'], { HOOKLINE_HUB_RECORDING_KEY: '/etc/hookline/site.key' });
  expect('error' in read ? read.error : read.recordingKeyFile).toBe('/etc/hookline/site.key');
  const without = readHubOptions(['--data', '/srv/hub'], {});
  expect('error' in without ? without.error : without.recordingKeyFile).toBe(null);
  expect(readHubOptions(['audit-accept'], {})).toEqual({ error: 'audit-accept wants --reason TEXT' });
});
