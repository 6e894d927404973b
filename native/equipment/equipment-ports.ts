import { access } from 'node:fs/promises';
import type { PortChoice } from '../../core/equipment.ts';
import type { Clock } from '../clock.ts';
import { openInTime } from '../serial/open-in-time.ts';
import type { PortFinder } from '../serial/port-finder.ts';
import {
  listSerialPorts,
  type OpenedPort,
  openSerialPort,
  type PortOpener,
  type SerialPortSeen,
  type SerialPortsOutcome,
} from '../serial/serial-bus.ts';

/** The serial ports as the pieces of equipment see them: one list, and one place that knows which of them are taken. */
export type EquipmentPorts = {
  /**
   * Says which path the chosen port is now; undefined: not plugged in. By serial number where there is one; else by USB
   * ids, first at the path it had, then at one that no other piece has open; else the path, while it is there.
   */
  portOf(choice: PortChoice): PortFinder;
  /** Opens as openSerialPort does, and answers in bounded time. */
  readonly open: PortOpener;
};

export type EquipmentPortsParts = {
  readonly clock: Clock;
  /** Only other ones in tests. */
  readonly list?: () => Promise<SerialPortsOutcome>;
  readonly open?: PortOpener;
};

/** Listing starts a program on Linux (udevadm); pieces that look for their ports share one list for so long. */
const listFreshMs = 2_000;

/** Makes the ports of one device process. */
export function equipmentPorts(parts: EquipmentPortsParts): EquipmentPorts {
  const { clock, list = listSerialPorts } = parts;
  const open = openInTime(parts.open ?? openSerialPort, clock);
  const taken = new Map<string, number>();
  let listed: { readonly atMs: number; readonly outcome: Promise<SerialPortsOutcome> } | undefined;
  const ports = (): Promise<SerialPortsOutcome> => {
    const nowMs = clock.nowMs();
    if (listed === undefined || nowMs - listed.atMs >= listFreshMs) listed = { atMs: nowMs, outcome: list() };
    return listed.outcome;
  };
  const count = (path: string, change: number): void => {
    taken.set(path, (taken.get(path) ?? 0) + change);
  };
  const isFree = (path: string): boolean => (taken.get(path) ?? 0) === 0;
  return {
    portOf: (choice) => async () => {
      const isNamed = choice.vendorId !== null || choice.serialNumber !== null;
      if (!isNamed && process.platform !== 'win32') return (await isThere(choice.path)) ? choice.path : undefined;
      const outcome = await ports();
      // A system that fails to list leaves the name.
      if (outcome.kind === 'unavailable') return choice.path;
      return pathIn(outcome.ports, choice, isFree);
    },
    open: (path, settings, listener) => openCounted({ path, settings, listener, open, count }),
  };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    // Whatever keeps us from seeing it, opening would say the same.
    return false;
  }
}

/** The path of a choice among the ports there are. */
function pathIn(
  ports: readonly SerialPortSeen[],
  { path, vendorId, productId, serialNumber }: PortChoice,
  isFree: (path: string) => boolean,
): string | undefined {
  const alike = ports.filter(
    (port) =>
      (vendorId === null || port.vendorId === vendorId) &&
      (productId === null || port.productId === productId) &&
      (serialNumber === null || port.serialNumber === serialNumber),
  );
  if (vendorId === null && serialNumber === null) return alike.find((port) => port.path === path)?.path;
  const same = alike.find((port) => port.path === path) ?? alike.find((port) => isFree(port.path));
  return same?.path;
}

type CountedOpening = {
  readonly path: string;
  readonly settings: Parameters<PortOpener>[1];
  readonly listener: Parameters<PortOpener>[2];
  readonly open: PortOpener;
  readonly count: (path: string, change: number) => void;
};

/** Opens, and keeps count of who has the port from then until it is closed or gone. */
async function openCounted({ path, settings, listener, open, count }: CountedOpening): ReturnType<PortOpener> {
  let isHeld = true;
  const letGo = (): void => {
    if (isHeld) count(path, -1);
    isHeld = false;
  };
  let opened: OpenedPort | undefined;
  /** A mistake of ours in what a piece makes of its bytes ends this opening, not the process with every device in it. */
  const fault = (error: unknown): void => {
    letGo();
    void opened?.close();
    listener.onGone(`reading failed: ${error instanceof Error ? error.message : String(error)}`);
  };
  count(path, 1);
  const outcome = await open(path, settings, {
    onData: (bytes) => {
      try {
        listener.onData(bytes);
      } catch (error) {
        fault(error);
      }
    },
    onGone: (detail) => {
      letGo();
      listener.onGone(detail);
    },
  });
  if (outcome.kind === 'refused') {
    letGo();
    return outcome;
  }
  const { port } = outcome;
  opened = port;
  const close = async (): Promise<void> => {
    await port.close();
    letGo();
  };
  return { kind: 'open', port: { ...port, close } };
}
