import { expect, test } from 'vitest';
import { frameBytesMax, headerFieldMax, screenFrame } from '../../../renderer/phone/frame-screen.ts';

const frame = (start: string, fields: readonly string[] = [], cseq = '1 INVITE') =>
  [start, 'Via: SIP/2.0/WSS x.invalid;branch=z9hG4bK1', 'From: <sip:a@b>;tag=1', 'To: <sip:6001@hub>']
    .concat(['Call-ID: 1', `CSeq: ${cseq}`, ...fields, 'Content-Length: 0'])
    .join('\r\n')
    .concat('\r\n\r\n');
const invite = 'INVITE sip:6001@hub SIP/2.0';

test.each([
  ['a good request', frame(invite)],
  ['sips', frame('INVITE sips:6001@hub SIP/2.0')],
  ['a good response', frame('SIP/2.0 200 OK')],
  ['a response without reason', frame('SIP/2.0 200')],
  ['a keep-alive', '\r\n\r\n'],
  ['a keep-alive answer', '\r\n'],
  ['folded header lines', frame(invite, ['Subject: a\r\n b'])],
])('passes: %s', (_, text) => {
  expect(screenFrame(text)).toEqual({ kind: 'pass', text });
});

test.each([
  ['larger than 64 KB', frame(invite, [`X: ${'x'.repeat(frameBytesMax)}`]), 'oversize'],
  ['one header field over 4 KB', frame(invite, [`Contact: ${'<sip:a@b>,'.repeat(headerFieldMax / 10)}`]), 'oversize'],
  ['header fields of 20 KB', frame(invite, Array<string>(10).fill(`X: ${'x'.repeat(2_000)}`)), 'oversize'],
  ['thousands of header fields', frame(invite, Array<string>(5_000).fill('X: y')), 'oversize'],
  ['a malformed CSeq', frame('SIP/2.0 200 OK', [], 'x'), 'unreadable'],
  ['a CSeq of 2**65', frame(invite, [], '36893488147419103232 INVITE'), 'unreadable'],
  ['no CSeq', 'SIP/2.0 200 OK\r\nVia: x\r\n\r\n', 'unreadable'],
  ['a status line of another version', frame('SIP/7.0 200 OK'), 'unreadable'],
  ['a status code of ten digits', frame('SIP/2.0 4294967301 x'), 'unreadable'],
  ['two spaces in the request line', frame('INVITE  sip:6001@hub SIP/2.0'), 'unreadable'],
  ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'unreadable'],
  ['an ACK of another scheme is never answered', frame('ACK tel:1 SIP/2.0', [], '1 ACK'), 'unreadable'],
])('drops: %s', (_, text, why) => {
  expect(screenFrame(text)).toEqual({ kind: 'drop', why });
});

test.each(['tel:+1', 'nobodyKnowsThisScheme:opaque', 'soap.beep://192.0.2.103:3002'])('answers 416 to %s', (uri) => {
  expect(screenFrame(frame(`OPTIONS ${uri} SIP/2.0`, [], '1 OPTIONS'))).toEqual({
    kind: 'reply',
    text: [
      'SIP/2.0 416 Unsupported URI Scheme',
      'Via: SIP/2.0/WSS x.invalid;branch=z9hG4bK1',
      'From: <sip:a@b>;tag=1',
      'Call-ID: 1',
      'CSeq: 1 OPTIONS',
      'To: <sip:6001@hub>;tag=unsupported-scheme',
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  });
});
