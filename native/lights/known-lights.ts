import { blink1 } from './blink1.ts';
import { blynclight } from './blynclight.ts';
import { kuandoBusylight } from './kuando-busylight.ts';
import type { LightModel } from './light-model.ts';
import { luxafor } from './luxafor.ts';

/** Every light there is a file for. */
export const knownLights: readonly LightModel[] = [kuandoBusylight, luxafor, blink1, blynclight];

/** The model of a device by its numbers: lights say nothing of themselves that could be read. */
export function lightModelOf(device: {
  readonly vendorId: number;
  readonly productId: number;
}): LightModel | undefined {
  return knownLights.find(({ ids }) =>
    ids.some(([vendorId, productId]) => vendorId === device.vendorId && productId === device.productId),
  );
}
