import { expect, it } from 'vitest';
import type { ModemEvent } from '../../../native/modem/modem-event.ts';
import { type ModemReach, startModemSession } from '../../../native/modem/modem-session.ts';
import { openInTime } from '../../../native/serial/open-in-time.ts';
import type { OpenedPort, PortListener, PortOpener } from '../../../native/serial/serial-bus.ts';
import { mobileAnswers } from '../../rig/scripted-modem.ts';
import { handClock } from '../hand-clock.ts';

/** A session on ports made by hand; `write` answers as a modem, unless another one is given. */
function bench(more: { readonly write?: OpenedPort['write']; readonly open?: PortOpener } = {}) {
  const clock = handClock();
  const states: string[] = [];
  const events: ModemEvent[] = [];
  const failed: string[] = [];
  const written: string[] = [];
  let opens = 0;
  let rests = 0;
  let port: PortListener | undefined;
  const done = async (): Promise<void> => undefined;
  const answer = async (bytes: Uint8Array): Promise<void> => {
    const text = Buffer.from(bytes).toString('latin1').replace(/\r$/, '');
    written.push(text);
    const listener = port;
    const lines = [mobileAnswers[text] ?? 'OK'].flat().map((line) => `\r\n${line}\r\n`);
    clock.after(1, () => port === listener && listener?.onData(Buffer.from(lines.join(''))));
  };
  const open: PortOpener = async (_path, _settings, listener) => {
    opens += 1;
    port = listener;
    const readPins = async () => ({ cts: false, dsr: false, dcd: false });
    const rest = (): void => {
      rests += 1;
    };
    return { kind: 'open', port: { write: more.write ?? answer, setPins: done, readPins, rest, close: done } };
  };
  const words = (reach: ModemReach, state: string): string => (reach.kind === 'open' ? state : reach.kind);
  const session = startModemSession({
    kind: 'mobile',
    clock,
    now: () => 1,
    newCallId: () => 'in',
    find: async () => 'port',
    open: openInTime(more.open ?? open, clock),
    settings: { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none', lock: true },
    listener: {
      onStanding: (reach, standing) => {
        const state = words(reach, standing.state);
        if (states.at(-1) !== state) states.push(state);
      },
      onEvent: (event) => events.push(event),
      onTrouble: () => undefined,
      onFailed: (detail) => failed.push(detail),
    },
  });
  return {
    ...{ clock, states, events, failed, written, session },
    say: (bytes: Uint8Array): void => port?.onData(bytes),
    gone: (): void => port?.onGone('unplugged'),
    counts: () => ({ opens, rests }),
  };
}

it('a modem that floods is rested, and given up when it goes on', async () => {
  const { clock, states, failed, say, counts } = bench();
  await clock.pass(2_000);
  const babble = Buffer.from('\r\n+CSQ: 1,0\r\nRI'.repeat(5_000));
  for (let second = 0; second < 6; second += 1) {
    for (let burst = 0; burst < 10; burst += 1) say(babble);
    await clock.pass(1_000);
  }
  expect(states).toContain('ready');
  expect(counts().rests).toBeGreaterThan(2);
  expect(failed.length).toBeGreaterThan(0);
});

it('a driver that hangs in open is a failure, not an absence', async () => {
  const { clock, failed } = bench({ open: () => new Promise(() => undefined) });
  await clock.pass(6_000);
  expect(failed).toEqual(['no answer from the driver within 5000 ms']);
});

it('a modem that takes no bytes is silent and opened anew; what a dead opening says late touches nothing', async () => {
  const { clock, states, counts, session } = bench({ write: () => new Promise(() => undefined) });
  await clock.pass(30_000);
  expect(states).toEqual(['starting', 'silent']);
  expect(counts().opens).toBeGreaterThan(2);
  expect(session.command({ kind: 'dial', callId: 'c', number: '10086' })).toMatchObject({ kind: 'refused' });
  const closing = session.close();
  await clock.pass(5_000);
  await closing;
});

it('a thousand times unplugged and back: set up each time by the same commands, and nothing is left over', async () => {
  const { clock, states, written, gone, counts } = bench();
  await clock.pass(2_000);
  const first = written.length;
  for (let round = 0; round < 1_000; round += 1) {
    gone();
    await clock.pass(6_000);
  }
  expect(counts().opens).toBe(1_001);
  // Polls besides; had timers of earlier openings lived on, they would be many times as many.
  expect(written.length / 1_001).toBeLessThan(first * 1.5);
  expect(states.filter((state) => state === 'ready')).toHaveLength(1_001);
}, 60_000);
