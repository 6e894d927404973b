import { type StatusControl, type StatusUsage, statusControls } from './device-status.ts';
import type { UsageRange } from './local-items.ts';
import type { ReportCodes } from './report-codes.ts';
import type { ReportDescriptor, ReportField, ReportLength } from './report-descriptor.ts';
import {
  type KeyRole,
  type KeyUsage,
  keyUsages,
  type LampRole,
  lampUsages,
  rejectUsages,
  telephonyPage,
} from './usages.ts';

/**
 * Report fields to keys and lamps, by usage, wherever in the tree they stand (facts/hid.md sections 1 and 6).
 */

/** Real devices have fewer than 40. A descriptor that claims more is hostile; what is beyond is left out. */
export const controlsMax = 512;

/** How a key stands in an array field: `value` among `count` elements means it; values beyond first..last mean no key. */
export type ArraySelector = {
  readonly count: number;
  readonly value: number;
  readonly first: number;
  readonly last: number;
  readonly isSigned: boolean;
};

/** One thing to press. */
export type KeyControl = {
  readonly name: string;
  readonly role: KeyRole;
  /** For `role` digit: `0`-`9`, `*`, `#`; for `role` extra: the keyId it is bound by; otherwise empty. */
  readonly digit: string;
  readonly usage: number;
  readonly reportId: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  /** True: the value says "pressed" and nothing else. False: it is a level. */
  readonly isRelative: boolean;
  /** Where the key is one value of an array field: that field, and the value that means this key. */
  readonly selector: ArraySelector | undefined;
};

/**
 * Whether a key can only say "pressed". An array shows what is down now, one key in the other's place (HID 1.11, 6.2.2.5):
 * a switch that stays over cannot be seen in it.
 */
export function isMomentary({ isRelative, selector }: KeyControl): boolean {
  return isRelative || selector !== undefined;
}

/** One thing to light. */
export type LampControl = {
  readonly name: string;
  readonly role: LampRole;
  readonly usage: number;
  readonly reportId: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly isRelative: boolean;
};

/** All that a call can use of one device. */
export type TelephonyMap = {
  /** False: nothing here is for calls (a telephony collection alone proves nothing, and some are empty). */
  readonly isTelephony: boolean;
  readonly keys: readonly KeyControl[];
  readonly lamps: readonly LampControl[];
  readonly usesReportIds: boolean;
  readonly reports: readonly ReportLength[];
  /** What it tells of battery and presence. */
  readonly statuses: readonly StatusControl[];
  /** There where reports are codes and not bits: then `keys` and `lamps` only list what there is. */
  readonly codes: ReportCodes | undefined;
};

/** Usages that mean something on the devices of one vendor only, from a model's row. */
export type VendorUsages = { readonly keys: readonly KeyUsage[]; readonly statuses: readonly StatusUsage[] };

/** Finds the keys and lamps of a parsed descriptor. Keys and lamps come in the order of the descriptor. */
export function telephonyMap(
  descriptor: ReportDescriptor,
  vendor: VendorUsages = { keys: [], statuses: [] },
): TelephonyMap {
  const telephonyCollections = collectionsOfTelephony(descriptor);
  const stands = (field: ReportField): boolean =>
    field.collection !== undefined && telephonyCollections.has(field.collection);
  const keys: KeyControl[] = [];
  const lamps: LampControl[] = [];
  let isTelephony = false;
  for (const field of descriptor.fields) {
    if (field.direction === 'input') {
      const table = stands(field) ? [...keyUsages, ...rejectUsages, ...vendor.keys] : [...keyUsages, ...vendor.keys];
      const found = keysOf(field, table, controlsMax - keys.length);
      keys.push(...found);
      isTelephony ||= found.some((key) => key.usage >>> 16 === telephonyPage || key.role === 'hook');
    }
    if (field.direction === 'output' && !field.isArray) {
      const found = lampsOf(field, controlsMax - lamps.length);
      lamps.push(...found);
      isTelephony ||= found.length > 0 && stands(field);
    }
  }
  const { usesReportIds, reports } = descriptor;
  const statuses = statusControls(descriptor, vendor.statuses);
  return { isTelephony, keys, lamps, usesReportIds, reports, statuses, codes: undefined };
}

function collectionsOfTelephony(descriptor: ReportDescriptor): ReadonlySet<number> {
  const found = new Set<number>();
  descriptor.collections.forEach((collection, index) => {
    const isInside = collection.parent !== undefined && found.has(collection.parent);
    if (isInside || collection.usage >>> 16 === telephonyPage) found.add(index);
  });
  return found;
}

function keysOf(field: ReportField, table: readonly KeyUsage[], room: number): readonly KeyControl[] {
  const isSelector = field.isArray && !isBit(field);
  if (isSelector && !canReachUsages(field)) return [];
  const limit = isSelector ? field.logicalMaximum - field.logicalMinimum + 1 : field.count;
  const { reportId, bitOffset, bitSize, isRelative } = field;
  return elementsOf(field, table, limit, room, !isSelector).map(({ entry, index }) => ({
    ...entry,
    reportId,
    bitOffset: isSelector ? bitOffset : bitOffset + index * bitSize,
    bitSize,
    isRelative,
    selector: isSelector
      ? {
          count: field.count,
          value: field.logicalMinimum + index,
          first: field.logicalMinimum,
          last: Math.min(field.logicalMaximum, field.logicalMinimum + usageCount(field.usages) - 1),
          isSigned: field.logicalMinimum < 0,
        }
      : undefined,
  }));
}

function lampsOf(field: ReportField, room: number): readonly LampControl[] {
  const { reportId, bitSize, isRelative } = field;
  return elementsOf(field, lampUsages, field.count, room, true).map(({ entry, index }) => ({
    ...entry,
    reportId,
    bitOffset: field.bitOffset + index * bitSize,
    bitSize,
    isRelative,
  }));
}

/**
 * A constant one-bit "array" with a usage is a level, as a constant variable is: one bit has no values to select from. So is
 * any single bit with a single usage: firmware that forgot the Variable flag.
 */
function isBit(field: ReportField): boolean {
  return field.bitSize === 1 && usageCount(field.usages) <= field.count && (field.isConstant || field.count === 1);
}

/** An array whose elements have fewer values than usages (one-bit elements over dozens of usages) is ill-formed. */
function canReachUsages(field: ReportField): boolean {
  return 2 ** field.bitSize >= usageCount(field.usages);
}

function usageCount(usages: readonly UsageRange[]): number {
  return usages.reduce((count, range) => count + range.last - range.first + 1, 0);
}

type Element<Entry> = { readonly entry: Entry; readonly index: number };

/** The elements with a usage of `table`, below `limit`; the work is bounded by the table, not by what ranges span. */
function elementsOf<Entry extends { readonly usage: number }>(
  field: ReportField,
  table: readonly Entry[],
  limit: number,
  room: number,
  doesLastRepeat: boolean,
): readonly Element<Entry>[] {
  const found: Element<Entry>[] = [];
  let start = 0;
  for (const range of field.usages) {
    for (const entry of table) {
      if (entry.usage < range.first || entry.usage > range.last) continue;
      const index = start + entry.usage - range.first;
      if (index < limit) found.push({ entry, index });
    }
    start += range.last - range.first + 1;
  }
  const last = field.usages.at(-1)?.last;
  const repeating = doesLastRepeat ? table.find((entry) => entry.usage === last) : undefined;
  if (repeating !== undefined) {
    for (let index = start; index < limit && found.length < room; index += 1) found.push({ entry: repeating, index });
  }
  return found.sort((a, b) => a.index - b.index).slice(0, Math.max(0, room));
}
