import type { HidCollection, HidReportItem } from '../../core/hid-collections.ts';
import type { UsageRange } from './local-items.ts';
import {
  type ReportCollection,
  type ReportDescriptor,
  type ReportDirection,
  type ReportField,
  type ReportLength,
  reportBitsMax,
} from './report-descriptor.ts';

/**
 * What WebHID says of a device (https://wicg.github.io/webhid/) to the fields of report-descriptor.ts. As Chromium
 * builds it (services/device/public/cpp/hid/hid_collection.cc), an item stands in its collection and in every ancestor,
 * so a top-level collection carries its reports whole and in order, padding included; a child tells where a field stands.
 */

/** Chromium stops at 50; deeper is not followed. */
const depthMax = 50;

const directions = [
  ['input', 'inputReports'],
  ['output', 'outputReports'],
  ['feature', 'featureReports'],
] as const;

/**
 * The fields of these top-level collections. `isPadded`: the lengths are real. On Windows they are not: Chromium rounds
 * each report up to the longest of its kind, id byte included (hid_service_win.cc), and a report that is too long is
 * refused there, while hidapi lengthens one that is too short. Then padding at the end does not count.
 */
export function fieldsOfCollections(tops: readonly HidCollection[], isPadded: boolean): ReportDescriptor {
  const reader: Reader = { collections: [], fields: [], lengths: new Map(), isPadded };
  for (const top of tops) readTop(reader, top);
  const reports = [...reader.lengths.values()];
  const usesReportIds = reports.some((report) => report.reportId !== 0);
  return { kind: 'ok', fields: reader.fields, collections: reader.collections, reports, usesReportIds };
}

type Reader = {
  readonly collections: ReportCollection[];
  readonly fields: ReportField[];
  readonly lengths: Map<string, ReportLength>;
  readonly isPadded: boolean;
};

/** A collection with what of its ancestors' items stands in it, in the order of the report. */
type Room = { readonly index: number; readonly collection: HidCollection; readonly rooms: readonly Room[] };

function readTop(reader: Reader, top: HidCollection): void {
  const room = roomOf(reader, top, undefined, 0);
  for (const [direction, reports] of directions) {
    for (const { reportId, items } of top[reports]) {
      const key = `${direction}:${reportId}`;
      const start = reader.lengths.get(key)?.bits ?? 0;
      const counted = reader.isPadded ? items : withoutTrailingPadding(items);
      const owners = ownersOf(room, reports, reportId, counted);
      let bitOffset = start;
      counted.forEach((item, index) => {
        const bits = item.reportSize * item.reportCount;
        // A device that claims more cannot send it; what lies beyond is not read.
        if (bitOffset + bits > reportBitsMax) return;
        const field = fieldOf(item, direction, reportId, bitOffset, owners[index] ?? room.index);
        if (field !== undefined) reader.fields.push(field);
        bitOffset += bits;
      });
      reader.lengths.set(key, { direction, reportId, bits: bitOffset });
    }
  }
}

function roomOf(reader: Reader, collection: HidCollection, parent: number | undefined, depth: number): Room {
  const index = reader.collections.length;
  reader.collections.push({ usage: usageOf(collection), type: collection.type, parent });
  const rooms = depth < depthMax ? collection.children.map((child) => roomOf(reader, child, index, depth + 1)) : [];
  return { index, collection, rooms };
}

function usageOf({ usagePage, usage }: HidCollection): number {
  return usage > 0xffff ? usage : usagePage * 0x10000 + usage;
}

/**
 * The deepest collection of each item. A child's items come in the parent's order, but which of two equal items is the
 * child's is not said; the first that fits is taken, which is wrong only where it makes no difference to keys and lamps.
 */
function ownersOf(
  room: Room,
  reports: (typeof directions)[number][1],
  reportId: number,
  items: readonly HidReportItem[],
): readonly number[] {
  const owners = items.map(() => room.index);
  for (const child of room.rooms) {
    const own = child.collection[reports].find((report) => report.reportId === reportId)?.items ?? [];
    const inner = ownersOf(child, reports, reportId, own);
    let from = 0;
    own.forEach((item, index) => {
      const at = items.findIndex((candidate, place) => place >= from && isSameItem(candidate, item));
      if (at < 0) return;
      owners[at] = inner[index] ?? child.index;
      from = at + 1;
    });
  }
  return owners;
}

function isSameItem(one: HidReportItem, other: HidReportItem): boolean {
  return (
    one === other ||
    (one.reportSize === other.reportSize &&
      one.reportCount === other.reportCount &&
      one.isAbsolute === other.isAbsolute &&
      one.isArray === other.isArray &&
      one.isConstant === other.isConstant &&
      one.usageMinimum === other.usageMinimum &&
      one.usageMaximum === other.usageMaximum &&
      one.usages.length === other.usages.length &&
      one.usages.every((usage, index) => usage === other.usages[index]))
  );
}

function withoutTrailingPadding(items: readonly HidReportItem[]): readonly HidReportItem[] {
  const last = items.findLastIndex((item) => usagesOf(item).length > 0);
  return items.slice(0, last + 1);
}

function fieldOf(
  item: HidReportItem,
  direction: ReportDirection,
  reportId: number,
  bitOffset: number,
  collection: number,
): ReportField | undefined {
  const usages = usagesOf(item);
  if (usages.length === 0 || item.reportSize === 0 || item.reportCount === 0) return undefined;
  const { logicalMinimum } = item;
  return {
    direction,
    reportId,
    bitOffset,
    bitSize: item.reportSize,
    count: item.reportCount,
    isArray: item.isArray,
    isConstant: item.isConstant,
    isRelative: !item.isAbsolute,
    logicalMinimum,
    // Chromium reads every maximum as signed; by HID 1.11 it is so only under a negative minimum.
    logicalMaximum:
      logicalMinimum >= 0 && item.logicalMaximum < 0 ? unsignedOf(item.logicalMaximum) : item.logicalMaximum,
    usages,
    collection,
  };
}

function unsignedOf(value: number): number {
  if (value >= -0x80) return value + 0x100;
  return value >= -0x8000 ? value + 0x1_0000 : value + 0x1_0000_0000;
}

function usagesOf(item: HidReportItem): readonly UsageRange[] {
  const { usageMinimum, usageMaximum } = item;
  if (item.isRange && usageMinimum !== null && usageMaximum !== null) {
    const isOnePage = usageMinimum >>> 16 === usageMaximum >>> 16 && usageMinimum <= usageMaximum;
    return isOnePage ? [{ first: usageMinimum, last: usageMaximum }] : [];
  }
  return item.usages.map((usage) => ({ first: usage, last: usage }));
}
