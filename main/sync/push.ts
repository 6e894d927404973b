import { z } from 'zod';
import type { SetAsideEntry } from '../../core/hub-api.ts';
import { pageRowsMax } from '../../core/hub-route.ts';
import type { Log } from '../seat-ports.ts';
import type { HubStateTable } from '../store/hub-state-table.ts';
import type { StoredEntry } from '../store/journal-table.ts';
import { type HubFault, readHubFault } from './hub-fault.ts';
import type { HubLink } from './hub-link.ts';
import { type BatchLimits, batchBesideVoice, batchOf, doubled, halved, smaller } from './push-batch.ts';
import { writeIfRoom } from './spare-write.ts';
import { lateDetail, orLate, type SyncTiming, WakefulWait, waitAfter } from './sync-timing.ts';
import type { TakeBackOptions, TakeBackOutcome } from './take-back.ts';

/** `takeBack` with the link and the journal it is about. */
export type TakeBack = (wish: Omit<TakeBackOptions, 'link' | 'refill'>) => Promise<TakeBackOutcome>;

/** What the push works on. */
export interface PushOptions {
  readonly link: Pick<HubLink, 'client'>;
  /** Entries of the seat after a number, oldest first, `limit` at most. */
  readonly entriesAfter: (seq: number, limit: number) => readonly StoredEntry[];
  /** The number of the seat's newest entry. */
  readonly lastSeq: () => number;
  readonly state: HubStateTable;
  /** Whether a call's round trip or loss is up: then only little is sent at a time. */
  readonly isVoiceSuffering: () => boolean;
  readonly timing: SyncTiming;
  readonly log: Log;
  /** Takes back what the hub holds and this journal lost or never had; null: this journal is not to be changed. */
  readonly takeBack: TakeBack | null;
  /** The hub has less than it had acknowledged (a copy of it was put back): what it shares is read anew too. */
  readonly onSetBack: () => void;
  readonly onChange: () => void;
}

/** How the push is getting on; `detail` is for a technician. */
export type PushState =
  | { readonly kind: 'connecting' | 'sending' | 'in-step' }
  | { readonly kind: 'away' | 'refused' | 'forked'; readonly detail: string };

/** Hands the seat's journal over to the hub, each entry once and in order, for as long as it runs. */
export interface JournalPush {
  state(): PushState;
  /** Entries up to and with this one are on the hub's disk. */
  acknowledgedSeq(): number;
  /** Wall-clock milliseconds; null: not since it runs. */
  answeredAt(): number | null;
  /** An entry was written down. */
  appended(): void;
  /** The hub may have been set back: it is asked how far it is. Also ends every wait, and looks again after a fork. */
  lookAgain(): void;
  /** Ends what is under way; what was sent stays sent. */
  close(): Promise<void>;
}

/** Entries that come within so short a time go together, in milliseconds. */
const gatherMs = 30;
/** Between two pushes while a call's road is poor, in milliseconds. */
const pauseBesideVoiceMs = 1_000;
/** With nothing to send it looks again after so long, in milliseconds; every entry wakes it before. */
const idleMs = 10 * 60_000;
/** The first push of a connection: what it can take is not known yet. */
const batchFirst: BatchLimits = { entries: 100, bytes: 64 * 1024 };
/** Pages of a list of set-aside entries that are read: 100,000 entries, more than a hub ever set aside. */
const setAsidePagesMax = 200;

/** Starts pushing. Never rejects; a fault is logged and waited out, and the journal is only ever read. */
export function startPush(options: PushOptions): JournalPush {
  return new RunningPush(options);
}

class RunningPush implements JournalPush {
  readonly #options: PushOptions;
  readonly #closing = new AbortController();
  readonly #rest: WakefulWait;
  readonly #running: Promise<void>;
  #state: PushState = { kind: 'connecting' };
  #answeredAt: number | null = null;
  /** What the hub has, as it said itself on this connection; null: it is not known. */
  #position: number | null = null;
  /** Somebody wants the hub asked (again). */
  #isAskWished = false;
  /** The hub has compared the entry at `#position` with ours. */
  #isCompared = false;
  #acknowledged: number;
  /** Whether lost entries were looked for since the seat started. */
  #isLossLookedFor = false;
  /** The hub took entries of this journal, or it took back what it was behind: in this life nothing can be set back. */
  #isOwnHistory = false;
  #isForkToBeMended = false;
  #limits = batchFirst;
  /** In a row. */
  #failures = 0;
  /** GAPs since the last push that was taken: a hub that says so again and again is not obeyed without end. */
  #gaps = 0;

  constructor(options: PushOptions) {
    this.#options = options;
    this.#rest = new WakefulWait(options.timing, this.#closing.signal);
    this.#acknowledged = options.state.acknowledgedSeq();
    this.#running = this.#run();
  }

