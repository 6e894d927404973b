import { expect, it } from 'vitest';
import { type Crowd, guardedOpen } from '../../../native/hid/guarded-open.ts';
import type { HidPortListener } from '../../../native/hid/hid-bus.ts';
import { reportsPerSecondMax, restMs } from '../../../native/hid/report-guard.ts';
import { handClock } from '../hand-clock.ts';

/** An open device whose reports are sent by hand. */
async function openDevice(crowd: Crowd = { resting: 0 }, clock = handClock()) {
  const said = { reports: [] as string[], reading: [] as boolean[], ends: [] as string[], troubles: [] as string[] };
  let device: HidPortListener | undefined;
  const opening = await guardedOpen(
    async (listener) => {
      device = listener;
      return {
        kind: 'open',
        port: {
          write: async () => undefined,
          writeFeature: async () => undefined,
          readFeature: async () => new Uint8Array(),
          setReading: (isReading) => void said.reading.push(isReading),
          close: async () => undefined,
        },
      };
    },
    {
      clock,
      crowd,
      isKnown: (report) => report[0] === 8 || report[0] === 9,
      onTrouble: (_doing, detail) => said.troubles.push(detail),
    },
    {
      onReport: (report) => said.reports.push(Buffer.from(report).toString('hex')),
      onClosed: (reason, detail) => said.ends.push(`${reason}: ${detail}`),
    },
  );
  if (opening.kind !== 'open') throw new Error('not open');
  const send = (hex: string): void => device?.onReport(Uint8Array.from(Buffer.from(hex, 'hex')));
  return { clock, said, send, port: opening.port };
}

it('a flood is left unread for a while, and its newest report of each id is heard after', async () => {
  const { clock, said, send } = await openDevice();
  for (let n = 0; n < 500; n += 1) send('0802');
  expect(said.reports.length).toBeLessThanOrEqual(reportsPerSecondMax);
  expect(said.reading).toEqual([false]);
  send('0802');
  send('0800'); // The last word: the key was let go while nobody read.
  send('0901');
  send('77aa'); // None of its own: nobody would judge it later.
  const before = said.reports.length;
  await clock.pass(restMs);
  expect(said.reports.slice(before)).toEqual(['0800', '0901']);
  expect(said.reading).toEqual([false, true]);
  expect(said.troubles).toHaveLength(1);
  await clock.pass(2_000);
  for (let n = 0; n < 500; n += 1) send('0802');
  expect(said.troubles).toHaveLength(1);
});

it('a babbling device ends as failed, once, and nothing of it is heard after', async () => {
  const { clock, said, send } = await openDevice();
  for (let n = 0; n < 90; n += 1) send('55');
  send('0802');
  await clock.pass(1_000);
  expect(said.ends).toEqual(['failed: It sent more than 64 reports in a second that its descriptor does not have.']);
  expect(said.reports).not.toContain('0802');
});

it('after close nothing is called, also when it was closed in a rest', async () => {
  const { clock, said, send, port } = await openDevice();
  for (let n = 0; n < 500; n += 1) send('0802');
  await port.close();
  const before = said.reports.length;
  await clock.pass(1_000);
  send('0800');
  expect([said.reports.length - before, said.reading, said.ends]).toEqual([0, [false], []]);
});

it('the more devices flood, the longer each rests; one that is closed counts no more', async () => {
  const clock = handClock();
  const crowd: Crowd = { resting: 0 };
  const devices = await Promise.all(Array.from({ length: 4 }, () => openDevice(crowd, clock)));
  for (const { send } of devices) for (let n = 0; n < 500; n += 1) send('0802');
  expect(crowd.resting).toBe(4);
  await clock.pass(2 * restMs);
  expect(devices.map(({ said }) => said.reading.at(-1))).toEqual([true, true, false, false]);
  await devices[3]?.port.close();
  await devices[3]?.port.close();
  expect(crowd.resting).toBe(1);
  await clock.pass(10 * restMs);
  expect(crowd.resting).toBe(0);
});
