import type { Agent as HttpAgent } from 'node:http';
import { Upload } from 'tus-js-client';
import { ChunkReader } from './chunk-reader.ts';
import { UploadStalled, uploadHttp, withChecksum } from './upload-http.ts';
import { retryAfterMs } from './upload-schedule.ts';
import type { UploadSource } from './upload-source.ts';

/** What came of sending one recording for a while. */
export type TurnResult =
  /**
   * All is there. `digest` is the hub's SHA-256 of what it stored, hex, or null when it did not say; `sha256` that of what
   * was sent, or null when this turn did not send all of it.
   */
  | { readonly kind: 'sent'; readonly digest: string | null; readonly sha256: string | null }
  /** A recording under way: all that there is so far. */
  | { readonly kind: 'caught-up' }
  /** Somebody wanted a pause. */
  | { readonly kind: 'stopped' }
  /** The hub does not know this upload (any more): it is begun anew. */
  | { readonly kind: 'gone' }
  /** The hub holds more than we ever had: what is there is not this recording. */
  | { readonly kind: 'differs' }
  /** The hub will not take this recording, whenever it is asked. */
  | { readonly kind: 'refused'; readonly status: number }
  /** Nothing against this recording: the way, the hub or our key. Later again, at the same upload. */
  | { readonly kind: 'later'; readonly reason: string; readonly askedMs: number | null };

export interface TurnOptions {
  readonly recordingId: string;
  /** The upload at the hub; null to begin it. */
  readonly url: string | null;
  /** Where uploads are begun. */
  readonly endpoint: string;
  /** The seat's key and the like. */
  readonly headers: Readonly<Record<string, string>>;
  /** Told to the hub with the beginning, beside the recording's id. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly source: UploadSource;
  readonly signal: AbortSignal;
  readonly stallMs: number;
  /** The hub's connections. */
  readonly agent: HttpAgent;
  /** Asked before each chunk. */
  readonly chunkBytes: () => number;
  /** The upload was begun. Its fault is the turn's. */
  readonly onBegun: (url: string) => Promise<void>;
  /** The hub took a chunk: it has so many bytes now. May be lower than before. */
  readonly onChunk: (offset: number) => void;
}

/** Less than this of a recording under way is not worth a request: some seconds of sound. */
const liveBytesMin = 16 * 1024;

/**
 * Sends one recording with tus-js-client, guarded: an upload that was begun is resumed with its own address and nothing
 * else, so no answer to HEAD makes it start from 0 (the library does on 401, 429 and 502 when it is given an endpoint);
 * no retries of its own (they end after four); a watchdog; the offset always from the hub.
 */
export function uploadTurn(options: TurnOptions): Promise<TurnResult> {
  const { source, recordingId, url, signal } = options;
  const http = uploadHttp(options);
  const chunks = new ChunkReader(source, recordingId);
  return new Promise<TurnResult>((resolve) => {
    let isBegun = url !== null;
    let sentBytes = 0;
    let keeping: Promise<void> = Promise.resolve();
    let early: TurnResult | null = null;
    const endEarly = (result: TurnResult): never => {
      early = result;
      throw new Error(result.kind);
    };
    const slice = async (start: number, end: number) => {
      const standing = await source.standing(recordingId);
      if (standing === null) return endEarly({ kind: 'refused', status: 0 });
      const { bytes, isOpen } = standing;
      if (start > bytes) return endEarly({ kind: 'differs' });
      if (isOpen && bytes - start < liveBytesMin) return endEarly({ kind: 'caught-up' });
      const until = Math.min(end, bytes);
      const chunk = await chunks.read(start, until - start);
      if (!isOpen && until < bytes) chunks.readAhead(until, Math.min(bytes - until, options.chunkBytes()));
      sentBytes = until;
      // tus-js-client looks at `size`, as a Blob has it.
      return { value: withChecksum(chunk), done: !isOpen && until === bytes };
    };
    const upload = new Upload(Buffer.alloc(0), {
      ...(url === null ? { endpoint: options.endpoint } : { uploadUrl: url }),
      headers: { ...options.headers },
      metadata: { ...options.metadata, recordingId },
      uploadLengthDeferred: true,
      chunkSize: options.chunkBytes(),
      retryDelays: null,
      storeFingerprintForResuming: false,
      fingerprint: async () => '',
      fileReader: { openFile: async () => ({ size: 0, slice, close: () => undefined }) },
      httpStack: http,
      onBeforeRequest: async (request) => {
        if (request.getMethod() !== 'PATCH' || isBegun) return;
        isBegun = true;
        // Not waited for: asked again, the hub tells the same address.
        keeping = options.onBegun(sameOrigin(request.getURL(), options.endpoint));
        keeping.catch(() => undefined);
      },
      onChunkComplete: (_bytes, offset) => {
        options.onChunk(offset);
        upload.options.chunkSize = options.chunkBytes();
      },
      onSuccess: ({ lastResponse }) =>
        settle({
          kind: 'sent',
          digest: readDigest(lastResponse.getHeader('repr-digest')),
          sha256: chunks.wholeSha256(sentBytes),
        }),
      onError: (error) => settle(early ?? readFailure(error, url !== null || isBegun)),
    });
    const stop = (): void => {
      void upload.abort();
      settle({ kind: 'stopped' });
    };
    const settle = (result: TurnResult): void => {
      signal.removeEventListener('abort', stop);
      resolve(keeping.then(() => result));
    };
    if (signal.aborted) return settle({ kind: 'stopped' });
    signal.addEventListener('abort', stop, { once: true });
    if (url === null) void aheadOfBeginning(source, recordingId, chunks, options.chunkBytes());
    upload.start();
  });
}

