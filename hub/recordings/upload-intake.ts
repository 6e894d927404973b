import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server } from '@tus/server';
import type { UploadMetadata } from '../../core/recording-upload.ts';
import { inTurn } from './in-turn.ts';
import type { RecordingRegister } from './recording-register.ts';
import { ownerKey, type RecordingStore, uploadId } from './recording-store.ts';
import { takeHead } from './take-head.ts';
import { BodyCut, exposedHeaders, reprDigest, takePatch } from './take-patch.ts';
import { drainMs, uploadLocks } from './upload-lock.ts';
import {
  checksumAlgorithms,
  type ExpectedChecksum,
  inRequest,
  readChecksum,
  requestOwner,
  UploadRefusal,
} from './upload-request.ts';

/** The only version of tus there is. */
const tusVersion = '1.0.0';
/** Under which key of the metadata a seat says which recording it is (core/recording-upload.ts). */
const recordingIdKey = 'recordingId' satisfies keyof UploadMetadata;
const methods = ['POST', 'HEAD', 'PATCH', 'OPTIONS', 'DELETE'] as const;

export interface UploadIntakeOptions {
  /** Where uploads are: `/recordings/uploads`. */
  readonly path: string;
  readonly store: RecordingStore;
  /** Bytes of the largest recording taken. */
  readonly sizeMax: number;
  /** A request failed by the hub's own fault. */
  readonly onFault: (cause: unknown) => void;
  /** Told of each upload; nobody by default. */
  readonly register?: RecordingRegister;
}

/** Where recordings come in. */
export interface UploadIntake {
  /** Answers one request of `path` or below. `owner` is the seat that was let in. */
  readonly handle: (request: IncomingMessage, response: ServerResponse, owner: string) => Promise<void>;
}

/**
 * tus 1.0 over a recording store: creation (also with deferred length or with a body), checksum, expiration, termination.
 * @tus/server does the protocol but for PATCH and HEAD (take-patch.ts, take-head.ts); mended here, each with its row in test/hub/recordings/tus-table.test.ts: 412 with
 * Tus-Version, 415, X-HTTP-Method-Override, 423 for a second writer, checksums, a length that is told again, a finished
 * upload that takes nothing more. A seat that names its recording gets one upload for it, however often it asks; `Repr-Digest` (RFC 9530) is the
 * SHA-256 of the stored bytes, told with the last PATCH and with each HEAD once the upload is complete; a HEAD with
 * `Want-Repr-Digest: sha-256=10` has them read and hashed anew.
 */
export function uploadIntake({ path, store, sizeMax, onFault, register }: UploadIntakeOptions): UploadIntake {
  const lockFor = uploadLocks();
  /** The bytes are durable whatever becomes of the register: what it missed it finds by itself. */
  const onWhole = async (id: string, bytes: number, sha256: string): Promise<void> =>
    register?.finished({ uploadId: id, bytes, sha256 }).catch(onFault);
  const oneByOne = inTurn();
  const verify = (id: string): Promise<string | null> => oneByOne('verify', () => store.verify(id));
  const server = new Server({
    path,
    datastore: store,
    maxSize: sizeMax,
    relativeLocation: true,
    locker: (request) => lockFor(request.method),
    lockDrainTimeout: drainMs,
    allowedHeaders: ['Upload-Checksum'],
    exposedHeaders,
    getFileIdFromRequest: (_request, id) => (id !== undefined && uploadId.test(id) ? id : undefined),
    namingFunction: (_request, metadata) => nameOf(requestOwner(), metadata?.[recordingIdKey] ?? null),
    onUploadCreate: async (_request, { id, metadata = {} }) => {
      const owner = requestOwner();
      const kept = register === undefined ? metadata : await register.begun({ uploadId: id, owner, metadata });
      return { metadata: { ...kept, [ownerKey]: owner } };
    },
    onUploadFinish: async (_request, upload) => {
      const digest = await store.digestOf(upload.id);
      if (digest === null) return {};
      await onWhole(upload.id, upload.size ?? upload.offset, digest);
      return { headers: { 'Repr-Digest': reprDigest(digest) } };
    },
    onResponseError: (_request, cause) => {
      if ('status_code' in cause) return undefined;
      onFault(cause);
      return { status_code: 503, body: 'The hub cannot do this now. Try again.\n' };
    },
  });

  const handle = async (request: IncomingMessage, response: ServerResponse, owner: string): Promise<void> => {
    const checksum = readRequest(request);
    if (request.method === 'OPTIONS') response.setHeader('Tus-Checksum-Algorithm', checksumAlgorithms.join(','));
    const id = /\/([^/?]+)\/?(?:\?|$)/.exec((request.url ?? '').slice(path.length))?.[1];
    const isNamed = id !== undefined && uploadId.test(id);
    switch (request.method) {
      case 'PATCH': {
        if (!isNamed) throw notThere();
        const ports = { store, locker: lockFor('PATCH'), sizeMax, onWhole };
        return void response.writeHead(204, await takePatch(ports, { request, owner, checksum, id })).end();
      }
      case 'HEAD': {
        if (!isNamed) throw notThere();
        const ports = { store, locker: lockFor('HEAD'), verify };
        return void response.writeHead(200, await takeHead(ports, { request, owner, id })).end();
      }
      case 'DELETE':
        // Nobody learns whether another's upload is there.
        if (!isNamed || (await store.ownerOf(id)) !== owner) throw notThere();
        await register?.removing(id);
        break;
      default:
        break;
    }
    await inRequest({ owner, checksum }, () => server.handle(request, response));
  };

  return {
    handle: async (request, response, owner) => {
      try {
        await handle(request, response, owner);
      } catch (cause) {
        if (cause instanceof BodyCut) return void response.destroy();
        const refusal = asRefusal(cause);
        if (refusal === null) onFault(cause);
        refuse(request, response, refusal ?? busy());
      }
    },
  };
}

