import type { KeyControl, LampControl } from './telephony.ts';
import { type KeyRole, keyUsages, type LampRole, lampUsages, rejectUsages } from './usages.ts';

/**
 * Devices whose reports are codes and not bits: "this report means this key". One engine for all of them; which codes a
 * device has is data (native/models/headset-rows.ts).
 */

/** A report that begins with these bytes (hex, its id first) means this key. */
export type CodeKeyRow = {
  readonly report: string;
  readonly key: KeyRole;
  /** Where the key is a level: which one. Absent: the report says "pressed". */
  readonly isSet?: boolean;
};

/**
 * Lamps that exclude each other: of `states` the first whose lamp is wished is written (hex, id first), `rest` when none
 * is. Without `rest` nothing can be said.
 */
export type CodeLampRow = {
  readonly states: readonly { readonly lamp: LampRole; readonly report: string }[];
  readonly rest: string;
};

/** Lamps that are bits of one output report of `bits` bits, where the descriptor does not say so. */
export type BitLampRow = {
  readonly reportId: number;
  readonly bits: number;
  readonly lamps: readonly { readonly lamp: LampRole; readonly bit: number }[];
};

/**
 * All codes of a device. `usesReportIds`: false where reports have no id; then `report` of a lamp begins with 00.
 * `doesReplace`: they count on every path of the device; else only where the descriptor has call keys or lamps.
 */
export type CodeRow = {
  readonly usesReportIds: boolean;
  readonly doesReplace: boolean;
  readonly keys: readonly CodeKeyRow[];
  readonly lamps: readonly CodeLampRow[];
  readonly bitLamps?: BitLampRow;
};

/** One code of a device, ready for comparison. */
export type CodeKey = { readonly prefix: Uint8Array; readonly control: KeyControl; readonly isSet: boolean };

/** Lamps that exclude each other, ready for writing. */
export type CodeLamp = {
  readonly states: readonly { readonly role: LampRole; readonly report: Uint8Array }[];
  readonly rest: Uint8Array;
};

/** The codes of a device as the model uses them. */
export type ReportCodes = { readonly keys: readonly CodeKey[]; readonly lamps: readonly CodeLamp[] };

/** A row made ready. */
export function reportCodes(row: CodeRow): ReportCodes {
  return {
    keys: row.keys.map(({ report, key, isSet }) => {
      const prefix = bytesOf(report);
      const reportId = row.usesReportIds ? (prefix[0] ?? 0) : 0;
      return { prefix, control: keyControl(key, reportId, isSet === undefined), isSet: isSet ?? true };
    }),
    lamps: row.lamps.map(({ states, rest }) => ({
      states: states.map(({ lamp, report }) => ({ role: lamp, report: bytesOf(report) })),
      rest: bytesOf(rest),
    })),
  };
}

/** The codes a report is, none if it is no code: the longest that fits, so that a code may be the beginning of another. */
export function codeOf(codes: ReportCodes, report: Uint8Array): CodeKey | undefined {
  return codes.keys
    .filter(({ prefix }) => prefix.length <= report.length && prefix.every((byte, index) => byte === report[index]))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0];
}

/** The lamps of a row: bits where it has bits, else what its codes name, which have no place of their own. */
export function lampControls({ lamps, bitLamps }: CodeRow): readonly LampControl[] {
  const control = (role: LampRole, reportId: number, bitOffset: number, bitSize: number): readonly LampControl[] => {
    const known = lampUsages.find((usage) => usage.role === role);
    return known === undefined ? [] : [{ ...known, reportId, bitOffset, bitSize, isRelative: false }];
  };
  if (bitLamps !== undefined)
    return bitLamps.lamps.flatMap(({ lamp, bit }) => control(lamp, bitLamps.reportId, bit, 1));
  return lamps.flatMap(({ states }) =>
    states.flatMap(({ lamp, report }) => control(lamp, bytesOf(report)[0] ?? 0, 0, (bytesOf(report).length - 1) * 8)),
  );
}

function keyControl(role: KeyRole, reportId: number, isRelative: boolean): KeyControl {
  const known = [...keyUsages, ...rejectUsages].find((usage) => usage.role === role);
  const { usage, name, digit } = known ?? { usage: 0, name: role, digit: '' };
  return { usage, name, role, digit, reportId, bitOffset: 0, bitSize: 8, isRelative, selector: undefined };
}

/** Hex of a row to bytes. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
