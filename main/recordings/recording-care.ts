import { judgeHubKey, type PinnedHubKey } from '../../recording/hub-key-pin.ts';
import type { Log } from '../seat-ports.ts';
import { readHubFault } from '../sync/hub-fault.ts';
import type { HubLink } from '../sync/hub-link.ts';
import { type SyncTiming, WakefulWait, waitAfter } from '../sync/sync-timing.ts';
import type { HubMemory } from './hub-memory.ts';
import type { RecordingKeys } from './recording-keys.ts';

/** What the care of a seat's recordings works on while it has a hub. */
export interface RecordingCareOptions {
  readonly link: Pick<HubLink, 'client' | 'hubId'>;
  readonly memory: HubMemory;
  readonly keys: Pick<RecordingKeys, 'destroy' | 'wrapFor'>;
  /** Whether sound of it may still come. */
  readonly isLive: (recordingId: string) => boolean;
  /**
   * A recording was erased at the hub and is destroyed here: it is written down and forgotten wherever it waits. Rejects
   * when that can't be kept; it comes again then.
   */
  readonly onErased: (erased: { readonly recordingId: string; readonly callId: string }) => Promise<void>;
  readonly timing: SyncTiming;
  readonly log: Log;
}

/** Keeps a seat's recordings as its hub says: keys wrapped for the hub's key, and what was erased there destroyed here. */
export interface RecordingCare {
  /** The wrap of a recording's key for the hub, which is asked for its key if the seat has none yet; null: no key. */
  readonly wrapOf: (recordingId: string) => Promise<string | null>;
  /** Asks now: the network is back. */
  readonly lookAgain: () => void;
  readonly close: () => Promise<void>;
}

/** How often the hub is asked, in milliseconds: an erasure reaches a seat that is there within so long. */
const eachMs = 5 * 60_000;
/** Rows of one page. */
const pageRows = 200;

/** Begins to ask. Never rejects; a fault is logged and waited out. */
export function startRecordingCare(options: RecordingCareOptions): RecordingCare {
  return new RunningCare(options);
}

class RunningCare implements RecordingCare {
  readonly #options: RecordingCareOptions;
  readonly #closing = new AbortController();
  readonly #rest: WakefulWait;
  readonly #running: Promise<void>;
  #failures = 0;
  /** What was refused last, so that it is said once. */
  #refused = '';

  constructor(options: RecordingCareOptions) {
    this.#options = options;
    this.#rest = new WakefulWait(options.timing, this.#closing.signal);
    this.#running = this.#run();
  }

  wrapOf = async (recordingId: string): Promise<string | null> => {
    const { keys, memory, link } = this.#options;
    const kept = memory.pin();
    const pin = kept?.hubId === link.hubId ? kept : await this.#learn();
    return pin === null ? null : keys.wrapFor(recordingId, pin);
  };

  lookAgain = (): void => this.#rest.wake();

  close = async (): Promise<void> => {
    this.#closing.abort();
    await this.#running;
  };

  async #run(): Promise<void> {
    const { timing, log } = this.#options;
    while (!this.#closing.signal.aborted) {
      let waitMs = eachMs * (0.75 + timing.random() / 2);
      try {
        await this.#learn();
        await this.#followErased();
        this.#failures = 0;
      } catch (cause) {
        if (this.#closing.signal.aborted) return;
        const fault = readHubFault(cause);
        this.#failures += 1;
        waitMs = Math.max(waitAfter(fault, this.#failures, timing.random()), 0);
        // That a hub is away is told by the push; this is about what it said.
        if (fault.kind !== 'away') log('warn', `asking the hub about recordings: ${fault.detail}`);
      }
      await this.#rest.wait(waitMs);
    }
  }

  /** Asks for the hub's key and judges it; the one that holds now, or null when there is none. */
  async #learn(): Promise<PinnedHubKey | null> {
    const { link, memory, log } = this.#options;
    const said = await link.client.site.about(undefined, { signal: this.#closing.signal });
    const before = memory.pin();
    const verdict = judgeHubKey(before, link.hubId, said);
    if (verdict.kind === 'refused') {
      if (this.#refused !== verdict.why)
        log('error', `the hub's key for recordings was not taken (${verdict.why}); the one before it holds`);
      this.#refused = verdict.why;
      return before?.hubId === link.hubId ? before : null;
    }
    this.#refused = '';
    if (verdict.kind === 'taken') {
      memory.setPin(verdict.pin);
      log('info', `recordings are wrapped for the hub's key ${verdict.pin.recordingKey.keyId} from now on`);
    }
    return verdict.pin;
  }

  async #followErased(): Promise<void> {
    const { link, memory } = this.#options;
    for (;;) {
      const after = memory.erasedCursor(link.hubId);
      const page = await link.client.recordings.erased(
        { limit: pageRows, ...(after === null ? {} : { after }) },
        { signal: this.#closing.signal },
      );
      for (const { recordingId, callId } of page.rows) if (!(await this.#destroy(recordingId, callId ?? ''))) return;
      if (page.rows.length > 0) memory.setErasedCursor(link.hubId, page.cursor);
      if (page.isEnd) return;
    }
  }

  /** False while sound of it still comes: it is destroyed at a later look. */
  async #destroy(recordingId: string, callId: string): Promise<boolean> {
    const { isLive, keys, onErased, log } = this.#options;
    if (isLive(recordingId)) return false;
    await keys.destroy(recordingId);
    await onErased({ recordingId, callId });
    log('info', `${recordingId} was erased at the hub and is destroyed here`);
    return true;
  }
}
