import { z } from 'zod';

/** How a seat stands with its hub, as the desk shows it. Times are wall-clock milliseconds. */
export const hubView = z.discriminatedUnion('kind', [
  /** The seat works by itself: nothing is pushed and nothing waits to be. */
  z.object({ kind: z.literal('none') }),
  z.object({
    kind: z.literal('enrolled'),
    address: z.string(),
    /**
     * `in-step`: everything is at the hub. `catching-up`: it answers and entries wait. `away`: it does not answer; the
     * seat works on. `refused`: it does not know the seat's key (any more). `forked`: it holds other entries under this
     * seat's numbers, so nothing is pushed until a technician has looked.
     */
    state: z.enum(['in-step', 'catching-up', 'away', 'refused', 'forked']),
    sinceAt: z.number(),
    /** Entries of the journal that the hub has not acknowledged. */
    waiting: z.number().int().nonnegative(),
    /** Entries the hub keeps but could not take as they are. */
    setAside: z.number().int().nonnegative(),
    /** When the hub last answered; null: not yet since it was enrolled. */
    answeredAt: z.number().nullable(),
    /** When the replica of shared records last reached the end of the hub's feed: how old what the seat shows may be. */
    replicaAt: z.number().nullable(),
    detail: z.string().max(300),
  }),
]);
export type HubView = z.infer<typeof hubView>;

/** How the sending of recordings is getting on. `off`: no hub. `voice-first`: a call's road is poor, sound waits. */
export const uploadsView = z.object({
  state: z.enum(['off', 'idle', 'sending', 'paused', 'voice-first', 'hub-away']),
  /** Recordings that are not wholly at the hub yet. */
  waiting: z.number().int().nonnegative(),
  /** Recordings the hub keeps refusing. */
  setAside: z.number().int().nonnegative(),
  /** Since the seat started. */
  confirmed: z.number().int().nonnegative(),
  bytesSent: z.number().int().nonnegative(),
  current: z.object({ recordingId: z.string(), sentBytes: z.number().int(), bytes: z.number().int() }).nullable(),
});
export type UploadsView = z.infer<typeof uploadsView>;

/** What is shown before there is a hub. */
export const uploadsOff: UploadsView = {
  state: 'off',
  waiting: 0,
  setAside: 0,
  confirmed: 0,
  bytesSent: 0,
  current: null,
};

/** Where one recording stands. `removed`: it is at the hub, and the copy at the seat was let go. */
export const recordingPlace = z.object({
  recordingId: z.string(),
  state: z.enum(['here', 'waiting', 'sending', 'at-hub', 'set-aside', 'removed', 'erased']),
  /** Of `bytes`, 0..1. */
  sentShare: z.number().min(0).max(1),
});
export type RecordingPlace = z.infer<typeof recordingPlace>;
