import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalFact } from '../../core/journal.ts';
import type { Notice } from '../../core/notice.ts';
import type { LocalCopyPolicy } from '../../core/settings.ts';
import type { Log } from '../seat-ports.ts';
import { syncDirectoryLater } from '../store/sync-directory.ts';
import { type ClockReading, countOn, type KeptTime, keptTime, newKeptTime } from './kept-clock.ts';
import { removeSidecar } from './key-sidecar.ts';
import type { RemovedCopies } from './removed-copies.ts';
import type { UploadLedger, UploadRecord } from './upload-ledger.ts';
import type { AtHub } from './upload-outcome.ts';

/** A copy stays so long after the hub's hash was found equal, whatever the settings say; only a full disk ends it earlier. */
export const keptAtLeastMs = 24 * 3_600_000;
/** How many copies are looked at in one go: the hub is asked about each that may go. */
const lookedAtMax = 64;
/** A disk that was thinned is left alone again when it is so much (0..1) emptier than where thinning begins. */
const thinnedBelow = 0.02;

/** What the keeping of copies needs. */
export interface LocalCopiesOptions {
  /** The vault's folder. */
  readonly directory: string;
  /** Where what is known of uploads lies. */
  readonly memory: string;
  readonly ledger: UploadLedger;
  readonly removed: RemovedCopies;
  /** Asks the hub now. */
  readonly isAtHub: (recordingId: string) => Promise<AtHub>;
  readonly policy: () => LocalCopyPolicy;
  /** How full the disk is, 0..1. */
  readonly diskShare: () => number;
  readonly clock: () => Omit<ClockReading, 'isSameRun'>;
  readonly newId: () => string;
  readonly callOf: (recordingId: string) => Promise<string>;
  readonly write: (fact: JournalFact) => void;
  readonly tell: (notice: Notice) => void;
  readonly log: Log;
}

/** Lets go of the seat's own copies of recordings that are at the hub, in their time. */
export interface LocalCopies {
  /** Looks once; overlapping looks are one. Never rejects. */
  readonly look: () => Promise<void>;
  /** Ends with the look under way. */
  readonly settled: () => Promise<void>;
}

/**
 * A copy goes when the hub, asked just then, has the same hash, and a day has surely passed since that was first so; a
 * clock that jumped stops it for a day. On a disk fuller than the policy allows copies that are at the hub go earlier, the
 * oldest first, until it is not. Nothing that is not at the hub ever goes. Each one is written down in the journal.
 */
export function localCopies(options: LocalCopiesOptions): LocalCopies {
  const keeping = new CopyKeeping(options);
  let looking: Promise<void> | null = null;
  return {
    look: () => {
      looking ??= keeping
        .look()
        .catch((cause: unknown) => options.log('warn', `looking after local copies: ${String(cause)}`))
        .finally(() => {
          looking = null;
        });
      return looking;
    },
    settled: async () => {
      await looking;
    },
  };
}

class CopyKeeping {
  readonly #options: LocalCopiesOptions;
  #time: KeptTime | null = null;
  /** The last one that was looked at; empty: the next look begins with the oldest. */
  #lookedAt = '';

  constructor(options: LocalCopiesOptions) {
    this.#options = options;
  }

  async look(): Promise<void> {
    const { ledger, policy, diskShare } = this.#options;
    const time = await this.#tick();
    const names = await ledger.after('confirmed', this.#lookedAt, lookedAtMax);
    // One go after the other walks through all of them, and begins again.
    this.#lookedAt = names.length < lookedAtMax ? '' : (names.at(-1) ?? '');
    const { keepHours, thinAbove } = policy();
    const keptMs = keepHours === null ? Number.POSITIVE_INFINITY : Math.max(keptAtLeastMs, keepHours * 3_600_000);
    const isFull = (margin: number): boolean => thinAbove !== null && diskShare() > thinAbove - margin;
    let isThinning = isFull(0);
    let thinned = 0;
    if (isThinning) this.#lookedAt = '';
    for (const recordingId of names) {
      const known = await this.#counted(recordingId, time);
      if (known === null) continue;
      const isDue = time.ageMs - known.since >= keptMs && time.ageMs >= time.refuseUntilMs;
      isThinning = isThinning && isFull(thinnedBelow);
      if (!isDue && !isThinning) continue;
      if ((await this.#options.isAtHub(recordingId)) !== 'equal') continue;
      await this.#letGo(recordingId, known.record.sha256 ?? '', isDue ? 'kept-long-enough' : 'disk-full');
      if (!isDue) thinned += 1;
    }
    if (thinned > 0) this.#options.tell({ code: 'recordings-let-go', detail: String(thinned) });
  }

  /** Since which age of ours a confirmed copy is kept; one that nobody looked at before is counted from now. */
  async #counted(recordingId: string, time: KeptTime): Promise<{ record: UploadRecord; since: number } | null> {
    const { ledger } = this.#options;
    const known = await ledger.get(recordingId);
    if (known?.queue !== 'confirmed') return null;
    const { queue, ...record } = known;
    if (record.keptSince?.era === time.era) return { record, since: record.keptSince.ageMs };
    const counted = { ...record, keptSince: { era: time.era, ageMs: time.ageMs } };
    await ledger.put(recordingId, queue, counted);
    return { record: counted, since: time.ageMs };
  }

  /**
   * First it is listed as let go, then the file goes, then the journal says so, then it is forgotten: a crash in between
   * is gone on with at the next look, for it still stands as confirmed; the worst is a second line in the journal.
   */
  async #letGo(recordingId: string, sha256: string, reason: 'kept-long-enough' | 'disk-full'): Promise<void> {
    const { directory, removed, ledger, callOf, write, log } = this.#options;
    const callId = await callOf(recordingId);
    await removed.add(recordingId, sha256);
    await rm(join(directory, `${recordingId}.hkrec`), { force: true });
    await removeSidecar(directory, recordingId);
    await syncDirectoryLater(directory);
    write({ kind: 'recording-removed', body: { callId, recordingId, reason, sha256 } });
    await ledger.forget(recordingId);
    log('info', `the local copy of ${recordingId} was let go (${reason}); the hub has it`);
  }

  async #tick(): Promise<KeptTime> {
    const { clock, newId, tell, log } = this.#options;
    const before = this.#time ?? (await this.#readTime());
    const reading = { ...clock(), isSameRun: this.#time !== null };
    if (before === null) return this.#keep(newKeptTime(newId(), reading));
    const { time, jumpedMs } = countOn(before, reading);
    if (jumpedMs !== null) {
      const hours = Math.round(jumpedMs / 3_600_000);
      log('warn', `the clock jumped by ${hours} h: no local copy is removed for a day`);
      tell({ code: 'clock-jumped', detail: `${hours} h` });
    }
    return this.#keep(time);
  }

  /** Written at each look and not synced: what is lost makes copies stay longer. */
  async #keep(time: KeptTime): Promise<KeptTime> {
    this.#time = time;
    const path = this.#timePath();
    await writeFile(`${path}.new`, JSON.stringify(time), { mode: 0o600 });
    await rename(`${path}.new`, path);
    return time;
  }

  async #readTime(): Promise<KeptTime | null> {
    const path = this.#timePath();
    if ((await stat(path).catch(() => null)) === null) return null;
    try {
      return keptTime.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch (cause) {
      this.#options.log('warn', `how long copies were kept can't be read (${String(cause)}): it is counted anew`);
      return null;
    }
  }

  #timePath(): string {
    return join(this.#options.memory, 'kept-time.json');
  }
}
