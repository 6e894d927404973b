import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DescriptorSource } from '../../../native/hid/descriptor-source.ts';
import type { HeadsetRow } from '../../../native/hid/headset-row.ts';
import type { FoundHid } from '../../../native/hid/hid-bus.ts';
import { readMap } from '../../../native/hid/read-map.ts';
import { parseReportDescriptor } from '../../../native/hid/report-descriptor.ts';
import type { TelephonyMap } from '../../../native/hid/telephony.ts';
import { headsetRow, headsetRows, noQuirks } from '../../../native/models/headset-rows.ts';
import { HeadsetBench } from './headset-bench.ts';
import { bytesOf, recordedDescriptor, reportsWithoutDescriptor } from './recorded-descriptors.ts';

const found = (vendorId: number, productId: number): FoundHid => ({
  path: 'a',
  vendorId,
  productId,
  name: '',
  serialNumber: '',
  interfaceNumber: 0,
});
const source = (hex?: string): DescriptorSource => ({
  descriptorOf: async () =>
    hex === undefined ? { kind: 'unavailable', detail: 'not there' } : { kind: 'ok', bytes: bytesOf(hex) },
});

async function mapOf(vendorId: number, productId: number, hex?: string): Promise<TelephonyMap> {
  const reading = await readMap(source(hex), 'a', found(vendorId, productId));
  if (reading.kind !== 'ok') throw new Error(reading.detail);
  return reading.map;
}

const quirksOf = (vendorId: number, productId: number) => headsetRow(vendorId, productId)?.quirks ?? noQuirks;
/** What such devices have beside their codes, so that they are seen as telephony. Made up. */
const someTelephony =
  '050b 0905 a101 8505 1500 2501 7501 0920 9501 8102 9507 8101 8506 0508 0917 9501 9102 9507 9101 7508 9501 9101 c0';
const ringing = { isRinging: true };
const talking = { isOffHook: true };
const muted = { isOffHook: true, isMuted: true };

describe('rows', () => {
  it('each has a source, each descriptor parses, and no two claim the same product', () => {
    const claims = headsetRows().flatMap(({ vendorId, productIds, name, source: from, descriptorHex = '' }) => {
      expect([name, from].every((text) => text !== '')).toBe(true);
      if (descriptorHex !== '') expect(parseReportDescriptor(bytesOf(descriptorHex)).kind).toBe('ok');
      return productIds.length === 0 ? [`${vendorId}`] : productIds.map(([first]) => `${vendorId}:${first}`);
    });
    expect(new Set(claims).size).toBe(claims.length);
  });

  it('a product beside the range of a row follows its descriptor', async () => {
    expect((await mapOf(0x340b, 0x40, someTelephony)).codes).toBeDefined();
    expect((await mapOf(0x340b, 0x83, someTelephony)).codes).toBeUndefined();
    expect((await mapOf(0x9999, 1, someTelephony)).codes).toBeUndefined();
  });
});

