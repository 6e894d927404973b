import { signExtended } from './descriptor-item.ts';
import { readBits } from './report-bits.ts';
import { codeOf, type ReportCodes } from './report-codes.ts';
import type { ArraySelector, KeyControl, TelephonyMap } from './telephony.ts';

/** What has come from a device so far: needed to tell an edge from a level. */
export type DecoderState = {
  /** The payload last seen of each report; before the first, all bits are 0. */
  readonly last: ReadonlyMap<number, Uint8Array>;
  /** Array fields (`report.bit`) that have been seen to rest at a value which is no key. */
  readonly rested: ReadonlySet<string>;
  /** How the newest report stands to the one before it of its id: the first there is, bit for bit the same, or another. */
  readonly newest: 'first' | 'same' | 'changed';
  /** Where reports are codes: the level each key was last said to have. */
  readonly codeLevels: ReadonlyMap<string, boolean>;
  readonly counts: ReportCounts;
};
/** For the device log: reports that do not fit the descriptor. */
export type ReportCounts = { readonly unknown: number; readonly short: number; readonly long: number };

/** One key in one report. For a relative key `isSet` means pressed again; for an absolute one it is the level. */
export type Reading = { readonly control: KeyControl; readonly isSet: boolean; readonly hasChanged: boolean };

/** The state before the first report. */
export const noReportsYet: DecoderState = {
  last: new Map(),
  rested: new Set(),
  newest: 'first',
  codeLevels: new Map(),
  counts: { unknown: 0, short: 0, long: 0 },
};

/**
 * Reads one input report. A report with an id the descriptor does not have is counted and dropped. One that is cut
 * short gives only the keys that lie wholly within it (a missing hook bit is not "on hook"); bytes beyond the end are
 * counted and not read (Windows pads).
 */
export function decodeReport(
  map: TelephonyMap,
  state: DecoderState,
  report: Uint8Array,
): readonly [DecoderState, readonly Reading[]] {
  if (map.codes !== undefined) return decodeCode(map.codes, state, report);
  const reportId = map.usesReportIds ? report[0] : 0;
  const payload = map.usesReportIds ? report.subarray(1) : report;
  const bits = map.reports.find((length) => length.direction === 'input' && length.reportId === reportId)?.bits;
  const { counts } = state;
  if (reportId === undefined || bits === undefined) {
    return [{ ...state, counts: { ...counts, unknown: counts.unknown + 1 } }, []];
  }
  const length = Math.ceil(bits / 8);
  const before = state.last.get(reportId) ?? new Uint8Array(length);
  const now = before.slice();
  now.set(payload.subarray(0, length));
  const rested = new Set(state.rested);
  const readings = map.keys
    .filter((control) => control.reportId === reportId && endOf(control) <= payload.length * 8)
    .map((control) => readingOf(control, before, now, rested));
  const next: DecoderState = {
    ...state,
    last: new Map(state.last).set(reportId, now),
    rested,
    newest: !state.last.has(reportId) ? 'first' : now.every((byte, at) => byte === before[at]) ? 'same' : 'changed',
    counts: {
      ...counts,
      short: counts.short + (payload.length < length ? 1 : 0),
      long: counts.long + (payload.length > length ? 1 : 0),
    },
  };
  return [next, readings];
}

/** A code says one thing; what else the device knows stays as it was. */
function decodeCode(
  codes: ReportCodes,
  state: DecoderState,
  report: Uint8Array,
): readonly [DecoderState, readonly Reading[]] {
  const code = codeOf(codes, report);
  if (code !== undefined) {
    const { control, isSet } = code;
    // A key of which only one level is ever said, says it anew each time.
    const isLevel = codes.keys.some((other) => other.control.name === control.name && other.isSet !== isSet);
    const hasChanged = !isLevel || state.codeLevels.get(control.name) !== isSet;
    const newest = hasChanged ? 'changed' : 'same';
    const codeLevels = isLevel ? new Map(state.codeLevels).set(control.name, isSet) : state.codeLevels;
    return [{ ...state, newest, codeLevels }, [{ control, isSet, hasChanged }]];
  }
  return [{ ...state, counts: { ...state.counts, unknown: state.counts.unknown + 1 } }, []];
}

function endOf(control: KeyControl): number {
  return control.bitOffset + control.bitSize * (control.selector?.count ?? 1);
}

function readingOf(control: KeyControl, before: Uint8Array, now: Uint8Array, rested: Set<string>): Reading {
  const { selector, bitOffset, bitSize } = control;
  if (selector === undefined) {
    const isSet = readBits(now, bitOffset, bitSize) !== 0;
    return { control, isSet, hasChanged: isSet !== (readBits(before, bitOffset, bitSize) !== 0) };
  }
  const field = `${control.reportId}.${bitOffset}`;
  const values = valuesOf(control, selector, now);
  if (values.some((value) => value < selector.first || value > selector.last)) rested.add(field);
  // Whether a key pad rests at 0 or beyond its keys is not known beforehand (facts/hid.md 6.8): until it has been seen
  // to rest elsewhere, 0 is rest and not the first key.
  const canPress = (value: number): boolean => value !== 0 || rested.has(field);
  const isSet = values.includes(selector.value) && canPress(selector.value);
  const wasSet = valuesOf(control, selector, before).includes(selector.value) && canPress(selector.value);
  return { control, isSet, hasChanged: isSet !== wasSet };
}

function valuesOf(control: KeyControl, selector: ArraySelector, payload: Uint8Array): readonly number[] {
  return Array.from({ length: selector.count }, (_, index) => {
    const value = readBits(payload, control.bitOffset + index * control.bitSize, control.bitSize);
    return selector.isSigned ? signExtended(value, control.bitSize) : value;
  });
}
