import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { callRecord } from './call-record.ts';
import { foundPort } from './equipment.ts';
import { commandOutcome, modemState, unreadRecord } from './equipment-event.ts';
import { keyEvent } from './key.ts';
import { keyBindings, panelPage } from './key-command.ts';
import { keyLamp, panelFaces } from './key-face.ts';

/** The room of console-api about what is plugged in: keys, lamps, ports, texts and the switch's own log. */

/** A panel that is plugged in: what its keys do and show. `isBuiltIn`: nobody has bound its keys yet. */
export const panelView = panelFaces.extend({
  pages: z.array(panelPage),
  /** The page it shows, counted from 0. */
  page: z.number().int(),
  isBuiltIn: z.boolean(),
});
export type PanelView = z.infer<typeof panelView>;

/** A modem as the desk shows it. */
export const modemView = z.object({
  id: z.string(),
  state: modemState,
  operator: z.string(),
  signal: z.number().nullable(),
  detail: z.string(),
});
export type ModemView = z.infer<typeof modemView>;

/** A text as the list shows it. `at` is wall-clock milliseconds of writing it down. */
export const textRow = z.object({
  textId: z.string(),
  direction: z.enum(['inbound', 'outbound']),
  number: z.string(),
  text: z.string(),
  at: z.number(),
  /** Inbound texts are `received`. */
  state: z.enum(['received', 'sending', 'sent', 'delivered', 'failed']),
  detail: z.string(),
});
export type TextRow = z.infer<typeof textRow>;

/** A line of the switch's own log. `seq` orders them. */
export const switchRecordRow = z.object({
  seq: z.number().int(),
  at: z.number(),
  equipmentId: z.string(),
  entry: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('record'), record: callRecord }),
    z.object({ kind: z.literal('unread'), unread: unreadRecord }),
  ]),
});
export type SwitchRecordRow = z.infer<typeof switchRecordRow>;

/** A serial profile or a layout of call records as a person chooses one. */
const choice = z.object({
  id: z.string(),
  title: z.string(),
  /** What no public sample proves, in words. */
  unproven: z.array(z.string()),
  isShipped: z.boolean(),
});

const outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done') }),
  z.object({ kind: z.literal('refused'), why: z.string() }),
]);

const page = z.object({
  search: z.string().max(100),
  before: z.number().int().nullable(),
  limit: z.int().min(1).max(200),
});

/** Procedures of the room `equipment`; everything in it is the desk's. */
export const equipmentApi = {
  /** Every key moment of every device, as it happens; a signal, for showing which key was pressed. */
  keyMoments: oc.output(eventIterator(keyEvent)),
  /** Presses a key of a panel on the screen, as if on the panel. */
  pressPanelKey: oc
    .input(z.object({ deviceId: z.string().max(200), keyId: z.string().max(64), isDown: z.boolean() }))
    .output(z.void()),
  /** The whole of the seat's keys.json, panels that are not plugged in included: what a change begins with. */
  bindings: oc.output(keyBindings),
  /** Replaces the seat's keys.json. */
  saveBindings: oc.input(keyBindings).output(outcome),
  tryLamp: oc
    .input(z.object({ deviceId: z.string().max(200), lamp: z.string().max(64), state: keyLamp }))
    .output(z.void()),
  ports: oc.output(z.array(foundPort)),
  profiles: oc.output(z.array(choice)),
  layouts: oc.output(z.array(choice)),
  /** Installs the udev rule for the devices that are plugged in; the system asks for the administrator's password. */
  installRules: oc.output(outcome),
  setMessageWaiting: oc
    .input(z.object({ id: z.string(), number: z.string().regex(/^\d{1,10}$/), isOn: z.boolean() }))
    .output(commandOutcome),
  unlockModem: oc.input(z.object({ id: z.string(), pin: z.string().regex(/^\d{4,8}$/) })).output(commandOutcome),
  sendText: oc
    .input(z.object({ to: z.string().min(1).max(40), text: z.string().min(1).max(2000) }))
    .output(commandOutcome),
  /** Newest first; `before` is the seq of the last row seen. */
  texts: oc
    .input(page)
    .output(z.object({ rows: z.array(textRow.extend({ seq: z.number().int() })), total: z.number().int() })),
  switchRecords: oc
    .input(page)
    .output(z.object({ rows: z.array(switchRecordRow), total: z.number().int(), unread: z.number().int() })),
};
