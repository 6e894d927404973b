import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { UploadsView } from '../../../core/hub-view.ts';
import { type RunningHub, runHub } from '../../../hub/run-hub.ts';
import type { RunningSeat } from '../../../main/running-seat.ts';
import { ask, hubOptions, keyOf, newFolder } from '../../hub/some-hub.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { codeOf } from '../sync/some-seat-hub.ts';
import { startWholeSeat } from '../whole-seat.ts';
import { recordedChunks } from './recorded.ts';

/** A whole seat on a whole hub: sound is on its way while somebody talks, whatever the hub does meanwhile. */

async function until({ seat }: RunningSeat, is: (uploads: UploadsView) => boolean): Promise<void> {
  for await (const { uploads } of seat.view.watch()) if (is(uploads)) return;
}

test('a call goes up while it is recorded, over a hub that ends and comes back, and is whole there soon after its end', async () => {
  const place = newFolder();
  const startHub = async (port: number): Promise<RunningHub> => {
    const started = await runHub(hubOptions(place, { now: Date.now, port }));
    onTestFinished(() => started.stop());
    return started;
  };
  const first = await startHub(0);
  const directory = temporaryDirectory();
  const running = await startWholeSeat(directory);
  const { seat } = running;
  expect(await seat.hub.enrol(`${first.url} ${await codeOf(first)}`)).toMatchObject({ kind: 'enrolled' });

  const remote = { number: '6001', displayName: '' };
  seat.report({ kind: 'call-offered', at: 1, callId: 'c', remote, line: 'practice', sipCallId: '' });
  seat.report({ kind: 'call', callId: 'c', event: { kind: 'established', at: 2 } });
  const { recordingId } = await seat.recordings.begin('c');
  const talk = async (turn: number): Promise<void> => {
    for (const chunk of recordedChunks())
      await seat.recordings.append({ ...chunk, recordingId, atMs: chunk.atMs + turn * 10_000 });
  };
  await talk(0);
  await until(running, ({ bytesSent }) => bytesSent > 0);
  expect(seat.view.value.uploads.confirmed).toBe(0);

  await first.stop();
  await talk(1);
  await until(running, ({ state }) => state === 'hub-away');
  expect(seat.view.value.recording).toEqual({ c: 'recording' });
  const second = await startHub(Number(new URL(first.url).port));
  await talk(2);
  seat.uploads.networkBack();
  seat.report({ kind: 'call', callId: 'c', event: { kind: 'ended', at: 3, cause: 'hung-up-there' } });
  await seat.recordings.end(recordingId);
  await until(running, ({ confirmed }) => confirmed === 1);

  const own = createHash('sha256')
    .update(readFileSync(join(directory, 'recordings', `${recordingId}.hkrec`)))
    .digest('hex');
  const quality = await keyOf(second, 'quality');
  const { body } = await ask(second.url, 'GET', `/v1/recordings?seat=${running.profile.seat}`, quality);
  expect(body.rows).toMatchObject([{ recordingId, callId: 'c', isWhole: true, sha256: own }]);
  expect(await seat.uploads.places([recordingId])).toEqual([{ recordingId, state: 'at-hub', sentShare: 1 }]);
}, 120_000);
