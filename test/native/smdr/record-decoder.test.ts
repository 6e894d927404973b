import { describe, expect, it } from 'vitest';
import { lineLengthMax } from '../../../native/smdr/line-splitter.ts';
import { RecordDecoder } from '../../../native/smdr/record-decoder.ts';
import { columnLine, decodeAll, layoutOf, recorded } from './recorded-lines.ts';

describe('what fits nothing is kept', () => {
  it('a stranger between records is given out as it came, and reading goes on', () => {
    const [line = ''] = recorded('mitel-5000').lines;
    const { records, unread, counts } = decodeAll('mitel-5000', [
      'garbage \x01\xff',
      line,
      line.replace('08:36', '25:61'),
      line,
    ]);
    expect(unread).toEqual([
      { kind: 'unread', line: 1, text: 'garbage \x01\xff', hex: null, reason: 'no-shape' },
      { kind: 'unread', line: 3, text: line.replace('08:36', '25:61'), hex: null, reason: 'no-shape' },
    ]);
    expect(counts).toEqual({ lines: 4, fitted: 2, records: 2, unread: 2, headings: 0, dates: 0 });
    expect(records).toHaveLength(2);
  });

  it('a line without an end is given out in pieces, and the next line is read', () => {
    const [line = ''] = recorded('mitel-5000').lines;
    const flood = 'x'.repeat(lineLengthMax * 2 + 5);
    const { unread, records } = decodeAll('mitel-5000', [flood, line]);
    expect(unread.map(({ text, reason }) => [text.length, reason])).toEqual([
      [lineLengthMax, 'too-long'],
      [lineLengthMax, 'too-long'],
      [5, 'too-long'],
    ]);
    expect(unread.map(({ text }) => text).join('')).toBe(flood);
    expect(records).toHaveLength(1);
  });

  it('names in GB18030; bytes that are none are given in hex too', () => {
    const name = Buffer.from('b9a4b5a5', 'hex').toString('latin1'); // 工单
    const line = `2026/11/21 09:28:41,00:00:05,7,01707299900,I,403,390664,,0,1000013,0,E403,${name},T9001,Line 1.2,0,0`;
    const { records, unread } = decodeAll('avaya-ip-office', [line, 'odd \xff'], { encoding: 'gb18030' });
    expect(records[0]?.details.party1Name).toBe('工单');
    expect(unread).toEqual([{ kind: 'unread', line: 2, text: 'odd \ufffd', hex: '6f646420ff', reason: 'no-shape' }]);
  });

  it('a port with parity is read with seven bits', () => {
    const [line = ''] = recorded('mitel-5000').lines;
    const odd = Buffer.from(`${line}\r\n`, 'latin1').map((byte) => byte | 0x80);
    expect(decodeAll('mitel-5000', odd).records).toEqual([]);
    expect(decodeAll('mitel-5000', odd, { isSevenBit: true }).records).toHaveLength(1);
  });
});

describe('the days of a switch that prints only times', () => {
  const at = (time: string, duration: string): string =>
    columnLine(80, [
      [1, 'TLC'],
      [5, '11202'],
      [46, time],
      [52, duration],
    ]);

  it('midnight turns the day once; a call that ran past it began the day before', () => {
    const lines = [
      at('23:50', '00:01:00'),
      at('00:05', '00:01:00'),
      at('23:55', '00:20:00'),
      at('00:20', '00:00:10'),
      at('13:00', '00:00:10'),
    ];
    const { records } = decodeAll('mitel-5000', lines, { today: { year: 2026, month: 12, day: 31 } });
    expect(records.map(({ startedAt }) => startedAt?.date)).toEqual([
      '2026-12-31',
      '2027-01-01',
      '2026-12-31',
      '2027-01-01',
      '2027-01-01',
    ]);
    expect(decodeAll('mitel-5000', lines).records[0]?.startedAt).toEqual({
      date: null,
      time: '23:50',
      dateFrom: 'nobody',
    });
  });

  it('two-digit years, and the year nobody prints at New Year', () => {
    const ta = (date: string): string => `${date} 12:52PM 103 05 5551234 00:00'16 ....`;
    const dates = (days: readonly string[]): unknown =>
      decodeAll('panasonic-kx-ta616', days.map(ta)).records.map(({ startedAt }) => startedAt?.date);
    expect(dates(['12/31/98', '12/31/68', '12/31/69', '02/29/00', '02/29/01', '13/01/01'])).toEqual([
      '1998-12-31',
      '2068-12-31',
      '1969-12-31',
      '2000-02-29',
    ]);
    const [normal = ''] = recorded('nortel-meridian-1').lines.slice(1);
    const inDecember = normal.replace('05/09', '12/31');
    expect(
      decodeAll('nortel-meridian-1', [inDecember], { today: { year: 2026, month: 1, day: 1 } }).records[0]?.startedAt
        ?.date,
    ).toBe('2025-12-31');
  });
});

