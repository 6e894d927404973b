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

/**
 * Whether a report is one of the descriptor's: its id is there and it is no shorter than said. What it is longer must be
 * zeros (Windows pads so) or whole reports: else random bytes on a device without report ids would all be its own.
 */
export function knownReports(
  map: Pick<TelephonyMap, 'reports' | 'usesReportIds' | 'codes'>,
): (report: Uint8Array) => boolean {
  const inputs = map.reports.filter(({ direction }) => direction === 'input');
  const lengths = new Map(inputs.map(({ reportId, bits }) => [reportId, Math.ceil(bits / 8)]));
  const lengthOf = (report: Uint8Array): number | undefined => {
    const length = lengths.get(map.usesReportIds ? (report[0] ?? -1) : 0);
    return length === undefined ? undefined : length + (map.usesReportIds ? 1 : 0);
  };
  return (report) => {
    // Reports that are codes do not follow the descriptor, if there is one.
    if (map.codes !== undefined) return true;
    const end = lengthOf(report);
    if (end === undefined || end === 0 || report.length < end) return false;
    if (report.subarray(end).every((byte) => byte === 0)) return true;
    // A carrier that is a stream (Bluetooth bridges, the test bed's pseudo-terminals) joins reports in a flood.
    return isJoined(report, (rest) => (map.usesReportIds ? lengthOf(rest) : sameAgain(report, rest, end)));
  };
}

/** Whether it is whole reports one after the other. */
function isJoined(report: Uint8Array, lengthOf: (rest: Uint8Array) => number | undefined): boolean {
  for (let rest = report; rest.length > 0; ) {
    const length = lengthOf(rest);
    if (length === undefined || length === 0 || length > rest.length) return false;
    rest = rest.subarray(length);
  }
  return true;
}

/** Without ids any bytes of the right number would do: only the same report again counts. */
function sameAgain(report: Uint8Array, rest: Uint8Array, length: number): number | undefined {
  return rest.subarray(0, length).every((byte, at) => byte === report[at]) ? length : undefined;
}
