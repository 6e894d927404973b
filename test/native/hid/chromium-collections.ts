import type { HidCollection, HidReportItem } from '../../../core/hid-collections.ts';
import { readItem, type ShortItem } from '../../../native/hid/descriptor-item.ts';
import { parseReportDescriptor, type ReportField } from '../../../native/hid/report-descriptor.ts';

/**
 * WebHID's collections of a descriptor as Chromium gives them, written from its source and on purpose not from ours:
 * services/device/public/cpp/hid/hid_collection.cc, hid_item_state_table.cc, hid_report_item.cc (Linux, macOS) and
 * services/device/hid/hid_service_win.cc (Windows); third_party/blink/renderer/modules/hid/hid_device.cc.
 */

type Lists = Pick<HidCollection, 'inputReports' | 'outputReports' | 'featureReports'>;
type Draft = { info: HidCollection; parent: Draft | undefined };
const listOf = { 8: 'inputReports', 9: 'outputReports', 11: 'featureReports' } as const;

/** As on macOS and Linux: item by item. */
export function chromiumCollections(bytes: Uint8Array): readonly HidCollection[] {
  const tops: HidCollection[] = [];
  let open: Draft | undefined;
  let reportId = 0;
  const globals = { page: 0, minimum: 0, maximum: 0, size: 0, count: 0 };
  let locals = { usages: [] as number[], minimum: 0, maximum: 0 };
  const usageOf = (item: ShortItem): number =>
    item.unsigned > 0xffff ? item.unsigned : globals.page * 0x10000 + item.unsigned;
  for (let offset = 0; offset < bytes.length; ) {
    const item = readItem(bytes, offset);
    if (item.kind === 'error') throw new Error(item.message);
    offset = item.end;
    if (item.kind === 'long') continue;
    if (item.type === 0) {
      if (item.tag === 10) {
        const usage = locals.usages[0] ?? globals.page * 0x10000;
        const info = emptyCollection(usage, item.unsigned);
        (open?.info.children ?? tops).push(info);
        open = { info, parent: open };
      } else if (item.tag === 12) open = open?.parent;
      else if (item.tag === 8 || item.tag === 9 || item.tag === 11) {
        for (let at = open; at !== undefined; at = at.parent) {
          addItem(at.info[listOf[item.tag]], reportId, itemOf(item.unsigned, globals, locals));
        }
      }
      locals = { usages: [], minimum: 0, maximum: 0 };
    }
    if (item.type === 1) {
      if (item.tag === 0) globals.page = item.unsigned;
      if (item.tag === 1) globals.minimum = item.signed;
      if (item.tag === 2) globals.maximum = item.signed;
      if (item.tag === 7) globals.size = item.unsigned;
      if (item.tag === 8) reportId = item.unsigned;
      if (item.tag === 9) globals.count = item.unsigned;
    }
    if (item.type === 2) {
      if (item.tag === 0) locals.usages.push(usageOf(item));
      if (item.tag === 1) locals.minimum = usageOf(item);
      if (item.tag === 2) locals.maximum = usageOf(item);
    }
  }
  return tops;
}

function itemOf(
  flags: number,
  globals: { readonly minimum: number; readonly maximum: number; readonly size: number; readonly count: number },
  locals: { readonly usages: readonly number[]; readonly minimum: number; readonly maximum: number },
): HidReportItem {
  const isRange = locals.minimum !== locals.maximum;
  return {
    isAbsolute: (flags & 4) === 0,
    isArray: (flags & 2) === 0,
    isConstant: (flags & 1) !== 0,
    isRange,
    hasNull: (flags & 64) !== 0,
    usages: isRange ? [] : [...locals.usages],
    usageMinimum: isRange ? locals.minimum : null,
    usageMaximum: isRange ? locals.maximum : null,
    reportSize: globals.size,
    reportCount: globals.count,
    logicalMinimum: globals.minimum,
    logicalMaximum: globals.maximum,
  };
}

/**
 * As on Windows: fields of one top-level collection by bit, padding put in where bits are missing, each report filled up
 * to the longest of its kind with its id byte, and no children.
 */
export function windowsCollections(bytes: Uint8Array): readonly HidCollection[] {
  const descriptor = parseReportDescriptor(bytes);
  if (descriptor.kind === 'error') throw new Error(descriptor.message);
  const topOf = (index: number): number => {
    const parent = descriptor.collections[index]?.parent;
    return parent === undefined ? index : topOf(parent);
  };
  return descriptor.collections.flatMap((collection, index) => {
    if (collection.parent !== undefined) return [];
    const fields = descriptor.fields.filter(
      (field) => field.collection !== undefined && topOf(field.collection) === index,
    );
    const info = emptyCollection(collection.usage, collection.type);
    for (const [direction, list] of [
      ['input', 'inputReports'],
      ['output', 'outputReports'],
      ['feature', 'featureReports'],
    ] as const) {
      const own = fields.filter((field) => field.direction === direction);
      const lengths = descriptor.reports.filter((report) => report.direction === direction);
      const most = 8 + Math.max(0, ...lengths.map((report) => Math.ceil(report.bits / 8) * 8));
      for (const reportId of new Set(own.map((field) => field.reportId))) {
        for (const item of filledUp(
          own.filter((field) => field.reportId === reportId),
          most,
        )) {
          addItem(info[list], reportId, item);
        }
      }
    }
    return [info];
  });
}

function filledUp(fields: readonly ReportField[], bits: number): readonly HidReportItem[] {
  const items: HidReportItem[] = [];
  let at = 0;
  const pad = (to: number): void => {
    if (to > at) items.push(padding(to - at));
    at = Math.max(at, to);
  };
  for (const field of [...fields].sort((a, b) => a.bitOffset - b.bitOffset)) {
    pad(field.bitOffset);
    const range = field.usages.length === 1 ? field.usages[0] : undefined;
    const isRange = range !== undefined && range.first !== range.last;
    items.push({
      ...padding(field.bitSize),
      isAbsolute: !field.isRelative,
      isArray: field.isArray,
      isConstant: field.isConstant,
      isRange,
      usages: isRange
        ? []
        : field.usages.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, n) => first + n)),
      usageMinimum: isRange ? range.first : null,
      usageMaximum: isRange ? range.last : null,
      reportCount: field.count,
      logicalMinimum: field.logicalMinimum,
      logicalMaximum: field.logicalMaximum,
    });
    at = field.bitOffset + field.bitSize * field.count;
  }
  pad(bits);
  return items;
}

function padding(bits: number): HidReportItem {
  return {
    isAbsolute: true,
    isArray: true,
    isConstant: true,
    isRange: false,
    hasNull: false,
    usages: [],
    usageMinimum: null,
    usageMaximum: null,
    reportSize: bits,
    reportCount: 1,
    logicalMinimum: 0,
    logicalMaximum: 0,
  };
}

function addItem(reports: Lists['inputReports'], reportId: number, item: HidReportItem): void {
  const known = reports.find((report) => report.reportId === reportId);
  if (known === undefined) reports.push({ reportId, items: [item] });
  else known.items.push(item);
}

function emptyCollection(usage: number, type: number): HidCollection {
  const usagePage = Math.floor(usage / 0x10000);
  return {
    usagePage,
    usage: usage % 0x10000,
    type,
    inputReports: [],
    outputReports: [],
    featureReports: [],
    children: [],
  };
}
