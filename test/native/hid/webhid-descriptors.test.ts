import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HidCollection, type HidCollections, hidCollections } from '../../../core/hid-collections.ts';
import type { FoundHid } from '../../../native/hid/hid-bus.ts';
import { readMap } from '../../../native/hid/read-map.ts';
import { parseReportDescriptor } from '../../../native/hid/report-descriptor.ts';
import { type TelephonyMap, telephonyMap } from '../../../native/hid/telephony.ts';
import { webHidDescriptors } from '../../../native/hid/webhid-descriptors.ts';
import { chromiumCollections, windowsCollections } from './chromium-collections.ts';
import { mapOf } from './headset-bench.ts';
import { bytesOf, nodeHidDescriptors, recordedDescriptors } from './recorded-descriptors.ts';

const ids = { vendorId: 0x1209, productId: 1 };

function found(topUsages: readonly number[], path = 'a'): FoundHid {
  return { path, ...ids, name: 'One', serialNumber: '', interfaceNumber: 0, topUsages };
}

function device(collections: readonly HidCollection[]): HidCollections[number] {
  return { ...ids, productName: 'One', collections: [...collections] };
}

/** By name and place; which of the three usages of reject comes out differs between parsers, and means the same. */
function essence(map: TelephonyMap): object {
  const row = (c: TelephonyMap['keys'][number] | TelephonyMap['lamps'][number]): string =>
    `${c.name} ${c.reportId}.${c.bitOffset}x${c.bitSize} ${c.isRelative} ${JSON.stringify('selector' in c ? c.selector : null)}`;
  return { isTelephony: map.isTelephony, keys: map.keys.map(row).sort(), lamps: map.lamps.map(row).sort() };
}

function outputLengths(map: TelephonyMap): ReadonlyMap<number, number> {
  const outputs = map.reports.filter(({ direction }) => direction === 'output');
  return new Map(outputs.map(({ reportId, bits }) => [reportId, Math.ceil(bits / 8)]));
}

async function read(platform: NodeJS.Platform, collections: readonly HidCollection[], topUsages: readonly number[]) {
  const source = webHidDescriptors(platform);
  source.setCollections?.([device(collections)]);
  // No row: the descriptor alone is compared.
  const reading = await readMap(source, 'a', found(topUsages), () => undefined);
  if (reading.kind !== 'ok') throw new Error(reading.detail);
  return reading.map;
}

const extra: readonly (readonly [string, string])[] = [
  [
    'made up: telephony nested in an application collection, as EPOS does',
    '050c 0901 a101 09e9 1500 2501 7501 9501 8102 050b 0905 a101 0920 8102 0907 0509 8102 0508 0917 9105 c0 9505 8101 c0',
  ],
  [
    'made up: a key pad that is one array, and no report ids',
    '050b 0905 a101 1500 2501 7501 0920 092f 9502 8102 19b0 29bb 250b 7506 9501 8140 c0',
  ],
  [
    'C-Media HS-100B as Linux has it',
    '050c0901a1011500250109e909ea75019502810209e295018106050b092f810209208106050c09009503810226ff00090075089503810209009504 9102 c0',
  ],
];
const all = [
  ...recordedDescriptors().map(({ file, bytes }) => [file, bytes] as const),
  ...nodeHidDescriptors().map(({ name, real }) => [`node-hid ${name}`, real] as const),
  ...extra.map(([name, hex]) => [name, bytesOf(hex)] as const),
];

describe('the map from WebHID is the map from the bytes', () => {
  for (const [name, bytes] of all) {
    const real = mapOf(bytes);
    const tops = topsOf(bytes);

    it(`macOS: ${name}`, async () => {
      const map = await read(
        'darwin',
        chromiumCollections(bytes),
        tops.filter(isForCalls).length > 0 ? tops : [0x000b0005, ...tops],
      );
      expect(essence(map)).toEqual(essence(real));
      expect(map.usesReportIds).toBe(real.usesReportIds);
      expect(outputLengths(map)).toEqual(outputLengths(real));
    });

    it(`Windows, one path a collection: ${name}`, async () => {
      const collections = windowsCollections(bytes);
      const keys: object[] = [];
      for (const [index, top] of tops.entries()) {
        if (!isForCalls(top)) continue;
        // Chromium tells nothing of nested collections on Windows: a Button-page key inside one is lost there.
        const fields = fieldsUnder(bytes, index).map((field) => ({
          ...field,
          collection: topCollections(bytes)[index],
        }));
        const own = telephonyMap({ ...parsed(bytes), fields });
        const map = await read('win32', collections, [top]);
        keys.push(essence(map));
        expect(essence(map)).toEqual(essence(own));
        // Never longer than real: Windows refuses that. hidapi lengthens what is shorter.
        for (const [reportId, length] of outputLengths(map)) {
          expect(length).toBeLessThanOrEqual(outputLengths(real).get(reportId) ?? 0);
        }
      }
      expect(keys.length).toBe(tops.filter(isForCalls).length);
    });
  }
});