it('a log without years that is read afterwards goes on from year to year', () => {
  const [normal = ''] = recorded('nortel-meridian-1').lines.slice(1);
  const days = ['01/05', '05/05', '08/05', '12/31', '01/01', '12/30', '01/02', '06/30', '09/30', '02/29', '08/01'];
  const lines = days.map((day) => normal.replace('05/09', day));
  const { records } = decodeAll('nortel-meridian-1', lines, { today: { year: 2026, month: 1, day: 5 } });
  expect(records.map(({ startedAt }) => startedAt?.date)).toEqual([
    ...['2026-01-05', '2026-05-05', '2026-08-05', '2026-12-31', '2027-01-01', '2026-12-30', '2027-01-02', '2027-06-30'],
    ...['2027-09-30', '2028-02-29', '2028-08-01'],
  ]);
});

it('a call is no heading because a name in it has the words of one', () => {
  const room = decodeAll('nec-sl1100', [
    'POT  10:02 11/21 0001 00:01:05 CLASSROOM1 5551234',
    'CLASS TIME  DATE',
    'PAGE 2',
  ]);
  expect(room.records).toMatchObject([{ extension: 'CLASSROOM1', number: '5551234' }]);
  expect(room.counts).toMatchObject({ lines: 3, fitted: 1, headings: 2, unread: 0 });
  const caller = decodeAll('lg-ipecs', [
    '0001 101 01 00:12:05 21/11/26 10:02 I01234567 RUSTAM',
    'NO STA CO TIME START',
  ]);
  expect(caller.records).toMatchObject([{ extension: '101', number: '01234567' }]);
  expect(caller.counts).toMatchObject({ lines: 2, fitted: 1, headings: 1 });
});

it('an LG call that came in tells in its first flexible field how long it rang, or who called, or both', () => {
  const line = (field: string): string => `0001 101 01 00:05:00 21/11/26 10:02 ${field}`;
  const { records } = decodeAll('lg-ipecs', ['I00:12', 'I00:12 0123', 'I01234567', 'O9876'].map(line));
  expect(records.map(({ direction, ringSeconds, number }) => [direction, ringSeconds, number])).toEqual([
    ['inbound', 12, null],
    ['inbound', 12, '0123'],
    ['inbound', null, '01234567'],
    ['outbound', null, '9876'],
  ]);
});

it('an LG station of four digits is whole, with the number of the record before it and without', () => {
  const lines = [
    '1004 01 00:12 21/11/26 10:02 O0123',
    '0001 1004 01 00:12 21/11/26 10:02 O0123',
    '104 21:05 21/11/26 10:02',
  ];
  expect(decodeAll('lg-ipecs', lines).records.map(({ extension, trunk }) => [extension, trunk])).toEqual([
    ['1004', '01'],
    ['1004', '01'],
    ['104', null],
  ]);
});

