import type { BrokenRequest } from './jssip-mends.ts';

/**
 * What this house needs of one SIP dialogue with media, so that only jssip-line.ts knows JsSIP. The options are JsSIP's.
 */
export type SipSession = {
  readonly connection: () => RTCPeerConnection | null;
  /** Sends 200 OK once JsSIP has its answer. Throws when the session no longer rings. */
  readonly answer: (stream: MediaStream) => void;
  readonly reject: (status: 480 | 486) => void;
  /** CANCEL, refusal or BYE, whichever the state asks for. Nothing when it is over. */
  readonly end: () => void;
  /** Offers hold or resume; false when no offer may be sent now. `done` when the far side agreed. */
  readonly offerHold: (isHeld: boolean, done: () => void) => boolean;
  /** Offers new paths for the sound (ICE restart); false when no offer may be sent now. `done` when the far side agreed. */
  readonly offerPaths: (done: () => void) => boolean;
  readonly mute: (isMuted: boolean) => void;
  /** Throws when digits cannot be sent now. */
  readonly sendDigits: (digits: string) => void;
};

/**
 * Asks the switch to send the caller on (REFER) to a SIP address; false when it may not be asked now. `onTaken`: the switch
 * tries (202). Then one of the others, or nothing but the end of the session.
 */
export type SipReferral = (
  target: string,
  told: {
    readonly onTaken: () => void;
    readonly onDone: () => void;
    /** `why` is for a technician. */
    readonly onBroken: (why: string) => void;
  },
) => boolean;

/** What such a session says. */
export type SipSessionEvents = {
  readonly onAlerting: () => void;
  /** Our offer or answer is about to be made: the time to set codec preferences. */
  readonly onNegotiating: () => void;
  /** The final answer is there (sent or received); the acknowledgement is not. */
  readonly onAccepted: () => void;
  readonly onConfirmed: () => void;
  readonly onHeldThere: (isHeld: boolean) => void;
  /** An offer (hold, resume, new paths) came to nothing and is taken back; the session goes on as before. */
  readonly onReofferBroken: (why: BrokenRequest) => void;
  /** ICE has given up every path; the session goes on. */
  readonly onPathLost: () => void;
  readonly onEnded: (end: { originator: 'local' | 'remote' | 'system'; cause: string; reason: string }) => void;
};
