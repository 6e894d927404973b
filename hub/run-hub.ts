import { uploadPath } from '../core/recording-upload.ts';
import { type DatabasePlace, openDatabase } from './database/open-database.ts';
import type { QueryWatch } from './database/watch.ts';
import type { HubParts } from './hub-parts.ts';
import { hubRecordings } from './hub-recordings.ts';
import { openRecordingStore, placeBeside, type RecordingPlace } from './recordings/recording-place.ts';
import type { RecordingStore } from './recordings/recording-store.ts';
import { uploadIntake } from './recordings/upload-intake.ts';
import { isErasingStopped } from './retention/retention-clock.ts';
import { httpServer } from './serve/http-server.ts';
import type { HubLog } from './serve/log.ts';
import { hubMetrics } from './serve/metrics.ts';

export interface RunHubOptions {
  readonly place: DatabasePlace;
  /** 127.0.0.1 unless somebody chose otherwise. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly isBehindProxy: boolean;
  readonly log: HubLog;
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  /** A name for the hub if its database is new: a UUID. */
  readonly newHubId: string;
  /** Where recordings go; without it beside the SQLite file, or nowhere on PostgreSQL. */
  readonly recordings?: RecordingPlace | null;
  /** The file whose secret seals the hub's private keys; without it they lie open in the database. */
  readonly recordingKeyFile?: string | null;
  /** Told of each statement, beside the metrics; null for nobody. */
  readonly watch: QueryWatch | null;
}

/** A hub that answers. */
export interface RunningHub {
  readonly url: string;
  readonly parts: HubParts;
  /** Answers what was asked, then closes. A client that does not read its answer is not waited for beyond `stopMaxMs`. */
  readonly stop: () => Promise<void>;
}

/** The largest recording: a day of stereo sound is some 600 MB. */
const recordingBytesMax = 4 * 1024 * 1024 * 1024;
/** How often recordings are looked after: what a crash left unwritten, and what is past its date; in milliseconds. */
const sweepMs = 3_600_000;
/** The first time so long after the start: whoever waited for the hub comes first. */
const firstSweepMs = 30_000;
/** How long answers under way are waited for. */
const stopMaxMs = 10_000;

/** Starts a hub. Rejects when the database can't be used or the address is taken. */
export async function runHub(options: RunHubOptions): Promise<RunningHub> {
  const { log, now, random, watch } = options;
  const metrics = hubMetrics(
    async () => {
      const { count } = await database.tables
        .selectFrom('seat')
        .select((expression) => expression.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    () => isErasingStopped(database.tables),
  );
  const database = await openDatabase(options.place, {
    hubId: options.newHubId,
    watch: (statement) => {
      metrics.statement(statement);
      watch?.(statement);
    },
    onLost: (cause) => log.warn({ err: cause }, 'a connection to the database was lost'),
  });
  const parts: HubParts = { database, now, random };
  try {
    const recordings = options.recordings ?? placeBeside(options.place);
    const store = recordings === null ? null : await openRecordingStore(recordings);
    const house = await openHouse(options, parts, store);
    const { isBehindProxy } = options;
    const { fastify, beginStop } = await httpServer(parts, { log, metrics, isBehindProxy, ...house });
    let swept: Promise<void> = Promise.resolve();
    const sweep = (): void => {
      swept = swept.then(house.recordings.sweep);
    };
    const timers = [setTimeout(sweep, firstSweepMs), setInterval(sweep, sweepMs)];
    for (const timer of timers) timer.unref();
    const url = await fastify.listen({ host: options.host, port: options.port });
    log.info({ database: database.kind, port: Number(new URL(url).port) }, 'listening');
    const stop = async (): Promise<void> => {
      log.info('stopping');
      for (const timer of timers) clearTimeout(timer);
      beginStop();
      const late = setTimeout(() => fastify.server.closeAllConnections(), stopMaxMs);
      await fastify.close();
      clearTimeout(late);
      await swept;
      house.recordings.close();
      await database.close();
      log.info('stopped');
    };
    let stopped: Promise<void> | null = null;
    return {
      url,
      parts,
      stop: () => {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (cause) {
    await database.close();
    throw cause;
  }
}

/** What takes recordings, and what works with them. */
async function openHouse(
  { log, recordingKeyFile = null }: RunHubOptions,
  parts: HubParts,
  store: RecordingStore | null,
) {
  const recordings = await hubRecordings(parts, {
    store,
    keyFile: recordingKeyFile,
    monotonicMs: () => performance.now(),
    onFault: (cause) => log.error({ err: cause }, 'work on recordings failed'),
    onStopped: () => log.warn('nothing is erased by date: the wall clock jumped, and nobody has said that it is right'),
  });
  const onFault = (cause: unknown): void => log.error({ err: cause }, 'an upload failed');
  const { register } = recordings;
  if (store === null || register === null) return { recordings, uploads: null };
  const uploads = uploadIntake({ path: uploadPath, store, sizeMax: recordingBytesMax, onFault, register });
  return { recordings, uploads };
}
