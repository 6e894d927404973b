import { z } from 'zod';
import { callEvent, remoteParty } from './call.ts';
import { callRecord } from './call-record.ts';

/** What a message desk link says when a call comes (SMDI). Untrusted text; numbers are digits only. */
export const deskMessage = z.object({
  /** Three digits, usually 001. */
  desk: z.string().max(3),
  /** Message desk terminal, four digits. */
  terminal: z.string().max(4),
  /** `extension`: a vendor's letter that is none of the four (iPECS C E H I R); `letter` has it. */
  reason: z.enum(['direct', 'forwarded-all', 'forwarded-busy', 'forwarded-no-answer', 'forwarded', 'extension']),
  letter: z.string().max(1),
  /** The station that was called and forwarded; empty for a direct call. */
  forwardedFrom: z.string().max(10),
  /** Who called; empty when the switch does not say. */
  calling: z.string().max(10),
});
export type DeskMessage = z.infer<typeof deskMessage>;

/** A line of a switch's call log that fitted nothing, kept as it came. */
export const unreadRecord = z.object({
  line: z.number().int().positive(),
  text: z.string().max(5000),
  hex: z.string().max(10_000).nullable(),
  reason: z.enum(['no-shape', 'too-long']),
});

/** Whether a modem can carry a call now. */
export const modemState = z.enum(['absent', 'starting', 'needs-pin', 'no-network', 'ready', 'busy', 'failed']);
export type ModemState = z.infer<typeof modemState>;

/**
 * Something a piece of equipment says that is not a key. Signals of the device process; `id` is the piece's. A record or
 * a text is handed on once and written down by the seat process before it is confirmed (`text-received`: keepText).
 */
export const equipmentEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call-record'), id: z.string(), record: callRecord }),
  z.object({ kind: z.literal('unread-record'), id: z.string(), unread: unreadRecord }),
  /** `role: desk` only: a call comes to the message desk. */
  z.object({ kind: z.literal('desk-message'), id: z.string(), message: deskMessage }),
  /** A lamp command was refused: INV, BLK, or another cause of three characters. */
  z.object({ kind: z.literal('lamp-failed'), id: z.string(), number: z.string().max(10), cause: z.string().max(3) }),
  /** `role: switch` only: the other side lights or darkens a station's message lamp. */
  z.object({ kind: z.literal('lamp-asked'), id: z.string(), number: z.string().max(10), isOn: z.boolean() }),
  z.object({
    kind: z.literal('modem'),
    id: z.string(),
    state: modemState,
    operator: z.string().max(60),
    /** 0..1, null when it is not told. */
    signal: z.number().min(0).max(1).nullable(),
    detail: z.string().max(300),
  }),
  z.object({
    kind: z.literal('modem-call-offered'),
    id: z.string(),
    callId: z.string().max(64),
    remote: remoteParty,
    /** The caller withheld the number (P), or the network does not know it (O). */
    withheld: z.enum(['no', 'private', 'out-of-area']),
    /** Distinctive ring: bell on, off, on, … in milliseconds, where the modem tells it. */
    cadenceMs: z.array(z.number().int().nonnegative()).max(8).optional(),
  }),
  /** The name or number of a call that was offered came later, or that it is withheld. */
  z.object({
    kind: z.literal('modem-caller'),
    id: z.string(),
    callId: z.string().max(64),
    remote: remoteParty,
    withheld: z.enum(['no', 'private', 'out-of-area']).optional(),
  }),
  z.object({ kind: z.literal('modem-call'), id: z.string(), callId: z.string().max(64), event: callEvent }),
  /** A digit the far side pressed (DLE-shielded DTMF). */
  z.object({ kind: z.literal('modem-digit'), id: z.string(), digit: z.string().regex(/^[0-9A-D*#]$/) }),
  z.object({
    kind: z.literal('text-received'),
    id: z.string(),
    /** Names the text until keepText; a modem that is restarted tells it again under the same ref. */
    ref: z.string().max(100),
    from: z.string().max(40),
    text: z.string().max(2000),
    /** When the sender's network took it, wall-clock milliseconds. */
    sentAt: z.number(),
  }),
  z.object({
    kind: z.literal('text-outcome'),
    id: z.string(),
    textId: z.string().max(64),
    outcome: z.enum(['sent', 'delivered', 'failed']),
    detail: z.string().max(200),
  }),
]);
export type EquipmentEvent = z.infer<typeof equipmentEvent>;

/** What the seat asks of a modem or a message desk link. */
export const equipmentCommand = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('dial'), id: z.string(), callId: z.string().max(64), number: z.string().max(64) }),
  z.object({ kind: z.literal('answer'), id: z.string(), callId: z.string().max(64) }),
  z.object({ kind: z.literal('hang-up'), id: z.string(), callId: z.string().max(64) }),
  z.object({
    kind: z.literal('digits'),
    id: z.string(),
    callId: z.string().max(64),
    digits: z.string().regex(/^[0-9*#A-D]{1,32}$/),
  }),
  z.object({
    kind: z.literal('send-text'),
    id: z.string(),
    textId: z.string().max(64),
    to: z.string().max(40),
    text: z.string().min(1).max(2000),
  }),
  /** The text is written down: it may be deleted from the modem's memory. */
  z.object({ kind: z.literal('keep-text'), id: z.string(), ref: z.string().max(100) }),
  z.object({ kind: z.literal('unlock'), id: z.string(), pin: z.string().regex(/^\d{4,8}$/) }),
  z.object({
    kind: z.literal('message-waiting'),
    id: z.string(),
    number: z.string().regex(/^\d{1,10}$/),
    isOn: z.boolean(),
  }),
  /** `role: switch` only: tells the other side of a call, as a switch does. */
  z.object({ kind: z.literal('tell-call'), id: z.string(), message: deskMessage }),
]);
export type EquipmentCommand = z.infer<typeof equipmentCommand>;

/** Whether a command was begun. What follows comes as events. */
export const commandOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('begun') }),
  z.object({ kind: z.literal('refused'), why: z.string().max(300) }),
]);
export type CommandOutcome = z.infer<typeof commandOutcome>;
