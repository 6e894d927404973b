import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { descriptorTextMax, readDescriptorInput } from '../../../native/hid/descriptor-text.ts';
import { recordedDescriptors } from './recorded-descriptors.ts';

const offset = (value: number, radix: number): string => value.toString(radix).padStart(7, '0');
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

  it('reads arrays of C sources, what hexdump and od print, base64 and the files of PowerShell', () => {
    for (const { bytes } of recordedDescriptors()) {
      const list = [...bytes].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`);
      const hex = Buffer.from(bytes).toString('hex');
      const lines = hex.match(/.{1,32}/g) ?? [];
      const numbered = (radix: number, rowOf: (line: string) => string): string =>
        [...lines.map((line, row) => `${offset(row * 16, radix)} ${rowOf(line)}`), offset(bytes.length, radix)].join(
          '\n',
        );
      const inBytes = (line: string): string => line.replace(/../g, '$& ');
      const inWords = (line: string): string =>
        `${line}00`.replace(/(..)(..)/g, '$2$1 ').slice(0, Math.ceil(line.length / 4) * 5);
      const forms = [
        read(`static const uint8_t report_descriptor[] = { ${list.join(', ')} };`),
        read(
          `const unsigned char d[${bytes.length}] = {\n${list.map((byte) => `  ${byte}, /* item ${byte} */`).join('\n')}\n};`,
        ),
        read(list.map((byte) => `${byte.slice(2)}h`).join(' ')),
        read(`"${list.map((byte) => `\\x${byte.slice(2)}`).join('')}"`),
        read(numbered(8, inBytes)),
        read(numbered(16, inBytes)),
        read(numbered(8, inWords)),
        read(numbered(16, inWords)),
        read(Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\n')),
        readDescriptorInput(Buffer.from(`\ufeff${hex}\r\n`, 'utf16le')),
        read(JSON.stringify({ name: 'x', reportDescriptor: [...bytes] })),
      ];
      for (const input of forms) expect(input).toMatchObject({ kind: 'ok', bytes: Uint8Array.from(bytes) });
    }
    const asItIs = Buffer.from('050b0905a1010920c0', 'hex');
    expect(read('0000000 0b05 0509 01a1 2009 00c0\n0000009\n')).toMatchObject({ bytes: Uint8Array.from(asItIs) });
    expect(read(`${'/*'.repeat(descriptorTextMax / 2)}`)).toMatchObject({ kind: 'ok', bytes: new Uint8Array() });
  });

  it('refuses in words', () => {
    expect(read('050b0')).toMatchObject({ code: 'bad-hex', message: '5 hexadecimal digits are not whole bytes.' });
    expect(read('hello')).toMatchObject({ code: 'bad-hex', message: '"h" is not a hexadecimal digit.' });
    expect(read('{"descriptor": 1}')).toMatchObject({ code: 'bad-json' });
    expect(read('{"descriptor_hex": 5}')).toMatchObject({ code: 'bad-json' });
    expect(read('{"descriptor_hex": ')).toMatchObject({ code: 'bad-json' });
    expect(read(' '.repeat(descriptorTextMax + 1))).toMatchObject({ code: 'too-long' });
  });

  it('reads the longest input in linear time, whatever it is made of', () => {
    // Work that grows with the square of 128 KiB takes a minute, so this test can only end by the runner's limit.
    const openings = ['', '0000000 ', '0000: ', 'R: 9 ', '{', 'a '];
    for (const piece of [' ', '/*', '0 ', '00 ', '|', '{', 'a ', 'aa', '0:\n', '>', '//'])
      for (const opening of openings) {
        const input = read(`${opening}${piece.repeat((descriptorTextMax - 10) / piece.length)}x`);
        expect(['ok', 'error']).toContain(input.kind);
      }
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readDescriptorInput(bytes)));
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void read(text)));
  });
});
