import { expect, test } from 'vitest';
import type { CallRecord } from '../../../core/call-record.ts';
import { RecordDecoder } from '../../../native/smdr/record-decoder.ts';
import { layoutOf, recorded } from './recorded-lines.ts';

function read(layout: string, lines: readonly string[]) {
  const decoder = new RecordDecoder(layoutOf(layout), { today: null });
  const out = [...decoder.push(Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'latin1'))];
  out.push(...decoder.end());
  const records = out.flatMap((one): CallRecord[] => (one.kind === 'record' ? [one.record] : []));
  const unread = out.flatMap((one) => (one.kind === 'unread' ? [one.text] : []));
  return { records, unread, counts: decoder.counts };
}

/** A section as it is printed; some tell a length that counts one more than they have. */
function section(code: string, value: string, lengthAdds = 0): string {
  return `${code}${String(value.length + lengthAdds).padStart(2, '0')}${value}`;
}

// Made from the vendor's masks: no capture is public.
test('Vodavi in three short lines a call, with and without an account, a page header between', () => {
  const { records, unread, counts } = read('lg-vodavi-infinite', [
    '116 08 00:02 14:13 05/11/90',
    'O5551234',
    '123456789012',
    '117 09 00:01 14:20 05/11/90',
    'STA CO TOTAL START DATE DIALED ACCOUNT CODE',
    'I',
    '118 01 00:05 14:30 05/11/90',
    'T5559999',
    'what is this',
  ]);
  const told = records.map(({ extension, number, account, durationSeconds, direction, isUnproven, text }) => ({
    ...{ extension, number, account, durationSeconds, direction, isUnproven, lines: text.split('\n').length },
  }));
  const common = { isUnproven: true, lines: 2 };
  expect(told).toEqual([
    {
      ...{ ...common, extension: '116', number: '5551234', account: '123456789012', durationSeconds: 120 },
      ...{ direction: 'outbound', lines: 3 },
    },
    { ...common, extension: '117', number: null, account: null, durationSeconds: 60, direction: 'inbound' },
    { ...common, extension: '118', number: '5559999', account: null, durationSeconds: 300, direction: 'unknown' },
  ]);
  expect(unread).toEqual(['what is this']);
  expect(counts).toEqual({ lines: 9, fitted: 7, records: 3, unread: 1, headings: 1, dates: 0 });
});

test('Vodavi in one line is read as before', () => {
  expect(read('lg-vodavi-infinite', recorded('lg-vodavi-infinite').lines).records).toMatchObject([
    { extension: '116', trunk: '08', account: '123456789012', isUnproven: false },
  ]);
});

// Sections as the collector program reads them (facts/serial.md section 2); no capture of a real switch is public.
test('NEC flexible records, outgoing, incoming and between stations', () => {
  const time = section('06', '20180707120000001' + '20180707130101000');
  const { records } = read('nec-neax-sv', [
    `0!KK${section('01', '001010052210')}${section('02', '0001  2001')}${time}${section('07', '7325551212', 1)}${section(
      '10',
      '17325551212',
      1,
    )}${section('12', '1234', 1)}`,
    `0!KL${section('01', '002001023201')}${section('04', '0001   200')}${time}${section('16', '17325551212')}`,
    `0!KM${section('02', '0001   200')}${section('04', '0001   201')}${time}${section('99', '77!')}`,
  ]);
  expect(
    records.map(({ shape, direction, extension, number, account, authorization, trunk, startedAt, endedAt }) => [
      ...[shape, direction, extension, number, account, authorization, trunk, startedAt?.time, endedAt?.time],
    ]),
  ).toEqual([
    ...[
      ['flexible-sections', 'outbound', '2001', '17325551212', '7325551212', '1234', '052', '12:00:00', '13:01:01'],
      ['flexible-sections', 'inbound', '200', '7325551212', null, null, '023', '12:00:00', '13:01:01'],
      ['flexible-sections', 'internal', '200', '201', null, null, null, '12:00:00', '13:01:01'],
    ],
  ]);
  expect(records[2]?.details).toMatchObject({ section99: '77!' });
});

test('a NEC record whose lengths do not line up is recognised and kept whole', () => {
  const [line = ''] = recorded('nec-neax-sv').lines;
  expect(read('nec-neax-sv', [line]).records).toMatchObject([
    { shape: 'flexible-record', direction: 'outbound', text: line, isUnproven: true },
  ]);
});
