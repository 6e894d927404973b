import { expect, test } from 'vitest';
import { listeningLog } from '../../../hub/listening/listening-log.ts';
import { newFolder, startHub } from '../some-hub.ts';

const place = { seat: 'seat-1', recordingId: 'r1' };
const minuteMs = 60_000;

test('a line for each listener, each recording, each pause over five minutes, and each hour of one', async () => {
  const hub = await startHub(newFolder());
  let nowMs = 0;
  const log = listeningLog(hub.parts, () => nowMs);
  const whole = { isWhole: true };
  const lines = async () => {
    const rows = await hub.parts.database.tables.selectFrom('audit_line').select('position').execute();
    return rows.length;
  };
  const one = { id: 'key-1', role: 'quality' };
  await log.listen(one, place, whole);
  nowMs += 4 * minuteMs;
  await log.listen(one, place, whole);
  expect(await lines()).toBe(1);
  await log.listen({ id: 'key-2', role: 'quality' }, place, whole);
  await log.listen(one, { ...place, recordingId: 'r2' }, whole);
  await log.listen(one, place, { isWhole: false });
  expect(await lines()).toBe(4);
  nowMs += 6 * minuteMs;
  await log.listen(one, place, whole);
  expect(await lines()).toBe(5);
  for (let minute = 0; minute < 61; minute += 1) {
    nowMs += minuteMs;
    await log.listen(one, place, whole);
  }
  expect(await lines()).toBe(6);
  // Another process knows of none of these: a line more, never one less.
  await listeningLog(hub.parts, () => nowMs).listen(one, place, whole);
  expect(await lines()).toBe(7);
});
