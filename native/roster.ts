import type { FoundHid } from './hid/hid-bus.ts';

/** Which devices came and which went between what is known and what a sweep found. Pure. */
export type RosterDiff = { readonly arrived: readonly FoundHid[]; readonly left: readonly string[] };

/** Everything USB says of one machine; beyond it a sweep is cut, so that a broken bus cannot fill the memory. */
export const devicesMax = 128;

/**
 * Compares by path. A path that now belongs to another device (a node number is given again) counts as left and arrived.
 */
export function rosterDiff(known: ReadonlyMap<string, FoundHid>, swept: readonly FoundHid[]): RosterDiff {
  const found = new Map(swept.slice(0, devicesMax).map((device) => [device.path, device]));
  const isSame = (one: FoundHid, other: FoundHid | undefined): boolean =>
    other !== undefined && identityOf(one) === identityOf(other);
  return {
    arrived: [...found.values()].filter((device) => !isSame(device, known.get(device.path))),
    left: [...known.values()].filter((device) => !isSame(device, found.get(device.path))).map((device) => device.path),
  };
}

/**
 * An id that stays the same when a device is pulled and plugged in again: maker, product, serial number, interface.
 * Two alike devices without serial numbers differ only by where they are plugged in, so then that is part of the later
 * one's id: the USB socket, or where no socket is told the path. `kept`: the id it had at this socket beside its twin.
 */
export function deviceIdOf(device: FoundHid, taken: ReadonlySet<string>, kept?: string): string {
  if (kept !== undefined && !taken.has(kept)) return kept;
  const id = identityOf(device);
  return taken.has(id) ? `${id}@${device.port ?? device.path}` : id;
}

/** What a device is and the USB socket it stands in; undefined where no socket is told. */
export function placeOf(device: FoundHid): string | undefined {
  return device.port === undefined ? undefined : `${identityOf(device)}@${device.port}`;
}

function identityOf(device: FoundHid): string {
  const hex = (value: number): string => value.toString(16).padStart(4, '0');
  // Serial numbers come from the device: kept short and plain, since the id is shown and logged.
  const serial = device.serialNumber.replace(/[^\w.-]/g, '').slice(0, 64);
  return `hid-${hex(device.vendorId)}-${hex(device.productId)}-${serial}-${device.interfaceNumber}`;
}

/** How often a device failed while plugged in. After `crashesMax` it is left alone until it is pulled out. */
export type CrashCount = ReadonlyMap<string, number>;
/** Twice may be chance; a device that fails a third time would only fail again and take the others' time. */
export const crashesMax = 3;

/** Notes one more failure. */
export function crashed(counts: CrashCount, deviceId: string): CrashCount {
  return new Map(counts).set(deviceId, (counts.get(deviceId) ?? 0) + 1);
}

/** Whether the device is left alone. */
export function isQuarantined(counts: CrashCount, deviceId: string): boolean {
  return (counts.get(deviceId) ?? 0) >= crashesMax;
}
