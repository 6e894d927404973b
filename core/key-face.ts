import { z } from 'zod';

/** Off, steady, and the cadences attendants know (Avaya 302, System 25): slow and fast flash, wink. */
export const keyLamp = z.enum(['off', 'on', 'slow', 'fast', 'wink']);
export type KeyLamp = z.infer<typeof keyLamp>;

/**
 * What one key of a panel shows now: derived from the seat like any lamp. A panel with pictures draws all of it, one with
 * lamps shows `lamp` only. `sinceAt` (wall-clock milliseconds) asks for a running timer.
 */
export const keyFace = z.object({
  keyId: z.string().max(64),
  /** In the language of the seat; short: `Answer`, `接听`, `Park 1`. */
  caption: z.string().max(60),
  /** The picture. */
  icon: z.enum([
    'none',
    'answer',
    'decline',
    'hang-up',
    'hold',
    'swap',
    'mute',
    'talk',
    'redial',
    'dial',
    'digits',
    'park',
    'ready',
    'not-ready',
    'sign-out',
    'work-code',
    'volume-up',
    'volume-down',
    'message',
    'page',
  ]),
  lamp: keyLamp,
  /** look.md's state colours; never the only sign. */
  tone: z.enum(['neutral', 'good', 'ringing', 'attention', 'danger']),
  /** False: pressing it does nothing now; drawn dimmed. */
  isEnabled: z.boolean(),
  sinceAt: z.number().nullable(),
});
export type KeyFace = z.infer<typeof keyFace>;

/** The faces of one panel; keys without a face are dark. */
export const panelFaces = z.object({ deviceId: z.string().max(200), faces: z.array(keyFace).max(256) });
export type PanelFaces = z.infer<typeof panelFaces>;

/** How the keys of a panel or pedal lie, so that a page can draw it. Columns and rows count from 0. */
export const panelLayout = z.object({
  columns: z.int().min(1).max(64),
  rows: z.int().min(1).max(64),
  keys: z
    .array(
      z.object({
        keyId: z.string().max(64),
        column: z.number(),
        row: z.number(),
        width: z.number().default(1),
        height: z.number().default(1),
        /** `picture`: draws a face; `lamp`: shows a lamp; `none`: only a key. */
        shows: z.enum(['picture', 'lamp', 'none']),
      }),
    )
    .max(256),
});
export type PanelLayout = z.infer<typeof panelLayout>;
