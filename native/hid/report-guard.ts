import type { TelephonyMap } from './telephony.ts';

/**
 * A headset or panel in use sends some tens of reports a second, a jog wheel or a head tracker a hundred or two. What comes
 * beyond this rate is read only in part: the newest report counts, for it has the state.
 */
export const reportsPerSecondMax = 200;
/** What may come at once before the rate counts: a burst after the device woke up. */
const reportsBurst = 100;
/** How long a device that sends too much is left unread. Shorter than what a person feels between key and lamp. */
export const restMs = 100;
/** Reports that the descriptor does not have: so many in `windowMs` and the device is talking nonsense. */
export const strangeReportsMax = 64;
/** So few may be the maker's secret; beyond them what looks like a key is nonsense too. */
const strangeTrustMax = 16;
const windowMs = 1_000;

/** What becomes of a report. `rest`: it is one too many; leave the device unread for restMs. `babbles`: give it up. */
export type GuardVerdict = 'take' | 'drop' | 'rest' | 'babbles';

/** Judges each report of one device as it comes; `nowMs` only ever rises. The work and the memory are constant. */
export function reportGuard(
  isKnown: (report: Uint8Array) => boolean,
  startMs: number,
): (report: Uint8Array, nowMs: number) => GuardVerdict {
  let tokens = reportsBurst;
  let filledMs = startMs;
  let windowFromMs = startMs;
  let strange = 0;
  let strangeBefore = 0;
  return (report, nowMs) => {
    tokens = Math.min(reportsBurst, tokens + ((nowMs - filledMs) * reportsPerSecondMax) / 1000);
    filledMs = nowMs;
    if (nowMs - windowFromMs >= windowMs) {
      strangeBefore = nowMs - windowFromMs >= 2 * windowMs ? 0 : strange;
      strange = 0;
      windowFromMs = nowMs;
    }
    const isStrange = !isKnown(report);
    if (isStrange) strange += 1;
    if (strange > strangeReportsMax) return 'babbles';
    if (tokens < 1) return 'rest';
    tokens -= 1;
    // Till then a strange report goes on too: whoever decodes it counts it, and a headset may put more into a report than
    // it declares.
    return strange + strangeBefore > strangeTrustMax ? 'drop' : 'take';
  };
}

type Described = Pick<TelephonyMap, 'reports' | 'usesReportIds' | 'codes'>;

/**
 * Whether a report is one of the descriptor's: its id is there and it is no shorter than said. What it is longer must be
 * zeros (Windows pads so) or whole reports: else random bytes on a device without report ids would all be its own.
 */
export function knownReports(map: Described): (report: Uint8Array) => boolean {
  const lengthOf = reportLengths(map);
  return (report) => {
    // Reports that are codes do not follow the descriptor, if there is one.
    if (map.codes !== undefined) return true;
    const end = lengthOf(report);
    if (end === undefined || end === 0 || report.length < end) return false;
    return report.subarray(end).every((byte) => byte === 0) || piecesOf(map, lengthOf, report).length > 1;
  };
}

/**
 * What a carrier that is a stream has joined (Bluetooth bridges, the pseudo-terminals of a test bed), taken apart again:
 * the release of a key may stand behind its press. Anything else is one report, as it came.
 */
export function wholeReports(map: Described): (report: Uint8Array) => readonly Uint8Array[] {
  const lengthOf = reportLengths(map);
  return (report) => {
    const end = map.codes === undefined ? lengthOf(report) : undefined;
    if (end === undefined || report.length <= end) return [report];
    return piecesOf(map, lengthOf, report);
  };
}

type LengthOf = (report: Uint8Array) => number | undefined;

/** Of the report that begins so, its id included; undefined where there is none with this id. */
function reportLengths({ reports, usesReportIds }: Described): LengthOf {
  const inputs = reports.filter(({ direction }) => direction === 'input');
  const lengths = new Map(inputs.map(({ reportId, bits }) => [reportId, Math.ceil(bits / 8)]));
  return (report) => {
    const length = lengths.get(usesReportIds ? (report[0] ?? -1) : 0);
    return length === undefined ? undefined : length + (usesReportIds ? 1 : 0);
  };
}

/** The reports it is, one after the other; itself where a rest is none. */
function piecesOf({ usesReportIds }: Described, lengthOf: LengthOf, report: Uint8Array): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let rest = report; rest.length > 0; ) {
    const length = lengthOf(rest);
    if (length === undefined || length === 0 || length > rest.length) return [report];
    const piece = rest.subarray(0, length);
    // Without ids any bytes of the right number would do: only the same report again counts.
    if (!usesReportIds && !piece.every((byte, at) => byte === report[at])) return [report];
    pieces.push(piece);
    rest = rest.subarray(length);
  }
  return pieces;
}
