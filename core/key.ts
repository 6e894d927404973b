import { z } from 'zod';

/**
 * The words between a seat and what is plugged into it: what a device says (KeyEvent) and what it can show (Lamp).
 * Bytes and usages stay in `native/`; what a key means for a call is decided in `seat.ts` alone.
 */

/** Lamps a device may have. `ring` is LED 0x08:18, `ringer` is Telephony 0x0B:9E; both are driven by a ringing call. */
export const lampName = z.enum(['off-hook', 'ring', 'ringer', 'mute', 'hold', 'microphone', 'speaker', 'on-line']);
export type LampName = z.infer<typeof lampName>;

/** The seat's wish for every lamp of every device; a device shows those it has. Derived by `lampsFor`, never set by hand. */
export const lamps = z.object({
  /** A call is up, being set up, or held: the device opens its audio path. */
  isOffHook: z.boolean(),
  /** A call waits to be answered. */
  isRinging: z.boolean(),
  isMuted: z.boolean(),
  /** A call is held and none is up beside it. */
  isHeld: z.boolean(),
});
export type Lamps = z.infer<typeof lamps>;

/** No call at all: what a device must show on quit, after a crash and after the last call. */
export const idleLamps: Lamps = { isOffHook: false, isRinging: false, isMuted: false, isHeld: false };

/**
 * A key moment. Never an echo: the device process has already swallowed acknowledgements of our own lamp writes
 * (facts/hid.md section 5). A signal: it is delivered once and never replayed.
 */
export const keyPress = z.discriminatedUnion('key', [
  /** `toggle`: a relative hook switch, which only says that it was pressed. */
  z.object({ key: z.literal('hook'), to: z.enum(['off-hook', 'on-hook', 'toggle']) }),
  z.object({ key: z.literal('mute'), to: z.enum(['muted', 'unmuted', 'toggle']) }),
  z.object({ key: z.literal('flash') }),
  z.object({ key: z.literal('redial') }),
  z.object({ key: z.literal('reject') }),
  z.object({ key: z.literal('volume'), to: z.enum(['up', 'down']) }),
  z.object({ key: z.literal('digit'), digit: z.string().regex(/^[0-9*#]$/) }),
  /** A key of a panel or a pedal went down or up; what it means is bound by the seat (key-command.ts). */
  z.object({ key: z.literal('panel'), keyId: z.string().max(64), isDown: z.boolean() }),
  /** Another program holds the device in a call (Telephony 0x97). */
  z.object({ key: z.literal('line-busy'), isBusy: z.boolean() }),
]);
export type KeyPress = z.infer<typeof keyPress>;
/** A key pressed on one of the devices. */
export const keyEvent = z.object({ deviceId: z.string().max(200), press: keyPress });
export type KeyEvent = z.infer<typeof keyEvent>;
