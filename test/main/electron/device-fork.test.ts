import { expect, test } from 'vitest';
import { deviceFork } from '../../../main/electron/device-fork.ts';
import type { RelayPort } from '../../../main/electron/seat-shell.ts';

function fakePort() {
  const said: unknown[] = [];
  const heard: ((event: { readonly data: unknown }) => void)[] = [];
  const closed: (() => void)[] = [];
  const port: RelayPort = {
    on: (event: 'message' | 'close', listener: ((event: { readonly data: unknown }) => void) & (() => void)) =>
      event === 'message' ? heard.push(listener) : closed.push(listener),
    postMessage: (message) => said.push(message),
    start: () => said.push('started'),
    close: () => said.push('closed'),
  };
  return {
    port,
    said,
    say: (data: unknown) =>
      heard.forEach((l) => {
        l({ data });
      }),
    gone: () =>
      closed.forEach((l) => {
        l();
      }),
  };
}

function forked() {
  const said: string[] = [];
  const { fork, takePort } = deviceFork(() => said.push('asked'));
  const child = fork('device-process.ts', ['--simulated']);
  child.on('message', (message) => said.push(`heard ${String(message)}`));
  child.onExit((detail) => said.push(`exit: ${detail}`));
  return { child, said, fork, takePort };
}

test('what is said before the port has come is not lost, and keeps its order', () => {
  const { child, said, takePort } = forked();
  const { port, said: sent, say } = fakePort();
  child.send('one');
  child.send('two');
  takePort(port);
  child.send('three');
  say('answer');
  expect([said, sent]).toEqual([
    ['asked', 'heard answer'],
    ['started', 'one', 'two', 'three'],
  ]);
});

test('a closed port is the end of the process, told once, also to who asks later', () => {
  const { child, said, takePort } = forked();
  const { port, gone } = fakePort();
  takePort(port);
  gone();
  gone();
  child.onExit((detail) => said.push(`later: ${detail}`));
  expect(said).toEqual(['asked', 'exit: its port was closed', 'later: its port was closed']);
});

test('killing closes the port, or refuses the one that comes too late', () => {
  const early = forked();
  const port = fakePort();
  early.takePort(port.port);
  early.child.kill();
  const late = forked();
  const latePort = fakePort();
  late.child.kill();
  late.takePort(latePort.port);
  expect([port.said, early.said, latePort.said, late.said]).toEqual([
    ['started', 'closed'],
    ['asked', 'exit: its port was closed'],
    ['closed'],
    ['asked', 'exit: its port was closed'],
  ]);
});

test('nothing is kept without limit for a process that never comes', () => {
  const { child } = forked();
  expect(() => {
    for (let sent = 0; sent < 1_000; sent += 1) child.send('lamps');
  }).toThrow('starts no device process');
});

test('a port nobody asked for is closed', () => {
  const { port, said } = fakePort();
  deviceFork(() => {}).takePort(port);
  expect(said).toEqual(['closed']);
});
