import { describe, expect, it } from 'vitest';
import { encodeCall, encodeLamp, encodeLampFailure } from '../../../native/smdi/smdi-encode.ts';
import { type NumberWidth, withoutPadding } from '../../../native/smdi/smdi-message.ts';
import { createSmdiReader } from '../../../native/smdi/smdi-reader.ts';

function read(text: string, width: NumberWidth = 7) {
  const reader = createSmdiReader(width);
  const reads = [...reader.push(Buffer.from(text, 'latin1')), ...reader.end()];
  return { reads, counts: reader.counts };
}

function call(letter: string, forwardedFrom: string, calling: string) {
  const reasons = new Map([
    ['D', 'direct'],
    ['A', 'forwarded-all'],
    ['B', 'forwarded-busy'],
    ['N', 'forwarded-no-answer'],
    ['U', 'forwarded'],
  ]);
  const message = { desk: '001', terminal: '0007', reason: reasons.get(letter) ?? 'extension', letter };
  return { kind: 'call', message: { ...message, forwardedFrom, calling } };
}

describe('calls', () => {
  it.each([
    // Wikipedia's example (revisions of 2007), and Asterisk's reading of each shape.
    ['\r\nMD0010007D 3500 \r\n\x19', 7, call('D', '', '3500')],
    ['\r\nMD0010007D 0003500 \r\n\x19', 7, call('D', '', '3500')],
    ['\r\nMD0010007A5551234 5556789 \r\n\x19', 7, call('A', '5551234', '5556789')],
    ['\r\nMD0010007B2565551234 0000003500 \r\n\x19', 10, call('B', '2565551234', '3500')],
    ['\r\nMD0010007N03401 13500 \r\n\x19', 5, call('N', '3401', '13500')],
    ['\r\nMD0010007U5551234 0005600 \r\n\x19', 7, call('U', '5551234', '5600')],
    // One page prints the tail as SP LF ^Y.
    ['MD0010007B0003401 0003500 \n\x19', 7, call('B', '3401', '3500')],
    ['MD0010007B0003401 0003500\x19', 7, call('B', '3401', '3500')],
    ['MD 001 0007 B 0003401   0003500   \r', 7, call('B', '3401', '3500')],
    ['MD0010007D0003500\r', 7, call('D', '', '3500')],
    ['MD0010007D  \r\n\x19', 7, call('D', '', '')],
    // iPECS: both numbers, the one called alone, the one calling alone; letters of its own.
    ['MD0010007C0003401 0003500 \r\n\x19', 7, call('C', '3401', '3500')],
    ['MD0010007H0003401  \r\n\x19', 7, call('H', '3401', '')],
    ['MD0010007I0003401 \r\n\x19', 7, call('I', '3401', '')],
    ['MD0010007R 0003500 \r\n\x19', 7, call('R', '', '3500')],
    ['MD0010007E\r\n\x19', 7, call('E', '', '')],
  ] as const)('%j at %i digits', (text, width, expected) => {
    expect(read(text, width)).toEqual({ reads: [expected], counts: { messages: 1, unreadable: 0, noiseBytes: 0 } });
  });

  it('reads seven bits with even parity from a port that gives eight', () => {
    const bytes = Buffer.from('\r\nMD0010007D 3500 \r\n\x19', 'latin1').map((byte) => {
      const ones = [...byte.toString(2)].filter((bit) => bit === '1').length;
      return ones % 2 === 1 ? byte | 0x80 : byte;
    });
    expect(createSmdiReader(7).push(bytes)).toEqual([call('D', '', '3500')]);
  });
});

describe('lamps', () => {
  it.each([
    ['OP:MWI 5551234!\x04', { kind: 'lamp-asked', number: '5551234', isOn: true }],
    ['RMV:MWI 0003500!\x04', { kind: 'lamp-asked', number: '3500', isOn: false }],
    ['OP:MWI5551234 !', { kind: 'lamp-asked', number: '5551234', isOn: true }],
    ['OP: MWI 5551234\x04', { kind: 'lamp-asked', number: '5551234', isOn: true }],
    ['\r\nMWI5559999 INV\r\n\x19', { kind: 'lamp-failed', number: '5559999', cause: 'INV' }],
    ['\r\nMWI 5559999 BLK\r\n\x19', { kind: 'lamp-failed', number: '5559999', cause: 'BLK' }],
    ['MWI 0003500 042 \x19', { kind: 'lamp-failed', number: '3500', cause: '042' }],
    ['MWI 0003500INV\r', { kind: 'lamp-failed', number: '3500', cause: 'INV' }],
  ])('%j', (text, expected) => {
    expect(read(text)).toEqual({ reads: [expected], counts: { messages: 1, unreadable: 0, noiseBytes: 0 } });
  });
});

