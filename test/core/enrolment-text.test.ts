import fc from 'fast-check';
import { expect, test } from 'vitest';
import { enrolmentFileText, enrolmentUri, readEnrolmentText } from '../../core/enrolment-text.ts';

const pin = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
const enrolment = { address: 'https://hub.example:7440', code: '01234-56789-ABCDE-FGHJK', pins: [pin] };

test('what is written is read again, as a file and as a scanned line', () => {
  expect(readEnrolmentText(enrolmentFileText(enrolment))).toEqual({ kind: 'read', enrolment });
  expect(readEnrolmentText(enrolmentUri(enrolment))).toEqual({ kind: 'read', enrolment });
  const plain = { ...enrolment, pins: [] };
  expect(readEnrolmentText(enrolmentFileText(plain))).toEqual({ kind: 'read', enrolment: plain });
  expect(readEnrolmentText(enrolmentUri(plain))).toEqual({ kind: 'read', enrolment: plain });
});

test.each([
  ['a byte order mark and spaces', `\uFEFF \r\n${enrolmentFileText(enrolment)}\r\n`],
  [
    'one pin without a list',
    `{"hookline":1,"kind":"enrolment","hub":"${enrolment.address}","code":"${enrolment.code}","pin":"${pin}"}`,
  ],
  ['a scanner that ends with Enter', `${enrolmentUri(enrolment)}\r`],
  ['a scheme in capitals', enrolmentUri(enrolment).replace('hookline:enrol', 'HOOKLINE:ENROL')],
  ['a slash at the end of the address', enrolmentUri({ ...enrolment, address: `${enrolment.address}/` })],
  ['an address in capitals', enrolmentUri({ ...enrolment, address: 'HTTPS://HUB.EXAMPLE:7440' })],
])('%s is no matter', (_, text) => {
  expect(readEnrolmentText(text)).toEqual({ kind: 'read', enrolment });
});

test('an address and a code that somebody typed', () => {
  expect(readEnrolmentText('http://127.0.0.1:7440  abc-def')).toEqual({
    kind: 'read',
    enrolment: { address: 'http://127.0.0.1:7440', code: 'abc-def', pins: [] },
  });
});

test.each([
  '',
  'hello',
  'hookline:enrol?',
  'hookline:enrol?hub=https%3A%2F%2Fhub.example',
  'hookline:enrol?hub=%E0%A4%A&code=1',
  'hookline:call?hub=https%3A%2F%2Fhub.example&code=1',
  '{"hookline":1}',
  '{"hookline":2,"kind":"enrolment","hub":"https://hub.example","code":"1"}',
  '{',
  // Plain HTTP shows the key to everybody on the way.
  'http://hub.example 1',
  'http://10.0.0.1:7440 1',
  'http://127.0.0.1.evil.example 1',
  'http://localhost@evil.example 1',
  'https://user:password@hub.example 1',
  'https://hub.example/?a=1 1',
  'https://hub.example#x 1',
  'ftp://hub.example 1',
  'javascript:alert(1) 1',
  'https:// 1',
  'https://hub.example 1 2',
  `https://hub.example ${'1'.repeat(65)}`,
  'hookline:enrol?hub=https%3A%2F%2Fhub.example&code=1&pin=short',
])('%s is refused', (text) => {
  expect(readEnrolmentText(text)).toMatchObject({ kind: 'unreadable' });
});

test('any text at all is read or refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `hookline:enrol?${text}`),
        fc.json(),
      ),
      (text) => {
        expect(['read', 'unreadable']).toContain(readEnrolmentText(text).kind);
      },
    ),
  );
});
