import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createKey } from '../../../hub/keys/key-table.ts';
import { openSiteKeys } from '../../../hub/listening/site-keys.ts';
import { askFor, confirm } from '../../../hub/retention/two-people.ts';
import type { RunningHub } from '../../../hub/run-hub.ts';
import { type HubMemory, hubMemory } from '../../../main/recordings/hub-memory.ts';
import { startRecordingCare } from '../../../main/recordings/recording-care.ts';
import { recordingKeys } from '../../../main/recordings/recording-keys.ts';
import type { SecretName } from '../../../main/seat-ports.ts';
import { openHubLink } from '../../../main/sync/hub-link.ts';
import { seatWithSound } from '../../hub/listening/seat-with-sound.ts';
import { newFolder, noon, startHub } from '../../hub/some-hub.ts';
import { quickTiming } from '../sync/sync-rig.ts';
import { profileKey } from './recorded.ts';

/** A store's secrets, in memory. */
function secrets() {
  const kept = new Map<SecretName, string>();
  return {
    secret: (name: SecretName) => kept.get(name) ?? null,
    setSecret: (name: SecretName, value: string | null) => {
      if (value === null) kept.delete(name);
      else kept.set(name, value);
    },
  };
}

async function hubIdOf({ parts }: RunningHub): Promise<string> {
  return (await parts.database.tables.selectFrom('hub').select('hub_id').executeTakeFirstOrThrow()).hub_id;
}

/** The care of a seat at a hub, ended with the test. */
async function careOf(hub: RunningHub, seat: { key: string; directory: string }, memory: HubMemory) {
  const said: string[] = [];
  const erased: string[] = [];
  const live = new Set<string>();
  const heard = new Set<() => void>();
  const tell = (): void => {
    for (const look of heard) look();
  };
  const link = openHubLink({
    address: hub.url,
    pins: [],
    hubId: await hubIdOf(hub),
    seat: 'seat-1',
    key: seat.key,
    now: () => noon,
  });
  const care = startRecordingCare({
    link,
    memory: {
      ...memory,
      setPin: (pin) => {
        memory.setPin(pin);
        tell();
      },
    },
    keys: recordingKeys({
      directory: seat.directory,
      profileKey,
      seat: 'seat-1',
      pin: memory.pin,
      log: () => undefined,
    }),
    isLive: (recordingId) => live.has(recordingId),
    onErased: async ({ recordingId, callId }) => {
      erased.push(`${recordingId} ${callId}`);
      tell();
    },
    timing: quickTiming,
    log: (_level, message) => {
      said.push(message);
      tell();
    },
  });
  onTestFinished(async () => {
    await care.close();
    link.close();
  });
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = (): void => {
        if (!isSo()) return;
        heard.delete(look);
        resolve();
      };
      heard.add(look);
      look();
    });
  return { care, said, erased, live, until };
}

async function eraseAt({ parts }: RunningHub, recordingId: string): Promise<void> {
  const one = await createKey(parts, { id: 'rig', role: 'administrator' }, { name: 'one', role: 'supervisor' });
  const two = await createKey(parts, { id: 'rig', role: 'administrator' }, { name: 'two', role: 'supervisor' });
  const wish = { what: 'erase', seat: 'seat-1', recordingId } as const;
  const asked = await askFor(parts, { id: one.keyId, role: 'supervisor' }, { wish, reason: 'a reason' });
  if (asked.kind !== 'asked') throw new Error(asked.why);
  const done = await confirm(parts, { id: two.keyId, role: 'supervisor' }, asked.requestId);
  expect(done.kind).toBe('done');
}

test('a seat learns its hub’s key, keeps it over restarts, and takes a new one that the same hub signed', async () => {
  const hub = await startHub(newFolder());
  const seat = await seatWithSound(hub, 'seat-1', false);
  const store = secrets();
  const memory = hubMemory(store);
  expect(memory.pin()).toBe(null);
  const { care, until } = await careOf(hub, seat, memory);
  await until(() => memory.pin() !== null);
  const first = hubMemory(store).pin();
  await (await openSiteKeys(hub.parts, null)).rotate({ id: 'x', role: 'administrator' });
  care.lookAgain();
  await until(() => memory.pin()?.recordingKey.generation === 2);
  expect(memory.pin()?.identityKey).toBe(first?.identityKey);
});

test('what the hub erased is destroyed here, each once, also after a restart; one still being recorded waits', async () => {
  const hub = await startHub(newFolder());
  const seat = await seatWithSound(hub, 'seat-1');
  for (const id of ['r1', 'r2', 'r3']) {
    await seat.record(id);
    await seat.send(id);
  }
  const memory = hubMemory(secrets());
  await eraseAt(hub, 'r2');
  const here = (id: string) => existsSync(join(seat.directory, `${id}.hkrec`));
  const first = await careOf(hub, seat, memory);
  await first.until(() => first.erased.length === 1);
  expect([first.erased, here('r1'), here('r2')]).toEqual([['r2 call-of-r2'], true, false]);
  await first.care.close();

  await eraseAt(hub, 'r1');
  await eraseAt(hub, 'r3');
  const second = await careOf(hub, seat, memory);
  second.live.add('r3');
  await second.until(() => second.erased.length === 1);
  expect([second.erased, here('r3')]).toEqual([['r1 call-of-r1'], true]);
  second.live.delete('r3');
  second.care.lookAgain();
  await second.until(() => second.erased.includes('r3 call-of-r3'));
  expect(here('r3')).toBe(false);
  expect(second.erased).toEqual(['r1 call-of-r1', 'r3 call-of-r3']);
});

test('a hub that answers with another identity is not believed: what was pinned holds, and it is said once', async () => {
  const hub = await startHub(newFolder());
  const seat = await seatWithSound(hub, 'seat-1', false);
  const memory = hubMemory(secrets());
  const first = await careOf(hub, seat, memory);
  await first.until(() => memory.pin() !== null);
  await first.care.close();
  const pinned = memory.pin();
  // Somebody who can write the database puts an identity and a key of his own there.
  const { tables } = hub.parts.database;
  await tables.deleteFrom('recording_key_pair').execute();
  await tables.deleteFrom('site_identity').execute();
  await openSiteKeys(hub.parts, null);
  const { said, until, care } = await careOf(hub, seat, memory);
  await until(() => said.some((message) => message.includes('another-identity')));
  expect(memory.pin()).toEqual(pinned);
  await seat.record('r1');
  expect(await care.wrapOf('r1')).toContain(pinned?.recordingKey.keyId);
});
