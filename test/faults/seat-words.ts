import { z } from 'zod';
import { light } from '../../core/console-api.ts';
import { hubView, uploadsView } from '../../core/hub-view.ts';
import { journalEntry } from '../../core/journal.ts';
import { notice } from '../../core/notice.ts';

/** What seat-scene.ts tells seat-program.ts, one JSON line each. */
export type SeatOrder =
  /** So many whole calls, each recorded and coded. */
  | { readonly do: 'calls'; readonly count: number }
  /** Call after call until something ends the program. */
  | { readonly do: 'work' }
  /** A call begins, is recorded for some seconds and stays. */
  | { readonly do: 'talk'; readonly seconds: number }
  /** More seconds of sound for the call that stays. */
  | { readonly do: 'sound'; readonly seconds: number }
  | { readonly do: 'hang-up' }
  | { readonly do: 'enrol'; readonly text: string }
  | { readonly do: 'pause-uploads'; readonly isPaused: boolean }
  /** What is done each minute about copies of recordings that are at the hub. */
  | { readonly do: 'look-after-copies' }
  | { readonly do: 'look' }
  | { readonly do: 'close' };

/** What a seat shows, as far as faults look at it. */
export const seatLook = z.object({
  data: light,
  calls: z.array(z.string()),
  recording: z.record(z.string(), z.string()),
  talkMs: z.number(),
  hub: hubView,
  uploads: uploadsView,
  /** Recordings that are not wholly at the hub. */
  notAtHub: z.number(),
  notices: z.array(notice),
});
export type SeatLook = z.infer<typeof seatLook>;

/** What the program says: each thing right after the seat showed it as kept. */
export const seatWord = z.discriminatedUnion('said', [
  z.object({ said: z.literal('open') }),
  z.object({ said: z.literal('refused'), message: z.string(), detail: z.string() }),
  z.object({ said: z.literal('entry'), entry: journalEntry }),
  z.object({ said: z.literal('chunk'), recordingId: z.string(), atMs: z.number(), sha256: z.string() }),
  /** Sound the seat did not take; it said so. */
  z.object({ said: z.literal('no-chunk'), why: z.string() }),
  z.object({ said: z.literal('look'), look: seatLook }),
  z.object({ said: z.literal('enrolled'), outcome: z.string() }),
  /** An order is done. */
  z.object({ said: z.literal('done') }),
]);
export type SeatWord = z.infer<typeof seatWord>;