describe('codes, not bits', () => {
  it('VBeT: its recorded codes, both ways', async () => {
    const bench = new HeadsetBench(await mapOf(0x340b, 0x60, someTelephony), quirksOf(0x340b, 0x60));
    bench.show(ringing).pass(300).report('0520');
    bench.show(talking).pass(2_000).report('0505');
    bench.show(muted).pass(2_000).report('0501');
    bench.show(talking).pass(2_000).report('0500');
    bench.show({}).pass(500);
    expect(bench.took()).toEqual(['hook off-hook', 'mute muted', 'mute unmuted', 'hook on-hook']);
    expect(bench.writes[0]).toBe('060100');
    expect(bench.writes).toContain('060400');
    // Mute is said by codes of its own.
    const isOfCall = (report: string): boolean => ['060000', '060100', '060200'].includes(report);
    expect(bench.writes.filter(isOfCall).at(-1)).toBe('060000');
    expect(bench.writes.at(-1)).toBe('060500');
  });

  it('VBeT: reject of a second call, whose code goes back to "hook off", does not end the first', async () => {
    const bench = new HeadsetBench(await mapOf(0x340b, 0x60, someTelephony));
    bench.show(ringing).pass(300).report('0520').show(talking).pass(5_000);
    bench
      .show({ ...talking, ...ringing })
      .pass(1_000)
      .forget();
    bench.report('0508').pass(60).report('0500').pass(1_000);
    expect(bench.took().filter((press) => press.startsWith('hook'))).toEqual([]);
  });

  it('Cyber Acoustics: words for keys, bits for lamps, and a confirmation that is no hang-up', async () => {
    const bench = new HeadsetBench(await mapOf(0x3391, 0x10, someTelephony), quirksOf(0x3391, 0x10));
    bench.show(ringing).pass(300);
    expect(bench.writes).toEqual(['030800']);
    bench.report('030100').show(talking).pass(50).report('030200').pass(3_000);
    expect(bench.took()).toEqual(['hook off-hook']);
    bench.report('031300').show(muted).pass(3_000);
    expect(bench.writes.at(-1)).toBe('030500');
    expect([bench.report('030200').took()]).toEqual([['mute toggle', 'hook on-hook']]);
  });

  it('Cyber Acoustics with the JL chip: the word’s high byte first', async () => {
    const bench = new HeadsetBench(await mapOf(0x3391, 0x04, someTelephony), quirksOf(0x3391, 0x04));
    bench.show(talking).pass(100).report('030302').show(muted).pass(100);
    expect([bench.writes.at(-1), bench.took()]).toEqual(['030240', ['mute toggle']]);
  });

  it('HP Internet Handset: its recorded reports, without a descriptor', async () => {
    const row = reportsWithoutDescriptor().find(({ product }) => product === 'Internet Handset');
    const bench = new HeadsetBench(await mapOf(0x03f0, 0x1c07));
    const meant: string[] = [];
    for (const { hex, meaning } of row?.sample_reports ?? []) {
      const lamps = { 'handset back in cradle': talking, 'red hangup pressed': talking, 'mute pressed': talking }[
        meaning
      ];
      bench
        .show(lamps ?? ringing)
        .pass(5_000)
        .forget();
      meant.push(`${meaning}: ${bench.report(hex).took().join()}`);
    }
    expect(meant).toEqual([
      'handset lifted: hook off-hook',
      'handset back in cradle: hook on-hook',
      'green dial pressed: hook off-hook',
      'green dial released: ',
      'red hangup pressed: hook on-hook',
      'mute pressed: mute toggle',
    ]);
  });

  it('what is no code is counted and means nothing, whatever it is', async () => {
    const map = await mapOf(0x340b, 0x60, someTelephony);
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 30 }), (reports) => {
        const bench = new HeadsetBench(map);
        const isCode = (bytes: Uint8Array): boolean => bytes[0] === 5 && [0, 1, 5, 8, 0x20].includes(bytes[1] ?? 0xff);
        for (const bytes of reports) bench.report(Buffer.from(bytes).toString('hex'));
        expect(bench.state.decoder.counts.unknown).toBe(reports.filter((bytes) => !isCode(bytes)).length);
      }),
      { numRuns: 200 },
    );
  });
});

describe('vendor pages', () => {
  /** Volume, mute and talk on the vendor's page; the collection's usage says whether they are all there is. Made up. */
  const plantronics = (usage: string): string =>
    `06a0ff 09${usage} a101 8503 1500 2501 7501 09b1 09b2 09b5 09b7 9504 8106 9504 8101 c0`;

  it('Plantronics: the vendor’s keys count where nothing else works', async () => {
    for (const usage of ['01', '02', '05']) {
      const bench = new HeadsetBench(await mapOf(0x047f, 0x0001, plantronics(usage)));
      bench.show(talking).pass(1_000);
      for (const report of ['0301', '0300', '0302', '0300', '0304', '0300']) bench.report(report).pass(50);
      bench.pass(1_000).report('0308');
      expect(bench.took()).toEqual(['volume up', 'volume down', 'mute toggle', 'hook toggle']);
    }
  });

  it('Plantronics: and not where the telephony collection is enough', async () => {
    expect((await mapOf(0x047f, 0x0001, plantronics('03'))).keys).toEqual([]);
    const blackwire = Buffer.from(recordedDescriptor('047f-c056-plantronics-blackwire-3220.vendor').bytes);
    expect((await mapOf(0x047f, 0xc056, blackwire.toString('hex'))).keys).toEqual([]);
  });

  it('the Teams button of a Dell is a key to bind, and says what is unproven of it', async () => {
    const dell = Buffer.from(recordedDescriptor('413c-8223').bytes).toString('hex');
    const reading = await readMap(source(dell), 'a', found(0x413c, 0x8223));
    if (reading.kind !== 'ok') throw new Error(reading.detail);
    expect(reading.unproven.join()).toMatch(/Teams button/);
    const bench = new HeadsetBench(reading.map);
    expect(bench.report('9b01').report('9b00').took()).toEqual(['panel teams down', 'panel teams up']);
  });

  it('nothing is unproven of a device without them', async () => {
    expect(await readMap(source(someTelephony), 'a', found(1, 1))).toMatchObject({ kind: 'ok', unproven: [] });
  });
});