/** Applies the method override and refuses what @tus/server would take or refuse wrongly. */
function readRequest(request: IncomingMessage): ExpectedChecksum | null {
  const { headers } = request;
  const override = headers['x-http-method-override'];
  if (override !== undefined && request.method !== 'OPTIONS') request.method = String(override).toUpperCase();
  const method = methods.find((one) => one === request.method);
  if (method === 'OPTIONS') return null;
  if (headers['tus-resumable'] !== tusVersion) throw new UploadRefusal(412, `Tus-Resumable must be ${tusVersion}`);
  if (method === undefined) throw new UploadRefusal(405, `there is ${methods.join(', ')}`);
  if (method === 'PATCH') {
    if (headers['content-type'] !== 'application/offset+octet-stream')
      throw new UploadRefusal(415, 'Content-Type must be application/offset+octet-stream');
    if (!/^\d{1,15}$/.test(single(headers['upload-offset']) ?? ''))
      throw new UploadRefusal(400, 'Upload-Offset is a number of bytes');
    if (!/^\d{1,15}$/.test(single(headers['upload-length']) ?? '0'))
      throw new UploadRefusal(400, 'Upload-Length is a number of bytes');
  }
  return method === 'PATCH' || method === 'POST' ? readChecksum(single(headers['upload-checksum'])) : null;
}

/** A refusal of ours, or of @tus/utils, which throws plain values; null for a fault. */
function asRefusal(cause: unknown): UploadRefusal | null {
  if (cause instanceof UploadRefusal) return cause;
  if (typeof cause !== 'object' || cause === null || !('status_code' in cause) || !('body' in cause)) return null;
  return new UploadRefusal(Number(cause.status_code), String(cause.body).trim());
}

function notThere(): UploadRefusal {
  return new UploadRefusal(404, 'The file for this url was not found');
}

function refuse(request: IncomingMessage, response: ServerResponse, { status_code, body }: UploadRefusal): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.setHeader('Tus-Resumable', tusVersion);
  if (status_code === 412) response.setHeader('Tus-Version', tusVersion);
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Cache-Control', 'no-store');
  response.writeHead(status_code, { 'Content-Length': Buffer.byteLength(body), 'Content-Type': 'text/plain' });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function busy(): UploadRefusal {
  return new UploadRefusal(503, 'The hub cannot do this now. Try again.');
}

/** A recording of a seat has one name, so a creation whose answer was lost finds what it made. */
function nameOf(owner: string, recordingId: string | null): string {
  if (recordingId === null) return randomBytes(16).toString('hex');
  return createHash('sha256')
    .update(JSON.stringify([owner, recordingId]))
    .digest('hex')
    .slice(0, 32);
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}
