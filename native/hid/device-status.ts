import type { DeviceInfo } from '../../core/device-api.ts';
import { signExtended } from './descriptor-item.ts';
import { readBits } from './report-bits.ts';
import type { ReportDescriptor, ReportField } from './report-descriptor.ts';

/** What a device tells of itself besides keys: battery, charging, whether it is worn or on its dock. */

/** `worn` and `docked` are levels of presence. */
export type StatusRole = 'battery' | 'charging' | 'worn' | 'docked';
export type StatusUsage = { readonly usage: number; readonly role: StatusRole };

/** Where a status stands: the input report says it by itself, the feature report is asked for. */
export type StatusControl = {
  readonly role: StatusRole;
  readonly direction: 'input' | 'feature';
  readonly reportId: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly minimum: number;
  readonly maximum: number;
};

/** What is known so far. A device that says nothing has no battery and an unknown presence. */
export type DeviceTold = Pick<DeviceInfo, 'presence' | 'battery'>;
export const nothingTold: DeviceTold = { presence: 'unknown', battery: null };

/** Real devices have one or two. */
const statusesMax = 16;

/**
 * Usages that mean the same on every device: HID Usage Tables 1.12, Generic Device Controls 0x06 (20 Battery Strength),
 * Power Device's Battery System 0x85 (44 Charging; 64, 65 state of charge; 66 Remaining Capacity), Sensors 0x20 (04B1
 * Biometric: Human Presence). Linux reads 06:20, 85:44 and 85:65 (drivers/hid/hid-input.c) and scales by the logical range.
 */
export const statusUsages: readonly StatusUsage[] = [
  { usage: 0x0006_0020, role: 'battery' },
  { usage: 0x0085_0064, role: 'battery' },
  { usage: 0x0085_0065, role: 'battery' },
  { usage: 0x0085_0066, role: 'battery' },
  { usage: 0x0085_0044, role: 'charging' },
  { usage: 0x0020_04b1, role: 'worn' },
];

/** The statuses of a parsed descriptor; `more` are usages of one vendor, from a model's row. */
export function statusControls(
  descriptor: ReportDescriptor,
  more: readonly StatusUsage[] = [],
): readonly StatusControl[] {
  const table = [...statusUsages, ...more];
  return descriptor.fields.flatMap((field) => controlsOf(field, table)).slice(0, statusesMax);
}

function controlsOf(field: ReportField, table: readonly StatusUsage[]): readonly StatusControl[] {
  if (field.direction === 'output' || field.isArray) return [];
  const { direction, reportId, bitSize, logicalMinimum: minimum, logicalMaximum: maximum } = field;
  let start = 0;
  return field.usages.flatMap(({ first, last }) => {
    const found = table.flatMap(({ usage, role }) => {
      const index = start + usage - first;
      if (usage < first || usage > last || index >= field.count) return [];
      return [{ role, direction, reportId, bitOffset: field.bitOffset + index * bitSize, bitSize, minimum, maximum }];
    });
    start += last - first + 1;
    return found;
  });
}

/** What is known after a report. `report` begins with its id where the device has ids; a field that is cut off is not read. */
export function toldBy(
  statuses: readonly StatusControl[],
  before: DeviceTold,
  direction: StatusControl['direction'],
  report: Uint8Array,
  usesReportIds: boolean,
): DeviceTold {
  const reportId = usesReportIds ? (report[0] ?? 0) : 0;
  const payload = usesReportIds ? report.subarray(1) : report;
  return (
    statuses
      .filter((status) => status.direction === direction && status.reportId === reportId)
      .filter((status) => status.bitOffset + status.bitSize <= payload.length * 8)
      // The level first: charging is said of a battery.
      .sort((a, b) => Number(b.role === 'battery') - Number(a.role === 'battery'))
      .reduce((told, status) => toldWith(told, status, readingOf(status, payload)), before)
  );
}

function readingOf({ bitOffset, bitSize, minimum }: StatusControl, payload: Uint8Array): number {
  const value = readBits(payload, bitOffset, bitSize);
  return minimum < 0 ? signExtended(value, bitSize) : value;
}

function toldWith(told: DeviceTold, status: StatusControl, value: number): DeviceTold {
  const isCharging = told.battery?.isCharging ?? false;
  switch (status.role) {
    case 'battery': {
      const span = status.maximum - status.minimum;
      // A value out of its range means "not known" (HID 1.11, null values).
      if (span <= 0 || value < status.minimum || value > status.maximum) return told;
      return { ...told, battery: { percent: Math.round(((value - status.minimum) * 100) / span), isCharging } };
    }
    case 'charging':
      return told.battery === null ? told : { ...told, battery: { ...told.battery, isCharging: value !== 0 } };
    case 'worn':
      if (value !== 0) return { ...told, presence: 'worn' };
      return told.presence === 'docked' ? told : { ...told, presence: 'off' };
    case 'docked':
      if (value !== 0) return { ...told, presence: 'docked' };
      return told.presence === 'docked' ? { ...told, presence: 'off' } : told;
  }
}
