import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTestPage, type TestPage } from './test-page.ts';

/** Nothing a switch sends may keep the page busy longer (facts/reliability.md section 2.2). */
const busyMsMax = 50;

let opened: TestPage;
beforeAll(async () => {
  opened = await openTestPage('fake-switch');
}, 60_000);
afterAll(() => opened?.close());
beforeEach(() => opened.page.evaluate(() => (window as unknown as Page).forget()));

type Event = { readonly kind: string; readonly remote?: { readonly number: string; readonly displayName: string } };
type Page = {
  readonly sent: string[];
  readonly events: Event[];
  readonly receive: (data: unknown) => number;
  readonly forget: () => void;
};

let count = 0;
/** A request or response with the usual fields, some replaced, some added. */
function message(start: string, over: Record<string, string> = {}, extra: readonly string[] = [], body = ''): string {
  count += 1;
  const fields = {
    Via: `SIP/2.0/WSS x.invalid;branch=z9hG4bK${count}`,
    'Max-Forwards': '70',
    From: '"A" <sip:a@b>;tag=1',
    To: '<sip:6001@hub>',
    'Call-ID': `call-${count}`,
    CSeq: '1 INVITE',
    Contact: '<sip:a@b>',
    'Content-Length': String(body.length),
    ...over,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return `${[start, ...lines, ...extra].join('\r\n')}\r\n\r\n${body}`;
}
/** The caller of an INVITE gives up, so that the next one finds a free line. */
const hangUp = (frame: string) =>
  opened.page.evaluate((each) => (window as unknown as Page).receive(each), frame.replace(/INVITE/gu, 'CANCEL'));
const invite = 'INVITE sip:6001@hub SIP/2.0';
const sdp = { 'Content-Type': 'application/sdp' };

/** The probe of facts/reliability.md section 2.3, RFC 4475 style frames, and what a hostile peer would think of next. */
const frames: Readonly<Record<string, string>> = {
  respBadCSeq: message('SIP/2.0 200 OK', { CSeq: 'x' }),
  hugeCSeq: message(invite, { CSeq: '36893488147419103232 INVITE' }),
  badContact: message(invite, { Contact: '<<<>>>' }),
  badRecordRoute: message(invite, {}, ['Record-Route: zzz<']),
  cut: 'INVITE sip:a SIP/2.0\r\nVia: x',
  noColon: message(invite, {}, ['garbage']),
  negativeLength: message(invite, { 'Content-Length': '-999' }),
  hugeLength: message(invite, { 'Content-Length': '99999999999' }),
  prototype: message(invite, {}, ['__proto__: x', 'constructor: y', 'hasOwnProperty: q', 'toString: z']),
  protoCallId: message(invite, { 'Call-ID': '__proto__' }),
  nul: message(invite, { From: '"a\0b" <sip:a@b>;tag=1' }),
  empty: '\r\n\r\n',
  nothing: '',
  bigStatus: message('SIP/2.0 4294967301 x'),
  twoSpaces: message('INVITE  sip:6001@hub SIP/2.0'),
  scheme: message('INVITE nobodyKnowsThisScheme:opaque SIP/2.0'),
  novelScheme: message('OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0', { CSeq: '1 OPTIONS' }),
  telRequest: message('MESSAGE tel:+15551234 SIP/2.0', { CSeq: '1 MESSAGE' }),
  escapes: message(invite, { To: '<sip:%ZZ@hub>' }),
  replaces: message(invite, {}, ['Replaces: ;;;;']),
  refer: message('REFER sip:6001@hub SIP/2.0', { CSeq: '1 REFER' }, ['Refer-To: <<<']),
  sessionExpires: message(invite, {}, ['Session-Expires: -1']),
  twoFroms: message(invite, {}, ['From: <sip:z@z>;tag=2', 'Via: bad']),
  telTo: message('OPTIONS sip:6001@hub SIP/2.0', { To: '<tel:123>', CSeq: '1 OPTIONS' }),
  noVia: `${invite}\r\nTo: <sip:6001@hub>\r\nFrom: <sip:a@b>;tag=1\r\nCall-ID: 9\r\nCSeq: 1 INVITE\r\n\r\n`,
  unknownVersion: message('INVITE sip:6001@hub SIP/7.0'),
  mismatch: message('OPTIONS sip:6001@hub SIP/2.0', { CSeq: '8 INVITE' }),
  unknownMethod: message('!INTERESTING-METHOD0123456789_*+`.%indeed SIP/2.0', { CSeq: '0 x' }),
  unterminatedQuote: message(invite, { From: '"Mr. J. User <sip:a@b>;tag=1' }),
  spaceInUri: message('INVITE <sip:6001@hub> SIP/2.0'),
  unknownEvent: message('NOTIFY sip:6001@hub SIP/2.0', { CSeq: '1 NOTIFY' }, ['Event: ;;']),
  notifyNoEvent: message('NOTIFY sip:6001@hub SIP/2.0', { CSeq: '1 NOTIFY' }),
  byeNobody: message('BYE sip:6001@hub SIP/2.0', { To: '<sip:6001@hub>;tag=zz', CSeq: '1 BYE' }),
  cancelNobody: message('CANCEL sip:6001@hub SIP/2.0', { CSeq: '1 CANCEL' }),
  strayOk: message('SIP/2.0 200 OK', { CSeq: '4 BYE' }),
  badSdp: message(invite, { ...sdp, 'Content-Length': '9' }, [], 'v=0\r\nm=\r\n'.slice(0, 9)),
  sdpOfNoise: message(invite, sdp, [], 'm=audio a a a\r\n'.repeat(20)),
  sdpOfLines: message(
    invite,
    sdp,
    [],
    `v=0\r\no=- 1 1 IN IP4 0\r\ns=-\r\nt=0 0\r\n${'m=audio 9 RTP/AVP 0\r\n'.repeat(2_800)}`,
  ),
  wrongBody: message(invite, { 'Content-Type': 'text/html' }, [], '<script>alert(1)</script>'),
  contacts10k: message(invite, { Contact: '<sip:a@b>, '.repeat(900).slice(0, -2) }),
  contacts4k: message(invite, { Contact: '<sip:a@b>, '.repeat(360).slice(0, -2) }),
  contactsMany: message(invite, {}, Array<string>(200).fill('Contact: <sip:a@b>, <sip:c@d>, <sip:e@f>')),
  contactsFull: message(invite, {}, Array<string>(3).fill(`Contact: ${'<sip:a@b>, '.repeat(360).slice(0, -2)}`)),
  routesMany: message(invite, {}, Array<string>(200).fill(`Record-Route: ${'<sip:a@b;lr>, '.repeat(14).slice(0, -2)}`)),
  contactsOver: message(invite, {}, Array<string>(14).fill(`Contact: ${'<sip:a@b>, '.repeat(360).slice(0, -2)}`)),
  fields10k: message(invite, {}, Array<string>(10_000).fill('X: y')),
  megabyte: message(invite, { Subject: 'x'.repeat(1_000_000) }),
  parens: message(invite, { From: `${'('.repeat(3_000)} <sip:a@b>;tag=1` }),
  params: message(invite, { From: `<sip:a@b>;tag=1${';a=b'.repeat(1_900)}` }),
};

test.each(Object.entries(frames))(
  '%s: nothing escapes, the page stays responsive, the next OPTIONS is answered',
  async (name, frame) => {
    const options = message('OPTIONS sip:6001@hub SIP/2.0', { CSeq: '1 OPTIONS', 'Call-ID': `after-${name}` });
    const { busyMs, sent } = await opened.page.evaluate(
      ([hostile, next]) => {
        const page = window as unknown as Page;
        const busy = page.receive(hostile);
        page.receive(next);
        return { busyMs: busy, sent: page.sent };
      },
      [frame, options] as const,
    );
    await hangUp(frame);
    expect(busyMs).toBeLessThan(busyMsMax);
    expect(sent.some((each) => each.startsWith('SIP/2.0 200') && each.includes(`after-${name}`))).toBe(true);
    expect(opened.errors).toEqual([]);
  },
);

test.each([
  ['markup', '"<img src=x onerror=alert(1)>"', '<img src=x onerror=alert(1)>'],
  ['bidi override', '"\u202Egnp.exe"', 'gnp.exe'],
  ['SQL', `"x'; DROP TABLE calls;--"`, "x'; DROP TABLE calls;--"],
  ['300 characters', `"${'长'.repeat(300)}"`, '长'.repeat(128)],
])('a display name with %s is text of at most 128 characters', async (_, written, shown) => {
  const frame = message(invite, { From: `${written} <sip:100@b>;tag=1` });
  const events = await opened.page.evaluate((each) => {
    const page = window as unknown as Page;
    page.receive(each);
    return page.events;
  }, frame);
  expect(events.find((event) => event.kind === 'offered')?.remote).toEqual({ number: '100', displayName: shown });
  await hangUp(frame);
});

test("the switch's own word (P-Asserted-Identity) comes before the caller's", async () => {
  const frame = message(invite, { From: '"Liar" <sip:999@b>;tag=1' }, ['P-Asserted-Identity: "王芳" <sip:100@hub>']);
  const events = await opened.page.evaluate((each) => {
    const page = window as unknown as Page;
    page.receive(each);
    return page.events;
  }, frame);
  expect(events.find((event) => event.kind === 'offered')?.remote).toEqual({ number: '100', displayName: '王芳' });
  await hangUp(frame);
});

test('a flood of INVITEs rings four times at most; the rest is told busy', async () => {
  const flood = Array.from({ length: 200 }, () => message(invite));
  const { offered, busy } = await opened.page.evaluate((each) => {
    const page = window as unknown as Page;
    for (const frame of each) page.receive(frame);
    return {
      offered: page.events.filter((event) => event.kind === 'offered').length,
      busy: page.sent.filter((frame) => frame.startsWith('SIP/2.0 486')).length,
    };
  }, flood);
  expect(offered).toBeLessThanOrEqual(4);
  expect(offered + busy).toBe(200);
});
