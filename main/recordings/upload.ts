import { assertNever } from '../../core/assert-never.ts';
import { UploadHolds } from './upload-holds.ts';
import { newUploadRecord, type UploadRecord } from './upload-ledger.ts';
import { type AtHub, isAtHub, type Outcome, settleTurn } from './upload-outcome.ts';
import type { UploadProgress, Uploads, UploadsOptions } from './upload-port.ts';
import { backoffMs, chunkBytesFirst, nextChunkBytes, pickNext } from './upload-schedule.ts';
import type { Standing } from './upload-source.ts';
import { type TurnResult, uploadTurn } from './upload-turn.ts';
import { UploadVoice } from './upload-voice.ts';

/** Names of either end of the queue that are looked at, and of recordings known to be in it: memory is bounded by them. */
const endsMax = 64;
const offeredMax = 256;
/** So much of a call must be there before its upload is begun, in bytes: some seconds. */
const liveBytesFirst = 16 * 1024;
/** A recording under way is looked at again after so long, in milliseconds, unless it grew or ended. */
const liveHoldMs = 5_000;
/** Seats that start together spread over this, in milliseconds. */
const startSpreadMs = 5_000;
/** How often the voice is asked about, in milliseconds. */
const voicePollMs = 500;
/** With nothing to do the queue is read again after so long, in milliseconds. */
const idleMs = 30_000;

/**
 * Sends recordings to the hub, one at a time, while the seat works: what waits is on the disk and here are only the ends
 * of the queue. Never rejects; a fault is logged, waited out, and no local copy is touched by it.
 */
export function startUploads(options: UploadsOptions): Uploads {
  const uploads = new RecordingUploads(options);
  uploads.start();
  return uploads;
}

class RecordingUploads implements Uploads {
  readonly #options: UploadsOptions;
  readonly #voice: UploadVoice;
  readonly #holds = new UploadHolds();
  readonly #offered = new Set<string>();
  readonly #closing = new AbortController();
  /** Ends the wait under way. */
  #wake = new AbortController();
  /** Ends the turn under way. */
  #turnStop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #isPaused = false;
  #state: UploadProgress['state'] = 'idle';
  #current: UploadProgress['current'] = null;
  #counts = { waiting: 0, setAside: 0, confirmed: 0, bytesSent: 0 };
  #chunkBytes = chunkBytesFirst;
  /** In a row, of the hub or the way to it. */
  #failures = 0;
  #turn = 0;

  constructor(options: UploadsOptions) {
    this.#options = options;
    this.#voice = new UploadVoice(options.isVoiceSuffering, options.monotonicMs);
  }

  start(): void {
    this.#running = this.#run();
  }

