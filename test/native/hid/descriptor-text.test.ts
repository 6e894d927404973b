import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { descriptorTextMax, readDescriptorInput } from '../../../native/hid/descriptor-text.ts';
import { recordedDescriptors } from './recorded-descriptors.ts';

const read = (text: string): ReturnType<typeof readDescriptorInput> => readDescriptorInput(Buffer.from(text));

describe('descriptor input', () => {
  it('recognises every form of every recorded descriptor', () => {
    for (const { bytes } of recordedDescriptors()) {
      const hex = Buffer.from(bytes).toString('hex');
      const spaced = hex.replace(/../g, '$& ').toUpperCase();
      const source = hex.replace(/../g, '0x$&, ').replace(/((?:0x.., ){8})/g, '$1 // a comment\n');
      const forms = [
        [readDescriptorInput(bytes), 'binary'],
        [read(hex), 'hex'],
        [read(`${spaced}\n`), 'hex'],
        [read(`# taken with usbhid-dump\n${hex}`), 'hex'],
        [read(source), 'hex'],
        [read(JSON.stringify({ descriptor_hex: spaced, vendor: '耳机' })), 'json'],
      ] as const;
      for (const [input, form] of forms) {
        expect(input).toEqual({ kind: 'ok', form, bytes: Uint8Array.from(bytes) });
      }
    }
  });

  it('refuses in words', () => {
    expect(read('050b0')).toMatchObject({ code: 'bad-hex', message: '5 hexadecimal digits are not whole bytes.' });
    expect(read('hello')).toMatchObject({ code: 'bad-hex', message: '"h" is not a hexadecimal digit.' });
    expect(read('{"descriptor": 1}')).toMatchObject({ code: 'bad-json' });
    expect(read('{"descriptor_hex": 5}')).toMatchObject({ code: 'bad-json' });
    expect(read('{"descriptor_hex": ')).toMatchObject({ code: 'bad-json' });
    expect(read(' '.repeat(descriptorTextMax + 1))).toMatchObject({ code: 'too-long' });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readDescriptorInput(bytes)));
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void read(text)));
  });
});
