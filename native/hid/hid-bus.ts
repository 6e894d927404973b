import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import HID from 'node-hid';

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
};

/**
 * An open device. `write` and `writeFeature` take a full report, its id (or 0x00) first; `readFeature` gives one of at most
 * `length` bytes, its id first. After `close` nothing is reported any more.
 */
export type HidPort = {
  write(report: Uint8Array): Promise<void>;
  writeFeature(report: Uint8Array): Promise<void>;
  readFeature(reportId: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
};

/** `onClosed` comes once, when the device ends by itself: pulled out, or failed. Not after `close`. */
export type HidPortListener = {
  onReport(report: Uint8Array): void;
  onClosed(reason: 'unplugged' | 'failed', detail: string): void;
};

export type HidOpening =
  | { readonly kind: 'open'; readonly port: HidPort }
  | { readonly kind: 'refused'; readonly problem: 'no-permission' | 'cannot-open'; readonly detail: string };

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
    if (row.path === undefined || byPath.has(row.path)) continue;
    byPath.set(row.path, {
      path: row.path,
      vendorId: row.vendorId,
      productId: row.productId,
      name: nameOf(row.manufacturer ?? '', row.product ?? ''),
      serialNumber: row.serialNumber ?? '',
      interfaceNumber: row.interface,
    });
  }
  return [...byPath.values()];
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
    return { kind: 'refused', problem: await openingProblem(path), detail: detailOf(error) };
  }
  let isOver = false;
  device.on('data', (report: Uint8Array) => {
    if (!isOver) listener.onReport(report);
  });
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
      close: async () => {
        isOver = true;
        await device.close();
      },
    },
  };
}

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
      reject(new Error(`${what} did not end within ${busWaitMs} ms.`));
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
