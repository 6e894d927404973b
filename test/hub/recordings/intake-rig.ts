import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import S3rver from 's3rver';
import { s3State } from '../../../hub/recordings/s3-state.ts';
import { encodeState, readState, slotOf } from '../../../hub/recordings/upload-state.ts';

export type StorePlace =
  | { readonly kind: 'file'; readonly directory: string }
  | {
      readonly kind: 's3';
      readonly endpoint: string;
      readonly bucket: string;
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
    };

export interface IntakeChoice {
  readonly place: StorePlace;
  readonly port: number;
  readonly expirationMs: number;
}

/** A place to store, and a look into it past the hub. */
export interface StoreRig {
  readonly place: StorePlace;
  /** Names of the stored recordings, complete or not. */
  readonly objects: () => Promise<readonly string[]>;
  /** Everything that lies in the place, by name. */
  readonly names: () => Promise<readonly string[]>;
  /** The bytes of a complete one. */
  readonly bytes: (id: string) => Promise<Buffer>;
  /** Turns one bit of a complete one over. */
  readonly spoil: (id: string) => Promise<void>;
  /** Makes the store forget the last chunk of an upload. */
  readonly forgetLast: (id: string, chunkBytes: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function fileStoreRig(): Promise<StoreRig> {
  const directory = await mkdtemp(join(tmpdir(), 'hookline-uploads-'));
  return {
    place: { kind: 'file', directory },
    objects: async () =>
      (await readdir(directory)).filter((name) => name.endsWith('.data')).map((name) => name.slice(0, -5)),
    names: async () => (await readdir(directory)).toSorted(),
    bytes: (id) => readFile(join(directory, `${id}.data`)),
    spoil: async (id) => {
      const path = join(directory, `${id}.data`);
      await writeFile(path, withOtherBit(await readFile(path)));
    },
    forgetLast: async (id, chunkBytes) => {
      const path = join(directory, `${id}.state`);
      const file = await readFile(path);
      const state = readState(file);
      if (state === null) throw new Error('no state');
      const next = { ...state, sequence: state.sequence + 1, offset: state.offset - chunkBytes };
      encodeState(next).copy(file, slotOf(next.sequence));
      await writeFile(path, file);
    },
    close: () => rm(directory, { recursive: true }),
  };
}

export async function s3StoreRig(): Promise<StoreRig> {
  const directory = await mkdtemp(join(tmpdir(), 'hookline-s3-'));
  const bucket = 'recordings';
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: bucket }],
  });
  answerWhenWritten(server);
  const { port } = await server.run();
  const keys = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    credentials: keys,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const get = async (key: string): Promise<Buffer> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  const names = async (): Promise<readonly string[]> => {
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    return (Contents ?? []).map(({ Key }) => Key ?? '').toSorted();
  };
  return {
    place: { kind: 's3', endpoint, bucket, ...keys },
    objects: async () => (await names()).filter((key) => /^[0-9a-f]{32}$/.test(key)),
    names,
    bytes: get,
    spoil: async (id) => {
      const body = withOtherBit(await get(id));
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: id, Body: body }));
    },
    forgetLast: async (id) => {
      const key = `${id}.state`;
      const state = s3State.parse(JSON.parse((await get(key)).toString('utf8')));
      const body = JSON.stringify({ ...state, pieces: state.pieces.slice(0, -1) });
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },
    close: async () => {
      client.destroy();
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}

function withOtherBit(bytes: Buffer): Buffer {
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
  return bytes;
}

/**
 * s3rver answers before its file is written, and empties the old one as soon as a new one begins to come: what is read back
 * at once, or made of parts at once, would be cut short, and a hub that dies while it puts an object would leave half of
 * it. An S3 keeps the old object until the new one is whole. Written here beside it, waited for, and put in its place.
 */
function answerWhenWritten({ store }: S3rver): void {
  store.putObject = async ({ bucket, key, metadata, content }) => {
    const written = await write(store.getResourcePath(bucket, key, 'object'), content);
    await store.putMetadata(bucket, key, metadata, written.md5);
    return written;
  };
  store.putPart = async (bucket, uploadId, partNumber, content) => {
    const path = join(store.getResourcePath(bucket, undefined, 'uploads'), uploadId, String(partNumber));
    const written = await write(path, content);
    await writeFile(`${path}.md5`, written.md5);
    return written;
  };
}

async function write(path: string, content: Readable): Promise<{ readonly size: number; readonly md5: string }> {
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash('md5');
  let size = 0;
  content.on('data', (bytes: Buffer) => {
    hash.update(bytes);
    size += bytes.length;
  });
  const draft = `${path}.${randomUUID()}`;
  try {
    await pipeline(content, createWriteStream(draft));
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw cause;
  }
  return { size, md5: hash.digest('hex') };
}

/** A hub's intake in a process of its own. */
export interface IntakeRig {
  /** Where uploads are made; the same after a restart. */
  readonly url: string;
  readonly store: StoreRig;
  /** kill -9, and a new one in its place. */
  readonly restart: () => Promise<void>;
  /** The hub kills itself with SIGKILL at the n-th step of its store from now on. */
  readonly dieAtStep: (step: number) => Promise<void>;
  /** A second hub over the same store for which every upload is `expirationMs` old enough to be gone. */
  readonly withExpiration: (expirationMs: number) => Promise<IntakeRig>;
  readonly close: () => Promise<void>;
}

export async function intakeRig(store: StoreRig, expirationMs = 3_600_000): Promise<IntakeRig> {
  let { child, port } = await startIntake({ place: store.place, port: 0, expirationMs });
  const others: IntakeRig[] = [];
  return {
    url: `http://127.0.0.1:${port}/recordings/uploads`,
    store,
    restart: async () => {
      await kill(child);
      ({ child, port } = await startIntake({ place: store.place, port, expirationMs }));
    },
    dieAtStep: async (step) => {
      const heard = once(child, 'message');
      child.send({ step });
      await heard;
    },
    withExpiration: async (otherMs) => {
      const other = await intakeRig(store, otherMs);
      others.push(other);
      return other;
    },
    close: async () => {
      for (const other of others) await other.close();
      await kill(child);
    },
  };
}

async function startIntake(choice: IntakeChoice): Promise<{ child: ChildProcess; port: number }> {
  const program = fileURLToPath(new URL('./intake-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(choice)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // Compiled once for all the starts of a rig.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'hookline-compiled') },
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (bytes: Buffer) => resolve(bytes.toString('utf8')));
    child.once('exit', (code) => reject(new Error(`the intake ended with ${code}`)));
  });
  const { port }: { port: number } = JSON.parse(line);
  return { child, port };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
