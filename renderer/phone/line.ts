import type { CallEvent, RemoteParty } from '../../core/call.ts';

/** One thing that happened to a call, without its time: the phone page stamps it. */
export type LineCallEvent = CallEvent extends infer Each ? (Each extends CallEvent ? Omit<Each, 'at'> : never) : never;

/** How the line stands with its switch. */
export type SignallingState = 'practice' | 'connecting' | 'registered' | 'refused' | 'offline';

/** What a line says. `offered` comes before every other event of an inbound call; `ended` is the last one of any call. */
export type LineEvent =
  | { readonly kind: 'signalling'; readonly state: SignallingState; readonly detail: string }
  | {
      readonly kind: 'offered';
      readonly callId: string;
      readonly remote: RemoteParty;
      /** The switch's own name for the call: X-Call-Id where given, else the SIP Call-ID; 256 characters at most. */
      readonly sipCallId: string;
    }
  | { readonly kind: 'call'; readonly callId: string; readonly event: LineCallEvent }
  | { readonly kind: 'digits-sent'; readonly callId: string; readonly count: number }
  /** The tracks of the call are there, or another microphone has taken over. */
  | { readonly kind: 'media-changed'; readonly callId: string }
  /** No sound of an established call arrives that should, or it does again. The call goes on. */
  | { readonly kind: 'sound'; readonly callId: string; readonly isFlowing: boolean }
  /** How many frames have been thrown away since the line began. */
  | { readonly kind: 'bad-frames'; readonly oversize: number; readonly unreadable: number }
  /** A command was accepted but could not be carried through; the call goes on as it was. */
  | { readonly kind: 'refused'; readonly callId: string; readonly what: 'hold' | 'resume'; readonly why: string }
  | {
      readonly kind: 'refused';
      readonly callId: string;
      readonly what: 'transfer';
      readonly number: string;
      readonly why: string;
    }
  /** The switch has taken the caller over; the end of our part (`hung-up-here`) follows. */
  | { readonly kind: 'transferred'; readonly callId: string; readonly number: string };

/** Taken on, or not: then `why` is one sentence for a technician, and nothing has changed. */
export type LineOutcome = { readonly kind: 'taken' } | { readonly kind: 'refused'; readonly why: string };

/** The sound of one call while it lives. `sent` is what the far side hears: silent while muted or held. */
export type CallMedia = {
  readonly connection: RTCPeerConnection;
  readonly sent: MediaStreamTrack | null;
  readonly received: MediaStreamTrack | null;
};

/** A track lent to one call, taken from the microphone (or from a generator: practice customers, the line test). */
export type LentTrack = {
  readonly track: MediaStreamTrack;
  /** Told when the source changes device: the new track replaces the old one in the call without a new offer. */
  readonly onReplaced: (listener: (track: MediaStreamTrack) => void) => void;
  readonly release: () => void;
};

/** Where a line takes what it says into a call. Never rejects for want of a microphone: it lends a silent track instead. */
export type SoundSource = { readonly lend: (callId: string) => Promise<LentTrack> };

/**
 * A telephone line: something that offers calls and makes them. Implementations: jssip-line.ts (a SIP account on a
 * switch), practice-line.ts (no server). Both pass test/suites/line.suite.ts.
 *
 * Duties the types can't say:
 * - Events are delivered in order, never from inside a command of the same caller before it returned its outcome,
 *   except those the command itself causes at once.
 * - Names and numbers are the far side's: cut to 128 characters, control and bidi characters taken out, nothing else.
 * - A command on a call that is unknown or over is refused, never thrown. Commands on different calls may overlap.
 * - `answer` twice answers once. `hangUp` of a call that still rings cancels or declines it.
 * - `hold` cuts the microphone before anything is sent; `held` is reported when the far side agreed. A refused hold or
 *   resume leaves the call as it was and says `refused`.
 * - Losing the switch's signalling never ends a call by itself.
 * - `stop` ends every call (cause `line-lost`), then releases tracks, sockets and timers; nothing is said after it resolves.
 */
export type Line = {
  readonly kind: 'practice' | 'switch';
  /** What to dial for the echo of the line test. */
  readonly echoNumber: string;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
  /** `sound` replaces the microphone for this one call. */
  readonly dial: (callId: string, number: string, sound?: SoundSource) => LineOutcome;
  readonly answer: (callId: string) => LineOutcome;
  /** `busy` is SIP 486, `elsewhere` is 480, so that a queue offers the call to somebody else. */
  readonly decline: (callId: string, how: 'busy' | 'elsewhere') => LineOutcome;
  readonly hangUp: (callId: string) => LineOutcome;
  readonly hold: (callId: string) => LineOutcome;
  readonly resume: (callId: string) => LineOutcome;
  readonly mute: (callId: string, isMuted: boolean) => LineOutcome;
  /** 0-9 * # A-D, as RFC 4733 telephone-events inside the sound. */
  readonly digits: (callId: string, digits: string) => LineOutcome;
  /** Sends the caller of a call that talks on to another number; `transferred` and the end follow, or `refused`. */
  readonly transfer: (callId: string, number: string) => LineOutcome;
  readonly media: (callId: string) => CallMedia | null;
};

export type LineListener = (event: LineEvent) => void;

export const taken: LineOutcome = { kind: 'taken' };

/** An outcome that says why not. */
export function refused(why: string): LineOutcome {
  return { kind: 'refused', why };
}
