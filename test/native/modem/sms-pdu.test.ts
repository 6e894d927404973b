import fc from 'fast-check';
import { parse, Submit, utils } from 'node-pdu';
import { describe, expect, it } from 'vitest';
import { cutText } from '../../../native/modem/gsm-text.ts';
import { readPdu, writePdus } from '../../../native/modem/sms-pdu.ts';

/** What the far side reads of messages we send, by the parser that is not ours; header and all. */
function readBack(pdus: readonly { readonly pdu: string; readonly length: number }[]) {
  return pdus.map(({ pdu, length }) => {
    const read = parse(pdu);
    if (!(read instanceof Submit)) throw new Error('no SUBMIT');
    const part = read.data.parts[0];
    expect(length).toBe(pdu.length / 2 - 1);
    return {
      to: `${read.address.type.type === utils.SCAType.TYPE_INTERNATIONAL ? '+' : ''}${read.address.phone?.replace('A', '*').replace('B', '#')}`,
      text: part?.text ?? '',
      index: part?.header?.getCurrent() ?? 0,
      total: part?.header?.getSegments() ?? 0,
      octets: length,
    };
  });
}

describe('messages read', () => {
  it.each([
    // node-pdu's readme.
    [
      '07919730071111F1000B919746121611F10000811170021222230DC8329BFD6681EE6F399B1C02',
      { from: '+79642161111', text: 'Hello, world!', sentAt: Date.UTC(2018, 10, 7, 12, 21, 22) },
    ],
    // JulianWowra/node-pdu#33, from a network in Viet Nam.
    [
      '07914889200009F4040B914843807079F300006220813205908205CF35C84D00',
      { from: '+84340807973', text: 'Ok nè', sentAt: Date.UTC(2026, 1, 18, 16, 50, 9) },
    ],
  ])('%s', (pdu, expected) => {
    expect(readPdu(pdu)).toEqual({ kind: 'text', ...expected });
  });

  it('a sender with a name, Chinese, and a long text', () => {
    // 23.040: address type D0, seven septets in 13 half octets; DCS 08; 16-bit reference 1234, part 2 of 3.
    const sender = utils.Helper.encode7Bit('Bank 12');
    const pdu = `00440D D0 ${sender.result}0008 62112151000023 0B 06 08 04 1234 03 02 4F60597D`.replaceAll(' ', '');
    expect(readPdu(pdu)).toMatchObject({
      kind: 'text',
      from: 'Bank 12',
      text: '你好',
      part: { reference: 0x1234, total: 3, index: 2 },
    });
  });

  it('UCS-2 of a message-waiting text (DCS E0), a § and an emoji', () => {
    expect(readPdu('0004038101F800E06211215100002304D83DDE00')).toMatchObject({ text: '😀' });
    const sign = utils.Helper.encode7Bit('`').result;
    expect(readPdu(`0004038101F8000062112151000023 01${sign}`.replace(' ', ''))).toMatchObject({ text: '§' });
  });

  it('data of eight bits, also by DCS F5, are the bytes they are', () => {
    for (const coding of ['04', 'F5']) {
      const read = readPdu(`0004038101F800${coding}6211215100002304DEADBEEF`);
      expect(read).toMatchObject({ kind: 'text', text: 'DEADBEEF' });
    }
  });

  it('a text of nobody', () => {
    expect(readPdu('0004008100006211215100002302E834')).toMatchObject({ kind: 'text', from: '', text: 'hi' });
  });

  it('reports', () => {
    const report = (status: string): string => `00062A0B919746121611F18111700212222381117002122223${status}`;
    expect(['00', '1F', '20', '30', '40', '46', '7F'].map((status) => readPdu(report(status)))).toMatchObject([
      { kind: 'report', reference: 42, outcome: 'delivered' },
      { outcome: 'delivered' },
      { outcome: 'trying' },
      { outcome: 'trying' },
      { outcome: 'failed' },
      { outcome: 'failed' },
      { outcome: 'failed' },
    ]);
  });

  it('no bytes whatever make it throw, and what it gives is bounded', () => {
    const real = '07914889200009F4040B914843807079F300006220813205908205CF35C84D00';
    const torn = fc
      .tuple(fc.nat(real.length - 1), fc.constantFrom(...'0123456789ABCDEFxZ '))
      .map(([at, char]) => real.slice(0, at) + char + real.slice(at + 1));
    const hex = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('hex'));
    fc.assert(
      fc.property(fc.oneof(hex, torn, fc.string()), (text) => {
        const read = readPdu(text);
        if (read.kind === 'text') {
          expect(read.from.length).toBeLessThanOrEqual(40);
          expect(read.text.length).toBeLessThanOrEqual(400);
          expect(Number.isFinite(read.sentAt)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('messages written', () => {
  it('a short text is one message of seven bits a character', () => {
    expect(writePdus('+46708251358', 'hellohello', 1)).toEqual([
      // The example every SMS tutorial has (dreamfabric.com/sms), with a report asked for.
      { pdu: '0021000B916407281553F800000AE8329BFD4697D9EC37', length: 22 },
    ]);
  });

  it.each(['10086', '13800138000', '008613800138000', '*123#'])('%s stays the number it is', (to) => {
    expect(readBack(writePdus(to, 'x', 1) ?? [])[0]?.to).toBe(to);
  });

  it('refuses what is no number', () => {
    expect([
      writePdus('bank', 'x', 1),
      writePdus('', 'x', 1),
      writePdus('+', 'x', 1),
      writePdus('10086', '', 1),
    ]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it.each([
    ['160 characters', 'a'.repeat(160), 'gsm-7', 1],
    ['161 characters', 'a'.repeat(161), 'gsm-7', 2],
    ['80 brackets', '['.repeat(80), 'gsm-7', 1],
    ['81 brackets', '['.repeat(81), 'gsm-7', 2],
    ['70 Chinese characters', '好'.repeat(70), 'ucs-2', 1],
    ['71 Chinese characters', '好'.repeat(71), 'ucs-2', 2],
    ['accents of the alphabet', 'è€'.repeat(20), 'gsm-7', 1],
    ['a backtick, which it lacks', '`', 'ucs-2', 1],
  ])('%s', (_, text, alphabet, count) => {
    const cut = cutText(text);
    expect([cut.alphabet, cut.pieces.length]).toEqual([alphabet, count]);
  });

  it('every text is read back whole; each part fits its message and none tears a character', () => {
    const char = fc.constantFrom(...'aZ09 @£é€[]{}~^|\\\n', '好', '😀', '§', '`', 'ß');
    const plain = fc.constantFrom(...'aZ09 @£é€[]{}~^|\\\nß');
    const text = fc
      .oneof(fc.array(char, { minLength: 1, maxLength: 400 }), fc.array(plain, { minLength: 1, maxLength: 400 }))
      .map((chars) => chars.join(''));
    fc.assert(
      fc.property(text, fc.nat(70_000), (whole, reference) => {
        const parts = readBack(writePdus('+8613800138000', whole, reference) ?? []);
        expect(parts.map((part) => part.text).join('')).toBe(whole);
        for (const [index, part] of parts.entries()) {
          // Address and all before the text are 16 octets here; the text itself 140 at most.
          expect(part.octets).toBeLessThanOrEqual(16 + 140);
          expect(part.text).not.toMatch(/^[\udc00-\udfff]|[\ud800-\udbff]$/);
          if (parts.length > 1) expect([part.index, part.total]).toEqual([index + 1, parts.length]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
