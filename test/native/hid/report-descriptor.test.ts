import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DescriptorErrorCode } from '../../../native/hid/descriptor-item.ts';
import {
  descriptorLengthMax,
  parseReportDescriptor,
  type ReportDescriptor,
  type ReportField,
} from '../../../native/hid/report-descriptor.ts';
import { controlsMax } from '../../../native/hid/telephony.ts';
import { HeadsetBench } from './headset-bench.ts';
import { bytesOf, nodeHidDescriptors, recordedDescriptors, windowsPairs } from './recorded-descriptors.ts';

const usageNames: Readonly<Record<string, number>> = {
  'TEL.HookSwitch': 0x0b0020,
  'TEL.Flash': 0x0b0021,
  'TEL.Redial': 0x0b0024,
  'TEL.Line': 0x0b002a,
  'TEL.SpeakerPhone': 0x0b002b,
  'TEL.PhoneMute': 0x0b002f,
  'TEL.SpeedDial': 0x0b0050,
  'TEL.VoiceMail': 0x0b0070,
  'TEL.LineBusyTone': 0x0b0097,
  'TEL.Ringer': 0x0b009e,
  'LED.Mute': 0x080009,
  'LED.OffHook': 0x080017,
  'LED.Ring': 0x080018,
  'LED.Speaker': 0x08001e,
  'LED.Hold': 0x080020,
  'LED.Microphone': 0x080021,
  'LED.OnLine': 0x08002a,
  'BTN.7': 0x090007,
};

function parsed(hex: string): ReportDescriptor {
  const descriptor = parseReportDescriptor(bytesOf(hex));
  if (descriptor.kind === 'error') throw new Error(descriptor.message);
  return descriptor;
}

/** Every element of variable fields, as HID 1.11 assigns usages. */
function elements(fields: readonly ReportField[]): readonly string[] {
  return fields.flatMap((field) => {
    const usages = field.usages.flatMap(({ first, last }) =>
      Array.from({ length: Math.min(last - first + 1, field.isArray ? 16 : field.count) }, (_, n) => first + n),
    );
    if (field.isArray) {
      return [
        `${field.direction} ${field.reportId} ${field.bitOffset} ${field.bitSize}x${field.count} array ${usages}`,
      ];
    }
    return Array.from({ length: field.count }, (_, index) => {
      const usage = usages[index] ?? usages.at(-1) ?? 0;
      const bit = field.bitOffset + index * field.bitSize;
      const kind = field.isRelative ? 'relative' : 'absolute';
      return `${field.direction} ${field.reportId} ${bit} ${field.bitSize} ${usage.toString(16)} ${kind}`;
    });
  });
}

describe('recorded descriptors', () => {
  // A recording of `hookline device record` has no map by hand: device-recordings.test.ts replays it.
  for (const recorded of recordedDescriptors().filter(({ decoded }) => decoded !== undefined)) {
    it(`${recorded.file}: fields and report lengths are those read by hand`, () => {
      const descriptor = parseReportDescriptor(recorded.bytes);
      if (descriptor.kind === 'error') throw new Error(descriptor.message);
      const direction = { input: 'in', output: 'out', feature: 'feat' } as const;
      const lengths = descriptor.reports.map((r) => [`${direction[r.direction]}:${r.reportId}`, r.bits]);
      expect(Object.fromEntries(lengths)).toEqual(recorded.reportBits);
      const all = new Set(elements(descriptor.fields));
      const expected = recorded.decoded
        .filter((row) => !row.usage.startsWith('array'))
        .map((row) => {
          const usage = usageNames[row.usage] ?? 0x0c0000 + Number(row.usage.replace('CONS.', ''));
          const kind = row.flags[2] === 'R' ? 'relative' : 'absolute';
          const way = row.dir === 'in' ? 'input' : 'output';
          return `${way} ${row.report_id} ${row.bit} ${row.size} ${usage.toString(16)} ${kind}`;
        });
      expect(expected.filter((row) => !all.has(row))).toEqual([]);
    });
  }

  for (const { name, real, reconstructed } of windowsPairs()) {
    it(`${name}: what hidapi rebuilds on Windows gives the same map`, () => {
      const [one, other] = [parseReportDescriptor(real), parseReportDescriptor(reconstructed)];
      if (one.kind === 'error' || other.kind === 'error') throw new Error('not parsed');
      expect([...elements(other.fields)].sort()).toEqual([...elements(one.fields)].sort());
    });
  }
});

