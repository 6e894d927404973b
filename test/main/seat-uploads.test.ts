import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { UploadsView } from '../../core/hub-view.ts';
import type { JournalFact } from '../../core/journal.ts';
import type { Notice } from '../../core/notice.ts';
import { localCopyPolicy } from '../../core/settings.ts';
import { recordingVault } from '../../main/recordings/vault.ts';
import { type SeatUploads, type SeatUploadsPorts, seatUploads, type UploadLink } from '../../main/seat-uploads.ts';
import { fullReserve, profileKey, recordedChunks } from './recordings/recorded.ts';
import { type UploadHub, uploadHub } from './recordings/upload-hub.ts';
import { temporaryDirectory } from './store/temporary-directory.ts';

let hub: UploadHub;
let agent: Agent;
const running: SeatUploads[] = [];
beforeEach(async () => {
  hub = await uploadHub();
  agent = new Agent({ keepAlive: true });
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
  agent.destroy();
  await hub.close();
});

const good = { codec: 'opus', lossPercent: 0, jitterMs: 5, roundTripMs: 40, mos: 4.3 };
const linkOf = (hubId: string): UploadLink => ({
  address: hub.origin,
  hubId,
  agent,
  keyHeader: () => ({ authorization: 'Bearer key' }),
  wrapOf: async (recordingId) => `wrapped for ${recordingId}`,
});

/** A seat's vault and uploads on a folder; `changes` is told of each change of the view. */
function seatOn(directory: string, ports: Partial<SeatUploadsPorts> = {}) {
  const vault = recordingVault({ directory: join(directory, 'recordings'), profileKey, reserve: fullReserve });
  const live = new Set<string>();
  const facts: JournalFact[] = [];
  const notices: Notice[] = [];
  const watchers = new Set<() => void>();
  let changes = 0;
  const uploads = seatUploads({
    vault,
    directory,
    isLive: (recordingId) => live.has(recordingId),
    policy: () => localCopyPolicy.parse({}),
    diskShare: () => 0.5,
    random: () => 0,
    write: (fact) => facts.push(fact),
    tell: (notice) => notices.push(notice),
    changed: () => {
      changes += 1;
      for (const look of watchers) look();
    },
    newId: () => 'era',
    log: () => undefined,
    ...ports,
  });
  running.push(uploads);
  const record = async (recordingId: string, callId: string, isEnded = true): Promise<void> => {
    live.add(recordingId);
    await vault.begin(recordingId, callId, 1_234);
    for (const chunk of recordedChunks()) {
      await vault.append(recordingId, chunk);
      uploads.offer(recordingId);
    }
    if (!isEnded) return;
    live.delete(recordingId);
    await vault.end(recordingId);
    uploads.offer(recordingId);
  };
  const until = (is: (view: UploadsView) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!is(uploads.view())) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
    });
  const fileOf = (recordingId: string): string => join(directory, 'recordings', `${recordingId}.hkrec`);
  return { uploads, vault, live, facts, notices, record, until, fileOf, changes: () => changes };
}

const stateOf = async (uploads: SeatUploads, recordingId: string) =>
  (await uploads.places([recordingId])).map(({ state }) => state);

test('what was recorded before the seat joined, and what a crash left without an end, is sealed and sent; the hub is told of which call', async () => {
  const directory = temporaryDirectory();
  const before = seatOn(directory);
  await before.record('r1', 'call-1');
  await before.record('r2', 'call-2', false);
  appendFileSync(before.fileOf('r2'), Buffer.from('HKf1 and then the seat died'));
  expect(await before.uploads.places(['r1', 'r2', 'r3'])).toEqual([
    { recordingId: 'r1', state: 'here', sentShare: 0 },
    { recordingId: 'r2', state: 'here', sentShare: 0 },
  ]);
  expect(before.uploads.view().state).toBe('off');
  const told: string[] = [];
  hub.fault = ({ method, headers }) => {
    if (method === 'POST') told.push(String(headers['upload-metadata']));
    return false;
  };
  const { uploads, until, fileOf } = seatOn(directory);
  await uploads.join(linkOf('one'));
  await until((view) => view.confirmed === 2);
  for (const one of ['r1', 'r2']) {
    expect(readFileSync(fileOf(one)).equals(await hub.stored(one))).toBe(true);
    expect(await stateOf(uploads, one)).toEqual(['at-hub']);
  }
  const read = (text: string) =>
    Object.fromEntries(
      text.split(',').map((pair) => {
        const [key = '', value = ''] = pair.trim().split(' ');
        return [key, Buffer.from(value, 'base64').toString('utf8')];
      }),
    );
  expect(told.map(read).toSorted((a, b) => (String(a.recordingId) < String(b.recordingId) ? -1 : 1))).toEqual([
    { recordingId: 'r1', callId: 'call-1', startedAt: '1234', key: 'wrapped for r1' },
    { recordingId: 'r2', callId: 'call-2', startedAt: '1234', key: 'wrapped for r2' },
  ]);
}, 30_000);

