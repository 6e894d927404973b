import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestPage, type TestPage } from './test-page.ts';

let opened: TestPage;

function call<Result>(name: string, ...args: readonly unknown[]): Promise<Result> {
  return opened.page.evaluate(
    ([functionName, given]) =>
      (window as unknown as Record<string, (...a: unknown[]) => unknown>)[functionName]?.(...given),
    [name, args] as const,
  ) as Promise<Result>;
}

describe('a refused change', () => {
  beforeAll(async () => {
    opened = await openTestPage('refusal');
  }, 60_000);
  afterAll(() => opened?.close());

  test.each(['488 Not Acceptable Here', '503 Service Unavailable', '606 Not Acceptable'])(
    'hold or resume answered with %s leaves the call as it was',
    async (status) => {
      const started = await call<number>('count');
      await call('command', 'dial', status, '1');
      let seen = await call<number>('waitFor', started, { kind: 'call', event: { kind: 'established' } });
      await call('refuse', status);
      expect(await call('command', 'hold', status)).toEqual({ outcome: { kind: 'taken' }, isSending: false });
      seen = await call<number>('waitFor', seen, { kind: 'refused', what: 'hold' });
      expect(await call('isSending', status)).toBe(true);
      await call('refuse', null);
      await call('command', 'hold', status);
      seen = await call<number>('waitFor', seen, { kind: 'call', event: { kind: 'held' } });
      await call('refuse', status);
      await call('command', 'resume', status);
      seen = await call<number>('waitFor', seen, { kind: 'refused', what: 'resume' });
      expect(await call('isSending', status)).toBe(false);
      await call('refuse', null);
      await call('command', 'resume', status);
      seen = await call<number>('waitFor', seen, { kind: 'call', event: { kind: 'resumed' } });
      expect([await call('isSending', status), await call('hasEnded', status)]).toEqual([true, false]);
      await call('command', 'hangUp', status);
      await call('waitFor', seen, { kind: 'call', event: { kind: 'ended', cause: 'hung-up-here' } });
    },
  );
});

const invite = (over: { callId: string; sdp: string; method?: string }) =>
  [
    `${over.method ?? 'INVITE'} sip:6001@hub SIP/2.0`,
    `Via: SIP/2.0/WSS x.invalid;branch=z9hG4bK${over.callId}`,
    'From: "A" <sip:100@b>;tag=1',
    'To: <sip:6001@hub>',
    `Call-ID: ${over.callId}`,
    `CSeq: 1 ${over.method ?? 'INVITE'}`,
    'Contact: <sip:a@b>',
    ...(over.sdp === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${over.sdp.length}`,
    '',
    over.sdp,
  ].join('\r\n');

async function ring(callId: string, sdp: string): Promise<string> {
  await call('receive', invite({ callId, sdp }));
  await call('frameWith', 'SIP/2.0 180');
  return await opened.page.evaluate(() => {
    const { events } = window as unknown as { events: { kind: string; callId: string }[] };
    return events.filter((event) => event.kind === 'offered').at(-1)?.callId ?? '';
  });
}

describe('against a switch that is the test', () => {
  let before = 0;
  beforeAll(async () => {
    opened = await openTestPage('fake-switch');
  }, 60_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    await call('forget');
    before = (await call<string[]>('connectionStates')).length;
  });
  const states = async () => (await call<string[]>('connectionStates')).slice(before);

  test('the 200 OK puts Opus first and G.711 last, asks for FEC, and leaves nothing open after the end', async () => {
    const callId = await ring('one', await call<string>('offer'));
    await call('command', 'answer', callId);
    const ok = await call<string>('frameWith', 'SIP/2.0 200');
    const payloads = /^m=audio \d+ \S+ (.*)\r$/mu.exec(ok)?.[1]?.split(' ') ?? [];
    const codecs = payloads.map((type) => new RegExp(`^a=rtpmap:${type} ([^/]+)`, 'mu').exec(ok)?.[1]);
    expect(codecs.slice(0, 4)).toEqual(['opus', 'G722', 'PCMU', 'PCMA']);
    expect(ok).toMatch(/a=fmtp:\d+ minptime=10;useinbandfec=1;usedtx=0;maxaveragebitrate=32000\r/u);
    expect(ok).toContain('a=candidate:');
    expect(await states()).toEqual(['stable']);
    await call('command', 'hangUp', callId);
    expect(await states()).toEqual(['closed']);
  });

  test('a caller who gives up while ringing leaves no prepared connection open', async () => {
    await ring('two', await call<string>('offer'));
    await opened.page.waitForFunction(
      (from) =>
        (window as unknown as { connectionStates: () => string[] }).connectionStates().slice(from).includes('stable'),
      before,
    );
    await call('receive', invite({ callId: 'two', sdp: '', method: 'CANCEL' }));
    await call('frameWith', 'SIP/2.0 487');
    // The preparing may have been under way; it is let go of as soon as it is done.
    await expect.poll(states).toEqual(['closed']);
  });

  test('a late offer is answered the ordinary way, with an offer of ours', async () => {
    const callId = await ring('three', '');
    await call('command', 'answer', callId);
    expect(await call<string>('frameWith', 'SIP/2.0 200')).toMatch(/m=audio \d+ .*\r\n[\s\S]*a=candidate:/u);
  });

  test('an offer nobody can read is refused with 488 when answered, and the call ends as media-failed', async () => {
    const callId = await ring('four', 'v=0\r\nm=audio nonsense\r\n');
    await call('command', 'answer', callId);
    await call('frameWith', 'SIP/2.0 488');
    const last = await opened.page.evaluate(() => (window as unknown as { events: unknown[] }).events.at(-1));
    expect(last).toEqual({ kind: 'call', callId, event: { kind: 'ended', cause: 'media-failed' } });
  });
});
