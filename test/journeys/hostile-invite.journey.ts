import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Asterisk, startAsterisk } from '../rig/asterisk.ts';
import { type Caller, callSeat } from '../rig/caller.ts';
import { openSeat, type Seat } from '../rig/seat.ts';
import { journalOf, verifyJournal } from '../rig/seat-evidence.ts';
import { type SipRelay, startSipRelay } from '../rig/sip-relay.ts';

/** What comes from the network is text to be shown, or rubbish to be thrown away; a seat goes on taking calls. */
let asterisk: Asterisk;
let relay: SipRelay;
let seat: Seat;

beforeAll(async () => {
  asterisk = await startAsterisk();
  relay = await startSipRelay(asterisk.wsUrl);
  const [account] = asterisk.seats;
  if (account === undefined) throw new Error('the rig has no seat');
  seat = await openSeat({ account: { ...account, server: relay.url } });
  await seat.desk.getByRole('button', { name: 'Signalling: good' }).waitFor();
});

afterAll(async () => {
  await seat?.close();
  await relay?.close();
  await asterisk?.stop();
  seat?.remove();
});

const names = [
  '<img src=x onerror="parent.document.title=1">',
  '<script>document.title=1</script>',
  '</h2><iframe src="javascript:parent.document.title=1">',
  '{{constructor.constructor("document.title=1")()}}',
  '=HYPERLINK("http://192.0.2.9/","x")',
  '王芳 😀 ٣٤',
];

test.each(names)('a caller called %s is shown by that name and is no more than text', async (name) => {
  const requests: string[] = [];
  const note = (request: { url(): string }) => requests.push(request.url());
  seat.page.on('request', note);
  const titleBefore = await seat.page.title();
  const caller = await ring(name);
  expect(await seat.desk.locator('#card h2').textContent()).toBe(name);
  await giveUp(caller);
  seat.page.off('request', note);
  expect(await seat.page.title()).toBe(titleBefore);
  expect(await seat.desk.locator('#card iframe, #card img, #card script').count()).toBe(0);
  expect(requests.filter((url) => !url.startsWith('http://127.0.0.1:'))).toEqual([]);
  const offered = (await journalOf(seat.profile)).filter((entry) => entry.kind === 'call-offered').at(-1);
  expect(offered?.body).toMatchObject({ remote: { displayName: name, number: '1000' } });
});

test('characters that turn text around do not reach the screen', async () => {
  const caller = await ring('Ada\u202e321\u2066');
  const shown = await seat.desk.locator('#card h2').textContent();
  expect(shown).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  expect(shown).toContain('Ada');
  await giveUp(caller);
});

/** Frames no switch should send: RFC 4475's kinds, and the two that make JsSIP throw (facts/phone.md section 1). */
const frames: readonly (readonly [what: string, text: string])[] = [
  ['an empty frame', ''],
  ['bytes that are no SIP', '\u0000\u0001\u0002 \ufffd\r\n\r\n'],
  ['a request for a telephone number', invite({ uri: 'tel:+86138' })],
  ['a request for nothing SIP', invite({ uri: 'http://192.0.2.9/' })],
  ['an answer whose CSeq cannot be read', 'SIP/2.0 200 OK\r\nCSeq: nonsense\r\nCall-ID: a\r\n\r\n'],
  ['an answer to a request nobody made', 'SIP/2.0 200 OK\r\nVia: SIP/2.0/WS x;branch=z9hG4bK1\r\nCSeq: 9 BYE\r\n\r\n'],
  ['a header of a megabyte', invite({ header: `X-Long: ${'a'.repeat(1024 * 1024)}` })],
  ['ten thousand headers', invite({ header: Array.from({ length: 10_000 }, (_, i) => `X-${i}: y`).join('\r\n') })],
  ['a Contact list of 60 KB', invite({ header: `Contact: ${'<sip:a@b>,'.repeat(6000)}<sip:a@b>` })],
  ['a body longer than it says', `${invite({})}and more`],
  ['a body shorter than it says', invite({}).replace('Content-Length: 0', 'Content-Length: 999999')],
  ['a negative length', invite({}).replace('Content-Length: 0', 'Content-Length: -1')],
  ['a version of the future', invite({}).replace('SIP/2.0\r\n', 'SIP/7.0\r\n')],
  ['a method nobody knows', invite({}).replaceAll('INVITE', 'NOSUCH')],
];

test.each(frames)('%s is survived: the seat stays registered and the next caller rings', async (_what, text) => {
  relay.sayToSeat(text);
  const caller = await ring('Ada');
  expect(await seat.desk.getByRole('button', { name: 'Signalling: good' }).count()).toBe(1);
  await giveUp(caller);
});

test('after all that the journal is sound and the desk has not complained', async () => {
  await verifyJournal(seat.profile);
  expect(await seat.desk.locator('#card').count()).toBe(1);
});

/** A caller rings until the card shows it. */
async function ring(name: string): Promise<Caller> {
  const caller = await callSeat(asterisk, { endpoint: '6001', name, number: '1000', toneHz: 600 });
  await seat.desk.locator('#card[data-state=ringing]').waitFor();
  return caller;
}

/** The caller gives up, and the card is empty again. */
async function giveUp(caller: Caller): Promise<void> {
  await caller.hangUp();
  await caller.whenEnded();
  await seat.desk.locator('#card:not([data-state=ringing])').waitFor();
}

function invite({ uri = 'sip:6001@127.0.0.1', header = 'X-A: b' }: { uri?: string; header?: string }): string {
  const id = Math.abs(hash(uri + header.slice(0, 99)));
  return [
    `INVITE ${uri} SIP/2.0`,
    `Via: SIP/2.0/WS 127.0.0.1;branch=z9hG4bK${id}`,
    'Max-Forwards: 70',
    `From: <sip:mallory@127.0.0.1>;tag=${id}`,
    'To: <sip:6001@127.0.0.1>',
    `Call-ID: hostile-${id}`,
    'CSeq: 1 INVITE',
    header,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

/** Any number that is the same for the same text: frames need ids of their own, and no dice. */
function hash(text: string): number {
  return Array.from(text).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) | 0, 7);
}
