import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import HID from 'node-hid';
import { telephonyPage } from './usages.ts';
import { usbPortOf } from './usb-port.ts';

/** One HID device node. On Linux a node carries all collections of an interface; on Windows each has its own path. */
export type FoundHid = {
  readonly path: string;
  readonly vendorId: number;
  readonly productId: number;
  /** Maker and product as the device gives them; may be empty. */
  readonly name: string;
  /** May be empty: many headsets have none. */
  readonly serialNumber: string;
  /** -1 where there is no USB parent (Bluetooth, uhid). */
  readonly interfaceNumber: number;
  /** The device's release number (bcdDevice): 0x0210 is 2.10. Absent or 0 where the system does not tell. */
  readonly release?: number;
  /** Its top-level collections, page << 16 | id: all of them on Linux and macOS, the path's own one on Windows. */
  readonly topUsages?: readonly number[];
  /** The USB socket it is in, where the path does not name it (Linux). */
  readonly port?: string;
};

/**
 * An open device. `write` and `writeFeature` take a full report, its id (or 0x00) first; `readFeature` gives one of at most
 * `length` bytes, its id first. After `close` nothing is reported any more.
 */
export type HidPort = {
  write(report: Uint8Array): Promise<void>;
  writeFeature(report: Uint8Array): Promise<void>;
  readFeature(reportId: number, length: number): Promise<Uint8Array>;
  /** Where it can be: leaves the device unread for a while. What is under way still comes. */
  setReading?(isReading: boolean): void;
  close(): Promise<void>;
};

/** `onClosed` comes once, when the device ends by itself: pulled out, or failed. Not after `close`. */
export type HidPortListener = {
  onReport(report: Uint8Array): void;
  onClosed(reason: 'unplugged' | 'failed', detail: string): void;
};

export type HidOpening =
  | { readonly kind: 'open'; readonly port: HidPort }
  | {
      readonly kind: 'refused';
      readonly problem: 'no-permission' | 'cannot-open';
      readonly detail: string;
      /** Opening has not ended, and until it does this process can open and list no other device (node-hid's one lock). */
      readonly isStuck?: true;
    };

/** The HID devices of this machine. Never rejects because of a device: what went wrong is in the answer. */
export type HidBus = {
  list(): Promise<readonly FoundHid[]>;
  open(path: string, listener: HidPortListener): Promise<HidOpening>;
};

/** Enumerating and opening take milliseconds; a driver that hangs must not stop the looking for other devices. */
export const busWaitMs = 5_000;

/** HID through node-hid (hidapi). The only importer of node-hid. */
export function nodeHidBus(): HidBus {
  return { list: listDevices, open: openDevice };
}

async function listDevices(): Promise<readonly FoundHid[]> {
  const byPath = new Map<string, FoundHid>();
  // One row a top-level usage: on Linux they share a path, and a path is opened once.
  for (const row of await inTime(HID.devicesAsync(), 'Listing the HID devices', () => undefined)) {
    if (row.path === undefined) continue;
    const topUsages = [...(byPath.get(row.path)?.topUsages ?? []), topUsageOf(row.usagePage, row.usage)];
    byPath.set(row.path, {
      path: row.path,
      vendorId: row.vendorId,
      productId: row.productId,
      name: nameOf(row.manufacturer ?? '', row.product ?? ''),
      serialNumber: row.serialNumber ?? '',
      interfaceNumber: row.interface,
      release: row.release,
      topUsages,
    });
  }
  // On Windows each collection is a path of its own: the one for calls keeps the plain id, whatever comes first.
  const found = [...byPath.values()].sort((a, b) => Number(isForCalls(b)) - Number(isForCalls(a)));
  if (process.platform !== 'linux') return found;
  return Promise.all(
    found.map(async (device) => {
      const port = await usbPortOf(device.path);
      return port === undefined ? device : { ...device, port };
    }),
  );
}

function isForCalls({ topUsages = [] }: FoundHid): boolean {
  return topUsages.some((usage) => usage >>> 16 === telephonyPage);
}

function topUsageOf(page = 0, usage = 0): number {
  return page * 0x10000 + usage;
}

function nameOf(manufacturer: string, product: string): string {
  return product.startsWith(manufacturer) ? product.trim() : `${manufacturer} ${product}`.trim();
}

async function openDevice(path: string, listener: HidPortListener): Promise<HidOpening> {
  let device: HID.HIDAsync;
  try {
    // On macOS hidapi would take the device for itself alone, volume keys included.
    const opening = HID.HIDAsync.open(path, { nonExclusive: true });
    device = await inTime(opening, `Opening ${path}`, closeLate);
  } catch (error) {
    const detail = detailOf(error);
    if (error instanceof LateError) return { kind: 'refused', problem: 'cannot-open', detail, isStuck: true };
    return { kind: 'refused', problem: await openingProblem(path), detail };
  }
  let isOver = false;
  const onData = (report: Uint8Array): void => {
    if (!isOver) listener.onReport(report);
  };
  // Read only while somebody listens: node-hid ends its read thread with the last listener.
  device.on('data', onData);
  device.on('error', (error: unknown) => {
    if (isOver) return;
    isOver = true;
    const detail = detailOf(error);
    // node-hid gives a string for what the device did; an Error is one of ours, thrown while a report was handled.
    const isUnplugged = typeof error === 'string' && (/disconnect|no such device/i.test(error) || isNodeGone(path));
    listener.onClosed(isUnplugged ? 'unplugged' : 'failed', detail);
  });
  return {
    kind: 'open',
    port: {
      write: async (report) => {
        await device.write(Buffer.from(report));
      },
      writeFeature: async (report) => {
        await device.sendFeatureReport(Buffer.from(report));
      },
      readFeature: (reportId, length) => device.getFeatureReport(reportId, length),
      setReading: (isReading) => {
        device.off('data', onData);
        if (isReading && !isOver) device.on('data', onData);
      },
      close: async () => {
        isOver = true;
        const closed = device.close();
        // Else a `setReading` of this very turn would start to read what is closed, and that throws past everybody.
        device.off('data', onData);
        await closed;
      },
    },
  };
}

/** The library did not come back. */
class LateError extends Error {}

/** Opened after nobody waited any more. */
function closeLate(device: HID.HIDAsync): void {
  // Closing can fail only because it is already gone.
  device.close().catch(() => undefined);
}

/** The outcome of `work`, or a rejection after busWaitMs; what comes later still is handed to `onLate`. */
function inTime<T>(work: Promise<T>, what: string, onLate: (late: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new LateError(`${what} did not end within ${busWaitMs} ms.`));
    }, busWaitMs);
    timer.unref();
    work.then(
      (value) => {
        clearTimeout(timer);
        if (isLate) onLate(value);
        else resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

async function openingProblem(path: string): Promise<'no-permission' | 'cannot-open'> {
  if (process.platform !== 'linux') return 'cannot-open';
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return 'cannot-open';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    return code === 'EACCES' || code === 'EPERM' ? 'no-permission' : 'cannot-open';
  }
}

function isNodeGone(path: string): boolean {
  return process.platform === 'linux' && !existsSync(path);
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
