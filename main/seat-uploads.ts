import { mkdir, opendir, rm, stat, writeFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { PhoneReport } from '../core/console-api.ts';
import { type RecordingPlace, type UploadsView, uploadsOff } from '../core/hub-view.ts';
import type { JournalFact } from '../core/journal.ts';
import type { Notice } from '../core/notice.ts';
import { type UploadMetadata, uploadPath } from '../core/recording-upload.ts';
import type { LocalCopyPolicy } from '../core/settings.ts';
import { type LocalCopies, localCopies } from './recordings/local-copies.ts';
import { diskShare } from './recordings/recording-room.ts';
import { removedCopies } from './recordings/removed-copies.ts';
import { sealedSource } from './recordings/sealed-source.ts';
import { startUploads } from './recordings/upload.ts';
import { stallMs } from './recordings/upload-http.ts';
import { folderLedger, type UploadLedger } from './recordings/upload-ledger.ts';
import { UploadPace } from './recordings/upload-pace.ts';
import type { UploadProgress, Uploads } from './recordings/upload-port.ts';
import { fileUploadSource } from './recordings/upload-source.ts';
import { UploadStrain } from './recordings/upload-strain.ts';
import type { Log, RecordingVault } from './seat-ports.ts';
import type { HubLink } from './sync/hub-link.ts';

/** What uploads need of a hub: its connections, its name and the seat's key. */
export type UploadLink = Pick<HubLink, 'address' | 'hubId' | 'keyHeader' | 'agent'> & {
  /** A recording's own key wrapped for this hub (recording/hub-wrap.ts); null when the seat has no key of the hub yet. */
  readonly wrapOf?: (recordingId: string) => Promise<string | null>;
};

/** What uploads need of the seat. */
export interface SeatUploadsPorts {
  readonly vault: Pick<RecordingVault, 'directory' | 'syncedBytes' | 'about' | 'end'>;
  /** The folder of the profile; what is known of uploads is kept in `uploads` below it. */
  readonly directory: string;
  /** Whether sound of it may still come. */
  readonly isLive: (recordingId: string) => boolean;
  readonly policy: () => LocalCopyPolicy;
  /** Not null while the profile's own disk takes nothing: sound lies elsewhere then and comes home before it is sent. */
  readonly standIn?: object | null;
  /** How full the disk is, 0..1; the profile's own unless a test says it. */
  readonly diskShare?: () => number;
  /** In [0, 1), for what is spread over time. */
  readonly random?: () => number;
  readonly write: (fact: JournalFact) => void;
  readonly tell: (notice: Notice) => void;
  /** The view of uploads is another one: a few times a second at most. */
  readonly changed: () => void;
  readonly newId: () => string;
  readonly log: Log;
}

/** How often copies are looked after, in milliseconds. */
const copiesEachMs = 60_000;

/** The recordings of a seat on their way to its hub, and its own copies of those that are there. */
export interface SeatUploads {
  /** The seat belongs to this hub from now on; what it has and the hub has not is sent. Ends what was joined before. */
  join(link: UploadLink): Promise<void>;
  /** The seat belongs to no hub (any more). Recordings stay where they are. */
  leave(): Promise<void>;
  /** A recording was begun, grew, or ended. */
  offer(recordingId: string): void;
  /** What the phone page says: how calls are, and whether the network is back. */
  heard(report: PhoneReport): void;
  networkBack(): void;
  /** Whether a call's road is worse than it was, by what was heard of it. */
  isVoiceSuffering(): boolean;
  /** Kept over restarts. */
  setPaused(isPaused: boolean): Promise<void>;
  retry(recordingId: string): Promise<void>;
  /** It was erased at the hub and destroyed here: written down, and never sent. Rejects when the disk does not take it. */
  erased(recording: { readonly recordingId: string; readonly callId: string }): Promise<void>;
  view(): UploadsView;
  /** Where each stands; one that nobody knows is left out. */
  places(recordingIds: readonly string[]): Promise<RecordingPlace[]>;
  /** Looks after the copies now instead of within a minute. */
  lookAfterCopies(): Promise<void>;
  close(): Promise<void>;
}

export function seatUploads(ports: SeatUploadsPorts): SeatUploads {
  return new RunningUploads(ports);
}

/** What belongs to one hub. */
interface Joined {
  readonly uploads: Uploads;
  readonly ledger: UploadLedger;
  readonly copies: LocalCopies;
  readonly timer: NodeJS.Timeout;
  /** Ends when every recording of before is known to be waiting. */
  readonly noted: Promise<void>;
  readonly leaving: AbortController;
}

class RunningUploads implements SeatUploads {
  readonly #ports: SeatUploadsPorts;
  readonly #strain = new UploadStrain();
  readonly #pace: UploadPace;
  readonly #memory: string;
  #joined: Joined | null = null;
  #shown: UploadProgress['state'] | null = null;
  #isSignallingUp = true;

  constructor(ports: SeatUploadsPorts) {
    this.#ports = ports;
    this.#pace = new UploadPace(ports.changed);
    this.#memory = join(ports.directory, 'uploads');
  }

  async join(link: UploadLink): Promise<void> {
    await this.leave();
    const { vault, isLive, log, standIn = null } = this.#ports;
    if (standIn !== null) return;
    await mkdir(this.#memory, { recursive: true, mode: 0o700 });
    // What one hub confirmed says nothing about another.
    const ledger = folderLedger(join(this.#memory, folderOf(link.hubId)));
    const source = sealedSource(fileUploadSource(vault), {
      isLive,
      syncedBytes: (recordingId) => vault.syncedBytes(recordingId),
      seal: (recordingId) => vault.end(recordingId),
    });
    const uploads = startUploads({
      ledger,
      source,
      endpoint: `${link.address}${uploadPath}`,
      headers: () => link.keyHeader(),
      agent: link.agent,
      isVoiceSuffering: () => this.isVoiceSuffering(),
      now: Date.now,
      monotonicMs: () => performance.now(),
      random: this.#ports.random ?? Math.random,
      wait: (ms, signal) => delay(ms, undefined, { signal, ref: false }).catch(() => undefined),
      stallMs,
      log,
      onChange: ({ state }) => this.#changed(state),
      metadataOf: (recordingId) => this.#metadataOf(recordingId, link),
    });
    if (await isThere(this.#pausePath())) uploads.pause();
    const copies = this.#copiesOf(ledger, uploads);
    const timer = setInterval(() => void copies.look(), copiesEachMs);
    timer.unref();
    const leaving = new AbortController();
    const noted = this.#note(ledger, uploads, leaving.signal);
    this.#joined = { uploads, ledger, copies, timer, noted, leaving };
    this.#changed(uploads.progress().state);
  }

  async leave(): Promise<void> {
    const joined = this.#joined;
    if (joined === null) return;
    this.#joined = null;
    clearInterval(joined.timer);
    joined.leaving.abort();
    await joined.noted;
    await joined.uploads.close();
    await joined.copies.settled();
    this.#shown = null;
    this.#pace.changed(true);
  }

  offer(recordingId: string): void {
    this.#joined?.uploads.offer(recordingId).catch((cause: unknown) => {
      // It is found again at the next start; the sound itself is safe on the disk.
      this.#ports.log('warn', `noting that ${recordingId} waits: ${String(cause)}`);
    });
  }

  heard(report: PhoneReport): void {
    switch (report.kind) {
      case 'quality':
        this.#strain.heard(report.callId, report.report, performance.now());
        return;
      case 'call':
        if (report.event.kind === 'ended') this.#strain.ended(report.callId);
        return;
      case 'signalling': {
        const isUp = report.state === 'registered';
        if (isUp && !this.#isSignallingUp) this.networkBack();
        this.#isSignallingUp = isUp || report.state === 'practice';
        return;
      }
      default:
        return;
    }
  }

  networkBack(): void {
    this.#joined?.uploads.networkBack();
  }

  isVoiceSuffering(): boolean {
    return this.#strain.isStrained(performance.now());
  }

  async setPaused(isPaused: boolean): Promise<void> {
    if (isPaused) {
      await mkdir(this.#memory, { recursive: true, mode: 0o700 });
      await writeFile(this.#pausePath(), '', { mode: 0o600 });
      this.#joined?.uploads.pause();
    } else {
      await rm(this.#pausePath(), { force: true });
      this.#joined?.uploads.resume();
    }
  }

  async retry(recordingId: string): Promise<void> {
    await this.#joined?.uploads.retry(recordingId);
  }

  async erased({ recordingId, callId }: { readonly recordingId: string; readonly callId: string }): Promise<void> {
    await this.#erased().add(recordingId, noHash);
    this.#ports.write({ kind: 'recording-removed', body: { callId, recordingId, reason: 'erased', sha256: '' } });
    await this.#joined?.ledger.forget(recordingId);
    this.#ports.changed();
  }

  view(): UploadsView {
    return this.#joined?.uploads.progress() ?? uploadsOff;
  }

  async places(recordingIds: readonly string[]): Promise<RecordingPlace[]> {
    const removed = await this.#removed().among(recordingIds);
    const erased = await this.#erased().among(recordingIds);
    const places = await Promise.all(
      recordingIds.map(
        async (recordingId): Promise<RecordingPlace | null> =>
          erased.has(recordingId)
            ? { recordingId, state: 'erased', sentShare: 0 }
            : this.#placeOf(recordingId, removed.has(recordingId)),
      ),
    );
    return places.filter((place) => place !== null);
  }

  async lookAfterCopies(): Promise<void> {
    await this.#joined?.copies.look();
  }

  async close(): Promise<void> {
    await this.leave();
    this.#pace.stop();
  }

  async #placeOf(recordingId: string, isRemoved: boolean): Promise<RecordingPlace | null> {
    const known = (await this.#joined?.uploads.progressOf(recordingId)) ?? null;
    const current = this.#joined?.uploads.progress().current ?? null;
    const found = await stat(this.#pathOf(recordingId)).catch(() => null);
    if (known?.queue === 'confirmed') return { recordingId, state: 'at-hub', sentShare: 1 };
    if (found === null) return isRemoved ? { recordingId, state: 'removed', sentShare: 1 } : null;
    if (known === null) return { recordingId, state: 'here', sentShare: 0 };
    const isCurrent = current?.recordingId === recordingId;
    const sentShare = shareOf(isCurrent ? current.sentBytes : known.sentBytes, found.size);
    if (known.queue === 'set-aside') return { recordingId, state: 'set-aside', sentShare };
    return { recordingId, state: isCurrent ? 'sending' : 'waiting', sentShare };
  }

  #copiesOf(ledger: UploadLedger, uploads: Uploads): LocalCopies {
    const { vault, directory, policy, newId, write, tell, log } = this.#ports;
    return localCopies({
      directory: vault.directory,
      memory: this.#memory,
      ledger,
      removed: this.#removed(),
      isAtHub: uploads.isAtHub,
      policy,
      diskShare: this.#ports.diskShare ?? (() => diskShare(directory)),
      clock: () => ({ uptimeMs: uptime() * 1_000, wallAt: Date.now() }),
      newId,
      callOf: async (recordingId) => (await vault.about(recordingId))?.callId ?? '',
      write,
      tell,
      log,
    });
  }

  async #metadataOf(recordingId: string, { wrapOf }: UploadLink): Promise<Readonly<Record<string, string>>> {
    const about = await this.#ports.vault.about(recordingId);
    const key = (await wrapOf?.(recordingId)) ?? null;
    const told: Omit<UploadMetadata, 'recordingId'> = {
      callId: about?.callId ?? '',
      startedAt: String(about?.startedAt ?? 0),
      ...(key === null ? {} : { key }),
    };
    return { ...told };
  }

  /** Recordings of before: made without a hub, or left by a crash. */
  async #note(ledger: UploadLedger, uploads: Uploads, signal: AbortSignal): Promise<void> {
    try {
      let last: string | null = null;
      for await (const { name } of await opendir(this.#ports.vault.directory)) {
        if (signal.aborted) return;
        const [, recordingId] = /^([A-Za-z0-9][A-Za-z0-9-]{0,63})\.hkrec$/.exec(name) ?? [];
        if (recordingId === undefined || (await ledger.has(recordingId))) continue;
        await ledger.note(recordingId);
        last = recordingId;
      }
      if (last !== null) await uploads.offer(last);
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return;
      this.#ports.log('warn', `looking for recordings that wait: ${String(cause)}`);
    }
  }

  #changed(state: UploadProgress['state']): void {
    const isUrgent = state !== this.#shown;
    this.#shown = state;
    this.#pace.changed(isUrgent);
  }

  #removed() {
    return removedCopies(join(this.#memory, 'removed'));
  }

  #erased() {
    return removedCopies(join(this.#memory, 'erased'));
  }

  #pausePath(): string {
    return join(this.#memory, 'paused');
  }

  #pathOf(recordingId: string): string {
    return join(this.#ports.vault.directory, `${/^[A-Za-z0-9-]{1,64}$/.test(recordingId) ? recordingId : '-'}.hkrec`);
  }
}

function shareOf(sentBytes: number, bytes: number): number {
  return bytes === 0 ? 0 : Math.min(1, sentBytes / bytes);
}

/** What stands where the hash of a copy would: there is none any more, here or at the hub. */
const noHash = '0'.repeat(64);

/** A hub's name as a folder's. */
function folderOf(hubId: string): string {
  return `hub-${hubId.replaceAll(/[^A-Za-z0-9-]/g, '_')}`;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
