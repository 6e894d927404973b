import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PhoneReport, SeatView } from '../../../core/console-api.ts';
import type { EquipmentEvent } from '../../../core/equipment-event.ts';
import type { RunningSeat } from '../../../main/running-seat.ts';
import { runSeat } from '../../../main/running-seat.ts';
import type { SeatDevices } from '../../../main/seat-ports.ts';
import type { MachineTime } from '../../../main/sign-in/machine-time.ts';
import { lookMs } from '../../../main/sign-in/seat-sign-in.ts';
import { noDevices } from '../no-devices.ts';
import { profileKey } from '../recordings/recorded.ts';
import { equipmentInfo } from '../some-equipment.ts';

const hourMs = 3_600_000;

/** A machine whose clocks stand still until they are moved. */
export function standingMachine(wallAt: number) {
  const clocks = { wallAt, uptimeMs: 10 * hourMs, bootId: 'one' };
  let letGo: (() => void) | null = null;
  let asleep: (() => void)[] = [];
  const time: MachineTime = {
    wall: () => clocks.wallAt,
    monotonicMs: () => clocks.uptimeMs,
    reading: () => ({ ...clocks }),
    wait: (ms, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
        // Deadlines never come here: who is asked answers, or is not there.
        if (ms !== lookMs) return;
        letGo = resolve;
        for (const tell of asleep.splice(0)) tell();
      }),
  };
  /** Whoever looks at the hub looks once, to the end. */
  const look = async (): Promise<void> => {
    const done = new Promise<void>((resolve) => {
      asleep = [...asleep, resolve];
    });
    letGo?.();
    await done;
  };
  return {
    time,
    look,
    now: () => clocks.wallAt,
    /** So many hours later, with the machine on. */
    pass: async (hours: number): Promise<void> => {
      clocks.wallAt += hours * hourMs;
      clocks.uptimeMs += hours * hourMs;
      await look();
    },
    setClock: (hours: number): void => {
      clocks.wallAt += hours * hourMs;
    },
    /** Off for so many hours; what its clock makes of that is set apart. */
    restart: (hours: number): void => {
      clocks.wallAt += hours * hourMs;
      clocks.uptimeMs = 60_000;
      clocks.bootId = `after ${clocks.bootId}`;
    },
  };
}

/** A seat on a switch with a modem to fall back on, run as the shells run it. */
export async function awaySeat(directory: string, time: MachineTime) {
  const account = { kind: 'sip', server: 'wss://s.example/ws', user: '6001', domain: 's.example', displayName: '' };
  const modem = { id: 'gsm', use: 'modem', port: { path: '/dev/ttyUSB0' }, kind: 'mobile' };
  writeFileSync(join(directory, 'settings.json'), JSON.stringify({ account, equipment: [modem] }));
  let say: (event: EquipmentEvent) => void = () => undefined;
  const devices: SeatDevices = {
    ...noDevices,
    watchDevices: (listener) => {
      listener([equipmentInfo('gsm', 'modem')]);
      return () => undefined;
    },
    watchEquipment: (listener) => {
      say = listener;
      return () => undefined;
    },
    command: () => Promise.resolve({ kind: 'begun' }),
  };
  const problems: string[] = [];
  const outcome = await runSeat({
    directory,
    keys: { key: () => Promise.resolve({ kind: 'key', key: profileKey, isNew: false }) },
    devices,
    firstNotices: [],
    version: '1.0.0',
    isPractice: false,
    locale: 'en',
    log: (level, message) => {
      if (level === 'error') problems.push(message);
    },
    time,
  });
  if (outcome.kind !== 'running') throw new Error(outcome.message);
  const { running } = outcome;
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await running.close();
  };
  onTestFinished(close);
  return {
    ...running,
    close,
    problems,
    hands: handsOn(
      running,
      () => time.wall(),
      (event) => say(event),
    ),
  };
}

/** What a person and the phone page do at a seat. */
function handsOn({ seat }: RunningSeat, now: () => number, say: (event: EquipmentEvent) => void) {
  const view = (): SeatView => seat.view.value;
  const phone = (...reports: readonly PhoneReport[]): void => {
    for (const report of reports) seat.report(report);
  };
  return {
    view,
    phone,
    signIn: () => view().signIn,
    enter: (login: string, pin: string) => seat.signIn.enter({ login, pin }),
    signOut: () => seat.ask({ kind: 'choose', choice: { kind: 'signed-out' } }),
    switchIs: (state: 'registered' | 'offline') => phone({ kind: 'signalling', at: now(), state, detail: '' }),
    modemReady: () => say({ kind: 'modem', id: 'gsm', state: 'ready', operator: 'Test', signal: 0.5, detail: '' }),
    ring: (callId: string) =>
      phone({
        kind: 'call-offered',
        at: now(),
        callId,
        remote: { number: '13800138000', displayName: 'Li' },
        line: 'switch',
        sipCallId: callId,
      }),
    answered: (callId: string) => phone({ kind: 'call', callId, event: { kind: 'established', at: now() } }),
    hungUp: (callId: string) =>
      phone({ kind: 'call', callId, event: { kind: 'ended', at: now(), cause: 'hung-up-there' } }),
    code: (callId: string) => seat.ask({ kind: 'code', callId, code: 'complaint', note: 'heard' }),
    /** Dials and hangs up; answers on which line it went out. */
    dialOut: (number: string): string => {
      seat.ask({ kind: 'dial', number });
      const call = view().calls[0];
      if (call === undefined) return 'not dialled';
      const { callId } = call;
      const isOnModem = view().modemCalls.includes(callId);
      const event = { kind: 'ended', at: now(), cause: 'hung-up-here' } as const;
      if (isOnModem) say({ kind: 'modem-call', id: 'gsm', callId, event });
      else phone({ kind: 'call', callId, event });
      return isOnModem ? 'modem' : 'switch';
    },
    until: async (isSo: (view: SeatView) => boolean): Promise<void> => {
      for await (const shown of seat.view.watch()) if (isSo(shown)) return;
    },
  };
}
