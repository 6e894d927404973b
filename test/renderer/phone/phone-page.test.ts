import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PhoneCommand, PhoneReport } from '../../../core/console-api.ts';
import { openTestPage, type TestPage } from './test-page.ts';

let opened: TestPage;
let seen = 0;
beforeAll(async () => {
  opened = await openTestPage('phone');
  await call('setUp', {});
  await next({ kind: 'signalling', state: 'practice' });
  await next({ kind: 'media', state: 'ready' });
}, 60_000);
afterAll(async () => {
  // The dead switch of the last test is the only thing that may fail.
  expect(opened?.errors.filter((error) => !error.includes('ws://127.0.0.1:9/ws'))).toEqual([]);
  await opened?.close();
});
beforeEach(async () => {
  seen = (await call<unknown[]>('reports')).length;
});

function call<Result>(name: string, ...args: readonly unknown[]): Promise<Result> {
  return opened.page.evaluate(
    ([functionName, given]) =>
      (window as unknown as Record<string, (...a: unknown[]) => unknown>)[functionName]?.(...given),
    [name, args] as const,
  ) as Promise<Result>;
}
const command = (each: PhoneCommand) => call('command', each);
async function next(parts: Record<string, unknown>): Promise<PhoneReport> {
  const { report, at } = await call<{ report: PhoneReport; at: number }>('reported', parts, seen);
  seen = at + 1;
  return report;
}
async function rings(scriptId: string): Promise<string> {
  await command({ kind: 'call-me', scriptId });
  const offered = await next({ kind: 'call-offered' });
  return offered.kind === 'call-offered' ? offered.callId : '';
}

test('the first thing said is that the page has started', async () => {
  expect((await call<PhoneReport[]>('reports'))[0]).toMatchObject({ kind: 'started' });
});

test('a practice customer rings, talks, is recorded and measured, and hangs up: all of it reported in order', async () => {
  const callId = await rings('wrong-number');
  await command({ kind: 'answer', callId });
  await next({ kind: 'call', callId, event: { kind: 'established' } });
  await next({ kind: 'recording', callId, state: 'recording' });
  expect(await next({ kind: 'quality', callId })).toMatchObject({ report: { codec: 'opus', lossPercent: 0 } });
  await next({ kind: 'call', callId, event: { kind: 'ended', cause: 'hung-up-there' } });
  const kinds = (await call<PhoneReport[]>('reports'))
    .filter((report) => report.kind === 'call' && report.callId === callId)
    .map((report) => (report.kind === 'call' ? report.event.kind : ''));
  expect(kinds).toEqual(['answering', 'established', 'ended']);
}, 60_000);

test('a caller is sent on to a parking place, or stays when the switch knows no such number', async () => {
  const callId = await rings('complaint');
  await command({ kind: 'answer', callId });
  await next({ kind: 'call', callId, event: { kind: 'established' } });
  await command({ kind: 'transfer', callId, number: '7777777' });
  await next({ kind: 'refused', command: { kind: 'transfer', callId, number: '7777777' } });
  await command({ kind: 'transfer', callId, number: '701' });
  await next({ kind: 'transferred', callId, number: '701' });
  await next({ kind: 'call', callId, event: { kind: 'ended', cause: 'hung-up-here' } });
}, 60_000);

test('the answer is made while it rings, and the key uses that one', async () => {
  await opened.page.evaluate(() => {
    const counted = Object.assign(window, { answersMade: 0 });
    RTCPeerConnection.prototype.createAnswer = new Proxy(RTCPeerConnection.prototype.createAnswer, {
      apply: (real, connection, given) => {
        counted.answersMade += 1;
        return Reflect.apply(real, connection, given);
      },
    });
  });
  const answersMade = (count: number) =>
    opened.page.waitForFunction(
      (wanted) => (window as unknown as { answersMade: number }).answersMade === wanted,
      count,
    );
  const callId = await rings('complaint');
  await answersMade(1);
  await command({ kind: 'answer', callId });
  await next({ kind: 'call', callId, event: { kind: 'established' } });
  await answersMade(1);
  await command({ kind: 'hang-up', callId });
  await next({ kind: 'call', callId, event: { kind: 'ended', cause: 'hung-up-here' } });
});

