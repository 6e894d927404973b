/**
 * The longest frame a page may send, in characters. The longest honest one is a chunk of sound: 256 KB, which is
 * 350 000 characters of base64, and a little JSON around it.
 */
export const frameLengthMax = 1024 * 1024;

/** What a wire tells; `onClosed` exactly once and last, also when the other side simply died. */
interface WireEvents {
  readonly onFrame: (frame: string) => void;
  readonly onClosed: () => void;
}

/** One page's connection: text frames in order, both ways, over whatever carries them. */
export interface Wire {
  /** Begins to tell, once. Frames that came before are told first. */
  readonly listen: (events: WireEvents) => void;
  /** Sends one frame; does nothing when the wire is closed. Never waits: see main/carriers/outlet.ts. */
  readonly send: (frame: string) => void;
  /** Closes it; `reason` is for the other side's log. Pending frames may be lost. Closing twice is harmless. */
  readonly close: (reason: string) => void;
}
