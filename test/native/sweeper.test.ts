import { expect, it } from 'vitest';
import { sweepAfterChangeMs, sweepAnywayMs, sweepEveryMs, sweeper } from '../../native/sweeper.ts';
import { handClock } from './hand-clock.ts';

function swept(look: () => string | undefined) {
  const clock = handClock();
  const bus = { sweeps: 0, isRetryWanted: false, release: undefined as (() => void) | undefined };
  const sweeps = sweeper({
    clock,
    look,
    isRetryWanted: () => bus.isRetryWanted,
    sweep: async () => {
      bus.sweeps += 1;
      if (bus.release !== undefined) await new Promise<void>((resolve) => Object.assign(bus, { release: resolve }));
    },
  });
  return { clock, bus, sweeps };
}

it('lists a bus that looks the same only once in a long while; another one at once', async () => {
  let names = 'hidraw0';
  const { clock, bus, sweeps } = swept(() => names);
  await sweeps.now();
  await clock.pass(sweepAnywayMs - sweepEveryMs);
  expect(bus.sweeps).toBe(1);
  names = 'hidraw0 hidraw1';
  await clock.pass(sweepEveryMs);
  expect(bus.sweeps).toBe(2);
  await clock.pass(sweepAnywayMs + sweepEveryMs);
  expect(bus.sweeps).toBe(3);
});

it('lists at every beat where nothing can be seen from outside, or something is to be tried again', async () => {
  const blind = swept(() => undefined);
  await blind.sweeps.now();
  await blind.clock.pass(4 * sweepEveryMs);
  const retrying = swept(() => 'same');
  retrying.bus.isRetryWanted = true;
  await retrying.sweeps.now();
  await retrying.clock.pass(4 * sweepEveryMs);
  expect([blind.bus.sweeps, retrying.bus.sweeps]).toEqual([5, 5]);
});

it('sweeps once for a burst of changes, once more for one in the middle of it, and not after it was stopped', async () => {
  const { clock, bus, sweeps } = swept(() => 'same');
  for (let n = 0; n < 20; n += 1) sweeps.soon();
  bus.release = () => undefined;
  await clock.pass(sweepAfterChangeMs);
  expect(bus.sweeps).toBe(1);
  sweeps.soon();
  sweeps.soon();
  const { release } = bus;
  bus.release = undefined;
  release();
  await clock.pass(sweepAfterChangeMs);
  expect(bus.sweeps).toBe(2);
  await sweeps.stop();
  sweeps.soon();
  await clock.pass(sweepAnywayMs);
  expect(bus.sweeps).toBe(2);
});
