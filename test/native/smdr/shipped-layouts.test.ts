import { describe, expect, it } from 'vitest';
import { callRecord } from '../../../core/call-record.ts';
import { smdrLayout } from '../../../native/smdr/layout.ts';
import { RecordDecoder } from '../../../native/smdr/record-decoder.ts';
import { columnLine, decodeAll, layoutOf, recorded, recordedLines } from './recorded-lines.ts';

describe('lines that a switch printed', () => {
  it.each(recordedLines.map((one) => [one.layout, one] as const))('%s: every line fits', (id, { lines, hex }) => {
    const { counts, unread, records } = decodeAll(id, hex === undefined ? lines : Buffer.from(hex, 'hex'));
    expect({ unread, lines: counts.lines, fitted: counts.fitted }).toEqual({
      unread: [],
      lines: lines.length,
      fitted: lines.length,
    });
    for (const record of records) expect(callRecord.parse(record)).toEqual(record);
  });

  it('Mitel 5000, byte for byte over TCP: length, 80 columns, CR LF', () => {
    const { hex = '', lines } = recorded('mitel-5000');
    const bytes = Buffer.from(hex + hex, 'hex');
    const expected = {
      kind: 'call',
      shape: 'record',
      isUnproven: false,
      direction: 'unknown',
      startedAt: { date: '2026-11-21', time: '08:36', dateFrom: 'receiver' },
      endedAt: null,
      durationSeconds: 3,
      ringSeconds: null,
      holdSeconds: null,
      isAnswered: null,
      isTransferred: false,
      extension: '11202',
      trunk: '94003',
      number: '961-9000',
      name: null,
      account: null,
      authorization: null,
      cost: { amount: '00.00', currency: '$' },
      condition: { code: 'TLC', meaning: null },
      callId: null,
      details: {},
      line: 1,
      text: lines[0],
      layout: 'mitel-5000',
      legs: [],
      isComplete: true,
    };
    const options = { today: { year: 2026, month: 11, day: 21 } };
    expect(decodeAll('mitel-5000', bytes, options).records).toEqual([expected, { ...expected, line: 2 }]);
    // The same in pieces of one byte, and without the lengths, as on a serial port.
    const decoder = new RecordDecoder(layoutOf('mitel-5000'), options);
    const pieces = [...bytes].flatMap((byte) => [...decoder.push(Uint8Array.of(byte))]);
    expect([...pieces, ...decoder.end()]).toEqual([
      { kind: 'record', record: expected },
      { kind: 'record', record: { ...expected, line: 2 } },
    ]);
    expect(decodeAll('mitel-5000', lines, options).records).toEqual([expected]);
  });

  it('Avaya IP Office: legs are joined by call id, what never ended is given out incomplete', () => {
    const { records } = decodeAll('avaya-ip-office', recorded('avaya-ip-office').lines);
    expect(
      records.map(
        ({ callId, direction, extension, number, durationSeconds, holdSeconds, isAnswered, legs, isComplete }) => [
          ...[callId, direction, extension, number, durationSeconds, holdSeconds],
          ...[isAnswered, legs.map(({ line }) => line), isComplete],
        ],
      ),
    ).toEqual([
      ['1000014155', 'inbound', '4324', '8004206', 0, 0, false, [], true],
      ['28', 'internal', '215', '211', 10, 0, true, [], true],
      ['1000014160', 'inbound', '4750', '01707392200', 34, 11, true, [3, 4], true],
      ['1000013', 'inbound', '403', '01707299900', 5, 0, true, [], true],
      ['1000013898', 'internal', '4688', '4207', 44, 0, true, [], true],
      ['1000026', 'internal', '2101', '*47', 46, 0, true, [], true],
      ['1000023', 'internal', '2121', '2121', 78, 23, true, [8, 10], true],
      ['1000024', 'outbound', '2101', '8262623#', 52, 8, true, [7, 11], true],
      ['1000009', 'internal', '203', '201', 4, 0, true, [], false],
      ['1000008', 'internal', '207', '203', 9, 10, true, [], false],
    ]);
    expect(records[0]?.startedAt).toEqual({ date: '2008-06-28', time: '09:28:41', dateFrom: 'record' });
    expect(records[5]?.startedAt).toEqual({ date: '2008-07-09', time: '17:55', dateFrom: 'record' });
  });

  it('Nortel Meridian: start and end of a call handed on are one call', () => {
    const { records } = decodeAll('nortel-meridian-1', recorded('nortel-meridian-1').lines);
    expect(
      records.map(({ extension, trunk, number, durationSeconds, legs }) => [
        extension,
        trunk,
        number,
        durationSeconds,
        legs.length,
      ]),
    ).toEqual([
      ['2343', 'T010 011', '19995567563', 72, 0],
      ['2463', 'T010 016', '5566472', 72, 2],
    ]);
    // An end without its start stands alone and says so.
    const [, , end = ''] = recorded('nortel-meridian-1').lines;
    expect(decodeAll('nortel-meridian-1', [end]).records.map(({ isComplete }) => isComplete)).toEqual([false]);
  });
});

