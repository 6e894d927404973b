import { createHash } from 'node:crypto';
import { type ClientRequest, type Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client';
import type { ReadChunk } from './chunk-reader.ts';

/** A request on which nothing moves for so long is ended, in milliseconds. tus-js-client itself waits for ever. */
export const stallMs = 20_000;

/**
 * A body is handed to the system in so many slices, so that one that moves is told from one that stands; chunks are as
 * large as the road is quick (upload-schedule.ts), and so are slices, within these bytes.
 */
const slicesOfBody = 64;
const sliceBytesMin = 16 * 1024;
const sliceBytesMax = 256 * 1024;
/** An answer of the hub has no body to speak of; more is not read. */
const answerBytesMax = 64 * 1024;

/** A chunk as tus-js-client hands it on: with the `size` that a Blob has, and the hash that was made while it was read. */
export function withChecksum({
  bytes,
  sha256,
}: ReadChunk): Buffer & { readonly size: number; readonly sha256: string } {
  return Object.assign(bytes, { size: bytes.length, sha256 });
}

/** Nothing moved for too long. */
export class UploadStalled extends Error {
  override readonly name = 'UploadStalled';
}

export interface UploadHttpOptions {
  /** Milliseconds; `stallMs` but in tests. */
  readonly stallMs: number;
  /** The hub's connections, which know its certificate; kept open from one request to the next. */
  readonly agent: HttpAgent;
}

/**
 * HTTP for tus-js-client, one for each turn of an upload. Bodies carry their length and SHA-256 (`Upload-Checksum`); a
 * length the hub has told is not told to it again, which it would refuse.
 */
export function uploadHttp({ stallMs: limitMs, agent }: UploadHttpOptions): HttpStack {
  let lengthAtHub: string | null = null;
  return {
    getName: () => 'HooklineUploadHttp',
    createRequest: (method, url): HttpRequest => {
      const headers: Record<string, string> = {};
      let onProgress: (bytes: number) => void = () => undefined;
      let sending: ClientRequest | null = null;
      return {
        getMethod: () => method,
        getURL: () => url,
        setHeader: (name, value) => {
          if (method === 'PATCH' && name === 'Upload-Length' && value === lengthAtHub) return;
          headers[name] = value;
        },
        getHeader: (name) => headers[name],
        setProgressHandler: (handler) => {
          onProgress = handler;
        },
        getUnderlyingObject: () => sending,
        abort: async () => {
          sending?.destroy();
        },
        send: async (body: unknown) => {
          const bytes = body instanceof Uint8Array ? body : null;
          if (bytes !== null) headers['Content-Length'] = String(bytes.length);
          if (bytes !== null && bytes.length > 0) headers['Upload-Checksum'] = `sha256 ${sha256Of(bytes)}`;
          const begin = (): Promise<HttpResponse> => {
            sending = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, { method, headers, agent });
            return answered(sending, bytes, limitMs, (done) => onProgress(done));
          };
          const answer = await begin().catch((cause: unknown) => {
            // A kept connection that the hub closed just then: it heard nothing of this request, or takes it twice in peace.
            if (sending?.reusedSocket === true && isReset(cause)) return begin();
            throw cause;
          });
          if (method === 'HEAD') lengthAtHub = answer.getHeader('upload-length') ?? null;
          return answer;
        },
      };
    },
  };
}

function answered(
  request: ClientRequest,
  body: Uint8Array | null,
  limitMs: number,
  onProgress: (bytes: number) => void,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const stall = (): void => {
      request.destroy(new UploadStalled(`nothing moved for ${limitMs} ms`));
    };
    let watch = setTimeout(stall, limitMs);
    const moved = (): void => {
      clearTimeout(watch);
      watch = setTimeout(stall, limitMs);
    };
    request.once('close', () => {
      clearTimeout(watch);
      // After an answer or an error this changes nothing; alone it means that somebody ended the request.
      reject(new Error('the request was ended'));
    });
    request.once('error', reject);
    request.once('response', (answer) => {
      moved();
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (piece: string) => {
        moved();
        if (text.length < answerBytesMax) text += piece;
      });
      answer.once('error', reject);
      answer.once('end', () => resolve(asResponse(answer, text)));
    });
    const sliceBytes = Math.min(sliceBytesMax, Math.max(sliceBytesMin, Math.ceil((body?.length ?? 0) / slicesOfBody)));
    const write = (offset: number): void => {
      if (body === null || offset >= body.length) {
        request.end();
        return;
      }
      const end = Math.min(body.length, offset + sliceBytes);
      request.write(body.subarray(offset, end), (failed) => {
        if (failed !== null && failed !== undefined) return;
        moved();
        onProgress(end);
        write(end);
      });
    };
    write(0);
  });
}

/** Base64. */
function sha256Of(bytes: Uint8Array): string {
  if ('sha256' in bytes && typeof bytes.sha256 === 'string') return bytes.sha256;
  return createHash('sha256').update(bytes).digest('base64');
}

function isReset(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE');
}

function asResponse(answer: IncomingMessage, text: string): HttpResponse {
  return {
    getStatus: () => answer.statusCode ?? 0,
    getHeader: (name) => {
      const value = answer.headers[name.toLowerCase()];
      // tus-js-client asks for headers that are not there, and its types say they are strings.
      return (Array.isArray(value) ? value.join(', ') : value) as string;
    },
    getBody: () => text,
    getUnderlyingObject: () => answer,
  };
}
