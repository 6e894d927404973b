import type { SerialProfile } from './profile.ts';
import type { SerialPortSeen, SerialPortsOutcome } from './serial-bus.ts';

/** Says where the device is now; undefined: not plugged in. */
export type PortFinder = () => Promise<string | undefined>;

/**
 * Finds the same device again under whatever name it has. With a path: that port, and from then on the device that was
 * seen behind it, by its USB ids and serial number. Without: what the profile's `match` names. A device that tells no
 * serial number is known by its path alone.
 */
export function createPortFinder(
  match: SerialProfile['match'],
  path: string | undefined,
  list: () => Promise<SerialPortsOutcome>,
): PortFinder {
  let known: SerialPortSeen | undefined;
  return async () => {
    const outcome = await list();
    const ports = outcome.kind === 'listed' ? outcome.ports : [];
    if (path === undefined) return ports.find((port) => isMatch(match, port))?.path;
    if (known === undefined) {
      const seen = ports.find((port) => port.path === path);
      if (seen !== undefined && seen.serialNumber !== '') known = seen;
      return path;
    }
    const again = known;
    // The system may fail to list; then the name is the best there is.
    if (outcome.kind === 'unavailable') return path;
    return ports.find((port) => isSame(again, port))?.path;
  };
}

function isSame(one: SerialPortSeen, other: SerialPortSeen): boolean {
  return (
    one.serialNumber === other.serialNumber && one.vendorId === other.vendorId && one.productId === other.productId
  );
}

function isMatch({ vendorId, productId, serialNumber }: SerialProfile['match'], port: SerialPortSeen): boolean {
  const wanted: readonly (readonly [string | null, string])[] = [
    [vendorId?.toLowerCase() ?? null, port.vendorId],
    [productId?.toLowerCase() ?? null, port.productId],
    [serialNumber, port.serialNumber],
  ];
  return wanted.some(([want]) => want !== null) && wanted.every(([want, has]) => want === null || want === has);
}
