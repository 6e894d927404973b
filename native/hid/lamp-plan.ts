import type { Lamps } from '../../core/key.ts';
import { readBits, writeBit } from './report-bits.ts';
import type { LampControl, TelephonyMap } from './telephony.ts';
import type { LampRole } from './usages.ts';

/** How one family of devices differs from the rest; see native/models/headset-quirks.ts. */
export type HeadsetQuirks = {
  /** Hold is shown by Hold = 1 and Off-Hook = 0. Every other family would end the call by that. */
  readonly doesHoldClearOffHook: boolean;
};

/** What was last sent of each output report: full length, id first (0 where the device has no ids). */
export type LampShadow = ReadonlyMap<number, Uint8Array>;

/** The roles the seat has a wish for. The others stay dark. */
const drivenRoles = ['off-hook', 'ring', 'ringer', 'mute', 'microphone', 'hold'] as const;
type DrivenRole = (typeof drivenRoles)[number];

/** The order of writes: off-hook first when a call begins, last when it ends (clear mute, hold, ring, off-hook). */
const orderInCall: readonly LampRole[] = ['off-hook', 'ring', 'ringer', 'mute', 'microphone', 'hold'];
const orderAtRest: readonly LampRole[] = ['mute', 'microphone', 'hold', 'ring', 'ringer', 'off-hook'];

/** Mute applies off hook only: on hook a device is shown, and follows, "not muted". */
export function isMuteShown(lamps: Lamps): boolean {
  return lamps.isMuted && lamps.isOffHook;
}

/** The ids of all output reports that carry a lamp the seat drives. */
export function lampReportIds(map: TelephonyMap): ReadonlySet<number> {
  return new Set(map.lamps.filter(isDriven).map((lamp) => lamp.reportId));
}

/** The ids of the output reports that carry a lamp of this role. */
export function reportIdsOf(map: TelephonyMap, role: LampRole): ReadonlySet<number> {
  return new Set(map.lamps.filter((lamp) => lamp.role === role).map((lamp) => lamp.reportId));
}

/** Whether the lamp of this role is lit by what was sent; undefined where there is none or nothing was sent. */
export function shownLamp(map: TelephonyMap, shadow: LampShadow, role: LampRole): boolean | undefined {
  const lamp = map.lamps.find((candidate) => candidate.role === role);
  const report = lamp === undefined ? undefined : shadow.get(lamp.reportId);
  return lamp === undefined || report === undefined ? undefined : isBitSet(report, lamp);
}

/**
 * The report to write next so that the device comes to show `lamps`, or undefined when it does.
 * `forced` reports are written even if unchanged. There is no queue of reports: what is not yet written is the
 * difference between wish and shadow, so it is bounded by the number of reports and always leads to the last wish.
 */
export function nextLampReport(
  map: TelephonyMap,
  quirks: HeadsetQuirks,
  shadow: LampShadow,
  lamps: Lamps,
  forced: ReadonlySet<number>,
): { readonly reportId: number; readonly report: Uint8Array } | undefined {
  const aim = firstAim(map, quirks, shadow, lamps);
  const order = aim.isOffHook ? orderInCall : orderAtRest;
  const candidates = [...lampReportIds(map)].map((reportId) => {
    const before = shadow.get(reportId);
    const report = reportFor(map, quirks, reportId, before, aim);
    const changed = map.lamps.filter(
      (lamp) =>
        lamp.reportId === reportId &&
        isDriven(lamp) &&
        (before === undefined || isBitSet(before, lamp) !== isBitSet(report, lamp)),
    );
    const isForced = forced.has(reportId);
    const rank = Math.min(
      ...changed.map((lamp) => order.indexOf(lamp.role)),
      isForced ? order.length : Number.POSITIVE_INFINITY,
    );
    return { reportId, report, rank };
  });
  const first = candidates
    .filter((candidate) => candidate.rank < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.rank - b.rank)[0];
  return first === undefined ? undefined : { reportId: first.reportId, report: first.report };
}

/** Answering goes through Off-Hook with Ring still lit, the order Teams writes and headsets are tested with. */
function firstAim(map: TelephonyMap, quirks: HeadsetQuirks, shadow: LampShadow, lamps: Lamps): Lamps {
  const wasRinging = shownLamp(map, shadow, 'ring') ?? shownLamp(map, shadow, 'ringer') ?? false;
  const isAnswering = isLit('off-hook', lamps, quirks) && shownLamp(map, shadow, 'off-hook') === false && wasRinging;
  return isAnswering ? { ...lamps, isRinging: true } : lamps;
}

function reportFor(
  map: TelephonyMap,
  quirks: HeadsetQuirks,
  reportId: number,
  before: Uint8Array | undefined,
  lamps: Lamps,
): Uint8Array {
  const bits = map.reports.find((length) => length.direction === 'output' && length.reportId === reportId)?.bits ?? 0;
  // Always the whole report: a short one is taken for another report or ignored in silence (facts/hid.md 4.7).
  const report = before?.slice() ?? new Uint8Array(1 + Math.ceil(bits / 8));
  report[0] = reportId;
  for (const lamp of map.lamps) {
    if (lamp.reportId === reportId && isDriven(lamp)) {
      writeBit(report.subarray(1), lamp.bitOffset, isLit(lamp.role, lamps, quirks));
    }
  }
  return report;
}

function isLit(role: DrivenRole, lamps: Lamps, quirks: HeadsetQuirks): boolean {
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
  }
}

function isDriven(lamp: LampControl): lamp is LampControl & { readonly role: DrivenRole } {
  return drivenRoles.some((role) => role === lamp.role);
}

function isBitSet(report: Uint8Array, lamp: LampControl): boolean {
  return readBits(report.subarray(1), lamp.bitOffset, 1) === 1;
}
