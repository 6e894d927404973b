import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seatSign } from '../../../core/seat-sign.ts';
import { lightInfoOf } from '../../../native/found-device.ts';
import type { HidPortListener } from '../../../native/hid/hid-bus.ts';
import { knownLights } from '../../../native/lights/known-lights.ts';
import { closeWaitMs, openLight } from '../../../native/lights/light.ts';
import { dark } from '../../../native/lights/light-model.ts';
import { lightRules } from '../../../native/lights/light-rules.ts';
import { handClock } from '../hand-clock.ts';

const found = { path: 'a', vendorId: 1, productId: 2, name: '', serialNumber: '', interfaceNumber: 0 };
const hexOf = (report: Uint8Array): string => Buffer.from(report).toString('hex');

/** What may happen to a light: a sign, time, a report of its own, and writes that take long or fail. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('sign' as const), sign: fc.constantFrom(...seatSign.options) }),
  fc.record({ kind: fc.constant('time' as const), ms: fc.nat(2_000) }),
  fc.record({ kind: fc.constant('report' as const), bytes: fc.uint8Array({ maxLength: 64 }) }),
  fc.record({ kind: fc.constant('slow' as const), ms: fc.nat(300) }),
  fc.record({ kind: fc.constant('fail' as const) }),
);

it('whatever happens: one write at a time, the sign of now in the end, dark after closing', async () => {
  const course = fc.tuple(fc.constantFrom(...knownLights), fc.array(happening, { maxLength: 40 }));
  const check = fc.asyncProperty(course, async ([model, happenings]) => {
    const clock = handClock();
    const rules = lightRules({});
    let listener: HidPortListener | undefined;
    let [underWay, underWayMax, writeMs, failures, isGone] = [0, 0, 0, 0, false];
    let written: string[] = [];
    const write = async (report: Uint8Array): Promise<void> => {
      underWay += 1;
      underWayMax = Math.max(underWayMax, underWay);
      await new Promise<void>((resolve) => void clock.after(writeMs, resolve));
      underWay -= 1;
      if (failures > 0) {
        failures -= 1;
        throw new Error('stalled');
      }
      written = [...written, hexOf(report)].slice(-4);
    };
    const opening = await openLight({
      info: lightInfoOf(found, 'light', model),
      model,
      rules,
      sign: 'signed-out',
      clock,
      listener: {
        onKey: () => undefined,
        onInfo: () => undefined,
        onTrouble: () => undefined,
        onGone: () => {
          isGone = true;
        },
      },
      open: async (port) => {
        listener = port;
        return {
          kind: 'open',
          port: { write, writeFeature: write, readFeature: async () => new Uint8Array(), close: async () => undefined },
        };
      },
    });
    if (opening.kind !== 'open') throw new Error(opening.detail);
    for (const one of happenings) {
      if (one.kind === 'sign') opening.device.showSign?.(one.sign);
      if (one.kind === 'time') await clock.pass(one.ms);
      if (one.kind === 'report') listener?.onReport(one.bytes);
      if (one.kind === 'slow') writeMs = one.ms;
      if (one.kind === 'fail') failures = 1;
    }
    [writeMs, failures] = [1, 0];
    opening.device.showSign?.('talking');
    await clock.pass(3_000);
    const talking = model.encode(rules.talking.colour).map(hexOf);
    const shown = written.slice(-talking.length);
    const closed = opening.device.close();
    await clock.pass(2 * closeWaitMs);
    await closed;
    expect([underWayMax, shown, written.slice(-1)]).toEqual(
      isGone ? [1, expect.anything(), expect.anything()] : [1, talking, model.encode(dark).map(hexOf)],
    );
  });
  await fc.assert(check, { numRuns: 200 });
});
