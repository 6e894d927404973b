/**
 * Reads a HID report descriptor (USB HID 1.11, section 6.2.2) into fields at bit positions.
 *
 * Any bytes are safe input: the work is linear in their number, nothing is expanded by the counts they claim, and what is
 * wrong comes back as a value. Facts/hid.md section 6 says why each rule is as it is.
 */

import { type DescriptorError, failure, readItem, type ShortItem } from './descriptor-item.ts';
import { boundUsages, type LocalItems, noLocalItems, takeLocalItem, type UsageRange } from './local-items.ts';

/** Linux (HID_MAX_DESCRIPTOR_SIZE) and hidapi (HID_API_MAX_REPORT_DESCRIPTOR_SIZE) stop at the same length. */
export const descriptorLengthMax = 4096;
/** Real devices nest three deep. The limit is for the people who read the result: the parser itself does not recurse. */
export const nestingMax = 256;
/** Linux allows 4 (HID_GLOBAL_STACK_SIZE). More than that is no device, but costs nothing to follow. */
export const pushMax = 32;
/** Linux: HID_MAX_BUFFER_SIZE, 16 KiB a report. A longer report cannot be received, so its fields cannot be used. */
export const reportBitsMax = 16_384 * 8;

export type ReportDirection = 'input' | 'output' | 'feature';

/** One Main item that carries a usage: `count` elements of `bitSize` bits. Padding (no usage) is not listed. */
export type ReportField = {
  readonly direction: ReportDirection;
  /** 0: the descriptor gave no id before this field. */
  readonly reportId: number;
  /** Of the first element, counted from bit 0 of the first byte after the report id. */
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly count: number;
  readonly isArray: boolean;
  /** Says nothing about use: some speakerphones declare their keys constant. */
  readonly isConstant: boolean;
  readonly isRelative: boolean;
  readonly logicalMinimum: number;
  readonly logicalMaximum: number;
  /** In order. For a variable field one usage an element, the last one repeating; for an array the values' meanings. */
  readonly usages: readonly UsageRange[];
  /** Index into `collections`; undefined for a field outside any. */
  readonly collection: number | undefined;
};

/** A collection; a parent always stands before its children. */
export type ReportCollection = {
  readonly usage: number;
  /** 0 physical, 1 application, 2 logical, ... (HID 1.11, 6.2.2.6) */
  readonly type: number;
  readonly parent: number | undefined;
};

export type ReportLength = { readonly direction: ReportDirection; readonly reportId: number; readonly bits: number };

export type ReportDescriptor = {
  readonly kind: 'ok';
  readonly fields: readonly ReportField[];
  readonly collections: readonly ReportCollection[];
  /** Length of every report, padding included, without the id byte. */
  readonly reports: readonly ReportLength[];
  /** True: each report starts with its id. False: it does not, yet a write starts with 0x00 all the same. */
  readonly usesReportIds: boolean;
};

/** Parses a descriptor. Never throws; the result's size is bounded by the length of the input. */
export function parseReportDescriptor(bytes: Uint8Array): ReportDescriptor | DescriptorError {
  if (bytes.length === 0) return failure('empty', 'The descriptor is empty.', 0);
  if (bytes.length > descriptorLengthMax) {
    const message = `The descriptor has ${bytes.length} bytes; at most ${descriptorLengthMax} are read.`;
    return failure('too-long', message, descriptorLengthMax);
  }
  const reader = startReader();
  let offset = 0;
  while (offset < bytes.length) {
    const item = readItem(bytes, offset);
    if (item.kind === 'error') return item;
    const error = item.kind === 'short' ? takeItem(reader, item, offset) : undefined;
    if (error !== undefined) return error;
    offset = item.end;
  }
  if (reader.open.length > 0) {
    const message = `The descriptor ends with ${reader.open.length} collection(s) still open.`;
    return failure('open-collection', message, bytes.length);
  }
  const reports = [...reader.lengths.values()];
  const { fields, collections, usesReportIds } = reader;
  return { kind: 'ok', fields, collections, reports, usesReportIds };
}

// --- state while reading -------------------------------------------------------------------------------------------

type Globals = {
  readonly page: number;
  readonly logicalMinimum: number;
  /** Whether it is signed is known only when the Main item comes: it depends on the minimum. */
  readonly logicalMaximum: { readonly unsigned: number; readonly signed: number };
  readonly reportSize: number;
  readonly reportId: number;
  readonly reportCount: number;
};
type Reader = {
  globals: Globals;
  readonly pushed: Globals[];
  locals: LocalItems;
  readonly open: number[];
  readonly fields: ReportField[];
  readonly collections: ReportCollection[];
  readonly lengths: Map<string, ReportLength>;
  usesReportIds: boolean;
};

function startReader(): Reader {
  return {
    globals: {
      page: 0,
      logicalMinimum: 0,
      logicalMaximum: { unsigned: 0, signed: 0 },
      reportSize: 0,
      reportId: 0,
      reportCount: 0,
    },
    pushed: [],
    locals: noLocalItems(),
    open: [],
    fields: [],
    collections: [],
    lengths: new Map(),
    usesReportIds: false,
  };
}

