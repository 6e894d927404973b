import { expect, test } from 'vitest';
import { verifyAudit } from '../../../hub/audit/audit-table.ts';
import { type HubRecordings, hubRecordings } from '../../../hub/hub-recordings.ts';
import { openRecordingStore, placeBeside } from '../../../hub/recordings/recording-place.ts';
import type { RunningHub } from '../../../hub/run-hub.ts';
import { startDyingHub } from '../hub-process.ts';
import { ask, keyOf, newFolder, startHub } from '../some-hub.ts';
import { type SeatWithSound, seatWithSound, sound } from './seat-with-sound.ts';

/** What is done here has fewer statements than this: a loop that gets here kills nothing any more. */
const statementsMax = 80;
/** Each life is a process, so here every few statements; HOOKLINE_KILL_STEP=1 takes every one. */
const step = Number(process.env.HOOKLINE_KILL_STEP ?? 5);

/** Everything a hub does with recordings beside taking them, over the same data. */
async function houseOf(hub: RunningHub, place: ReturnType<typeof newFolder>): Promise<HubRecordings> {
  const beside = placeBeside(place);
  if (beside === null) throw new Error('no place');
  return hubRecordings(hub.parts, {
    store: await openRecordingStore(beside),
    keyFile: null,
    monotonicMs: () => performance.now(),
    onFault: (cause) => {
      throw cause;
    },
    onStopped: () => undefined,
  });
}

/** What came of a request to a hub that may die under it; null: it died. */
async function orDead<Value>(work: () => Promise<Value>): Promise<Value | null> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof TypeError) return null;
    if (cause instanceof Error && 'code' in cause && /ECONN|EPIPE/.test(String(cause.code))) return null;
    throw cause;
  }
}

/** The same seat, sending to another hub on the same data. */
function sendingTo(seat: SeatWithSound, url: string): SeatWithSound {
  return { ...seat, send: (recordingId) => seat.sendTo(url, recordingId) };
}

async function rowsOf({ parts }: RunningHub, recordingId: string) {
  const { tables } = parts.database;
  const rows = await tables.selectFrom('recording').selectAll().where('recording_id', '=', recordingId).execute();
  const keys = await tables.selectFrom('recording_key').selectAll().where('recording_id', '=', recordingId).execute();
  const lines = await tables
    .selectFrom('audit_line')
    .select('action')
    .where('subject', '=', `seat-1/${recordingId}`)
    .execute();
  return { rows, keys, actions: lines.map(({ action }) => action) };
}