test('the seat process is away for part of a call: the call goes on, every report comes later, in order', async () => {
  const callId = await rings('complaint');
  await call('away');
  await call('back');
  await command({ kind: 'answer', callId });
  await next({ kind: 'call', callId, event: { kind: 'established' } });
  await call('away');
  await command({ kind: 'mute', callId, isMuted: true });
  await command({ kind: 'mute', callId, isMuted: false });
  await command({ kind: 'hang-up', callId });
  await call('back');
  await next({ kind: 'call', callId, event: { kind: 'muted' } });
  await next({ kind: 'call', callId, event: { kind: 'unmuted' } });
  await next({ kind: 'call', callId, event: { kind: 'ended', cause: 'hung-up-here' } });
});

test("the line test hears its echo and scores the line; its call is nobody else's", async () => {
  await command({ kind: 'test-line' });
  await next({ kind: 'line-test', result: { kind: 'running' } });
  const done = await next({ kind: 'line-test', result: { kind: 'done' } });
  expect(done).toMatchObject({ result: { wasEchoHeard: true, report: { codec: 'opus', lossPercent: 0 } } });
  const others = (await call<PhoneReport[]>('reports')).slice(seen - 2).filter((report) => report.kind === 'call');
  expect(others).toEqual([]);
}, 30_000);

test('what cannot be done is refused with its command, and a dial that fails ends its call', async () => {
  await command({ kind: 'answer', callId: 'nobody' });
  expect(await next({ kind: 'refused' })).toMatchObject({ command: { kind: 'answer', callId: 'nobody' } });
  await command({ kind: 'pause-recording', callId: 'nobody', reason: 'x' });
  await next({ kind: 'refused', command: { kind: 'pause-recording' } });
  await command({ kind: 'call-me', scriptId: 'no-such-customer' });
  await next({ kind: 'refused', command: { kind: 'call-me' } });
});

test('recording pauses and goes on by command', async () => {
  const callId = await rings('complaint');
  await command({ kind: 'answer', callId });
  await next({ kind: 'recording', callId, state: 'recording' });
  await command({ kind: 'pause-recording', callId, reason: 'card' });
  await next({ kind: 'recording', callId, state: 'paused' });
  await command({ kind: 'resume-recording', callId });
  await next({ kind: 'recording', callId, state: 'recording' });
  await command({ kind: 'hang-up', callId });
  await next({ kind: 'call', callId, event: { kind: 'ended' } });
});

test('a chosen loudspeaker that is not there falls back and says so, and says when all is well again', async () => {
  const sound = { microphone: null, ring: null, talk: null, interface: null, ringVolume: 1, talkVolume: 1 };
  await call('setUp', { sound: { ...sound, talk: { deviceId: 'gone', label: 'Gone' } } });
  expect(await next({ kind: 'media' })).toMatchObject({ state: 'fell-back', detail: expect.stringContaining('talk') });
  await call('setUp', { sound: { ...sound, talk: { deviceId: 'gone', label: 'Fake Audio Output 1' } } });
  expect(await next({ kind: 'media' })).toMatchObject({ state: 'ready' });
});

test('another account ends the calls of the old line, and a dead switch is reported as offline', async () => {
  const callId = await rings('complaint');
  await command({ kind: 'answer', callId });
  await next({ kind: 'call', callId, event: { kind: 'established' } });
  const account = {
    kind: 'sip',
    server: 'ws://127.0.0.1:9/ws',
    otherServers: [],
    user: '6001',
    domain: '127.0.0.1',
    displayName: '',
  };
  await call('setUp', { account, password: 'x' });
  await next({ kind: 'call', callId, event: { kind: 'ended', cause: 'line-lost' } });
  await next({ kind: 'signalling', state: 'connecting' });
  await next({ kind: 'signalling', state: 'offline' });
  await command({ kind: 'dial', callId: 'out', number: '100' });
  await next({ kind: 'refused', command: { kind: 'dial', callId: 'out' } });
  await next({ kind: 'call', callId: 'out', event: { kind: 'ended', cause: 'failed' } });
});
