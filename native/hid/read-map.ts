import { headsetRow } from '../models/headset-rows.ts';
import type { DescriptorAnswer, DescriptorSource } from './descriptor-source.ts';
import type { HeadsetRow } from './headset-row.ts';
import type { FoundHid } from './hid-bus.ts';
import { bytesOf, type CodeRow, lampControls, reportCodes } from './report-codes.ts';
import { parseReportDescriptor, type ReportDescriptor } from './report-descriptor.ts';
import { type TelephonyMap, telephonyMap, type VendorUsages } from './telephony.ts';

/** What a path's descriptor says, or why nothing is known. `unproven`: what of it rests on a row nobody has tried. */
export type MapReading =
  | { readonly kind: 'ok'; readonly map: TelephonyMap; readonly unproven: readonly string[] }
  | { readonly kind: 'bad-descriptor' | 'unavailable'; readonly detail: string };

/**
 * Reads the keys and lamps of one device node: its codes where a row has them, else its own descriptor, else the row's.
 * Never rejects. Without `found` no row is looked for.
 */
export async function readMap(
  descriptors: DescriptorSource,
  path: string,
  found?: FoundHid,
  rowOf: (vendorId: number, productId: number) => HeadsetRow | undefined = headsetRow,
): Promise<MapReading> {
  const row = found === undefined ? undefined : rowOf(found.vendorId, found.productId);
  return mapOfAnswer(await descriptors.descriptorOf(path, found), row);
}

/** The same for an answer that is there already, as in a recording. */
export function mapOfAnswer(answer: DescriptorAnswer, row: HeadsetRow | undefined): MapReading {
  if (answer.kind === 'fields') return mapOf(answer.descriptor, row);
  if (answer.kind === 'ok') return mapOfBytes(answer.bytes, row);
  if (row?.descriptorHex !== undefined) return mapOfBytes(bytesOf(row.descriptorHex), row);
  return row?.codes === undefined
    ? answer
    : mapOf(nothingDescribed, { ...row, codes: { ...row.codes, doesReplace: true } });
}

const nothingDescribed: ReportDescriptor = {
  kind: 'ok',
  fields: [],
  collections: [],
  reports: [],
  usesReportIds: false,
};

function mapOfBytes(bytes: Uint8Array, row: HeadsetRow | undefined): MapReading {
  const descriptor = parseReportDescriptor(bytes);
  if (descriptor.kind === 'error') return { kind: 'bad-descriptor', detail: descriptor.message };
  return mapOf(descriptor, row);
}

function mapOf(descriptor: ReportDescriptor, row: HeadsetRow | undefined): MapReading {
  const usages = vendorUsages(descriptor, row);
  const map = telephonyMap(descriptor, usages);
  const unproven = unprovenOf(map, row);
  if (row?.codes === undefined || !(map.isTelephony || row.codes.doesReplace)) return { kind: 'ok', map, unproven };
  return { kind: 'ok', map: withCodes(map, row.codes), unproven };
}

function withCodes(map: TelephonyMap, row: CodeRow): TelephonyMap {
  const codes = reportCodes(row);
  const keys = [...new Map(codes.keys.map(({ control }) => [control.name, control])).values()];
  const { usesReportIds, bitLamps } = row;
  const reports =
    bitLamps === undefined
      ? map.reports
      : [
          ...map.reports.filter(({ direction, reportId }) => direction !== 'output' || reportId !== bitLamps.reportId),
          { direction: 'output' as const, reportId: bitLamps.reportId, bits: bitLamps.bits },
        ];
  return { ...map, isTelephony: true, keys, lamps: lampControls(row), usesReportIds, reports, codes };
}

/** Vendor usages count where the row's conditions hold on this very descriptor. */
function vendorUsages(descriptor: ReportDescriptor, row: HeadsetRow | undefined): VendorUsages {
  const keys = (row?.vendorKeys ?? [])
    .filter(({ onlyIn }) => onlyIn === undefined || descriptor.collections.some(({ usage }) => onlyIn.includes(usage)))
    .flatMap((vendor) => vendor.keys);
  return { keys, statuses: row?.statuses ?? [] };
}

function unprovenOf(map: TelephonyMap, row: HeadsetRow | undefined): readonly string[] {
  if (row === undefined) return [];
  const used = row.vendorKeys?.flatMap(({ keys, unproven }) =>
    keys.some(({ usage }) => map.keys.some((key) => key.usage === usage)) ? unproven : [],
  );
  return [...row.unproven, ...(used ?? [])];
}
