import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { keyEvent, keyPress, lampName, lamps } from './key.ts';
import { lightRulesFile } from './light-rule.ts';
import { seatSign } from './seat-sign.ts';

/** A plugged-in thing as a person should read it. `problem` is a sentence code; words live in the renderer. */
export const deviceInfo = z.object({
  deviceId: z.string(),
  name: z.string(),
  kind: z.enum(['headset', 'simulated', 'volume', 'light', 'unknown']),
  vendorId: z.number().int(),
  productId: z.number().int(),
  /** Where it is attached, for a technician: `/dev/hidraw3`. */
  path: z.string(),
  keys: z.array(z.string()),
  lamps: z.array(lampName),
  state: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('open') }),
    /** Seen and of no use to a call: a device without a telephony key or call lamp. */
    z.object({ kind: z.literal('not-telephony') }),
    z.object({
      kind: z.literal('problem'),
      problem: z.enum(['no-permission', 'bad-descriptor', 'cannot-open', 'quarantined']),
      detail: z.string(),
    }),
  ]),
  /** Another program has this headset in a call. */
  isBusyElsewhere: z.boolean(),
});
export type DeviceInfo = z.infer<typeof deviceInfo>;

/**
 * Contract seat process <-> device process. `devices` is a feed (the present list first, then each change);
 * `keys` carries signals (a key pressed while nobody listens is gone); `show` tells every device what to show.
 */
export const deviceApi = {
  devices: oc.output(eventIterator(z.array(deviceInfo))),
  keys: oc.output(eventIterator(keyEvent)),
  show: oc.input(lamps).output(z.void()),
  /** The same for lights: what the people around the seat shall see. Before the first, a seat counts as signed out. */
  showSign: oc.input(seatSign).output(z.void()),
  /** Which colours the signs have on every light from now on; the built-in ones until then. */
  setLightRules: oc.input(lightRulesFile).output(z.void()),
  /** Presses a key on the simulated headset, as practice, the demo and tests do. Refused when it is not plugged in. */
  pressSimulated: oc.input(keyPress).output(z.void()),
  /** The lamps the simulated headset shows now. */
  simulatedLamps: oc.output(lamps),
  /** Shows idle on every device and lets go of them. */
  close: oc.output(z.void()),
};
