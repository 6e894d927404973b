import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Equipment, FoundPort, PortChoice } from '../../core/equipment.ts';
import { layoutChoices, profileChoices } from '../equipment-choices.ts';
import type { Finding } from '../store/health.ts';

/** Looks whether what is set up beside the seat is there: its port, its serial profile, its layout, its file. */
export async function equipmentHealth(
  list: readonly Equipment[],
  ports: readonly FoundPort[],
  directory: string,
): Promise<readonly Finding[]> {
  const part = 'equipment';
  if (list.length === 0) return [{ part, state: 'good', sentence: 'None is set up.', mend: null }];
  const profiles = new Map((await profileChoices(directory)).map((choice) => [choice.id, choice]));
  const layouts = new Map((await layoutChoices(directory)).map((choice) => [choice.id, choice]));
  const findings: Finding[] = [];
  const wrong = (one: Equipment, sentence: string): void => {
    findings.push({ part, state: 'bad', sentence: `${one.name || one.id} (${one.use}): ${sentence}`, mend: null });
  };
  for (const one of list) {
    const port = portOf(one);
    if (port !== null && !isThere(port, ports))
      wrong(one, `its port ${port.path} is not there. Plug it in, or choose its port again under Devices.`);
    if (one.use === 'panel' && !profiles.has(one.profile))
      wrong(one, `there is no serial profile "${one.profile}". Put its file into serial-profiles/ of the profile.`);
    if (one.use !== 'call-records') continue;
    if (!layouts.has(one.layout)) wrong(one, `there is no layout "${one.layout}" (hookline records layouts).`);
    if (one.source.kind === 'file' && !existsSync(one.source.path)) wrong(one, `there is no file ${one.source.path}.`);
  }
  if (findings.length > 0) return findings;
  return [{ part, state: 'good', sentence: `${list.length} set up, all there.`, mend: null }];
}

function portOf(one: Equipment): PortChoice | null {
  if (one.use !== 'call-records') return one.port;
  return one.source.kind === 'port' ? one.source.port : null;
}

/** A USB adapter is known by its identity wherever it is plugged in; anything else by its path. */
function isThere(port: PortChoice, ports: readonly FoundPort[]): boolean {
  const isNamed = port.vendorId !== null && port.productId !== null;
  const isSame = (found: FoundPort): boolean =>
    isNamed
      ? found.vendorId === port.vendorId &&
        found.productId === port.productId &&
        (port.serialNumber === null || found.serialNumber === port.serialNumber)
      : found.path === port.path;
  return ports.some(isSame) || (!isNamed && isAbsolute(port.path) && existsSync(port.path));
}
