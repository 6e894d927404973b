import { assertNever } from '../../core/assert-never.ts';
import type { Log } from '../seat-ports.ts';
import { newUploadRecord, type UploadLedger, type UploadRecord } from './upload-ledger.ts';
import { type MayDelete, mayDelete, settleTurn } from './upload-outcome.ts';
import { backoffMs, chunkBytesFirst, nextChunkBytes, pickNext } from './upload-schedule.ts';
import type { UploadSource } from './upload-source.ts';
import { type TurnResult, uploadTurn } from './upload-turn.ts';

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
  readonly log: Log;
  readonly onChange: (progress: UploadProgress) => void;
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
  readonly progressOf: (recordingId: string) => Promise<(UploadRecord & { readonly queue: string }) | null>;
  /** Whether the local copy may go: equal at the hub 24 h ago, and the hub, asked now, still has it. */
  readonly mayDelete: (recordingId: string) => Promise<MayDelete>;
  /** Ends what is under way; what was sent stays sent. */
  readonly close: () => Promise<void>;
}

/** Names of either end of the queue that are looked at, and of recordings that are held back: memory is bounded by them. */
const endsMax = 64;
const heldMax = 256;
/** A recording under way is looked at again after so long, in milliseconds, unless it grew or ended. */
const liveHoldMs = 5_000;
/** Seats that start together spread over this, in milliseconds. */
const startSpreadMs = 5_000;
/** How often the voice is asked about, and how long it must have been well, in milliseconds. */
const voicePollMs = 500;
const voiceCalmMs = 5_000;
/** With nothing to do the queue is read again after so long, in milliseconds. */
const idleMs = 30_000;

/**
 * Sends recordings to the hub, one at a time, while the seat works: what waits is on the disk and here are only the ends
 * of the queue. Never rejects; a fault is logged, waited out, and no local copy is touched by it.
 */