describe('items', () => {
  it('skips long items whole and reads 0-, 1-, 2- and 4-byte data', () => {
    // A long item with 3 bytes that would open a collection; a 2-byte Input flag; a 4-byte Logical Maximum.
    const { fields } = parsed('fe03a0 a1a1a1 050b 0920 1500 2701000000 7501 9501 820200');
    expect(fields).toEqual([
      {
        direction: 'input',
        reportId: 0,
        bitOffset: 0,
        bitSize: 1,
        count: 1,
        isArray: false,
        isConstant: false,
        isRelative: false,
        logicalMinimum: 0,
        logicalMaximum: 1,
        usages: [{ first: 0x0b0020, last: 0x0b0020 }],
        collection: undefined,
      },
    ]);
  });

  it('reads the logical maximum as signed only under a negative minimum', () => {
    const range = (hex: string): readonly (number | undefined)[] => {
      const field = parsed(`${hex} 050b 0920 7508 9501 8102`).fields[0];
      return [field?.logicalMinimum, field?.logicalMaximum];
    };
    expect(range('1500 25ff')).toEqual([0, 255]);
    expect(range('1581 257f')).toEqual([-127, 127]);
    expect(range('1581 25ff')).toEqual([-127, -1]);
    expect(range('25ff 15ff')).toEqual([-1, -1]);
    expect(range('1500 27ffff0000')).toEqual([0, 65535]);
  });

  it('binds the page at the Main item, save where a 4-byte usage carries its own', () => {
    const { fields } = parsed('050b 0907 0b2f000b00 0509 7501 9502 8102');
    expect(fields[0]?.usages).toEqual([
      { first: 0x090007, last: 0x090007 },
      { first: 0x0b002f, last: 0x0b002f },
    ]);
  });

  it('keeps usage ranges unexpanded, with 4-byte ends and in either order, and drops those that name nothing', () => {
    const { fields } = parsed('050b 19b0 29bb 1b21000b00 2924 2923 1920 1930 2910 7501 9514 8102');
    expect(fields[0]?.usages).toEqual([
      { first: 0x0b00b0, last: 0x0b00bb },
      { first: 0x0b0021, last: 0x0b0024 },
      { first: 0x0b0020, last: 0x0b0023 },
    ]);
  });

  it('takes the first alternative of each delimited set', () => {
    const { fields } = parsed('050b a901 0920 0926 a900 a901 192f 292f 0921 a900 7501 9502 8102');
    expect(fields[0]?.usages.map((range) => range.first)).toEqual([0x0b0020, 0x0b002f]);
  });

  it('saves and restores globals with Push and Pop', () => {
    const { fields } = parsed('050b 7501 9501 8502 a4 0508 7504 8509 0917 9102 b4 0920 8102');
    expect(fields.map((f) => [f.direction, f.reportId, f.bitSize, f.usages[0]?.first])).toEqual([
      ['output', 9, 4, 0x080017],
      ['input', 2, 1, 0x0b0020],
    ]);
  });

  it('counts bits by direction and report id across collections, padding included', () => {
    const { fields, reports } = parsed(
      '050b 0905 a101 7501 9501 8502 0920 8102 9507 8101 8503 0921 8102 0508 8502 0917 9102 c0 050b 0905 a101 8502 092f 9501 8102 c0',
    );
    expect(fields.map((f) => [f.direction, f.reportId, f.bitOffset])).toEqual([
      ['input', 2, 0],
      ['input', 3, 0],
      ['output', 2, 0],
      ['input', 2, 8],
    ]);
    expect(reports).toEqual([
      { direction: 'input', reportId: 2, bits: 9 },
      { direction: 'input', reportId: 3, bits: 7 },
      { direction: 'output', reportId: 2, bits: 7 },
    ]);
  });

  it('records nested collections, a parent before its children', () => {
    const { collections, fields } = parsed('050c 0901 a101 050b 0905 a101 09 06 a102 09b0 7501 9501 8102 c0 c0 c0');
    expect(collections).toEqual([
      { usage: 0x0c0001, type: 1, parent: undefined },
      { usage: 0x0b0005, type: 1, parent: 0 },
      { usage: 0x0b0006, type: 2, parent: 1 },
    ]);
    expect(fields[0]?.collection).toBe(2);
  });
});

