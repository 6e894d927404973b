import type { Agent as HttpAgent } from 'node:http';
import type { Log } from '../seat-ports.ts';
import type { UploadLedger, UploadQueue, UploadRecord } from './upload-ledger.ts';
import type { AtHub } from './upload-outcome.ts';
import type { UploadSource } from './upload-source.ts';

/** What uploads need. A composition root chooses. */
export interface UploadsOptions {
  readonly ledger: UploadLedger;
  readonly source: UploadSource;
  /** Where uploads are begun: `https://hub/recordings/uploads`. */
  readonly endpoint: string;
  /** The seat's key, asked for each turn: it may have been renewed. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** Whether a call's round trip or loss has risen: uploads get out of its way. */
  readonly isVoiceSuffering: () => boolean;
  /** Wall-clock milliseconds, for what is kept and shown. */
  readonly now: () => number;
  /** Milliseconds that only go forward, for everything that waits. */
  readonly monotonicMs: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Ends early when the signal does; never rejects. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly stallMs: number;
  /** The hub's connections. */
  readonly agent: HttpAgent;
  readonly log: Log;
  /** Called often: a screen is told less often by whoever shows it. */
  readonly onChange: (progress: UploadProgress) => void;
  /** What the hub shall know of a recording beside its id, asked when its upload is begun; nothing by default. */
  readonly metadataOf?: (recordingId: string) => Promise<Readonly<Record<string, string>>>;
}

/** How uploads are getting on. */
export interface UploadProgress {
  readonly state: 'sending' | 'idle' | 'paused' | 'voice-first' | 'hub-away';
  /** Recordings not yet wholly at the hub, and those it keeps refusing. */
  readonly waiting: number;
  readonly setAside: number;
  /** Since the seat started. */
  readonly confirmed: number;
  readonly bytesSent: number;
  readonly current: { readonly recordingId: string; readonly sentBytes: number; readonly bytes: number } | null;
}

/** The sending of recordings, under way. */
export interface Uploads {
  /** A recording began, grew or ended. Cheap: call it after each chunk the vault kept. */
  readonly offer: (recordingId: string) => Promise<void>;
  /** A person has looked at one that was set aside: it waits for the hub again. Nothing for any other. */
  readonly retry: (recordingId: string) => Promise<void>;
  /** The network is back, or the machine woke: nothing is waited out any longer. */
  readonly networkBack: () => void;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly progress: () => UploadProgress;
  /** Null: never offered. */
  readonly progressOf: (recordingId: string) => Promise<(UploadRecord & { readonly queue: UploadQueue }) | null>;
  /** Asks the hub now. One that it lost waits to be sent again. */
  readonly isAtHub: (recordingId: string) => Promise<AtHub>;
  /** Ends what is under way; what was sent stays sent. */
  readonly close: () => Promise<void>;
}
