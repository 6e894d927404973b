import type { LampName, Lamps } from '../../core/key.ts';
import { readBits, writeBit } from './report-bits.ts';
import type { ReportCodes } from './report-codes.ts';
import type { LampControl, TelephonyMap } from './telephony.ts';
import type { LampRole } from './usages.ts';

/** How one family of devices differs from the rest; see native/models/headset-rows.ts. */
export type HeadsetQuirks = {
  /** Hold is shown by Hold = 1 and Off-Hook = 0. Every other family would end the call by that. */
  readonly doesHoldClearOffHook: boolean;
  /** The key that ends a call also comes by itself after an answer, as a confirmation. */
  readonly doesConfirmByDrop: boolean;
};

/**
 * What the lamps shall show: what the seat wishes, or one lamp on trial instead. `tried`: lamps the seat has no wish for
 * that were on trial once, so that they are put out again.
 */
export type LampAim = {
  readonly lamps: Lamps;
  readonly trial: LampName | undefined;
  readonly tried: ReadonlySet<LampRole>;
};

/**
 * What was last sent of each output report: full length, id first (0 where the device has no ids). Where a device speaks
 * codes, of each group of lamps that exclude each other, by its place in the list.
 */
export type LampShadow = ReadonlyMap<number, Uint8Array>;

/** The roles the seat has a wish for. The others stay dark. */
const drivenRoles: readonly LampRole[] = ['off-hook', 'ring', 'ringer', 'mute', 'microphone', 'hold'];

/** The order of writes: off-hook first when a call begins, last when it ends (clear mute, hold, ring, off-hook). */
const orderInCall: readonly LampRole[] = ['off-hook', 'ring', 'ringer', 'mute', 'microphone', 'hold'];
const orderAtRest: readonly LampRole[] = ['mute', 'microphone', 'hold', 'ring', 'ringer', 'off-hook'];

/** Mute applies off hook only: on hook a device is shown, and follows, "not muted". */
export function isMuteShown(lamps: Lamps): boolean {
  return lamps.isMuted && lamps.isOffHook;
}

/** The ids of all output reports that carry a lamp the seat drives. */
export function lampReportIds(map: TelephonyMap): ReadonlySet<number> {
  return idsWhere(map, (role) => drivenRoles.includes(role));
}

/** The ids of the output reports that carry a lamp of this role. */
export function reportIdsOf(map: TelephonyMap, role: LampRole): ReadonlySet<number> {
  return idsWhere(map, (candidate) => candidate === role);
}

/** The codes by which lamps are set, where there are such: keys may be codes and lamps bits. */
function lampCodes({ codes }: TelephonyMap): ReportCodes | undefined {
  return codes === undefined || codes.lamps.length === 0 ? undefined : codes;
}

function idsWhere(map: TelephonyMap, holds: (role: LampRole) => boolean): ReadonlySet<number> {
  const codes = lampCodes(map);
  const { lamps } = map;
  if (codes === undefined) return new Set(lamps.filter(({ role }) => holds(role)).map((lamp) => lamp.reportId));
  return new Set(codes.lamps.flatMap(({ states }, index) => (states.some(({ role }) => holds(role)) ? [index] : [])));
}

/** Whether the lamp of this role is lit by what was sent; undefined where there is none or nothing was sent. */
export function shownLamp(map: TelephonyMap, shadow: LampShadow, role: LampRole): boolean | undefined {
  const codes = lampCodes(map);
  if (codes !== undefined) return shownCode(codes, shadow, role);
  const lamp = map.lamps.find((candidate) => candidate.role === role);
  const report = lamp === undefined ? undefined : shadow.get(lamp.reportId);
  return lamp === undefined || report === undefined ? undefined : isBitSet(report, lamp);
}

function shownCode(codes: ReportCodes, shadow: LampShadow, role: LampRole): boolean | undefined {
  const index = codes.lamps.findIndex(({ states }) => states.some((state) => state.role === role));
  const sent = shadow.get(index);
  if (sent === undefined) return undefined;
  return codes.lamps[index]?.states.some((state) => state.role === role && isSameReport(state.report, sent));
}

/**
 * The report to write next so that the device comes to show `aim`, or undefined when it does.
 * `forced` reports are written even if unchanged. There is no queue of reports: what is not yet written is the
 * difference between wish and shadow, so it is bounded by the number of reports and always leads to the last wish.
 */