test('a call is on its way while it is recorded, and whole soon after its end', async () => {
  const { uploads, vault, live, until, record, fileOf } = seatOn(temporaryDirectory());
  await uploads.join(linkOf('one'));
  await record('r1', 'call-1', false);
  await until((view) => view.bytesSent > 0);
  expect(uploads.view().confirmed).toBe(0);
  expect(vault.syncedBytes('r1')).not.toBeNull();
  live.delete('r1');
  await vault.end('r1');
  uploads.offer('r1');
  await until((view) => view.confirmed === 1);
  expect(readFileSync(fileOf('r1')).equals(await hub.stored('r1'))).toBe(true);
  expect(hub.seen.filter((line) => line.startsWith('POST'))).toHaveLength(1);
}, 30_000);

test('a pause is kept over a restart; what waits says so, and goes on afterwards', async () => {
  const directory = temporaryDirectory();
  const first = seatOn(directory);
  await first.uploads.setPaused(true);
  await first.uploads.join(linkOf('one'));
  await first.record('r1', 'call-1');
  await first.until((view) => view.state === 'paused');
  expect(await stateOf(first.uploads, 'r1')).toEqual(['waiting']);
  await first.uploads.close();
  const second = seatOn(directory);
  await second.uploads.join(linkOf('one'));
  await second.until((view) => view.state === 'paused');
  expect(hub.seen).toEqual([]);
  await second.uploads.setPaused(false);
  await second.until((view) => view.confirmed === 1);
}, 30_000);

test('uploads wait while the road of a call is strained, and for no call that ended', async () => {
  const { uploads, until, record } = seatOn(temporaryDirectory());
  const heard = (callId: string, roundTripMs: number) =>
    uploads.heard({ kind: 'quality', callId, at: 1, report: { ...good, roundTripMs } });
  heard('c', 40);
  heard('c', 400);
  await record('r1', 'call-1');
  await uploads.join(linkOf('one'));
  await until((view) => view.state === 'voice-first');
  expect(hub.seen).toEqual([]);
  uploads.heard({ kind: 'call', callId: 'c', event: { kind: 'ended', at: 2, cause: 'hung-up-here' } });
  await until((view) => view.confirmed === 1);
}, 30_000);

test('what one hub has says nothing about another: the next is sent everything that is still here', async () => {
  const { uploads, until, record } = seatOn(temporaryDirectory());
  await record('r1', 'call-1');
  await uploads.join(linkOf('one'));
  await until((view) => view.confirmed === 1);
  await uploads.leave();
  expect([uploads.view().state, await stateOf(uploads, 'r1')]).toEqual(['off', ['here']]);
  await hub.loseAll();
  await uploads.join(linkOf('two/../three'));
  await until((view) => view.confirmed === 1);
  expect(await stateOf(uploads, 'r1')).toEqual(['at-hub']);
}, 30_000);

test('on a full disk what is at the hub goes, what is not stays; a copy the hub spoiled is sent again instead', async () => {
  const share = { of: 0.5 };
  const { uploads, until, record, fileOf, facts, notices } = seatOn(temporaryDirectory(), {
    diskShare: () => share.of,
  });
  await record('r1', 'call-1');
  await record('r2', 'call-2');
  await uploads.join(linkOf('one'));
  await until((view) => view.confirmed === 2);
  await hub.spoil('r2');
  hub.fault = ({ method }, response) => {
    if (method !== 'POST') return false;
    response.writeHead(503, { 'Tus-Resumable': '1.0.0' }).end();
    return true;
  };
  await record('r3', 'call-3');
  share.of = 0.95;
  await uploads.lookAfterCopies();
  expect(['r1', 'r2', 'r3'].map((one) => existsSync(fileOf(one)))).toEqual([false, true, true]);
  expect(facts).toMatchObject([
    { kind: 'recording-removed', body: { callId: 'call-1', recordingId: 'r1', reason: 'disk-full' } },
  ]);
  expect(notices).toEqual([{ code: 'recordings-let-go', detail: '1' }]);
  expect(await stateOf(uploads, 'r1')).toEqual(['removed']);
  hub.fault = () => false;
  uploads.networkBack();
  await until((view) => view.confirmed === 4);
  expect(readFileSync(fileOf('r2')).equals(await hub.stored('r2'))).toBe(true);
}, 30_000);

test('the view changes a few times a second, however many chunks go up', async () => {
  const { uploads, until, record, changes } = seatOn(temporaryDirectory());
  for (const id of ['r1', 'r2', 'r3', 'r4', 'r5']) await record(id, id);
  const began = performance.now();
  await uploads.join(linkOf('one'));
  await until((view) => view.confirmed === 5);
  const seconds = (performance.now() - began) / 1_000;
  // Each state is told at once: off, idle, sending, idle; numbers twice a second.
  expect(changes()).toBeLessThanOrEqual(8 + 2 * Math.ceil(seconds));
}, 30_000);