const mainType = 0;
const globalType = 1;
const localType = 2;

function takeItem(reader: Reader, item: ShortItem, offset: number): DescriptorError | undefined {
  // Type 3 and tags that HID 1.11 leaves reserved are passed over, as every host does.
  if (item.type === mainType) return takeMain(reader, item, offset);
  if (item.type === globalType) return takeGlobal(reader, item, offset);
  if (item.type === localType) return takeLocalItem(reader.locals, item, offset);
  return undefined;
}

// --- Main items ----------------------------------------------------------------------------------------------------

const fieldTags: ReadonlyMap<number, ReportDirection> = new Map([
  [0x8, 'input'],
  [0x9, 'output'],
  [0xb, 'feature'],
]);
const collectionTag = 0xa;
const endCollectionTag = 0xc;

function takeMain(reader: Reader, item: ShortItem, offset: number): DescriptorError | undefined {
  if (reader.locals.delimiter !== 'none') {
    return failure('bad-delimiter', `The delimited set before byte ${offset} is not closed.`, offset);
  }
  const direction = fieldTags.get(item.tag);
  const usages = boundUsages(reader.locals, reader.globals.page);
  reader.locals = noLocalItems();
  if (direction !== undefined) return takeField(reader, direction, item.unsigned, usages, offset);
  if (item.tag === collectionTag) {
    if (reader.open.length >= nestingMax) {
      return failure('nested-too-deep', `More than ${nestingMax} collections stand in one another.`, offset);
    }
    const parent = reader.open.at(-1);
    reader.open.push(reader.collections.length);
    reader.collections.push({ usage: usages[0]?.first ?? 0, type: item.unsigned, parent });
  }
  if (item.tag === endCollectionTag && reader.open.pop() === undefined) {
    return failure('stray-end-collection', `Byte ${offset} ends a collection and none is open.`, offset);
  }
  return undefined;
}

function takeField(
  reader: Reader,
  direction: ReportDirection,
  flags: number,
  usages: readonly UsageRange[],
  offset: number,
): DescriptorError | undefined {
  const { reportId, reportSize, reportCount, logicalMinimum, logicalMaximum } = reader.globals;
  const lengthKey = `${direction}:${reportId}`;
  const bitOffset = reader.lengths.get(lengthKey)?.bits ?? 0;
  const bits = bitOffset + reportSize * reportCount;
  if (bits > reportBitsMax) {
    const message = `The ${direction} report ${reportId} would be ${bits} bits long; at most ${reportBitsMax} can be received.`;
    return failure('report-too-long', message, offset);
  }
  reader.lengths.set(lengthKey, { direction, reportId, bits });
  if (usages.length === 0 || reportSize === 0 || reportCount === 0) return undefined;
  reader.fields.push({
    direction,
    reportId,
    bitOffset,
    bitSize: reportSize,
    count: reportCount,
    isConstant: (flags & 1) !== 0,
    isArray: (flags & 2) === 0,
    isRelative: (flags & 4) !== 0,
    logicalMinimum,
    logicalMaximum: logicalMinimum < 0 ? logicalMaximum.signed : logicalMaximum.unsigned,
    usages,
    collection: reader.open.at(-1),
  });
  return undefined;
}

// --- Global items --------------------------------------------------------------------------------------------------

function takeGlobal(reader: Reader, item: ShortItem, offset: number): DescriptorError | undefined {
  const { globals } = reader;
  switch (item.tag) {
    case 0x0:
      reader.globals = { ...globals, page: item.unsigned & 0xffff };
      return undefined;
    case 0x1:
      reader.globals = { ...globals, logicalMinimum: item.signed };
      return undefined;
    case 0x2:
      reader.globals = { ...globals, logicalMaximum: { unsigned: item.unsigned, signed: item.signed } };
      return undefined;
    case 0x7:
      reader.globals = { ...globals, reportSize: item.unsigned };
      return undefined;
    case 0x8:
      if (item.unsigned === 0 || item.unsigned > 255) {
        return failure('bad-report-id', `Report id ${item.unsigned} at byte ${offset} is not 1 to 255.`, offset);
      }
      reader.usesReportIds = true;
      reader.globals = { ...globals, reportId: item.unsigned };
      return undefined;
    case 0x9:
      reader.globals = { ...globals, reportCount: item.unsigned };
      return undefined;
    case 0xa:
      if (reader.pushed.length >= pushMax) {
        return failure('pushed-too-deep', `More than ${pushMax} Push items are open at byte ${offset}.`, offset);
      }
      reader.pushed.push(globals);
      return undefined;
    case 0xb: {
      const popped = reader.pushed.pop();
      if (popped === undefined) return failure('stray-pop', `Byte ${offset} pops and nothing was pushed.`, offset);
      reader.globals = popped;
      return undefined;
    }
    default:
      // Physical range and unit: a key or a lamp has none.
      return undefined;
  }
}
