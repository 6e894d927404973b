import { type ClientRequest, type Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { feedWaitMsMax } from '../../core/hub-shared-records-api.ts';
import { retryAfterMs } from '../recordings/upload-schedule.ts';

/** No answer of the hub: nothing is known of what became of the request. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** How long whoever answered in its place asked us to wait, in milliseconds. */
  readonly askedMs: number | null;
  /** What it answered; null: nothing. */
  readonly status: number | null;

  constructor(
    detail: string,
    { askedMs = null, status = null, cause }: { askedMs?: number | null; status?: number | null; cause?: unknown } = {},
  ) {
    super(detail, { cause });
    this.askedMs = askedMs;
    this.status = status;
  }
}

/** A request on which nothing moves for so long is ended, in milliseconds: the way is gone and nobody told us. */
export const stallMs = 20_000;
/** A request is ended after so long however it moves, in milliseconds: a way that slow takes small pushes only. */
const wholeMs = 180_000;
/** The longest answer that is read: a page of 100 records of 64 Ki characters, each three bytes long. */
const answerBytesMax = 24 * 1024 * 1024;
/** How much is handed to the system at a time, so that a body that moves is told from one that stands. */
const sliceBytes = 16 * 1024;

/** How oRPC's client sends; the last word of `path` is the procedure's name. */
export type HubFetch = (
  request: Request,
  init: unknown,
  options: unknown,
  path: readonly string[],
) => Promise<Response>;

export interface HubFetchOptions {
  readonly agent: HttpAgent;
  /** Milliseconds; `stallMs` but in tests. */
  readonly stallMs: number;
  /** Wall-clock milliseconds, for a Retry-After that is a date. */
  readonly now: () => number;
}

/**
 * One request with `node:http`, whose connections know our pins, as oRPC's client wants it. Every wait of it has an end.
 * Throws `NoAnswer` when nothing came, when it was too slow, or when whoever answered is not the hub or has no time
 * (redirections, 429, 502 to 504).
 */
export function hubFetch({ agent, stallMs: limitMs, now }: HubFetchOptions): HubFetch {
  return async (request, _init, _options, path) => {
    const body = new Uint8Array(await request.arrayBuffer());
    const headers = { ...Object.fromEntries(request.headers), 'content-length': String(body.length) };
    const { url, method, signal } = request;
    signal.throwIfAborted();
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const sending = send(url, { method, headers, agent });
    // The feed is waited for: the hub says nothing while there is nothing.
    const waitedMs = path.at(-1) === 'feed' ? feedWaitMsMax : 0;
    const answer = await answered(sending, body, limitMs + waitedMs, signal);
    return requireHub(answer, now());
  };
}

/** The answer, unless whoever gave it is not the hub or has no time (redirections, 429, 502 to 504): then throws `NoAnswer`. */
export function requireHub(answer: Response, at: number): Response {
  const { status } = answer;
  const askedMs = retryAfterMs(answer.headers.get('retry-after') ?? undefined, at);
  if (status === 429 || (status >= 502 && status <= 504)) throw new NoAnswer(`HTTP ${status}`, { askedMs, status });
  if (status >= 300 && status < 400) throw new NoAnswer(`HTTP ${status}: somebody else answers there`, { status });
  // A refusal that is no JSON is not the hub's: its status is all that can be used of it.
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
  return status >= 400 && !isJson ? new Response(null, { status }) : answer;
}

function answered(request: ClientRequest, body: Uint8Array, limitMs: number, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const end = (detail: string): void => void request.destroy(new NoAnswer(detail));
    const whole = setTimeout(() => end(`not done in ${wholeMs} ms`), wholeMs);
    let watch: NodeJS.Timeout | undefined;
    const moved = (): void => {
      clearTimeout(watch);
      watch = setTimeout(() => end(`nothing moved for ${limitMs} ms`), limitMs);
    };
    const stop = (): void => void request.destroy();
    signal.addEventListener('abort', stop);
    moved();
    request.once('close', () => {
      clearTimeout(whole);
      clearTimeout(watch);
      signal.removeEventListener('abort', stop);
      // After an answer or an error this changes nothing; alone it means that somebody ended the request.
      reject(signal.aborted ? signal.reason : new NoAnswer('the connection was closed'));
    });
    request.once('error', (cause) =>
      reject(cause instanceof NoAnswer ? cause : new NoAnswer(wordsOf(cause), { cause })),
    );
    request.once('response', (answer) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (piece: Buffer) => {
        moved();
        bytes += piece.length;
        if (bytes > answerBytesMax) end(`an answer of over ${answerBytesMax} bytes`);
        else pieces.push(piece);
      });
      answer.once('error', (cause) => reject(new NoAnswer(wordsOf(cause), { cause })));
      answer.once('end', () => {
        const status = answer.statusCode ?? 0;
        if (!answer.complete) reject(new NoAnswer('the answer was cut off'));
        // What `Response` can't hold is no answer of a hub.
        else if (status < 200 || status > 599) reject(new NoAnswer(`HTTP ${status}`, { status }));
        else resolve(asResponse(answer, status, Buffer.concat(pieces)));
      });
    });
    write(request, body, moved);
  });
}

/** Piece by piece: `moved` is told each time the system took one. */
function write(request: ClientRequest, body: Uint8Array, moved: () => void, offset = 0): void {
  if (offset >= body.length) {
    request.end();
    return;
  }
  request.write(body.subarray(offset, offset + sliceBytes), (failed) => {
    if (failed !== null && failed !== undefined) return;
    moved();
    write(request, body, moved, offset + sliceBytes);
  });
}

function asResponse(answer: IncomingMessage, status: number, body: Buffer): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers))
    for (const each of [value ?? []].flat()) headers.append(name, each);
  // These have no body by their definition, and `Response` refuses one.
  const isEmpty = status === 204 || status === 205 || status === 304;
  return new Response(isEmpty ? null : new Uint8Array(body), { status, headers });
}

function wordsOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause ? `${String(cause.code)}: ${cause.message}` : cause.message;
}
