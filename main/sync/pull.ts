import { feedWaitMsMax } from '../../core/hub-shared-records-api.ts';
import type { Log } from '../seat-ports.ts';
import type { FeedPage, SharedRecordTable } from '../store/shared-record-table.ts';
import { readHubFault } from './hub-fault.ts';
import type { HubLink } from './hub-link.ts';
import { writeIfRoom } from './spare-write.ts';
import { lateDetail, orLate, type SyncTiming, WakefulWait, waitAfter } from './sync-timing.ts';

/** What the pull works on. */
export interface PullOptions {
  readonly link: Pick<HubLink, 'client'>;
  readonly records: SharedRecordTable;
  /** What the hub has of the journal, as it said itself. */
  readonly acknowledgedSeq: () => number;
  /** Whether a call's round trip or loss is up: then only little is read at a time. */
  readonly isVoiceSuffering: () => boolean;
  readonly timing: SyncTiming;
  readonly log: Log;
  /** The hub has less of the journal than it had acknowledged: a copy of it was put back. */
  readonly onBehind: () => void;
  /** Also when the replica changed. */
  readonly onChange: () => void;
}

/** How the pull is getting on; `detail` is for a technician. `not-kept`: the disk here does not take what comes. */
export type PullState =
  | { readonly kind: 'connecting' | 'reading' | 'in-step' }
  | { readonly kind: 'away' | 'refused' | 'not-kept'; readonly detail: string };

/** Keeps the replica of shared records at the end of the hub's feed, for as long as it runs. */
export interface RecordPull {
  state(): PullState;
  /** Wall-clock milliseconds; null: not since it runs. */
  answeredAt(): number | null;
  /** When the end of the feed was last reached, also before this start; null: never. */
  reachedAt(): number | null;
  /** Asks now: the network is another one, or somebody wants to know. */
  lookAgain(): void;
  /** The hub was set back: its feed is read anew from the beginning. What is there stays shown meanwhile. */
  beginAnew(): void;
  close(): Promise<void>;
}

/** Records of a page: 6 MB if each were as large as a record may be and written in ASCII. */
const pageRecords = 100;
/** While a call's road is poor. */
const pageRecordsBesideVoice = 5;
const pauseBesideVoiceMs = 1_000;
/** How old the replica was is written down this often at least while nothing changes, in milliseconds: not each 25 s. */
const reachedKeptMs = 5 * 60_000;
/** How often in a row it is asked without waiting; a hub that still does not tell of our edits was set back. */
const asksForOwnMax = 3;
/** How long a full disk is waited for, in milliseconds. */
const notKeptWaitMs = 30_000;

/** Starts pulling. Never rejects; a fault is logged and waited out. */
export function startPull(options: PullOptions): RecordPull {
  return new RunningPull(options);
}

class RunningPull implements RecordPull {
  readonly #options: PullOptions;
  readonly #closing = new AbortController();
  readonly #rest: WakefulWait;
  readonly #running: Promise<void>;
  #state: PullState = { kind: 'connecting' };
  #answeredAt: number | null = null;
  #reachedAt: number | null;
  /** Nothing was left after the last page: the next one is waited for. */
  #isAtEnd = false;
  /** Ends the request under way; its answer is not used any more. */
  #turn = new AbortController();
  /** In a row. */
  #failures = 0;
  /** In a row: asked without waiting because edits that the hub has taken were not in its answer. */
  #asksForOwn = 0;

  constructor(options: PullOptions) {
    this.#options = options;
    this.#rest = new WakefulWait(options.timing, this.#closing.signal);
    this.#reachedAt = options.records.reachedAt();
    this.#running = this.#run();
  }

  state = (): PullState => this.#state;
  answeredAt = (): number | null => this.#answeredAt;
  reachedAt = (): number | null => this.#reachedAt;

  lookAgain = (): void => {
    this.#failures = 0;
    this.#isAtEnd = false;
    this.#turn.abort();
    this.#rest.wake();
  };

