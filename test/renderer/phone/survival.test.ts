import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTestPage, type TestPage } from './test-page.ts';

/** What JsSIP 3.13.8 takes for the end of a call or of a registration, one by one (facts/phone.md sections 1 and 3). */
let opened: TestPage;
let calls = 0;

function call<Result = unknown>(name: string, ...args: readonly unknown[]): Promise<Result> {
  return opened.page.evaluate(
    ([functionName, given]) =>
      (window as unknown as Record<string, (...a: unknown[]) => unknown>)[functionName]?.(...given),
    [name, args] as const,
  ) as Promise<Result>;
}

beforeAll(async () => {
  opened = await openTestPage('survival');
  await call('waitFor', 0, { kind: 'signalling', state: 'registered' });
}, 60_000);
afterAll(() => opened?.close());
beforeEach(async () => {
  await call('fault', { refuseConnect: false, swallow: '', answerWith: '' });
});

/** A call that is up, and the place in the events from which to look. */
async function established(): Promise<{ callId: string; seen: number }> {
  calls += 1;
  const callId = `call-${calls}`;
  const from = await call<number>('count');
  await call('command', 'dial', callId, '1');
  return {
    callId,
    seen: await call<number>('waitFor', from, { kind: 'call', callId, event: { kind: 'established' } }),
  };
}

async function hangUp(callId: string): Promise<void> {
  const from = await call<number>('count');
  await call('command', 'hangUp', callId);
  await call('waitFor', from, { kind: 'call', callId, event: { kind: 'ended', cause: 'hung-up-here' } });
}

test('the socket drops in a call: registered again at once, and the call is offered new paths once', async () => {
  const { callId, seen } = await established();
  const reinvites = await call<number>('sent', 'INVITE ');
  await call('cut');
  const registered = await call<number>('waitFor', seen, { kind: 'signalling', state: 'registered' });
  expect(registered).toBeGreaterThan(seen);
  await call('waitForSent', 'INVITE ', reinvites + 1);
  expect(await call<string>('lastSent', 'INVITE ')).toMatch(/\r\na=candidate:/u);
  expect(await call('hasEnded', callId)).toBe(false);
  await hangUp(callId);
});

test('hold, resume and hang-up while the switch is away: refused with a reason, and the end reaches it later', async () => {
  const { callId } = await established();
  await call('fault', { refuseConnect: true });
  await call('cut');
  const why = expect.stringContaining('cannot be reached');
  expect(await call('command', 'hold', callId)).toEqual({ kind: 'refused', why });
  expect(await call('command', 'digits', callId, '5')).toEqual({ kind: 'taken' });
  expect(await call('hasEnded', callId)).toBe(false);
  const byes = await call<number>('sent', 'BYE ');
  await hangUp(callId);
  expect(await call('sent', 'BYE ')).toBe(byes);
  await call('fault', { refuseConnect: false });
  await call('waitForSent', 'BYE ', byes + 1);
  await expect.poll(() => call('theirEnd')).not.toBeNull();
});

test('the socket drops while a hold is under way: the hold is refused, the call goes on and can be held after', async () => {
  const { callId } = await established();
  await call('fault', { swallow: 'RE-INVITE' });
  const from = await call<number>('count');
  await call('command', 'hold', callId);
  await call('waitForSent', 'INVITE ', (await call<number>('sent', 'INVITE ')) || 1);
  await expect.poll(() => call<string>('lastSent', 'INVITE ')).toContain('a=sendonly');
  await call('cut');
  await call('waitFor', from, { kind: 'refused', callId, what: 'hold' });
  await call('fault', { swallow: '' });
  expect(await call('hasEnded', callId)).toBe(false);
  const registered = await call<number>('waitFor', from, { kind: 'signalling', state: 'registered' });
  await expect.poll(() => call<{ kind: string }>('command', 'hold', callId)).toEqual({ kind: 'taken' });
  await call('waitFor', registered, { kind: 'call', callId, event: { kind: 'held' } });
  await hangUp(callId);
});

test.each(['408 Request Timeout', '481 Call/Transaction Does Not Exist', '500 Server Error'])(
  'a change answered with %s does not end the call',
  async (status) => {
    const { callId } = await established();
    await call('fault', { answerWith: status });
    const from = await call<number>('count');
    await call('command', 'hold', callId);
    await call('waitFor', from, { kind: 'refused', callId, what: 'hold' });
    await call('fault', { answerWith: '' });
    expect(await call('hasEnded', callId)).toBe(false);
    await hangUp(callId);
  },
);

test.each(['disconnected', 'failed'] as const)('ICE %s: new paths are offered and the call goes on', async (state) => {
  const { callId } = await established();
  const reinvites = await call<number>('sent', 'INVITE ');
  await call('iceSays', callId, state);
  await call('waitForSent', 'INVITE ', reinvites + 1);
  expect(await call<string>('lastSent', 'INVITE ')).toMatch(/\r\na=candidate:/u);
  expect(await call('hasEnded', callId)).toBe(false);
  await hangUp(callId);
});

test('an offer never leaves without a candidate while they are still gathered', async () => {
  const { callId } = await established();
  await call('gatherSlowly', callId);
  const reinvites = await call<number>('sent', 'INVITE ');
  await call('iceSays', callId, 'disconnected');
  await call('waitForSent', 'INVITE ', reinvites + 1);
  expect(await call<string>('lastSent', 'INVITE ')).toMatch(/\r\na=candidate:/u);
  await hangUp(callId);
});

test('gathering that finds nothing and never ends: the offer leaves all the same, and the call can be held after', async () => {
  const { callId } = await established();
  await call('gatherNothing', callId);
  const reinvites = await call<number>('sent', 'INVITE ');
  await call('iceSays', callId, 'disconnected');
  await call('waitForSent', 'INVITE ', reinvites + 1);
  expect(await call('hasEnded', callId)).toBe(false);
  await hangUp(callId);
});

test('both sides change the call at once: 491, and it goes on', async () => {
  const { callId, seen } = await established();
  const glares = await call<number>('sent', 'SIP/2.0 491');
  await call('bothHold', callId);
  await call('waitForSent', 'SIP/2.0 491', glares + 1);
  await call('waitFor', seen, { kind: 'call', callId, event: { kind: 'held' } });
  expect(await call('hasEnded', callId)).toBe(false);
  await hangUp(callId);
});

test('REGISTER answered with 503 is tried again, not sooner than the switch asks', async () => {
  await call('fault', { answerWith: '503 Service Unavailable\r\nRetry-After: 1' });
  const from = await call<number>('count');
  await call('cut');
  await call('waitFor', from, { kind: 'signalling', state: 'offline', detail: '503 Service Unavailable' });
  await call('fault', { answerWith: '' });
  await call('waitFor', from, { kind: 'signalling', state: 'registered' });
}, 20_000);

test('a REGISTER that is never answered is sent again within seconds', async () => {
  await call('fault', { swallow: 'REGISTER' });
  const from = await call<number>('count');
  const before = await call<number>('sent', 'REGISTER ');
  await call('cut');
  await call('waitForSent', 'REGISTER ', before + 1);
  await call('fault', { swallow: '' });
  await call('waitFor', from, { kind: 'signalling', state: 'registered' });
}, 20_000);

test('nothing of all this was an error of the page', () => {
  expect(opened.errors).toEqual([]);
});
