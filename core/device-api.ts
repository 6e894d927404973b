import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { equipmentList, foundPort } from './equipment.ts';
import { commandOutcome, equipmentCommand, equipmentEvent } from './equipment-event.ts';
import { hidCollections } from './hid-collections.ts';
import { keyEvent, keyPress, lampName, lamps } from './key.ts';
import { keyCommand } from './key-command.ts';
import { keyLamp, panelFaces, panelLayout } from './key-face.ts';
import { lightRulesFile } from './light-rule.ts';
import { seatSign } from './seat-sign.ts';

/** A plugged-in thing as a person should read it. `problem` is a sentence code; words live in the renderer. */
export const deviceInfo = z.object({
  deviceId: z.string(),
  name: z.string(),
  kind: z.enum([
    'headset',
    'simulated',
    'volume',
    'light',
    'panel',
    'pedal',
    'message-desk',
    'call-records',
    'modem',
    /** It types, into whatever window is in front; nobody but the system may read it. */
    'keyboard',
    'unknown',
  ]),
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
      problem: z.enum([
        'no-permission',
        'bad-descriptor',
        'cannot-open',
        'quarantined',
        /** Serial: the port is not there; it is looked for. */
        'not-plugged-in',
        /** Serial: another program holds the port. */
        'in-use',
        /** Serial: the profile or layout cannot be used; `detail` has file, line and sentence. */
        'bad-profile',
        /** The port is open and the device does not answer. */
        'no-answer',
        'needs-pin',
      ]),
      detail: z.string(),
    }),
  ]),
  /** Another program has this headset in a call. */
  isBusyElsewhere: z.boolean(),
  /** How its keys lie; null for what has none to bind. */
  layout: panelLayout.nullable(),
  /** What its keys do that nobody has bound, by keyId, as its serial profile says; empty: the built-in bindings. */
  defaultKeys: z.record(z.string().max(64), keyCommand).default({}),
  /** A headset on its dock or off the head; `unknown` where the device does not say. Unplugged is not absence. */
  presence: z.enum(['worn', 'off', 'docked', 'unknown']),
  battery: z.object({ percent: z.number().min(0).max(100), isCharging: z.boolean() }).nullable(),
  firmware: z.string().max(60).nullable(),
  /** Only a light has it: what it shows now. */
  glow: z.object({ colour: z.string().regex(/^#[0-9a-f]{6}$/), flash: z.enum(['steady', 'slow', 'fast']) }).nullable(),
  /** What no public sample or data sheet proves of how we speak to it, in words. */
  unproven: z.array(z.string().max(400)).max(20),
});
export type DeviceInfo = z.infer<typeof deviceInfo>;

/** How long a lamp is tried, in milliseconds. */
export const lampTrialMs = 2_000;

/** What is true of a device as long as nothing else is known. */
export const plainDevice = {
  layout: null,
  defaultKeys: {},
  presence: 'unknown',
  battery: null,
  firmware: null,
  glow: null,
  unproven: [],
} satisfies Partial<DeviceInfo>;

/**
 * A key moment as one message on the way from the device process: a signal, never replayed, gone when nobody listens. It
 * goes without a call's envelope, because every tenth of a millisecond between a key and the caller's ear is ours.
 */
export const keySignal = z.object({ signal: z.literal('key'), event: keyEvent });
export type KeySignal = z.infer<typeof keySignal>;

/**
 * Contract seat process <-> device process. `devices` is a feed (the present list first, then each change);
 * `show` tells every device what to show. Key moments are no procedure: they come as bare `keySignal` messages beside it.
 */
export const deviceApi = {
  devices: oc.output(eventIterator(z.array(deviceInfo))),
  show: oc.input(lamps).output(z.void()),
  /** The same for lights: what the people around the seat shall see. Before the first, a seat counts as signed out. */
  showSign: oc.input(seatSign).output(z.void()),
  /** Which colours the signs have on every light from now on; the built-in ones until then. */
  setLightRules: oc.input(lightRulesFile).output(z.void()),
  /** What the keys of panels show, all panels at once. A panel that is not named goes dark. */
  showFaces: oc.input(z.array(panelFaces).max(64)).output(z.void()),
  /** Shows one lamp (a LampName, or a keyId of a panel) for `lampTrialMs`, then what the seat wishes again. */
  tryLamp: oc.input(z.object({ deviceId: z.string(), lamp: z.string().max(64), state: keyLamp })).output(z.void()),
  /**
   * What stands on ports and sockets from now on; what is set up as before goes on undisturbed. `folder` holds
   * `serial-profiles/` of the seat.
   */
  setEquipment: oc.input(z.object({ folder: z.string().max(1000), equipment: equipmentList })).output(z.void()),
  equipmentEvents: oc.output(eventIterator(equipmentEvent)),
  command: oc.input(equipmentCommand).output(commandOutcome),
  ports: oc.output(z.array(foundPort)),
  /** Where there is no report descriptor to read (Windows, macOS): what WebHID says of every device it may see. */
  setCollections: oc.input(hidCollections).output(z.void()),
  /** Presses a key on the simulated headset, as practice, the demo and tests do. Refused when it is not plugged in. */
  pressSimulated: oc.input(keyPress).output(z.void()),
  /** The lamps the simulated headset shows now. */
  simulatedLamps: oc.output(lamps),
  /** Answers as long as the process works at all: its event loop turns and file work gets done. */
  alive: oc.output(z.void()),
  /** Shows idle on every device and lets go of them. */
  close: oc.output(z.void()),
};
