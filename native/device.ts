import type { DeviceInfo } from '../core/device-api.ts';
import type { KeyPress, Lamps } from '../core/key.ts';
import type { KeyFace, KeyLamp } from '../core/key-face.ts';
import type { SeatSign } from '../core/seat-sign.ts';
import type { HidOpening } from './hid/hid-bus.ts';
import type { LightRules } from './lights/light-rules.ts';

/**
 * A thing on the desk: a headset, a simulated headset, later a panel or a light.
 *
 * Duties:
 * - `show` may be called at any time and as often as one likes; only the last wish counts. It never throws and never
 *   waits for the device: writes go through one queue per device.
 * - `onKey` is called for what a person did, never for the device's acknowledgement of `show`.
 * - `onGone` is called once, when the device can no longer be used. Unplugged is not failed: `reason` tells them apart.
 * - `close` shows idle if it still can, lets go of the device and resolves; a read that is under way ends silently.
 *   After `close` nothing is called any more.
 */
export type SeatDevice = {
  readonly info: DeviceInfo;
  show(lamps: Lamps): void;
  /** Only a light has it: the seat's sign, under the duties of `show`. */
  showSign?(sign: SeatSign): void;
  /** Only a light has it: which colours its signs have from now on. */
  setLightRules?(rules: LightRules): void;
  /** Only a panel has it: what its keys show; keys without a face are dark. Under the duties of `show`. */
  showFaces?(faces: readonly KeyFace[]): void;
  /** Shows one lamp, or the face of one key, for `lampTrialMs`; then what was wished last. */
  tryLamp?(lamp: string, state: KeyLamp): void;
  close(): Promise<void>;
};

/** What a device calls back with. */
export type DeviceListener = {
  onKey(press: KeyPress): void;
  onInfo(info: DeviceInfo): void;
  onGone(reason: 'unplugged' | 'failed', detail: string): void;
  /** For the device log: something went wrong that the device survived. */
  onTrouble(doing: string, detail: string): void;
};

/** What came of opening a device; refused with the bus's own reason. */
export type DeviceOpening =
  | { readonly kind: 'open'; readonly device: SeatDevice }
  | Extract<HidOpening, { readonly kind: 'refused' }>;