export function startUploads(options: UploadsOptions): Uploads {
  const { ledger, source, endpoint, wait, monotonicMs, random, log } = options;
  const closing = new AbortController();
  let wake = new AbortController();
  let turnStop = new AbortController();
  let isPaused = false;
  let state: UploadProgress['state'] = 'idle';
  let current: UploadProgress['current'] = null;
  let counts = { waiting: 0, setAside: 0, confirmed: 0, bytesSent: 0 };
  let chunkBytes = chunkBytesFirst;
  let failures = 0;
  let turn = 0;
  let calmSince = Number.NEGATIVE_INFINITY;
  const held = new Map<string, number>();
  const offered = new Set<string>();

  const progress = (): UploadProgress => ({ state, ...counts, current });
  const changed = (next: UploadProgress['state']): void => {
    state = next;
    options.onChange(progress());
  };
  const hold = (recordingId: string, ms: number): void => {
    held.delete(recordingId);
    held.set(recordingId, monotonicMs() + ms);
    const [first] = held.keys();
    if (held.size > heldMax && first !== undefined) held.delete(first);
  };
  const isHeld = (recordingId: string): boolean => (held.get(recordingId) ?? Number.NEGATIVE_INFINITY) > monotonicMs();
  const rest = async (ms: number): Promise<void> => {
    wake = new AbortController();
    await wait(ms, AbortSignal.any([wake.signal, closing.signal]));
  };
  const isVoiceWell = (): boolean => {
    if (options.isVoiceSuffering()) {
      calmSince = monotonicMs() + voiceCalmMs;
      return false;
    }
    return monotonicMs() >= calmSince;
  };

  const later = async (recordingId: string, reason: string, askedMs: number | null): Promise<void> => {
    failures += 1;
    const ms = backoffMs(failures, random(), askedMs);
    log('warn', `upload of ${recordingId}: ${reason}; again in ${Math.round(ms)} ms`);
    // Perhaps it is this one alone that the hub chokes on: another goes first then.
    hold(recordingId, 2 * ms);
    changed('hub-away');
    await rest(ms);
  };

  const settle = async (recordingId: string, record: UploadRecord, result: TurnResult): Promise<void> => {
    const outcome = await settleTurn(options, recordingId, record, result);
    switch (outcome.kind) {
      case 'confirmed':
        failures = 0;
        offered.delete(recordingId);
        counts = { ...counts, confirmed: counts.confirmed + 1 };
        return;
      case 'caught-up':
        failures = 0;
        hold(recordingId, liveHoldMs);
        return;
      case 'stopped':
        return;
      case 'refused': {
        const { why, refusals, isSetAside } = outcome;
        log(isSetAside ? 'error' : 'warn', `upload of ${recordingId}: ${why}${isSetAside ? '; it is set aside' : ''}`);
        if (isSetAside) counts = { ...counts, setAside: counts.setAside + 1 };
        hold(recordingId, backoffMs(refusals, random(), null));
        return;
      }
      case 'later':
        chunkBytes = nextChunkBytes(chunkBytes, null);
        return later(recordingId, outcome.reason, outcome.askedMs);
      default:
        return assertNever(outcome);
    }
  };

  const send = async (recordingId: string): Promise<void> => {
    const { queue, ...known } = (await ledger.get(recordingId)) ?? { ...newUploadRecord, queue: 'waiting' as const };
    let record: UploadRecord = known;
    // A crash between the two steps of a move: the move is finished.
    if (queue !== 'waiting') return ledger.put(recordingId, queue, record);
    const standing = await source.standing(recordingId);
    if (standing === null) return settle(recordingId, record, { kind: 'refused', status: 0 });
    // A call that has just begun is not worth a request yet.
    if (standing.isOpen && record.url === null && standing.bytes < liveBytesFirst) return hold(recordingId, liveHoldMs);
    current = { recordingId, sentBytes: record.sentBytes, bytes: standing.bytes };
    changed('sending');
    turnStop = new AbortController();
    // Somebody may have paused while the disk was asked.
    if (isPaused) turnStop.abort();
    const voice = setInterval(() => {
      if (!isVoiceWell()) turnStop.abort();
    }, voicePollMs);
    let chunkAt = monotonicMs();
    const result = await uploadTurn({
      recordingId,
      url: record.url,
      endpoint,
      headers: options.headers(),
      source,
      signal: AbortSignal.any([turnStop.signal, closing.signal]),
      stallMs: options.stallMs,
      chunkBytes: () => chunkBytes,
      onBegun: async (url) => {
        record = { ...record, url };
        await ledger.put(recordingId, 'waiting', record);
      },
      onChunk: (offset) => {
        const sent = Math.max(0, offset - record.sentBytes);
        counts = { ...counts, bytesSent: counts.bytesSent + sent };
        record = { ...record, sentBytes: offset, refusals: 0 };
        chunkBytes = nextChunkBytes(chunkBytes, monotonicMs() - chunkAt);
        chunkAt = monotonicMs();
        failures = 0;
        current = { recordingId, sentBytes: offset, bytes: Math.max(offset, current?.bytes ?? 0) };
        changed('sending');
        if (!isVoiceWell()) turnStop.abort();
      },
    }).finally(() => clearInterval(voice));
    current = null;
    await settle(recordingId, record, result);
  };

  const step = async (): Promise<void> => {
    if (isPaused) {
      changed('paused');
      return rest(idleMs);
    }
    if (!isVoiceWell()) {
      changed('voice-first');
      return rest(voicePollMs);
    }
    const { length, ...ends } = await ledger.ends('waiting', endsMax);
    counts = { ...counts, waiting: length };
    const next = pickNext(ends, isHeld, turn);
    if (next === null) {
      changed('idle');
      return rest(length === 0 ? idleMs : liveHoldMs);
    }
    turn += 1;
    await send(next);
  };

  const run = async (): Promise<void> => {
    counts = { ...counts, setAside: (await ledger.ends('set-aside', 0)).length };
    await rest(random() * startSpreadMs);
    while (!closing.signal.aborted) {
      try {
        await step();
      } catch (cause) {
        // The disk or our own mistake: told, and tried again later; the local copies stay where they are.
        current = null;
        await later('the queue', cause instanceof Error ? cause.message : String(cause), null);
      }
    }
  };
  const running = run();

  return {
    offer: async (recordingId) => {
      if (!offered.has(recordingId)) {
        if ((await ledger.get(recordingId)) === null) await ledger.put(recordingId, 'waiting', newUploadRecord);
        offered.add(recordingId);
        if (offered.size > heldMax) offered.clear();
      }
      const standing = await source.standing(recordingId);
      if (standing?.isOpen !== true) held.delete(recordingId);
      if (state === 'idle') wake.abort();
    },
    retry: async (recordingId) => {
      const known = await ledger.get(recordingId);
      if (known?.queue !== 'set-aside') return;
      await ledger.put(recordingId, 'waiting', newUploadRecord);
      held.delete(recordingId);
      counts = { ...counts, setAside: counts.setAside - 1 };
      wake.abort();
    },
    networkBack: () => {
      failures = 0;
      held.clear();
      wake.abort();
    },
    pause: () => {
      isPaused = true;
      turnStop.abort();
      wake.abort();
    },
    resume: () => {
      isPaused = false;
      wake.abort();
    },
    progress,
    progressOf: (recordingId) => ledger.get(recordingId),
    mayDelete: (recordingId) => mayDelete(options, recordingId),
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

/** So much of a call must be there before its upload is begun, in bytes: some seconds. */
const liveBytesFirst = 16 * 1024;