it('SX-200: what a station dialled is not cut up into a mark, a time to answer and an extension', () => {
  const line = (rest: string): string => `+03/12 23:59 00:43:06 ${rest}`;
  const { records, unread } = decodeAll(
    'mitel-sx-200',
    [
      ...['1401       95551234', '1401 911', '1401 911 A', '1401   *012 95551234 A', '1401   *** 95551234 B'],
      ...['T162 *003241T 215000', 'T162 *** 241'],
    ].map(line),
  );
  expect(unread).toEqual([]);
  expect(
    records.map(({ direction, extension, number, ringSeconds, isAnswered }) => [
      ...[direction, extension, number, ringSeconds, isAnswered],
    ]),
  ).toEqual([
    ['outbound', '1401', '95551234', null, null],
    ['outbound', '1401', '911', null, null],
    ['outbound', '1401', '911', null, null],
    ['outbound', '1401', '95551234', 12, null],
    ['outbound', '1401', '95551234', null, false],
    ['inbound', '215000', '241', 3, null],
    ['inbound', null, '241', null, false],
  ]);
});

it('the next call on a trunk is not joined to one whose end was lost', () => {
  const leg = (type: string, extension: string, number: string): string =>
    `${type} 025 00 T010 016 ${extension} 05/09 07:47 00:00:20 ${number}`;
  const { records } = decodeAll('nortel-meridian-1', [
    ...[leg('S', '6101', '5566472'), leg('S', '6102', '7777777'), leg('E', '2463', '7777777')],
    ...[leg('S', '6103', '8888888'), leg('E', '2464', '9999999')],
  ]);
  expect(
    records.map(({ number, extension, legs, isComplete }) => [number, extension, legs.length, isComplete]),
  ).toEqual([
    ['5566472', '6101', 0, false],
    ['7777777', '2463', 2, true],
    ['8888888', '6103', 0, false],
    ['9999999', '2464', 0, false],
  ]);
});

describe('joins are bounded', () => {
  const leg = (callId: number, continuation: 0 | 1): string =>
    `2026/11/21 09:28:41,00:00:05,7,01707299900,I,403,390664,,0,${callId},${continuation},E403,Extn403,T9001,Line 1.2,0,0`;

  it('of calls that never end the oldest are given out, incomplete, none is lost', () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => leg(index, 1));
    const decoder = new RecordDecoder(layoutOf('avaya-ip-office'), { today: null });
    const given = [...decoder.push(Buffer.from(`${lines.join('\r\n')}\r\n`))];
    expect(given.length).toBeGreaterThanOrEqual(2_000);
    expect([...given, ...decoder.end()]).toHaveLength(3_000);
  });

  it('a call whose last leg was lost is given out, incomplete, on the second day after', () => {
    const on = (day: string, callId: number, continuation: 0 | 1): string =>
      leg(callId, continuation).replace('2026/11/21', day);
    const decoder = new RecordDecoder(layoutOf('avaya-ip-office'), { today: null });
    const told = (line: string): unknown[] =>
      [...decoder.push(Buffer.from(`${line}\r\n`))].map((one) =>
        one.kind === 'record' ? [one.record.callId, one.record.isComplete] : one.text,
      );
    expect(told(on('2026/11/30', 1, 1))).toEqual([]);
    expect(told(on('2026/11/30', 2, 1))).toEqual([]);
    expect(told(on('2026/12/01', 2, 1))).toEqual([]);
    expect(told(on('2026/12/01', 3, 0))).toEqual([['3', true]]);
    expect(told(on('2026/12/02', 4, 0))).toEqual([
      ['1', false],
      ['4', true],
    ]);
    expect(told(on('2026/12/02', 2, 0))).toEqual([['2', true]]);
    expect(decoder.counts).toMatchObject({ lines: 6, fitted: 6, records: 4 });
  });

  it('a call handed on for ever is given out in parts', () => {
    const { records } = decodeAll(
      'avaya-ip-office',
      Array.from({ length: 100 }, () => leg(7, 1)),
    );
    expect(records.map(({ legs, isComplete }) => [legs.length, isComplete])).toEqual([
      [32, false],
      [32, false],
      [32, false],
      [4, false],
    ]);
  });
});