function parsed(bytes: Uint8Array) {
  const descriptor = parseReportDescriptor(bytes);
  if (descriptor.kind === 'error') throw new Error(descriptor.message);
  return descriptor;
}

function topsOf(bytes: Uint8Array): readonly number[] {
  return parsed(bytes)
    .collections.filter(({ parent }) => parent === undefined)
    .map(({ usage }) => usage);
}

function topCollections(bytes: Uint8Array): readonly number[] {
  return parsed(bytes).collections.flatMap(({ parent }, index) => (parent === undefined ? [index] : []));
}

function isForCalls(usage: number): boolean {
  return usage >>> 16 === 0x0b || usage >>> 16 === 0x0c;
}

function fieldsUnder(bytes: Uint8Array, nth: number) {
  const { fields, collections } = parsed(bytes);
  const topOf = (index: number): number => {
    const parent = collections[index]?.parent;
    return parent === undefined ? index : topOf(parent);
  };
  const tops = collections.flatMap(({ parent }, index) => (parent === undefined ? [index] : []));
  return fields.filter(({ collection }) => collection !== undefined && topOf(collection) === tops[nth]);
}

describe('where nothing is known', () => {
  it('says so for what may be for calls, and lets keyboards and mice be', async () => {
    const source = webHidDescriptors('win32');
    expect(await readMap(source, 'a', found([0x000b0005]))).toMatchObject({ kind: 'unavailable' });
    expect(await readMap(source, 'a', found([0x00010006]))).toMatchObject({ kind: 'ok', map: { isTelephony: false } });
    expect(await source.descriptorOf('a')).toMatchObject({ kind: 'unavailable' });
  });

  it('a model’s row stands in: C-Media HS-100B', async () => {
    const cMedia = { ...found([0x000c0001]), vendorId: 0x0d8c, productId: 0x14 };
    const reading = await readMap(webHidDescriptors('darwin'), 'a', cMedia);
    expect(reading).toMatchObject({ kind: 'ok', map: { isTelephony: true } });
  });

  it('another product of the same maker is not taken for it', async () => {
    const source = webHidDescriptors('darwin');
    source.setCollections?.([{ ...device(chromiumCollections(bytesOf(extra[0]?.[1] ?? ''))), productId: 2 }]);
    expect(await readMap(source, 'a', found([0x000b0005]))).toMatchObject({ kind: 'unavailable' });
  });
});

it('whatever a page says of a device, it makes no decoder throw, hang or grow', async () => {
  const item = fc.record({
    isAbsolute: fc.boolean(),
    isArray: fc.boolean(),
    isConstant: fc.boolean(),
    isRange: fc.boolean(),
    hasNull: fc.boolean(),
    usages: fc.array(fc.oneof(fc.nat(0xffff_ffff), fc.constantFrom(0x0b0020, 0x0b002f, 0x080017, 0x0b00b0)), {
      maxLength: 6,
    }),
    usageMinimum: fc.option(fc.nat(0xffff_ffff)),
    usageMaximum: fc.option(fc.nat(0xffff_ffff)),
    reportSize: fc.oneof(fc.nat(64), fc.nat(2 ** 31)),
    reportCount: fc.oneof(fc.nat(64), fc.nat(2 ** 31)),
    logicalMinimum: fc.integer(),
    logicalMaximum: fc.integer(),
  });
  const reports = fc.array(fc.record({ reportId: fc.nat(255), items: fc.array(item, { maxLength: 5 }) }), {
    maxLength: 3,
  });
  const leaf = {
    usagePage: fc.nat(0xffff),
    usage: fc.nat(0xffff),
    type: fc.nat(255),
    inputReports: reports,
    outputReports: reports,
    featureReports: reports,
  };
  const inner = fc.record({ ...leaf, children: fc.constant([]) });
  const middle = fc.record({ ...leaf, children: fc.array(inner, { maxLength: 2 }) });
  const tree = fc.record({ ...leaf, children: fc.array(middle, { maxLength: 2 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(tree, { maxLength: 2 }), async (collections) => {
      const list = hidCollections.parse([{ ...ids, productName: 'One', collections }]);
      for (const platform of ['win32', 'darwin'] as const) {
        const source = webHidDescriptors(platform);
        source.setCollections?.(list);
        const reading = await readMap(source, 'a', found([]));
        if (reading.kind !== 'ok') continue;
        expect(reading.map.keys.length).toBeLessThanOrEqual(512);
        expect(reading.map.reports.every(({ bits }) => bits <= 16_384 * 8)).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});