export function nextLampReport(
  map: TelephonyMap,
  quirks: HeadsetQuirks,
  shadow: LampShadow,
  wish: LampAim,
  forced: ReadonlySet<number>,
): { readonly reportId: number; readonly report: Uint8Array } | undefined {
  const lit = litBy(firstAim(map, quirks, shadow, wish), quirks);
  const order = lit('off-hook') ? orderInCall : orderAtRest;
  const rankOf = (role: LampRole): number => (order.includes(role) ? order.indexOf(role) : order.length);
  const codes = lampCodes(map);
  const drafts = codes === undefined ? bitDrafts(map, shadow, lit, wish.tried) : codeDrafts(codes, shadow, lit);
  const candidates = drafts.map(({ reportId, report, changed }) => {
    const ranks = changed.map(rankOf);
    return {
      reportId,
      report,
      rank: Math.min(...ranks, forced.has(reportId) ? order.length : Number.POSITIVE_INFINITY),
    };
  });
  const first = candidates
    .filter((candidate) => candidate.rank < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.rank - b.rank)[0];
  return first === undefined ? undefined : { reportId: first.reportId, report: first.report };
}

type Lit = (role: LampRole) => boolean;
/** One report as it should be, and the roles by which it differs from what was sent. */
type Draft = { readonly reportId: number; readonly report: Uint8Array; readonly changed: readonly LampRole[] };

function bitDrafts(map: TelephonyMap, shadow: LampShadow, lit: Lit, tried: ReadonlySet<LampRole>): readonly Draft[] {
  const driven = map.lamps.filter(({ role }) => drivenRoles.includes(role) || tried.has(role));
  return [...new Set(driven.map((lamp) => lamp.reportId))].map((reportId) => {
    const before = shadow.get(reportId);
    const own = driven.filter((lamp) => lamp.reportId === reportId);
    const report = reportFor(map, reportId, before, own, lit);
    const changed = own.filter((lamp) => before === undefined || isBitSet(before, lamp) !== isBitSet(report, lamp));
    return { reportId, report, changed: changed.map((lamp) => lamp.role) };
  });
}

function codeDrafts({ lamps }: ReportCodes, shadow: LampShadow, lit: Lit): readonly Draft[] {
  return lamps.map(({ states, rest }, reportId) => {
    const report = states.find((state) => lit(state.role))?.report ?? rest;
    const before = shadow.get(reportId);
    const isChange = before === undefined || !isSameReport(before, report);
    return { reportId, report, changed: isChange ? states.map((state) => state.role) : [] };
  });
}

/** Answering goes through Off-Hook with Ring still lit, the order Teams writes and headsets are tested with. */
function firstAim(map: TelephonyMap, quirks: HeadsetQuirks, shadow: LampShadow, wish: LampAim): LampAim {
  if (wish.trial !== undefined) return wish;
  const wasRinging = shownLamp(map, shadow, 'ring') ?? shownLamp(map, shadow, 'ringer') ?? false;
  const isAnswering = litBy(wish, quirks)('off-hook') && shownLamp(map, shadow, 'off-hook') === false && wasRinging;
  return isAnswering ? { ...wish, lamps: { ...wish.lamps, isRinging: true } } : wish;
}

function reportFor(
  map: TelephonyMap,
  reportId: number,
  before: Uint8Array | undefined,
  driven: readonly LampControl[],
  lit: Lit,
): Uint8Array {
  const bits = map.reports.find((length) => length.direction === 'output' && length.reportId === reportId)?.bits ?? 0;
  // Always the whole report: a short one is taken for another report or ignored in silence (facts/hid.md 4.7).
  const report = before?.slice() ?? new Uint8Array(1 + Math.ceil(bits / 8));
  report[0] = reportId;
  for (const lamp of driven) writeBit(report.subarray(1), lamp.bitOffset, lit(lamp.role));
  return report;
}

function litBy({ lamps, trial }: LampAim, quirks: HeadsetQuirks): Lit {
  return (role) => {
    if (trial !== undefined) return role === trial;
    switch (role) {
      case 'off-hook':
        return lamps.isOffHook && !(lamps.isHeld && quirks.doesHoldClearOffHook);
      case 'ring':
      case 'ringer':
        return lamps.isRinging;
      case 'mute':
      // Gigaset and webhid issue 61: the Microphone lamp, too, means muted.
      case 'microphone':
        return isMuteShown(lamps);
      case 'hold':
        return lamps.isHeld;
      default:
        return false;
    }
  };
}

function isBitSet(report: Uint8Array, lamp: LampControl): boolean {
  return readBits(report.subarray(1), lamp.bitOffset, 1) === 1;
}

function isSameReport(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
