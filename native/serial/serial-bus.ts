import { SerialPort } from 'serialport';

/** A serial port as a technician should read it. Empty text where the system says nothing. */
export type SerialPortSeen = {
  /** `/dev/ttyUSB0`, `COM3`. May change at the next plugging in; `serialNumber` does not. */
  readonly path: string;
  readonly manufacturer: string;
  readonly serialNumber: string;
  /** USB ids, four hex digits, lower case; empty for a port on the board. */
  readonly vendorId: string;
  readonly productId: string;
};

/** The ports, or why they can't be listed: Linux without `udevadm`, say. */
export type SerialPortsOutcome =
  | { readonly kind: 'listed'; readonly ports: readonly SerialPortSeen[] }
  | { readonly kind: 'unavailable'; readonly detail: string };

/** One port as the serialport package lists it (its `PortInfo`). */
export type ListedPort = {
  readonly path: string;
  readonly manufacturer: string | undefined;
  readonly serialNumber: string | undefined;
  readonly vendorId: string | undefined;
  readonly productId: string | undefined;
};

/**
 * Lists what is plugged in, without opening anything: opening a port raises its lines, and a relay would click. Linux
 * names ports on the board that no socket leads to; a port nobody knows anything about is left out there. `list` is
 * only another one in tests.
 */
export async function listSerialPorts(
  list: () => Promise<readonly ListedPort[]> = () => SerialPort.list(),
  platform: string = process.platform,
): Promise<SerialPortsOutcome> {
  let listed: readonly ListedPort[];
  try {
    listed = await list();
  } catch (error) {
    return { kind: 'unavailable', detail: error instanceof Error ? error.message : String(error) };
  }
  const isPhantom = ({ path, vendorId, manufacturer }: ListedPort): boolean =>
    platform === 'linux' && /\/ttyS\d+$/.test(path) && vendorId === undefined && manufacturer === undefined;
  const ports = listed
    .filter((port) => !isPhantom(port))
    .map((port) => ({
      path: port.path,
      manufacturer: port.manufacturer ?? '',
      serialNumber: port.serialNumber ?? '',
      vendorId: (port.vendorId ?? '').toLowerCase(),
      productId: (port.productId ?? '').toLowerCase(),
    }));
  return { kind: 'listed', ports };
}