describe('what is no message', () => {
  it.each([
    ['a message cut off by the next', 'MD00100MD0010007D 3500 \r', ['MD00100', call('D', '', '3500')]],
    ['a refusal cut off by the next', 'MWI 3500 MD0010007D 3500 \r', ['MWI 3500 MD0', call('D', '', '3500')]],
    ['a lamp command without its end', 'OP:MWI 35\r\nRMV:MWI 0003500!\x04', ['OP:MWI 35', 'off 3500']],
    ['a number that is too long', 'MD0010007D 12345678901 \r', ['MD0010007D 1234567890']],
    ['three numbers', 'MD0010007B1 2 3\r', ['MD0010007B1 2 ']],
    ['no letter', 'MD0010007 3500\r', ['MD0010007 ']],
    ['a cause of two characters', 'MWI 3500 IN\r', ['MWI 3500 IN']],
    ['a cause of four characters', 'MWI 3500 INVA\r', ['MWI 3500 INV']],
    ['a refusal of no number', 'MWI INV\r', ['MWI ']],
    ['spaces without end', `MD0010007D${' '.repeat(1000)}\r`, [`MD0010007D${' '.repeat(70)}`]],
  ])('%s', (_, text, expected) => {
    const seen = read(text).reads.map((one) => {
      if (one.kind === 'unreadable') return one.text;
      return one.kind === 'lamp-asked' ? `${one.isOn ? 'on' : 'off'} ${one.number}` : one;
    });
    expect(seen).toEqual(expected);
  });

  it('counts noise, and what fills time is none', () => {
    const text = 'ATZ\r\n\x00\x7f\x11\x13MD0010007D 3500 \r\n\x19login: OP:MWI 3500!\x04OK';
    expect(read(text).counts).toEqual({ messages: 2, unreadable: 0, noiseBytes: 'ATZlogin:OK'.length });
  });

  it('forgets what was begun when the link was away', () => {
    const reader = createSmdiReader(7);
    expect(reader.push(Buffer.from('MD0010007D 35'))).toEqual([]);
    reader.reset();
    expect(reader.push(Buffer.from('00 \r'))).toEqual([]);
    expect(reader.counts).toEqual({ messages: 0, unreadable: 0, noiseBytes: 2 });
  });
});

describe('writing', () => {
  const text = (encoded: ReturnType<typeof encodeCall>) =>
    encoded.kind === 'bytes' ? Buffer.from(encoded.bytes).toString('latin1') : encoded.why;
  const message = { desk: '1', terminal: '7', letter: '', forwardedFrom: '3401', calling: '3500' };

  it.each([
    [5, '\r\nMD0010007B03401 03500 \r\n\x19'],
    [7, '\r\nMD0010007B0003401 0003500 \r\n\x19'],
    [10, '\r\nMD0010007B0000003401 0000003500 \r\n\x19'],
  ] as const)('a call at %i digits', (width, expected) => {
    expect(text(encodeCall({ ...message, reason: 'forwarded-busy' }, width))).toBe(expected);
  });

  it("a direct call, a call without numbers, a vendor's letter", () => {
    expect(text(encodeCall({ ...message, reason: 'direct', forwardedFrom: '' }, 7))).toBe(
      '\r\nMD0010007D 0003500 \r\n\x19',
    );
    expect(text(encodeCall({ ...message, reason: 'forwarded', forwardedFrom: '', calling: '' }, 7))).toBe(
      '\r\nMD0010007U  \r\n\x19',
    );
    expect(text(encodeCall({ ...message, reason: 'extension', letter: 'H', calling: '' }, 7))).toBe(
      '\r\nMD0010007H0003401  \r\n\x19',
    );
  });

  it.each([
    [{ calling: '12345678' }, 'A number on this link has 1 to 7 digits.'],
    [{ forwardedFrom: '34 01' }, 'A number on this link has 1 to 7 digits.'],
    [{ desk: '' }, 'A desk has three digits, a terminal four.'],
    [{ terminal: '7\r' }, 'A desk has three digits, a terminal four.'],
    [{ reason: 'extension', letter: 'D' }, 'The letter D does not say extension.'],
    [{ reason: 'extension', letter: '' }, 'The letter  does not say extension.'],
  ] as const)('refuses %j', (change, why) => {
    expect(text(encodeCall({ ...message, reason: 'direct', ...change }, 7))).toBe(why);
  });

  it('lamps and their refusals', () => {
    expect(text(encodeLamp('3500', true, 7))).toBe('OP:MWI 0003500!\x04');
    expect(text(encodeLamp('2565551234', false, 10))).toBe('RMV:MWI 2565551234!\x04');
    expect(text(encodeLamp('2565551234', true, 7))).toBe('A number on this link has 1 to 7 digits.');
    expect(text(encodeLampFailure('3500', 'INV', 7))).toBe('\r\nMWI0003500 INV\r\n\x19');
    expect(text(encodeLampFailure('35', 'INVALID', 7))).toBe('A cause has three characters.');
    expect(text(encodeLampFailure('', 'INV', 7))).toBe('A number has 1 to 10 digits.');
  });
});

describe('padding', () => {
  it.each([
    ['0003500', 7, '3500'],
    ['0000000', 7, '0'],
    ['03500', 7, '03500'],
    ['03500', 5, '3500'],
    ['5551234', 7, '5551234'],
    ['', 7, ''],
  ] as const)('%s at %i digits is %s', (number, width, expected) => {
    expect(withoutPadding(number, width)).toBe(expected);
  });
});