  beginAnew = (): void => {
    const problem = writeIfRoom(() => this.#options.records.restart());
    if (problem !== null) this.#options.log('warn', `the replica is not begun anew: ${problem}`);
    this.lookAgain();
  };

  close = async (): Promise<void> => {
    this.#closing.abort();
    await this.#running;
  };

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const turn = new AbortController();
      this.#turn = turn;
      try {
        await this.#step(AbortSignal.any([turn.signal, this.#closing.signal]));
      } catch (cause) {
        if (!turn.signal.aborted && !this.#closing.signal.aborted) await this.#failed(cause);
      }
    }
  }

  async #step(signal: AbortSignal): Promise<void> {
    const { link, records, acknowledgedSeq, isVoiceSuffering, timing, onBehind } = this.#options;
    const isBesideVoice = isVoiceSuffering();
    const acknowledged = acknowledgedSeq();
    const cursor = records.cursor();
    if (!this.#isAtEnd) this.#changed({ kind: 'reading' });
    const asked = link.client.records.feed(
      {
        limit: isBesideVoice ? pageRecordsBesideVoice : pageRecords,
        waitMs: this.#isAtEnd ? feedWaitMsMax : 0,
        ...(cursor === null ? {} : { cursor }),
      },
      { signal },
    );
    const onLate = (): void => this.#changed({ kind: 'away', detail: lateDetail });
    const { journalSeq, ...page } = this.#isAtEnd ? await asked : await orLate(asked, timing, onLate);
    // It was begun anew while this page was on its way.
    if (signal.aborted) return;
    this.#failures = 0;
    this.#answeredAt = timing.now();
    // What was acknowledged before the question was asked is in the answer, or the hub has lost it.
    if (journalSeq !== null && journalSeq < acknowledged) onBehind();
    if (signal.aborted) return;
    await this.#take({ ...page, journalSeq: journalSeq ?? records.confirmedSeq() });
    if (isBesideVoice) await timing.wait(pauseBesideVoiceMs, signal);
  }

  async #take(page: FeedPage): Promise<void> {
    const { records, timing, log } = this.#options;
    const now = timing.now();
    if (this.#isNews(page, now)) {
      const problem = writeIfRoom(() => records.takePage(page, now));
      if (problem !== null) {
        if (this.#state.kind !== 'not-kept') log('warn', `the replica is not kept: ${problem}`);
        this.#changed({ kind: 'not-kept', detail: problem });
        return this.#rest.wait(notKeptWaitMs);
      }
    }
    // An edit of ours was taken while the hub was reading: it tells of it at once.
    const isOwnMissing = (records.firstOwnSeq() ?? Number.POSITIVE_INFINITY) <= this.#options.acknowledgedSeq();
    this.#asksForOwn = page.isEnd && isOwnMissing ? this.#asksForOwn + 1 : 0;
    this.#isAtEnd = page.isEnd && (this.#asksForOwn === 0 || this.#asksForOwn > asksForOwnMax);
    if (!page.isEnd) return;
    this.#reachedAt = now;
    this.#changed({ kind: 'in-step' });
  }

  /** Whether a page says anything that is worth a write. */
  #isNews({ records: changed, isEnd, cursor, journalSeq }: FeedPage, now: number): boolean {
    const { records } = this.#options;
    if (changed.length > 0 || !isEnd || cursor !== records.cursor()) return true;
    if (journalSeq < records.confirmedSeq() || (records.firstOwnSeq() ?? Number.POSITIVE_INFINITY) <= journalSeq)
      return true;
    return Math.abs(now - (records.reachedAt() ?? Number.NEGATIVE_INFINITY)) >= reachedKeptMs;
  }

  async #failed(cause: unknown): Promise<void> {
    const { records, timing, log } = this.#options;
    const fault = readHubFault(cause);
    this.#isAtEnd = false;
    if (fault.kind === 'answer' && fault.code === 'BAD_CURSOR' && records.cursor() !== null) {
      log('warn', 'the hub does not know where the replica stood: it is read anew');
      this.beginAnew();
      return;
    }
    this.#failures += 1;
    const ms = waitAfter(fault, this.#failures, timing.random());
    log('warn', `feed of the hub: ${fault.detail}; again in ${Math.round(ms)} ms`);
    this.#changed({ kind: fault.kind === 'refused' ? 'refused' : 'away', detail: fault.detail });
    await this.#rest.wait(ms);
  }

  #changed(next: PullState): void {
    this.#state = next;
    this.#options.onChange();
  }
}
