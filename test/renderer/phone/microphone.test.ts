import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { chosenDevice } from '../../../renderer/phone/microphone.ts';
import { openTestPage, type TestPage } from './test-page.ts';

let opened: TestPage;
beforeAll(async () => {
  opened = await openTestPage('microphone');
}, 60_000);
afterAll(() => opened?.close());
beforeEach(async () => {
  await run('release');
  await run('configure', null, false);
  await run('refuse', null);
  await run('plug', 'headset', 'laptop');
  await run('settled');
  await run('forget');
});

async function run(name: string, ...args: readonly unknown[]): Promise<unknown> {
  return await opened.page.evaluate(
    ([functionName, given]) =>
      (window as unknown as Record<string, (...a: unknown[]) => unknown>)[functionName]?.(...given),
    [name, args] as const,
  );
}
/** Runs steps, lets them settle, and gives what was said and which device each call speaks with. */
async function after(...steps: readonly (readonly [string, ...unknown[]])[]): Promise<unknown> {
  for (const [name, ...args] of steps) {
    await run(name, ...args);
    await run('settled');
  }
  const states = await opened.page.evaluate(() => (window as unknown as { states: string[] }).states);
  return { states, labels: await run('labels') };
}

test('warm: open before a call, lent at once, closed when neither warm nor in a call', async () => {
  expect(await after(['configure', null, true], ['lend'], ['release'], ['configure', null, false])).toEqual({
    states: ['ready headset', 'off'],
    labels: [],
  });
});

test('the chosen device is pulled out in a call: another takes over, and the chosen one comes back when it does', async () => {
  expect(await after(['configure', 'laptop', true], ['lend'], ['pull', 'laptop'])).toEqual({
    states: ['ready laptop', 'fell-back headset'],
    labels: ['headset'],
  });
  expect(await after(['plug', 'headset', 'laptop'], ['changed'])).toEqual({
    states: ['ready laptop', 'fell-back headset', 'ready laptop'],
    labels: ['laptop'],
  });
});

test('every device is gone: the call goes on with silence, and speaks again when one is plugged in', async () => {
  expect(await after(['configure', null, true], ['plug'], ['lend'], ['pull', 'headset'])).toMatchObject({
    states: ['ready headset', 'no-microphone NotFoundError: no device'],
  });
  expect(await after(['plug', 'new headset'], ['changed'])).toMatchObject({ labels: ['new headset'] });
});

test('no permission: said as such, and a call still gets a track', async () => {
  const outcome = await after(['refuse', 'NotAllowedError'], ['configure', null, true], ['lend']);
  expect(outcome).toMatchObject({ states: ['refused NotAllowedError: no'] });
});

test('choosing another device in a call replaces the track, without closing the call', async () => {
  expect(await after(['configure', null, true], ['lend'], ['configure', 'laptop', true])).toEqual({
    states: ['ready headset', 'ready laptop'],
    labels: ['laptop'],
  });
});

test('a remembered device is found by id, else by label, and never by an empty one', () => {
  const devices = [
    { kind: 'audioinput', deviceId: 'a', label: 'Headset' },
    { kind: 'audiooutput', deviceId: 'a', label: 'Headset' },
    { kind: 'audioinput', deviceId: '', label: '' },
  ];
  expect([
    chosenDevice(devices, 'audioinput', { deviceId: 'a', label: 'old name' })?.label,
    chosenDevice(devices, 'audioinput', { deviceId: 'old id', label: 'Headset' })?.deviceId,
    chosenDevice(devices, 'audioinput', { deviceId: '', label: '' }),
    chosenDevice(devices, 'audioinput', { deviceId: 'b', label: 'b' }),
  ]).toEqual(['Headset', 'a', null, null]);
});