/** The first chunk is read while the hub makes the upload. */
async function aheadOfBeginning(
  source: UploadSource,
  recordingId: string,
  chunks: ChunkReader,
  chunkBytes: number,
): Promise<void> {
  const standing = await source.standing(recordingId).catch(() => null);
  if (standing !== null && !standing.isOpen) chunks.readAhead(0, Math.min(chunkBytes, standing.bytes));
}

/** What the hub says of an upload: its SHA-256 of what it stored, hex, or that it does not know it, or nothing useful. */
export type HubCopy =
  | { readonly kind: 'known'; readonly sha256: string }
  | { readonly kind: 'lost' }
  | { readonly kind: 'away' };

/** What a single request to the hub needs. */
export type HubAsking = Pick<TurnOptions, 'headers' | 'stallMs' | 'agent'>;

/** Asks the hub for what it stored; the hub reads and hashes it just then (RFC 9530, Want-Repr-Digest). Rejects when it can't be asked. */
export async function askDigest(url: string, asking: HubAsking): Promise<HubCopy> {
  const headers = { ...asking.headers, 'Want-Repr-Digest': 'sha-256=10' };
  const answer = await askOnce('HEAD', url, { ...asking, headers });
  // What does not speak tus is a proxy or a captive portal.
  if (answer.getHeader('tus-resumable') === undefined) return { kind: 'away' };
  const status = answer.getStatus();
  if (status === 404 || status === 410) return { kind: 'lost' };
  if (status !== 200) return { kind: 'away' };
  const sha256 = readDigest(answer.getHeader('repr-digest'));
  return sha256 === null ? { kind: 'lost' } : { kind: 'known', sha256 };
}

/** Has the hub forget an upload; one it does not know is forgotten already. Rejects when it can't be asked. */
export async function removeUpload(url: string, asking: HubAsking): Promise<void> {
  const status = (await askOnce('DELETE', url, asking)).getStatus();
  if (status !== 204 && status !== 404 && status !== 410) throw new Error(`the hub answered ${status}`);
}

async function askOnce(method: string, url: string, asking: HubAsking): Promise<TusAnswer> {
  const request = uploadHttp(asking).createRequest(method, url);
  for (const [name, value] of Object.entries({ 'Tus-Resumable': '1.0.0', ...asking.headers }))
    request.setHeader(name, value);
  return request.send(null);
}

/** `sha-256=:base64:` (RFC 9530); null for anything else. */
function readDigest(header: string | undefined): string | null {
  const [, text] = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header ?? '') ?? [];
  return text === undefined ? null : Buffer.from(text, 'base64').toString('hex');
}

/** Our key goes to the hub and nobody else, whatever address an answer names. */
function sameOrigin(url: string, endpoint: string): string {
  if (new URL(url).origin !== new URL(endpoint).origin) throw new Error('the hub named an address that is not its own');
  return url;
}

function readFailure(error: Error, isResumed: boolean): TurnResult {
  const answer = 'originalResponse' in error ? (error.originalResponse as TusAnswer | null) : null;
  const status = answer?.getStatus() ?? 0;
  const isStall = 'causingError' in error && error.causingError instanceof UploadStalled;
  const silence = isStall ? 'nothing moved any more' : 'the hub does not answer';
  const reason = status === 0 ? silence : `the hub answered ${status}`;
  const later = {
    kind: 'later',
    reason,
    askedMs: retryAfterMs(answer?.getHeader('retry-after'), Date.now()),
  } as const;
  // What does not speak tus is a proxy or a captive portal: it knows nothing of our uploads.
  if (answer?.getHeader('tus-resumable') === undefined) return later;
  if (status === 404 || status === 410) {
    if (isResumed) return { kind: 'gone' };
    // A recording that was erased at the hub is never taken again; the seat is told so elsewhere and destroys its own.
    return status === 410 ? { kind: 'refused', status } : later;
  }
  const isAboutThis = status === 400 || status === 413 || status === 415;
  return isAboutThis ? { kind: 'refused', status } : later;
}

interface TusAnswer {
  readonly getStatus: () => number;
  readonly getHeader: (name: string) => string | undefined;
}
