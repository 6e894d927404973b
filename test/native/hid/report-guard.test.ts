import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReportDescriptor } from '../../../native/hid/report-descriptor.ts';
import {
  type GuardVerdict,
  knownReports,
  reportGuard,
  reportsPerSecondMax,
  restMs,
  strangeReportsMax,
  wholeReports,
} from '../../../native/hid/report-guard.ts';
import { telephonyMap } from '../../../native/hid/telephony.ts';
import { recordedDescriptor } from './recorded-descriptors.ts';

const known = Uint8Array.of(8, 2);
const strange = Uint8Array.of(77);
const isKnown = (report: Uint8Array): boolean => report[0] === 8;

/** What becomes of reports that come evenly over `seconds`, resting when told to. */
function judged(report: Uint8Array, perSecond: number, seconds: number): Record<GuardVerdict, number> {
  const judge = reportGuard(isKnown, 0);
  const counts = { take: 0, drop: 0, rest: 0, babbles: 0 };
  let restUntilMs = 0;
  for (let nowMs = 0; nowMs < seconds * 1000; nowMs += 1000 / perSecond) {
    if (nowMs < restUntilMs) continue;
    const verdict = judge(report, nowMs);
    counts[verdict] += 1;
    if (verdict === 'rest') restUntilMs = nowMs + restMs;
  }
  return counts;
}

describe('reportGuard', () => {
  it('lets through what a device in use sends', () => {
    expect(judged(known, 150, 20)).toEqual({ take: 3000, drop: 0, rest: 0, babbles: 0 });
  });

  it('takes its share of a flood of 4,000 a second, and lets the device rest in between', () => {
    const { take, rest, babbles } = judged(known, 4000, 10);
    expect(take).toBeGreaterThan(reportsPerSecondMax * 5);
    expect(take).toBeLessThanOrEqual(reportsPerSecondMax * 10.5);
    expect(rest).toBeGreaterThan(50);
    expect(babbles).toBe(0);
  });

  it('gives up a device that talks nonsense, and takes nothing for a key after the first of it', () => {
    const judge = reportGuard(isKnown, 0);
    for (let n = 0; n < 16; n += 1) expect(judge(strange, n)).toBe('take');
    for (let n = 16; n < 30; n += 1) expect(judge(strange, n)).toBe('drop');
    expect(judge(known, 40)).toBe('drop');
    for (let n = 30; n < strangeReportsMax; n += 1) judge(strange, 50);
    expect(judge(strange, 60)).toBe('babbles');
  });

  it('forgives what was strange two seconds ago', () => {
    const judge = reportGuard(isKnown, 0);
    for (let n = 0; n < 40; n += 1) judge(strange, n);
    expect(judge(known, 500)).toBe('drop');
    expect(judge(known, 1_100)).toBe('drop');
    expect(judge(known, 2_200)).toBe('take');
  });

  it('takes no more than burst and rate, whenever reports come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 2_000 }), (gaps) => {
        const judge = reportGuard(() => true, 0);
        let nowMs = 0;
        let taken = 0;
        for (const gap of gaps) {
          nowMs += gap / 10;
          if (judge(known, nowMs) === 'take') taken += 1;
        }
        expect(taken).toBeLessThanOrEqual(100 + (nowMs * reportsPerSecondMax) / 1000 + 1);
      }),
    );
  });
});

it('knows the reports of a descriptor by id and length', () => {
  const { bytes } = recordedDescriptor('047f-c056-plantronics-blackwire-3220.telephony.json');
  const descriptor = parseReportDescriptor(bytes);
  if (descriptor.kind === 'error') throw new Error(descriptor.message);
  const knows = knownReports(telephonyMap(descriptor));
  const said = ['0802', '080200', '080201', '08', '', '77aabb', '080208030800', '080208'].map((hex) =>
    knows(Uint8Array.from(Buffer.from(hex, 'hex'))),
  );
  expect(said).toEqual([true, true, false, false, false, false, true, false]);
});

describe('what a carrier that is a stream has joined', () => {
  const split = (start: string, hex: string): readonly string[] => {
    const parsed = parseReportDescriptor(recordedDescriptor(start).bytes);
    if (parsed.kind === 'error') throw new Error(parsed.message);
    const pieces = wholeReports(telephonyMap(parsed))(Uint8Array.from(Buffer.from(hex, 'hex')));
    return pieces.map((piece) => Buffer.from(piece).toString('hex'));
  };

  it('is taken apart where every piece is a whole report, and left alone where not', () => {
    const blackwire = '047f-c056-plantronics-blackwire-3220.telephony.json';
    expect(split(blackwire, '080208030800')).toEqual(['0802', '0803', '0800']);
    for (const one of ['0802', '08', '', '080200000000', '080208', '77aa77aa', '08020077']) {
      expect(split(blackwire, one)).toEqual([one]);
    }
    // Without ids two different reports cannot be told from a long one.
    expect(split('0d8c-0014', '01010101'.repeat(2))).toEqual(['01010101', '01010101']);
    expect(split('0d8c-0014', '0101010100010101')).toEqual(['0101010100010101']);
  });
});