  offer = async (recordingId: string): Promise<void> => {
    const { ledger, source } = this.#options;
    if (!this.#offered.has(recordingId)) {
      if ((await ledger.get(recordingId)) === null) await ledger.put(recordingId, 'waiting', newUploadRecord);
      this.#offered.add(recordingId);
      if (this.#offered.size > offeredMax) this.#offered.clear();
    }
    const standing = await source.standing(recordingId);
    if (standing?.isOpen !== true) this.#holds.release(recordingId);
    if (this.#state === 'idle') this.#wake.abort();
  };

  retry = async (recordingId: string): Promise<void> => {
    const { ledger } = this.#options;
    if ((await ledger.get(recordingId))?.queue !== 'set-aside') return;
    await ledger.put(recordingId, 'waiting', newUploadRecord);
    this.#holds.release(recordingId);
    this.#counts = { ...this.#counts, setAside: this.#counts.setAside - 1 };
    this.#wake.abort();
  };

  networkBack = (): void => {
    this.#failures = 0;
    this.#holds.releaseAll();
    this.#wake.abort();
  };

  pause = (): void => {
    this.#isPaused = true;
    this.#turnStop.abort();
    this.#wake.abort();
  };

  resume = (): void => {
    this.#isPaused = false;
    this.#wake.abort();
  };

  progress = (): UploadProgress => ({ state: this.#state, ...this.#counts, current: this.#current });

  progressOf = (recordingId: string): ReturnType<Uploads['progressOf']> => this.#options.ledger.get(recordingId);

  isAtHub = async (recordingId: string): Promise<AtHub> => {
    const standing = await isAtHub(this.#options, recordingId);
    if (standing === 'hub-lost-it') this.#wake.abort();
    return standing;
  };

  close = async (): Promise<void> => {
    this.#closing.abort();
    await this.#running;
  };

  async #run(): Promise<void> {
    await this.#rest(this.#options.random() * startSpreadMs);
    let isCounted = false;
    while (!this.#closing.signal.aborted) {
      try {
        if (!isCounted) {
          const { length: setAside } = await this.#options.ledger.ends('set-aside', 0);
          this.#counts = { ...this.#counts, setAside };
          isCounted = true;
        }
        await this.#step();
      } catch (cause) {
        // The disk or our own mistake: told, and tried again later; the local copies stay where they are.
        this.#current = null;
        await this.#later('the queue', cause instanceof Error ? cause.message : String(cause), null);
      }
    }
  }

  async #step(): Promise<void> {
    if (this.#isPaused) {
      this.#changed('paused');
      return this.#rest(idleMs);
    }
    if (!this.#voice.isWell()) {
      this.#changed('voice-first');
      return this.#rest(voicePollMs);
    }
    const { length, ...ends } = await this.#options.ledger.ends('waiting', endsMax);
    this.#counts = { ...this.#counts, waiting: length };
    const now = this.#options.monotonicMs();
    const next = pickNext(ends, (recordingId) => this.#holds.isHeld(recordingId, now), this.#turn);
    if (next === null) {
      this.#changed('idle');
      return this.#rest(length === 0 ? idleMs : liveHoldMs);
    }
    this.#turn += 1;
    await this.#send(next);
  }

  async #send(recordingId: string): Promise<void> {
    const { ledger, source } = this.#options;
    const { queue, ...record } = (await ledger.get(recordingId)) ?? { ...newUploadRecord, queue: 'waiting' as const };
    // A crash between the two steps of a move: the move is finished.
    if (queue !== 'waiting') return ledger.put(recordingId, queue, record);
    const standing = await source.standing(recordingId);
    if (standing === null) return this.#settle(recordingId, record, { kind: 'refused', status: 0 });
    // A call that has just begun is not worth a request yet.
    if (standing.isOpen && record.url === null && standing.bytes < liveBytesFirst)
      return this.#hold(recordingId, liveHoldMs);
    this.#current = { recordingId, sentBytes: record.sentBytes, bytes: standing.bytes };
    this.#changed('sending');
    const sent = await this.#sendNow(recordingId, record, standing);
    this.#current = null;
    await this.#settle(recordingId, sent.record, sent.result);
  }

  /** One turn of one recording, and what is known of its upload after it. */
  async #sendNow(
    recordingId: string,
    from: UploadRecord,
    standing: Standing,
  ): Promise<{ readonly record: UploadRecord; readonly result: TurnResult }> {
    const { ledger, source, endpoint, headers, stallMs, agent, monotonicMs, metadataOf } = this.#options;
    const metadata = from.url === null ? await metadataOf?.(recordingId) : undefined;
    this.#turnStop = new AbortController();
    // Somebody may have paused while the disk was asked.
    if (this.#isPaused) this.#turnStop.abort();
    let record = from;
    let chunkAt = monotonicMs();
    const voice = setInterval(() => this.#yieldToVoice(), voicePollMs);
    const result = await uploadTurn({
      recordingId,
      url: record.url,
      endpoint,
      headers: headers(),
      metadata: metadata ?? {},
      source,
      signal: AbortSignal.any([this.#turnStop.signal, this.#closing.signal]),
      stallMs,
      agent,
      chunkBytes: () => this.#chunkBytes,
      onBegun: async (url) => {
        record = { ...record, url };
        await ledger.put(recordingId, 'waiting', record);
      },
      onChunk: (offset) => {
        const bytesSent = this.#counts.bytesSent + Math.max(0, offset - record.sentBytes);
        this.#counts = { ...this.#counts, bytesSent };
        record = { ...record, sentBytes: offset, refusals: 0 };
        this.#chunkBytes = nextChunkBytes(this.#chunkBytes, monotonicMs() - chunkAt);
        chunkAt = monotonicMs();
        this.#failures = 0;
        this.#current = { recordingId, sentBytes: offset, bytes: Math.max(offset, standing.bytes) };
        this.#changed('sending');
        this.#yieldToVoice();
      },
    }).finally(() => clearInterval(voice));
    return { record, result };
  }

  async #settle(recordingId: string, record: UploadRecord, result: TurnResult): Promise<void> {
    const outcome = await settleTurn(this.#options, recordingId, record, result);
    switch (outcome.kind) {
      case 'confirmed':
        this.#failures = 0;
        this.#offered.delete(recordingId);
        this.#counts = { ...this.#counts, confirmed: this.#counts.confirmed + 1 };
        return;
      case 'caught-up':
        this.#failures = 0;
        this.#hold(recordingId, liveHoldMs);
        return;
      case 'stopped':
        return;
      case 'refused':
        return this.#refused(recordingId, outcome);
      case 'later':
        this.#chunkBytes = nextChunkBytes(this.#chunkBytes, null);
        return this.#later(recordingId, outcome.reason, outcome.askedMs);
      default:
        return assertNever(outcome);
    }
  }

  #refused(recordingId: string, { why, refusals, isSetAside }: Extract<Outcome, { kind: 'refused' }>): void {
    const words = `upload of ${recordingId}: ${why}${isSetAside ? '; it is set aside' : ''}`;
    this.#options.log(isSetAside ? 'error' : 'warn', words);
    if (isSetAside) this.#counts = { ...this.#counts, setAside: this.#counts.setAside + 1 };
    this.#hold(recordingId, backoffMs(refusals, this.#options.random(), null));
  }

  async #later(recordingId: string, reason: string, askedMs: number | null): Promise<void> {
    this.#failures += 1;
    const ms = backoffMs(this.#failures, this.#options.random(), askedMs);
    this.#options.log('warn', `upload of ${recordingId}: ${reason}; again in ${Math.round(ms)} ms`);
    // Perhaps it is this one alone that the hub chokes on: another goes first then.
    this.#hold(recordingId, 2 * ms);
    this.#changed('hub-away');
    await this.#rest(ms);
  }

  #yieldToVoice(): void {
    if (!this.#voice.isWell()) this.#turnStop.abort();
  }

  #hold(recordingId: string, ms: number): void {
    this.#holds.hold(recordingId, this.#options.monotonicMs() + ms);
  }

  #changed(next: UploadProgress['state']): void {
    this.#state = next;
    this.#options.onChange(this.progress());
  }

  async #rest(ms: number): Promise<void> {
    this.#wake = new AbortController();
    await this.#options.wait(ms, AbortSignal.any([this.#wake.signal, this.#closing.signal]));
  }
}