describe('lines built from the vendors tables', () => {
  const short = (id: string, lines: readonly string[], options = {}): unknown[] =>
    decodeAll(id, lines, options).records.map((record) => [
      record.direction,
      record.startedAt?.date ?? record.endedAt?.date,
      record.startedAt?.time ?? record.endedAt?.time,
      record.extension,
      record.trunk,
      record.number,
      record.durationSeconds,
      record.ringSeconds,
    ]);

  it('Panasonic patterns A, B, C and KX-TD', () => {
    const a = columnLine(80, [
      [1, '01/02/02'],
      [10, '10:03AM'],
      [19, '1200'],
      [24, '01'],
      [27, '<I>ABC COMPANY12345678'],
      [53, "5'15"],
      [58, "00:12'05"],
      [67, '98765'],
      [78, 'TR'],
    ]);
    expect(decodeAll('panasonic-pattern-a', [a]).records).toMatchObject([
      {
        direction: 'inbound',
        name: 'ABC COMPANY',
        number: '12345678',
        isTransferred: true,
        account: '98765',
        condition: { code: 'TR' },
        isUnproven: true,
        startedAt: null,
        endedAt: { date: '2002-01-02', time: '10:03' },
        durationSeconds: 725,
        ringSeconds: 315,
      },
    ]);
    const b = columnLine(80, [
      [1, '21/09/11'],
      [10, '12:10AM'],
      [19, '*123'],
      [24, '00'],
      [27, '1234567890123456'],
      [48, "00:01'05"],
      [57, '00560.00EU'],
    ]);
    expect(decodeAll('panasonic-pattern-b', [b], { dateOrder: 'dmy' }).records).toMatchObject([
      {
        direction: 'outbound',
        extension: '*123',
        cost: { amount: '00560.00', currency: 'EU' },
        endedAt: { date: '2011-09-21', time: '00:10' },
      },
    ]);
    const c = columnLine(120, [
      [1, '01/02/02'],
      [10, '01:07PM'],
      [19, '1234'],
      [24, '0123'],
      [29, '<D>CDE9876<I>Q COMPANY'],
      [80, "0'05"],
      [85, "00:00'00"],
    ]);
    expect(decodeAll('panasonic-pattern-c', [c]).records).toMatchObject([
      {
        trunk: '0123',
        direction: 'inbound',
        isAnswered: false,
        name: 'Q COMPANY',
        details: { directDialledIn: 'CDE9876' },
      },
    ]);
    const header = '  Date     Time    Ext CO        Dial Number        Ring Duration  Acc code  CD';
    const td = `01/02/98 09:15AM   103 05 ${'5551234'.padEnd(25)} ${''.padEnd(4)} 00:00'16 ${''.padEnd(10)} FW`;
    const { counts, records } = decodeAll('panasonic-kx-td', [header, '-'.repeat(80), 'ATZ', '', td]);
    expect(counts).toEqual({ lines: 4, fitted: 1, records: 1, unread: 0, headings: 3, dates: 0 });
    expect(records).toMatchObject([{ extension: '103', trunk: '05', number: '5551234', durationSeconds: 16 }]);
  });

  it('Panasonic: what is not a call is an event', () => {
    const lines = [
      '01/02/02 08:33AM  1234    In the office',
      '01/02/02 01:07PM  1234    LOG IN',
      '01/02/02 04:01PM  1234    Timed Reminder/No Answer',
    ];
    expect(decodeAll('panasonic-pattern-a', lines).records.map(({ kind, condition }) => [kind, condition])).toEqual([
      ['event', { code: 'In the office', meaning: null }],
      ['event', { code: 'LOG IN', meaning: 'logged in' }],
      ['event', { code: 'Timed Reminder/No Answer', meaning: 'wake-up call not answered' }],
    ]);
  });

  it('Avaya Definity: positions, date records, NUL padding, tenths of minutes, midnight', () => {
    const teleseer = (time: string, tail = ''): string =>
      columnLine(76, [
        [4, time],
        [8, '0015'],
        [12, '7'],
        [16, '9'],
        [19, '5551234'],
        [34, '2101'],
        [56, '012'],
        [63, tail],
      ]);
    const bytes = Buffer.from(
      ['1231', teleseer('2358'), teleseer('0002'), teleseer('0010')].map((line) => `${line}\r\n\0\0\0`).join(''),
    );
    const { records, counts } = decodeAll('avaya-definity-teleseer', bytes, {
      today: { year: 2026, month: 1, day: 1 },
    });
    expect(counts).toMatchObject({ lines: 4, dates: 1, records: 3, unread: 0 });
    expect(
      records.map(({ endedAt, durationSeconds, number, extension }) => [endedAt, durationSeconds, number, extension]),
    ).toEqual([
      [{ date: '2025-12-31', time: '23:58', dateFrom: 'date-record' }, 90, '5551234', '2101'],
      [{ date: '2026-01-01', time: '00:02', dateFrom: 'date-record' }, 90, '5551234', '2101'],
      [{ date: '2026-01-01', time: '00:10', dateFrom: 'date-record' }, 90, '5551234', '2101'],
    ]);
    const printer = columnLine(77, [
      [1, '0915'],
      [6, '0102'],
      [11, 'A'],
      [21, '5551234'],
      [37, '2101'],
      [74, '012'],
    ]);
    expect(decodeAll('avaya-definity-printer', ['05 21', printer]).records).toMatchObject([
      {
        endedAt: { date: '--05-21', time: '09:15' },
        durationSeconds: 612,
        condition: { meaning: 'handled or assisted by the attendant' },
      },
    ]);
  });

  it('NEC, Siemens, Samsung, LG', () => {
    const nec = columnLine(62, [
      [1, 'POT'],
      [6, '13:05'],
      [12, '11/21'],
      [18, '0012'],
      [23, '00:01:10'],
      [32, '201'],
      [43, '5551234'],
    ]);
    expect(short('nec-sl1100', ['CLASS TIME DATE LINE DURATION STATION DIALLED No./CLI ACCOUNT', nec])).toEqual([
      ['outbound', '--11-21', '13:05', '201', '0012', '5551234', 70, null],
    ]);
    const siemens = columnLine(112, [
      [1, '13.09.00'],
      [9, '14:14:00'],
      [18, '12'],
      [20, '102'],
      [26, '00:14'],
      [31, '00:04:34'],
      [39, '089123456'],
      [76, '1'],
    ]);
    expect(short('siemens-hipath-compressed', [siemens])).toEqual([
      ['inbound', '2000-09-13', '14:14:00', '102', '12', '089123456', 274, 14],
    ]);
    const samsung = columnLine(154, [
      [3, '000123'],
      [10, '2001'],
      [27, '11/21'],
      [33, '17:15:13'],
      [42, '00:00:28'],
      [51, 'IT'],
      [102, '13055550100'],
      [119, 'JOAN LEVIN'],
    ]);
    expect(
      short('samsung-officeserv', ['\fSMDR REPORT FOR [X] 11/21/26 17:00', '='.repeat(80), `${samsung}\0`]),
    ).toEqual([['inbound', '--11-21', '17:15:13', '2001', null, '13055550100', 28, null]]);
    expect(
      short('lg-ipecs', ['NO   STA  CO  TIME  START          NUM-1', '0001  101 001 00:31 21/11/26 10:15 O5551234']),
    ).toEqual([['outbound', '2026-11-21', '10:15', '101', '001', '5551234', 31, null]]);
  });
});

describe('a layout file that is wrong is refused', () => {
  const good = layoutOf('mitel-5000');
  const withColumns = (...columns: string[]): unknown => ({
    ...good,
    shapes: [{ name: 'a', unproven: true, form: { kind: 'columns', columns } }],
  });

  it.each([
    ['a form that is none', withColumns('1-3 a:nothing')],
    ['no columns', withColumns('a:text')],
    ['no shapes', { ...good, shapes: [] }],
    ['a word of its own', { ...good, colour: 'red' }],
  ])('%s', (_what, layout) => {
    expect(smdrLayout.safeParse(layout).success).toBe(false);
  });

  it('the same with a form that is one is taken', () => {
    expect(smdrLayout.safeParse(withColumns('1-3 a:text')).success).toBe(true);
  });
});
