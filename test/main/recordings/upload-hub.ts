import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as realWait } from 'node:timers/promises';
import { uploadPath } from '../../../core/recording-upload.ts';
import { DurableFileStore } from '../../../hub/recordings/durable-file-store.ts';
import { uploadIntake } from '../../../hub/recordings/upload-intake.ts';
import { encodeState, readState, slotOf } from '../../../hub/recordings/upload-state.ts';
import { startUploads } from '../../../main/recordings/upload.ts';
import { stallMs } from '../../../main/recordings/upload-http.ts';
import { folderLedger, type UploadLedger } from '../../../main/recordings/upload-ledger.ts';
import type { UploadProgress, Uploads, UploadsOptions } from '../../../main/recordings/upload-port.ts';
import { fileUploadSource } from '../../../main/recordings/upload-source.ts';

/** What happens to a request before the hub sees it; true: it was dealt with. */
export type Fault = (
  request: IncomingMessage,
  response: ServerResponse,
  seen: readonly string[],
) => boolean | Promise<boolean>;

/** A real intake in this process, with a place for faults before it, and a seat's folder of recordings. */
export interface UploadHub {
  readonly endpoint: string;
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** `POST 201`: each request that reached the hub or a fault, in order. */
  readonly seen: string[];
  readonly ledger: UploadLedger;
  readonly live: Map<string, number>;
  fault: Fault;
  /** Makes a recording of so many bytes. */
  readonly record: (recordingId: string, bytes: number) => Promise<void>;
  /** Adds to one that is under way. */
  readonly grow: (recordingId: string, bytes: number) => Promise<void>;
  readonly local: (recordingId: string) => Promise<Buffer>;
  /** What the hub has of it, by its upload's address. */
  readonly stored: (recordingId: string) => Promise<Buffer>;
  readonly loseAll: () => Promise<void>;
  /** A bit of what the hub stored of it turns over. */
  readonly spoil: (recordingId: string) => Promise<void>;
  /** The hub forgets the last so many bytes of it. */
  readonly forget: (recordingId: string, bytes: number) => Promise<void>;
  /** A seat's uploads over it. Waits pass at once, on a clock of its own. */
  readonly start: (
    change?: Partial<UploadsOptions>,
  ) => Uploads & { readonly until: (is: (progress: UploadProgress) => boolean) => Promise<void> };
  readonly close: () => Promise<void>;
}

export async function uploadHub(): Promise<UploadHub> {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-upload-'));
  const [stored, recordings] = [join(folder, 'hub'), join(folder, 'recordings')];
  await mkdir(recordings);
  const seen: string[] = [];
  const store = new DurableFileStore({ directory: stored, expirationMs: 3_600_000, watch: null });
  const path = uploadPath;
  const intake = uploadIntake({
    path,
    store,
    sizeMax: 64 * 1024 * 1024,
    onFault: (cause) => {
      throw cause;
    },
  });
  const server = createServer((request, response) => {
    response.once('close', () => seen.push(`${request.method} ${response.headersSent ? response.statusCode : 'cut'}`));
    void (async () => {
      if (!(await hub.fault(request, response, seen))) await intake.handle(request, response, 'seat-1');
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  const ledger = folderLedger(join(folder, 'uploads'));
  const live = new Map<string, number>();
  const source = fileUploadSource({
    directory: recordings,
    syncedBytes: (recordingId) => live.get(recordingId) ?? null,
  });
  const pathOf = (recordingId: string): string => join(recordings, `${recordingId}.hkrec`);
  const agent = new Agent({ keepAlive: true });
  const started: Uploads[] = [];
  const hub: UploadHub = {
    endpoint: `${origin}${path}`,
    origin,
    seen,
    ledger,
    live,
    fault: () => false,
    record: (recordingId, bytes) => writeFile(pathOf(recordingId), randomBytes(bytes)),
    grow: async (recordingId, bytes) => {
      await appendFile(pathOf(recordingId), randomBytes(bytes));
      live.set(recordingId, (live.get(recordingId) ?? 0) + bytes);
    },
    local: (recordingId) => readFile(pathOf(recordingId)),
    stored: (recordingId) => readFile(join(stored, `${nameAtHub(recordingId)}.data`)),
    forget: async (recordingId, bytes) => {
      const path = join(stored, `${nameAtHub(recordingId)}.state`);
      const file = await readFile(path);
      const known = readState(file);
      if (known === null) throw new Error('no state');
      const next = { ...known, sequence: known.sequence + 1, offset: known.offset - bytes };
      encodeState(next).copy(file, slotOf(next.sequence));
      await writeFile(path, file);
    },
    spoil: async (recordingId) => {
      const path = join(stored, `${nameAtHub(recordingId)}.data`);
      const bytes = await readFile(path);
      bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
      await writeFile(path, bytes);
    },
    loseAll: () => rm(stored, { recursive: true }),
    start: (change = {}) => {
      let elapsedMs = 0;
      const watchers = new Set<() => void>();
      const uploads = startUploads({
        ledger,
        source,
        endpoint: hub.endpoint,
        headers: () => ({ Authorization: 'Bearer key' }),
        isVoiceSuffering: () => false,
        now: () => 1_800_000_000_000,
        monotonicMs: () => elapsedMs,
        random: () => 0.5,
        wait: async (ms, signal) => {
          elapsedMs += ms;
          await realWait(1, undefined, { signal }).catch(() => undefined);
        },
        stallMs,
        agent,
        log: () => undefined,
        onChange: () => {
          for (const look of watchers) look();
        },
        ...change,
      });
      started.push(uploads);
      return {
        ...uploads,
        until: (is) =>
          new Promise((resolve) => {
            const look = (): void => {
              if (!is(uploads.progress())) return;
              watchers.delete(look);
              resolve();
            };
            watchers.add(look);
            look();
          }),
      };
    },
    close: async () => {
      for (const one of started) await one.close();
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
  return hub;
}

/** The hub's own name for a recording of this seat. */
function nameAtHub(recordingId: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['seat-1', recordingId]))
    .digest('hex')
    .slice(0, 32);
}
