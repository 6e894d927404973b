import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { type RelayPort, runSeatShell, type Utility } from '../../../main/electron/seat-shell.ts';
import { handClock } from '../../native/hand-clock.ts';

/** A port of a channel; closing either end is heard at this one. */
function fakeChannel() {
  const closed: (() => void)[] = [];
  const port: RelayPort = {
    on: (event: 'message' | 'close', listener: ((event: { readonly data: unknown }) => void) & (() => void)) =>
      event === 'close' && closed.push(listener),
    postMessage: () => undefined,
    start: () => undefined,
    close: () => undefined,
  };
  const close = (): void => {
    for (const listener of closed) listener();
  };
  return { port, close };
}

test('a device process that hangs, and so does not hear that it shall end, is ended all the same', async () => {
  const clock = handClock();
  const { port, close } = fakeChannel();
  // Any process that does not obey will do.
  const hanging = spawn('sleep', ['600']);
  const ended = once(hanging, 'exit');
  const asked: string[] = [];
  const devices: Utility<RelayPort> = {
    pid: hanging.pid,
    postMessage: () => undefined,
    kill: () => asked.push('asked to end') > 0,
    on: () => undefined,
  };
  let say = (_message: unknown): void => undefined;
  const seat: Utility<RelayPort> = {
    postMessage: () => undefined,
    kill: () => true,
    on: (event: 'exit' | 'message', listener: ((code: number) => void) & ((message: unknown) => void)) => {
      if (event === 'message') say = listener;
    },
  };
  runSeatShell<RelayPort>({
    forkSeat: () => seat,
    forkDevices: () => devices,
    makeChannel: () => ({ port1: port, port2: port }),
    start: { kind: 'start', profile: '/tmp', key: new Uint8Array(), version: '0', locale: 'en', isPractice: true },
    onState: () => undefined,
    onRefused: () => undefined,
    now: clock.nowMs,
    after: clock.after,
    log: () => undefined,
  });
  say({ kind: 'fork-devices' });
  close();
  expect(asked).toEqual(['asked to end']);
  await clock.pass(10_000);
  expect(await ended).toEqual([null, 'SIGKILL']);
});
