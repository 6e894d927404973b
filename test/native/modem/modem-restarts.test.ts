import { expect, it } from 'vitest';
import { createMobileModem } from '../../../native/modem/mobile-modem.ts';
import type { ModemEvent } from '../../../native/modem/modem-event.ts';
import { handClock } from '../hand-clock.ts';

/** A modem whose every command is OK; `AT+CLCC` lists a call that is up while `hasCall`. */
function bench() {
  const clock = handClock();
  const asked: string[] = [];
  const told: ModemEvent[] = [];
  const network = { hasCall: false, sim: 'READY' };
  const valuesOf = (text: string): readonly string[] => {
    if (text === 'AT+CPIN?') return [`+CPIN: ${network.sim}`];
    if (text === 'AT+CREG?') return ['+CREG: 1,1'];
    return text === 'AT+CLCC' && network.hasCall ? ['+CLCC: 1,0,0,0,0,"10086",129'] : [];
  };
  const modem = createMobileModem({
    clock,
    now: () => clock.nowMs(),
    newCallId: () => 'call',
    line: {
      ask: async ({ text }) => {
        asked.push(text);
        return { kind: 'ok', code: 'ok', lines: valuesOf(text) };
      },
      interrupt: () => undefined,
    },
    tell: (event) => told.push(event),
    onStanding: () => undefined,
    onTrouble: () => undefined,
  });
  const restart = (): void => modem.onNotice({ kind: 'restarted' });
  return {
    clock,
    asked,
    told,
    network,
    modem,
    restart,
    setUps: () => asked.filter((one) => one === 'AT+CLIP=1').length,
  };
}

it('a modem that starts anew twice in a minute is set up after the second time too', async () => {
  const { clock, modem, restart, setUps } = bench();
  void modem.start();
  await clock.pass(1_000);
  restart();
  await clock.pass(10_000);
  expect(setUps()).toBe(2);
  restart();
  restart();
  await clock.pass(10_000);
  expect(setUps()).toBe(2);
  await clock.pass(60_000);
  expect(setUps()).toBe(3);
  await clock.pass(300_000);
  expect(setUps()).toBe(3);
});

it('one that starts anew while it is set up is set up once more, and no call is cut off for it', async () => {
  const { clock, modem, network, restart, setUps, asked, told } = bench();
  void modem.start();
  restart();
  await clock.pass(1_000);
  modem.command({ kind: 'dial', callId: 'c1', number: '10086' });
  network.hasCall = true;
  await clock.pass(60_000);
  expect([setUps(), asked.includes('AT+CHUP')]).toEqual([1, false]);
  network.hasCall = false;
  await clock.pass(20_000);
  expect(setUps()).toBe(2);
  expect(told.filter((event) => event.kind === 'modem-call').map(({ event }) => event.kind)).toEqual([
    'established',
    'ended',
  ]);
});

it('after the end nothing is set up', async () => {
  const { clock, modem, restart, setUps } = bench();
  void modem.start();
  restart();
  await clock.pass(1_000);
  modem.onLost();
  await clock.pass(60_000);
  expect(setUps()).toBe(1);
});

it.each(['SIM PIN2', 'SIM PUK2'])('%s keeps nobody from calling', async (sim) => {
  const { clock, modem, network } = bench();
  network.sim = sim;
  void modem.start();
  await clock.pass(1_000);
  expect(modem.command({ kind: 'dial', callId: 'c1', number: '10086' })).toEqual({ kind: 'begun' });
});
