import { AsyncLocalStorage } from 'node:async_hooks';

/** The algorithms of `Upload-Checksum` that the hub knows; tus asks for sha1, our own seats use sha256. */
export const checksumAlgorithms = ['sha1', 'sha256'] as const;

/** What the body of one request must hash to. */
export interface ExpectedChecksum {
  readonly algorithm: (typeof checksumAlgorithms)[number];
  readonly digest: Buffer;
}

/** A refusal as @tus/server understands one: the status, and a body that says nothing about the hub's inside. */
export class UploadRefusal extends Error {
  override readonly name = 'UploadRefusal';
  readonly status_code: number;
  readonly body: string;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status_code = status;
    this.body = `${sentence}\n`;
  }
}

/** What a request says that @tus/server does not hand to a store. */
interface UploadRequest {
  /** Whose uploads these are: a seat. Nobody sees an upload of another. */
  readonly owner: string;
  readonly checksum: ExpectedChecksum | null;
}

const requests = new AsyncLocalStorage<UploadRequest>();

/** Performs work on behalf of a request; the stores ask `expectedChecksum` within it. */
export function inRequest<Value>(request: UploadRequest, work: () => Value): Value {
  return requests.run(request, work);
}

/** What the body under way must hash to; null when the client did not say. */
export function expectedChecksum(): ExpectedChecksum | null {
  return requests.getStore()?.checksum ?? null;
}

/** Whose request is under way. Throws outside of one. */
export function requestOwner(): string {
  const request = requests.getStore();
  if (request === undefined) throw new Error('no upload request is under way');
  return request.owner;
}

const digestBytes = { sha1: 20, sha256: 32 } as const;

/** Reads `Upload-Checksum` (tus 1.0, extension checksum). A word nobody knows, or no digest, is refused with 400. */
export function readChecksum(header: string | undefined): ExpectedChecksum | null {
  if (header === undefined) return null;
  const [, word, text] = /^([a-z0-9-]{1,16}) ([A-Za-z0-9+/]{1,128}={0,2})$/i.exec(header) ?? [];
  const algorithm = checksumAlgorithms.find((one) => one === word?.toLowerCase());
  if (algorithm === undefined || text === undefined)
    throw new UploadRefusal(400, `Upload-Checksum wants one of ${checksumAlgorithms.join(', ')} and a base64 digest`);
  const digest = Buffer.from(text, 'base64');
  if (digest.length !== digestBytes[algorithm])
    throw new UploadRefusal(400, 'the digest of Upload-Checksum has a wrong length');
  return { algorithm, digest };
}
