import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createKey } from '../../../hub/keys/key-table.ts';
import { askFor, confirm } from '../../../hub/retention/two-people.ts';
import type { RunningHub } from '../../../hub/run-hub.ts';
import type { RunningSeat } from '../../../main/running-seat.ts';
import { sound } from '../../hub/listening/seat-with-sound.ts';
import { ask, keyOf, newFolder, startHub } from '../../hub/some-hub.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { codeOf } from '../sync/some-seat-hub.ts';
import { startWholeSeat } from '../whole-seat.ts';
import { recordedChunks } from './recorded.ts';

/** A call that is recorded; its recording. */
async function call({ seat }: RunningSeat, callId: string): Promise<string> {
  const at = Date.now();
  const remote = { number: '6001', displayName: '' };
  seat.report({ kind: 'call-offered', at, callId, remote, line: 'practice', sipCallId: '' });
  seat.report({ kind: 'call', callId, event: { kind: 'established', at } });
  const { recordingId } = await seat.recordings.begin(callId);
  for (const chunk of recordedChunks()) await seat.recordings.append({ recordingId, ...chunk });
  seat.report({ kind: 'call', callId, event: { kind: 'ended', at: at + 1, cause: 'hung-up-there' } });
  await seat.recordings.end(recordingId);
  return recordingId;
}

async function eraseAt({ parts }: RunningHub, seat: string, recordingId: string): Promise<void> {
  const people = await Promise.all(
    ['one', 'two'].map((name) => createKey(parts, { id: 'rig', role: 'x' }, { name, role: 'supervisor' })),
  );
  const [asker, confirmer] = people.map(({ keyId }) => ({ id: keyId, role: 'supervisor' }));
  if (asker === undefined || confirmer === undefined) throw new Error('nobody');
  const asked = await askFor(parts, asker, {
    wish: { what: 'erase', seat, recordingId },
    reason: 'the customer asked',
  });
  if (asked.kind !== 'asked') throw new Error(asked.why);
  expect((await confirm(parts, confirmer, asked.requestId)).kind).toBe('done');
}

test('a whole seat and its hub: heard there when the laptop is gone; erased there, destroyed here', async () => {
  const hub = await startHub(newFolder(), { now: Date.now });
  const directory = temporaryDirectory();
  let running = await startWholeSeat(directory);
  const name = running.profile.seat;
  // One of before it joined, one after, and one while the hub is not asked anything.
  const before = await call(running, 'call-1');
  expect(await running.seat.hub.enrol(`${hub.url} ${await codeOf(hub)}`)).toMatchObject({ kind: 'enrolled' });
  const after = await call(running, 'call-2');
  const quality = await keyOf(hub, 'quality');
  const rows = async () => {
    const { body } = await ask(hub.url, 'GET', `/v1/recordings?seat=${name}`, quality);
    return body.rows
      .map(({ recordingId, callId, key, isWhole }: Record<string, string>) => ({ recordingId, callId, key, isWhole }))
      .toSorted((a: { callId: string }, b: { callId: string }) => (a.callId < b.callId ? -1 : 1));
  };
  await expect.poll(rows, { timeout: 60_000, interval: 250 }).toEqual([
    { recordingId: before, callId: 'call-1', key: 'held', isWhole: true },
    { recordingId: after, callId: 'call-2', key: 'held', isWhole: true },
  ]);
  const third = await call(running, 'call-3');
  expect(existsSync(join(directory, 'recordings', `${third}.hkkey`))).toBe(true);

  await eraseAt(hub, name, after);
  await running.close();
  running = await startWholeSeat(directory);
  await expect
    .poll(() => readdirSync(join(directory, 'recordings')).some((file) => file.startsWith(after)), { timeout: 30_000 })
    .toBe(false);
  await expect
    .poll(async () => (await running.seat.uploads.places([after]))[0]?.state, { timeout: 10_000 })
    .toBe('erased');
  const told = running.profile.store.journal
    .after(0, 1_000)
    .filter(({ kind }) => kind === 'recording-removed')
    .map(({ body }) => body);
  expect(told).toEqual([{ callId: 'call-2', recordingId: after, reason: 'erased', sha256: '' }]);
  expect((await sound(hub, quality, `${name}/${after}`)).status).toBe(410);

  // The laptop goes under the tram.
  await expect.poll(rows, { timeout: 60_000, interval: 250 }).toHaveLength(3);
  await expect
    .poll(async () => (await rows()).every(({ isWhole }: { isWhole: boolean }) => isWhole), { timeout: 60_000 })
    .toBe(true);
  await running.close();
  rmSync(directory, { recursive: true });
  for (const recordingId of [before, third]) {
    const heard = await sound(hub, quality, `${name}/${recordingId}`);
    expect([heard.status, heard.headers.get('hookline-complete')]).toEqual([200, 'yes']);
  }
}, 180_000);