test('killed after each statement of an upload: one row, one key, all of the sound, whoever finds it', async () => {
  const place = newFolder();
  const living = await startHub(place);
  const house = await houseOf(living, place);
  const seat = await seatWithSound(living, 'seat-1');
  const quality = await keyOf(living, 'quality');
  for (let dieAfter = 1; ; dieAfter += step) {
    expect(dieAfter).toBeLessThan(statementsMax);
    const id = `r${dieAfter}`;
    await seat.record(id);
    const dying = await startDyingHub(place, dieAfter);
    const sent = await orDead(() =>
      sendingTo(seat, dying.url)
        .send(id)
        .then(() => true),
    );
    // The hub that starts next finds what this one did not write down; then the seat goes on.
    if (sent === null) expect(await dying.ended).toBe('SIGKILL');
    await house.register?.catchUp();
    await seat.finish(id);
    await house.register?.catchUp();
    const { rows, keys } = await rowsOf(living, id);
    expect(rows).toMatchObject([
      { key_state: 'held', erased_at: null, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect(keys).toHaveLength(1);
    expect((await sound(living, quality, `seat-1/${id}`, {}, 'HEAD')).status).toBe(200);
    if (sent === true) {
      dying.kill();
      await dying.ended;
      break;
    }
  }
  house.close();
}, 180_000);

test('killed after each statement of an erasure: all of it or nothing, the trail holds, and the next one does it', async () => {
  const place = newFolder();
  const living = await startHub(place);
  const house = await houseOf(living, place);
  const seat = await seatWithSound(living, 'seat-1');
  const [one, two] = [await keyOf(living, 'supervisor'), await keyOf(living, 'administrator')];
  let half = 0;
  for (let dieAfter = 1; ; dieAfter += step) {
    expect(dieAfter).toBeLessThan(statementsMax);
    const id = `r${dieAfter}`;
    await seat.record(id);
    await seat.send(id);
    const wish = { what: 'erase', seat: 'seat-1', recordingId: id };
    const asked = await ask(living.url, 'POST', '/v1/requests', one, { wish, reason: 'the customer asked' });
    const path = `/v1/requests/${asked.body.requestId}/confirmation`;
    const dying = await startDyingHub(place, dieAfter);
    const answer = await orDead(() => ask(dying.url, 'POST', path, two));
    if (answer === null) await dying.ended;
    const { rows, keys, actions } = await rowsOf(living, id);
    const isErased = actions.includes('recording-erased');
    expect(rows).toMatchObject([isErased ? { key_state: 'destroyed' } : { key_state: 'held', erased_at: null }]);
    expect(/^0+$/.test(keys[0]?.wrapped ?? '')).toBe(isErased);
    if (answer !== null) expect([answer.status, isErased]).toEqual([200, true]);
    expect((await ask(living.url, 'POST', path, two)).status).toBe(isErased ? 404 : 200);
    if (answer === null && isErased) half += 1;
    await house.sweep();
    expect((await rowsOf(living, id)).rows).toMatchObject([{ is_object_gone: 1 }]);
    expect((await verifyAudit(living.parts.database, null)).fault).toBe(null);
    if (answer !== null) {
      dying.kill();
      await dying.ended;
      break;
    }
  }
  // It was killed after its key was gone and before its bytes were, too.
  expect(half).toBeGreaterThan(0);
  house.close();
}, 180_000);

test('killed after each statement of a play: no byte of sound without its line', async () => {
  const place = newFolder();
  const living = await startHub(place);
  const seat = await seatWithSound(living, 'seat-1');
  const quality = await keyOf(living, 'quality');
  await seat.record('r1');
  await seat.send('r1');
  const lines = async () =>
    (await rowsOf(living, 'r1')).actions.filter((action) => action === 'recording-played').length;
  for (let dieAfter = 1; ; dieAfter += step) {
    expect(dieAfter).toBeLessThan(statementsMax);
    const before = await lines();
    const dying = await startDyingHub(place, dieAfter);
    const heard = await orDead(async () => {
      const response = await sound({ ...living, url: dying.url }, quality, 'seat-1/r1', { range: 'bytes=0-0' });
      return { status: response.status, bytes: (await response.arrayBuffer()).byteLength };
    });
    const grown = (await lines()) - before;
    if (heard === null) {
      await dying.ended;
      expect(grown).toBeLessThanOrEqual(1);
      continue;
    }
    expect([heard, grown]).toEqual([{ status: 206, bytes: 1 }, 1]);
    dying.kill();
    await dying.ended;
    break;
  }
  expect((await verifyAudit(living.parts.database, null)).fault).toBe(null);
}, 180_000);

test('a row that was lost, and one that was never finished, are found again with whose they are', async () => {
  const place = newFolder();
  const living = await startHub(place);
  const house = await houseOf(living, place);
  const seat = await seatWithSound(living, 'seat-1');
  for (const id of ['r1', 'r2', 'r3']) await seat.record(id);
  for (const id of ['r1', 'r2']) await seat.send(id);
  const { tables } = living.parts.database;
  await tables.deleteFrom('recording_key').where('recording_id', '=', 'r1').execute();
  await tables.deleteFrom('recording').where('recording_id', '=', 'r1').execute();
  await tables.updateTable('recording').set({ sha256: null, bytes: 0 }).where('recording_id', '=', 'r2').execute();
  await seat.begin('r3');
  expect(await house.register?.catchUp()).toBe(3);
  expect(await house.register?.catchUp()).toBe(0);
  const rows = await tables.selectFrom('recording').selectAll().orderBy('recording_id').execute();
  expect(rows.map(({ recording_id, key_state, sha256 }) => [recording_id, key_state, sha256 !== null])).toEqual([
    // Its wrap was in the database and nowhere else.
    ['r1', 'no-key', true],
    ['r2', 'held', true],
    ['r3', 'held', false],
  ]);
  house.close();
});