describe('refusals', () => {
  const cases: readonly (readonly [string, string, DescriptorErrorCode, number])[] = [
    ['nothing', '', 'empty', 0],
    ['too long', '00'.repeat(descriptorLengthMax + 1), 'too-long', descriptorLengthMax],
    ['a cut short item', '050b 26ff', 'cut-item', 2],
    ['a cut long item', '050b fe05 00', 'cut-item', 2],
    ['a long item without its length', 'fe', 'cut-item', 0],
    ['an unclosed collection', '050b 0905 a101 0905 a101 c0', 'open-collection', 11],
    ['an end too many', '0905 a101 c0 c0', 'stray-end-collection', 5],
    ['collections 300 deep', `${'a100'.repeat(300)}${'c0'.repeat(300)}`, 'nested-too-deep', 512],
    ['a pop without a push', '050b b4', 'stray-pop', 2],
    ['33 pushes', 'a4'.repeat(33), 'pushed-too-deep', 32],
    ['report id 0', '8500', 'bad-report-id', 0],
    ['report id 256', '860001', 'bad-report-id', 0],
    ['count 65535 x size 255', '050b 0920 75ff 96ffff 8102', 'report-too-long', 9],
    ['count and size of 2^32', '050b 1900 2affff 77ffffffff 97ffffffff 8102', 'report-too-long', 17],
    ['a report grown by many fields', `050b 7508 9600 40 ${'0920 8102'.repeat(2)}`, 'report-too-long', 13],
    ['a set opened twice', 'a901 a901', 'bad-delimiter', 2],
    ['a set closed and not opened', 'a900', 'bad-delimiter', 0],
    ['a set open at a Main item', 'a901 0920 8102', 'bad-delimiter', 4],
  ];
  for (const [what, hex, code, offset] of cases) {
    it(`${what}: ${code}`, () => {
      expect(parseReportDescriptor(bytesOf(hex))).toMatchObject({ kind: 'error', code, offset });
    });
  }

  it('accepts 4096 bytes, and collections 100 deep', () => {
    expect(parseReportDescriptor(new Uint8Array(descriptorLengthMax)).kind).toBe('ok');
    expect(parsed(`${'a100'.repeat(100)}050b 0920 7501 9501 8102${'c0'.repeat(100)}`).fields).toHaveLength(1);
  });
});

describe('any bytes', () => {
  const originals = [
    ...recordedDescriptors().map((recorded) => recorded.bytes),
    ...nodeHidDescriptors().flatMap(({ real, reconstructed }) => [real, reconstructed]),
  ];
  const mutated = fc
    .tuple(
      fc.constantFrom(...originals),
      fc.array(fc.tuple(fc.nat(400), fc.nat(255), fc.constantFrom('set', 'cut', 'insert', 'flip')), { maxLength: 12 }),
    )
    .map(([original, edits]) => {
      const bytes = [...original];
      for (const [at, value, how] of edits) {
        const index = at % Math.max(1, bytes.length);
        if (how === 'set') bytes[index] = value;
        if (how === 'flip') bytes[index] = (bytes[index] ?? 0) ^ (1 << (value % 8));
        if (how === 'cut') bytes.splice(index, value % 5);
        if (how === 'insert') bytes.splice(index, 0, value, value ^ 0x25);
      }
      return Uint8Array.from(bytes);
    });

  it('never throws, and its result is bounded by its input', () => {
    const isSound = (bytes: Uint8Array): void => {
      const result = parseReportDescriptor(bytes);
      if (result.kind === 'error') {
        expect(result.message).not.toBe('');
        expect(result.offset).toBeLessThanOrEqual(bytes.length);
        return;
      }
      expect(result.fields.length + result.collections.length + result.reports.length).toBeLessThanOrEqual(
        2 * bytes.length,
      );
      const ranges = result.fields.reduce((count, field) => count + field.usages.length, 0);
      expect(ranges).toBeLessThanOrEqual(bytes.length);
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: descriptorLengthMax + 4 }), isSound), { numRuns: 500 });
    fc.assert(fc.property(mutated, isSound), { numRuns: 3000 });
  });

  it('and the headset model on top of it takes any reports, and stays as small', () => {
    fc.assert(
      fc.property(mutated, fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 }), (bytes, reports) => {
        const result = parseReportDescriptor(bytes);
        if (result.kind === 'error') return;
        const bench = new HeadsetBench(bytes);
        const { keys, lamps, statuses } = bench.state.map;
        expect(Math.max(keys.length, lamps.length, statuses.length)).toBeLessThanOrEqual(controlsMax);
        for (const report of reports) bench.report(Buffer.from(report).toString('hex')).pass(20);
        bench.show({ isOffHook: true, isMuted: true, isHeld: true, isRinging: true }).pass(500).show({}).pass(500);
        expect(bench.state.decoder.last.size).toBeLessThanOrEqual(256);
      }),
      { numRuns: 500 },
    );
  });
});
