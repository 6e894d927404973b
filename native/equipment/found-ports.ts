import type { FoundPort } from '../../core/equipment.ts';
import { listSerialPorts } from '../serial/serial-bus.ts';

/** The serial ports of this machine, as a person chooses one. Rejects where the system cannot list them. */
export async function foundPorts(): Promise<readonly FoundPort[]> {
  const outcome = await listSerialPorts();
  if (outcome.kind === 'unavailable') throw new Error(`The serial ports cannot be listed: ${outcome.detail}`);
  return outcome.ports.map((port) => ({
    path: port.path,
    manufacturer: port.manufacturer,
    vendorId: port.vendorId || null,
    productId: port.productId || null,
    serialNumber: port.serialNumber || null,
  }));
}