  state = (): PushState => this.#state;
  acknowledgedSeq = (): number => this.#acknowledged;
  answeredAt = (): number | null => this.#answeredAt;

  appended = (): void => {
    if (this.#state.kind === 'in-step') this.#rest.wake();
  };

  lookAgain = (): void => {
    this.#isAskWished = true;
    this.#failures = 0;
    this.#rest.wake();
  };

  close = async (): Promise<void> => {
    this.#closing.abort();
    await this.#running;
  };

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        await this.#step();
      } catch (cause) {
        if (!this.#closing.signal.aborted) await this.#failed(cause);
      }
    }
  }

  async #step(): Promise<void> {
    const isKnown = this.#position !== null && !this.#isAskWished;
    const position = isKnown ? this.#position : await this.#askPosition();
    if (position === null) return this.#rest.wait(idleMs);
    const overlap = this.#isCompared ? 0 : this.#overlapAt(position);
    const limits = this.#options.isVoiceSuffering() ? batchBesideVoice : this.#limits;
    const rows = this.#options.entriesAfter(position - overlap, limits.entries);
    if (rows.length === 0) {
      this.#changed({ kind: 'in-step' });
      await this.#rest.wait(idleMs);
      return this.#options.timing.wait(gatherMs, this.#closing.signal);
    }
    // A fork is over when a push was taken, not when one is tried.
    if (this.#state.kind !== 'forked') this.#changed({ kind: 'sending' });
    await this.#send(position - overlap + 1, batchOf(rows, limits));
    if (this.#options.isVoiceSuffering()) await this.#options.timing.wait(pauseBesideVoiceMs, this.#closing.signal);
  }

  /** How far the hub says it is; null: it holds entries that this log does not have. */
  async #askPosition(): Promise<number | null> {
    const { link, state, lastSeq, log, onSetBack } = this.#options;
    this.#isAskWished = false;
    const asked = link.client.journal.standing(undefined, { signal: this.#closing.signal });
    const standing = await orLate(asked, this.#options.timing, this.#late);
    this.#answered();
    const refused = await this.#takeBack(standing.lastSeq);
    if (refused !== null) return this.#forked(refused);
    if (standing.lastSeq > lastSeq()) {
      const more = standing.lastSeq - lastSeq();
      return this.#forked(`the hub holds ${more} entries of this seat that are not in this log`);
    }
    if (standing.lastSeq < this.#acknowledged) {
      log('warn', `the hub was set back from entry ${this.#acknowledged} to ${standing.lastSeq}; it gets them again`);
      this.#keep(standing.lastSeq, []);
      onSetBack();
    } else if (standing.lastSeq > this.#acknowledged) this.#keep(standing.lastSeq, []);
    if (standing.setAsideCount !== state.setAsideCount()) await this.#readSetAside();
    this.#position = standing.lastSeq;
    this.#isCompared = false;
    return standing.lastSeq;
  }

  /** Before anything is pushed: what the hub holds and the journal does not. Null, or why a person has to look. */
  async #takeBack(heldSeq: number): Promise<string | null> {
    const { takeBack, lastSeq, log } = this.#options;
    const isContradicted = heldSeq > lastSeq() || this.#isForkToBeMended;
    if (takeBack === null || (this.#isLossLookedFor && !isContradicted)) return null;
    const outcome = await takeBack({
      heldSeq,
      isForked: this.#isForkToBeMended,
      hasPushed: this.#isOwnHistory,
      signal: this.#closing.signal,
    });
    if (outcome.kind === 'later') return isContradicted ? 'older lines of this log are still being put back' : null;
    this.#isLossLookedFor = true;
    if (outcome.kind === 'refused') return outcome.detail;
    if (isContradicted) this.#isOwnHistory = true;
    this.#isForkToBeMended = false;
    if (outcome.kind === 'taken') {
      const { back, moved, missing } = outcome.taken;
      log('warn', `taken back from the hub: ${back} entries; ${moved} of ours behind them; ${missing} nobody has`);
      this.#options.onSetBack();
    }
    return null;
  }

  /** So the hub compares the last entry it has with ours: 1, or 0 where there is none to be compared. */
  #overlapAt(position: number): 0 | 1 {
    if (position === 0) return 0;
    const [row] = this.#options.entriesAfter(position - 1, 1);
    // What stands there says that the entry was lost here; the hub may have the entry itself.
    return row === undefined || row.kind === 'entry-lost' ? 0 : 1;
  }

  async #send(firstSeq: number, entries: readonly unknown[]): Promise<void> {
    const { link } = this.#options;
    try {
      const input = { firstSeq, entries: [...entries] };
      const sent = link.client.journal.push(input, { signal: this.#closing.signal });
      const answer = await orLate(sent, this.#options.timing, this.#late);
      this.#answered();
      this.#gaps = 0;
      this.#limits = doubled(this.#limits);
      this.#isCompared = true;
      this.#isOwnHistory = true;
      this.#position = answer.acknowledgedSeq;
      if (this.#state.kind === 'forked') this.#changed({ kind: 'sending' });
      this.#keep(answer.acknowledgedSeq, answer.setAside);
    } catch (cause) {
      if (this.#closing.signal.aborted) return;
      const fault = readHubFault(cause);
      const isHalved = fault.kind === 'too-large' && entries.length > 1;
      if (isHalved)
        this.#limits = halved({ entries: entries.length, bytes: Buffer.byteLength(JSON.stringify(entries)) });
      else if (fault.kind === 'answer') await this.#refusedAs(fault, cause);
      else {
        // Cut or stalled under way: perhaps it is too much for this way.
        if (fault.kind === 'away' && fault.status === null) this.#limits = smaller(this.#limits);
        throw cause;
      }
    }
  }

  /** The contract's own refusals of a push. */
  async #refusedAs(fault: Extract<HubFault, { kind: 'answer' }>, cause: unknown): Promise<void> {
    switch (fault.code) {
      case 'GAP':
        // The hub was set back between two pushes: it is asked how far it is now.
        this.#gaps += 1;
        if (this.#gaps > 1) throw cause;
        this.#position = null;
        return;
      case 'FORKED':
      case 'WRONG_SEAT': {
        this.#answered();
        const seq = placeOf(fault.data);
        const why = fault.code === 'FORKED' ? 'the hub holds another entry under number' : 'another seat is named in';
        this.#forked(`${why} ${seq ?? '?'}`);
        // It is tried once to take back what the hub has; after that a person has to look.
        this.#isForkToBeMended = fault.code === 'FORKED' && this.#options.takeBack !== null && !this.#isOwnHistory;
        return this.#isForkToBeMended ? undefined : this.#rest.wait(idleMs);
      }
      default:
        throw cause;
    }
  }

  #forked(detail: string): null {
    this.#position = null;
    if (this.#state.kind !== 'forked') this.#options.log('error', `the journal is not pushed: ${detail}`);
    this.#changed({ kind: 'forked', detail });
    return null;
  }

  async #failed(cause: unknown): Promise<void> {
    const fault = readHubFault(cause);
    this.#failures += 1;
    this.#position = null;
    const { timing, log } = this.#options;
    const ms = waitAfter(fault, this.#failures, timing.random());
    log('warn', `push to the hub: ${fault.detail}; again in ${Math.round(ms)} ms`);
    this.#changed({ kind: fault.kind === 'refused' ? 'refused' : 'away', detail: fault.detail });
    await this.#rest.wait(ms);
  }

  /** Its own list, from its beginning: an answer that named some of them may have been lost. */
  async #readSetAside(): Promise<void> {
    const { link, state, log } = this.#options;
    const all: SetAsideEntry[] = [];
    let after: string | null = null;
    for (let page = 0; page < setAsidePagesMax; page += 1) {
      const { rows, next }: Awaited<ReturnType<HubLink['client']['journal']['setAside']>> =
        await link.client.journal.setAside(
          { limit: pageRowsMax, ...(after === null ? {} : { after }) },
          { signal: this.#closing.signal },
        );
      all.push(...rows.map(({ seq, reason, detail }) => ({ seq, reason, detail })));
      if (next === null) break;
      after = next;
    }
    const problem = writeIfRoom(() => state.replaceSetAside(all));
    if (problem !== null) log('warn', `the list of set-aside entries is not kept: ${problem}`);
  }

  /** A hint for the next start; the hub itself is asked then. */
  #keep(seq: number, setAside: readonly SetAsideEntry[]): void {
    this.#acknowledged = seq;
    const problem = writeIfRoom(() => this.#options.state.acknowledge(seq, setAside));
    if (problem !== null) this.#options.log('warn', `how far the hub is, is not kept: ${problem}`);
    this.#options.onChange();
  }

  #answered(): void {
    this.#failures = 0;
    this.#answeredAt = this.#options.timing.now();
  }

  #late = (): void => {
    if (this.#state.kind !== 'forked') this.#changed({ kind: 'away', detail: lateDetail });
  };

  #changed(next: PushState): void {
    this.#state = next;
    this.#options.onChange();
  }
}

const placed = z.object({ seq: z.int() });

function placeOf(data: unknown): number | null {
  const read = placed.safeParse(data);
  return read.success ? read.data.seq : null;
}
