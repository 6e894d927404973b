import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksumRule } from '../../../native/serial/checksum.ts';
import { type Escaping, unwrapped, wrapped } from '../../../native/serial/escaping.ts';
import { createFramer } from '../../../native/serial/framing.ts';
import { framingRule } from '../../../native/serial/framing-rule.ts';

const message = fc.uint8Array({ minLength: 1, maxLength: 40 });
const marked = fc.array(fc.constantFrom(0x02, 0x03, 0x10, 0xc0, 0xdb, 0xdc, 0xdd), { minLength: 1, maxLength: 20 });

test.each<Escaping>(['slip', 'dle'])('%s: what is wrapped is read again as it was, between any others', (type) => {
  const none = checksumRule.parse({ kind: 'none' });
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          message,
          marked.map((bytes) => Uint8Array.from(bytes)),
        ),
        { maxLength: 5 },
      ),
      (plain) => {
        const framer = createFramer(framingRule.parse({ type, max: 64 }), none);
        const frames = plain.flatMap((bytes) => framer.push(wrapped(type, bytes), 0));
        expect(frames.map(({ bytes }) => [...bytes]).filter((bytes) => bytes.length > 0)).toEqual(
          plain.map((bytes) => [...bytes]),
        );
      },
    ),
  );
});

test('a command may be written with its marks, escaped by hand or not', () => {
  const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
  expect(unwrapped('slip', bytes('c002c001c0'))).toEqual(bytes('02c001'));
  expect(unwrapped('slip', bytes('c002dbdc01c0'))).toEqual(bytes('02c001'));
  expect(unwrapped('slip', bytes('02c0'))).toEqual(bytes('02c0'));
  expect(unwrapped('dle', bytes('100202101003'))).toEqual(bytes('0210'));
  expect(unwrapped('dle', bytes('10020210101003'))).toEqual(bytes('0210'));
  expect(unwrapped('dle', bytes('021003'))).toEqual(bytes('021003'));
});