describe('C-Media HS-100B', () => {
  it('carries a call by its row alone: mute a level, the hook a toggle, no report ids', async () => {
    const bench = new HeadsetBench(await mapOf(0x0d8c, 0x14));
    bench.show(talking).pass(2_000);
    bench.report('08000000').show(muted).pass(2_000).report('00000000').show(talking).pass(2_000);
    bench.report('01000000').report('00000000').report('10000000');
    expect(bench.took()).toEqual(['mute muted', 'mute unmuted', 'volume up', 'hook toggle']);
  });
});

describe('what a device tells', () => {
  /** A battery in percent and a charging bit as a feature, a strength of 0 to 4 as input. Made up. */
  const told =
    '050b 0905 a101 8501 1500 2501 7501 0920 9501 8102 9507 8101 c0 0506 0920 a101 8502 1500 2504 7508 0920 9501 8102 c0 0584 0910 a101 0585 8503 1500 2664 00 7508 0966 9501 b102 2501 7501 0944 b102 9507 b101 c0';

  it('battery strength by its logical range, charging beside the capacity that was asked for', async () => {
    const bench = new HeadsetBench(await mapOf(1, 1, told));
    bench.report('0203').report('0203').report('02ff').pass(1_000).feature('035501').feature('03').feature('770101');
    expect(bench.told).toEqual([
      JSON.stringify({ presence: 'unknown', battery: { percent: 75, isCharging: false } }),
      JSON.stringify({ presence: 'unknown', battery: { percent: 85, isCharging: true } }),
    ]);
  });

  it('once a second at most, the last word in the end', async () => {
    const bench = new HeadsetBench(await mapOf(1, 1, told));
    for (let n = 0; n < 200; n += 1) bench.report(`020${n % 5}`).pass(5);
    bench.report('0202').pass(2_000);
    expect(bench.told.length).toBeLessThanOrEqual(3);
    expect(bench.told.at(-1)).toBe(
      JSON.stringify({ presence: 'unknown', battery: { percent: 50, isCharging: false } }),
    );
  });

  it('presence by the standard sensor usage, and by a vendor’s usage from a row (this one is made up)', async () => {
    const hex =
      '050b 0905 a101 8501 1500 2501 7501 0920 9501 8102 9507 8101 0520 8502 0ab104 9501 8102 9507 8101 06aaff 8503 0901 9501 8102 9507 8101 c0';
    const row: HeadsetRow = {
      name: 'Made up',
      vendorId: 1,
      productIds: [],
      source: 'this test',
      unproven: [],
      statuses: [{ usage: 0xffaa_0001, role: 'docked' }],
    };
    const reading = await readMap(source(hex), 'a', found(1, 1), () => row);
    if (reading.kind !== 'ok') throw new Error(reading.detail);
    const bench = new HeadsetBench(reading.map);
    const seen = ['0201', '0200', '0301', '0200', '0300', '0201'].map(
      (report) => bench.report(report).state.told.presence,
    );
    expect(seen).toEqual(['worn', 'off', 'docked', 'docked', 'off', 'worn']);
    expect(bench.took()).toEqual([]);
  });
});

describe('a lamp on trial', () => {
  const dell = (): HeadsetBench => new HeadsetBench(recordedDescriptor('413c-8223').bytes);
  const blackwire = (): HeadsetBench =>
    new HeadsetBench(recordedDescriptor('047f-c056-plantronics-blackwire-3220.telephony.json').bytes);

  it('is lit alone for two seconds; what the device makes of it is no press', () => {
    const bench = dell().try('off-hook').pass(100).report('0501').pass(1_850);
    expect(bench.writes).toEqual(['0501']);
    bench.pass(100).report('0500').pass(3_000);
    expect([bench.writes, bench.took()]).toEqual([['0501', '0500'], []]);
  });

  it('each lamp a device has, mute without a call and those the seat never lights included', () => {
    const lamps = ['off-hook', 'mute', 'ring', 'hold', 'speaker', 'on-line'] as const;
    const seen = lamps.map((lamp) => [lamp, blackwire().try(lamp).pass(5_000).writes]);
    expect(seen).toEqual([
      ['off-hook', ['1701', '1700']],
      ['mute', ['0901', '0900']],
      ['ring', ['1801', '1800']],
      ['hold', ['2001', '2000']],
      ['speaker', ['1e01', '1e00']],
      ['on-line', ['2a01', '2a00']],
    ]);
  });

  it('is refused while a call rings or is up, and ends at once when one comes', () => {
    expect(dell().show(talking).pass(1_000).forget().try('mute').pass(3_000).writes).toEqual([]);
    expect(dell().show(ringing).pass(1_000).forget().try('mute').pass(3_000).writes).toEqual([]);
    const bench = dell().try('hold').pass(500).forget().show(ringing).pass(3_000);
    expect(bench.writes).toEqual(['0504']);
  });
});
