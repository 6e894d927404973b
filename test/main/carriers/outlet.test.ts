import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { probeFrame } from '../../../core/carrier-frame.ts';
import { openOutlet, silenceMs, windowLength } from '../../../main/carriers/outlet.ts';

/** A wire that keeps what is sent. */
function keptWire() {
  const sent: string[] = [];
  const closed: string[] = [];
  return {
    sent,
    closed,
    wire: {
      listen: () => {},
      send: (frame: string) => void sent.push(frame),
      close: (reason: string) => void closed.push(reason),
    },
  };
}

/** Whether a promise is settled after everything that is ready has run. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe('the window', () => {
  const half = 'A'.repeat(windowLength / 2);

  test('half of it goes with a question, the rest without waiting, then a sender waits for the answer', async () => {
    const { wire, sent } = keptWire();
    const outlet = openOutlet(wire);
    expect(await isSettled(outlet.send(half))).toBe(true);
    expect(sent).toEqual([half, probeFrame]);
    expect(await isSettled(outlet.send('small'))).toBe(true);
    const waiting = outlet.send(half);
    expect(await isSettled(waiting)).toBe(false);
    outlet.answered();
    expect(await isSettled(waiting)).toBe(true);
    outlet.end();
  });

  test('many tiny frames fill it too', async () => {
    const { wire } = keptWire();
    const outlet = openOutlet(wire);
    let sent = 0;
    while (await isSettled(outlet.send('x'))) {
      sent += 1;
    }
    expect(sent).toBeLessThan(windowLength / 500);
    outlet.end();
  });

  test('whoever waits goes on when the wire has closed', async () => {
    const { wire } = keptWire();
    const outlet = openOutlet(wire);
    await outlet.send(half);
    const waiting = outlet.send(half);
    outlet.end();
    expect([await isSettled(waiting), await isSettled(outlet.send(half))]).toEqual([true, true]);
  });
});

describe('silence', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is asked about once, and closes the wire if it goes on', () => {
    const { wire, sent, closed } = keptWire();
    openOutlet(wire);
    vi.advanceTimersByTime(silenceMs * 2);
    expect({ sent, closed }).toEqual({ sent: [probeFrame], closed: [] });
    vi.advanceTimersByTime(silenceMs);
    expect({ sent, closed }).toEqual({ sent: [probeFrame], closed: ['silent'] });
  });

  test('a page that answers is kept, for days', () => {
    const { wire, sent, closed } = keptWire();
    const outlet = openOutlet({
      ...wire,
      send: (frame) => {
        wire.send(frame);
        outlet.heard();
        outlet.answered();
      },
    });
    vi.advanceTimersByTime(silenceMs * 5_000);
    expect(closed).toEqual([]);
    expect(sent.length).toBeGreaterThan(1_000);
    outlet.end();
    expect(vi.getTimerCount()).toBe(0);
  });
});
