import { z } from 'zod';
import { notReadyReason } from './agent.ts';

/** What a key of a panel or a pedal may be bound to. */
export const keyCommand = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('answer') }),
  z.strictObject({ do: z.literal('decline') }),
  z.strictObject({ do: z.literal('hang-up') }),
  /** Holds the call that is up; without one, takes the held one back. */
  z.strictObject({ do: z.literal('hold') }),
  z.strictObject({ do: z.literal('swap') }),
  z.strictObject({ do: z.literal('mute') }),
  /** Hold to talk: unmuted while it is down, muted when it is let go. */
  z.strictObject({ do: z.literal('talk') }),
  z.strictObject({ do: z.literal('redial') }),
  /** Dials a number; `name` is what the key shows. */
  z.strictObject({ do: z.literal('dial'), number: z.string().min(1).max(64), name: z.string().max(40).default('') }),
  z.strictObject({ do: z.literal('digits'), digits: z.string().regex(/^[0-9*#A-D]{1,32}$/) }),
  /** Sends the call that talks to a parking place of the switch; without a call, dials the place and so takes the call back. */
  z.strictObject({ do: z.literal('park'), number: z.string().min(1).max(64), name: z.string().max(40).default('') }),
  z.strictObject({ do: z.literal('ready') }),
  z.strictObject({ do: z.literal('not-ready'), reason: notReadyReason }),
  z.strictObject({ do: z.literal('sign-out') }),
  /** Codes the call whose after-call work is open. */
  z.strictObject({ do: z.literal('work-code'), code: z.string().max(32) }),
  z.strictObject({ do: z.literal('volume'), change: z.enum(['up', 'down']) }),
  /** Turns the message-waiting lamp of a station on, or off when it is on (SMDI). */
  z.strictObject({
    do: z.literal('message-waiting'),
    number: z.string().regex(/^\d{1,10}$/),
    name: z.string().max(40).default(''),
  }),
  /** Shows another page of the same panel, counted from 0. */
  z.strictObject({ do: z.literal('page'), page: z.int().min(0).max(31) }),
]);
export type KeyCommand = z.infer<typeof keyCommand>;

/** One page of a panel: which key does what. Keys that are not named do nothing. */
export const panelPage = z.strictObject({
  name: z.string().max(40).default(''),
  keys: z.record(z.string().max(64), keyCommand),
});
export type PanelPage = z.infer<typeof panelPage>;

/**
 * The bindings of a seat, as they stand in `keys.json` of a profile: by deviceId, which stays the same when a device is
 * pulled out and plugged into another port. A panel that is not named has its built-in bindings (default-keys.ts).
 */
export const keyBindings = z.strictObject({
  panels: z.record(z.string().max(200), z.strictObject({ pages: z.array(panelPage).min(1).max(32) })).default({}),
});
export type KeyBindings = z.infer<typeof keyBindings>;
