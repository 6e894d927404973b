import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { S3 } from '@aws-sdk/client-s3';
import { type S3Place, s3Client } from '../../hub/recordings/s3-client.ts';
import { startUploads } from '../../main/recordings/upload.ts';
import { stallMs } from '../../main/recordings/upload-http.ts';
import { folderLedger } from '../../main/recordings/upload-ledger.ts';
import { chunkBytesMax } from '../../main/recordings/upload-schedule.ts';
import { fileUploadSource } from '../../main/recordings/upload-source.ts';
import { fileStoreRig, intakeRig } from '../hub/recordings/intake-rig.ts';

/** One recording: some hours of stereo sound, so that what a request costs does not hide what a byte costs. */
const fileBytes = 64 * 1024 * 1024;
/** Each way by turns, so that a busy moment of the machine falls on all of them. */
const rounds = 5;

/** What the seat's chunks are on a quick road; the hub makes a part of each. */
const partBytes = chunkBytesMax;

type Way = (typeof ways)[number];

/**
 * Megabytes a second at which a recording goes up from the seat's own upload client to the hub's intake, durable and
 * compared, on files and on S3 (s3rver), beside a plain copy of the same file: PUT over the same loopback, synced once.
 * s3rver is slow by itself, and writes and hashes each byte once more when it makes an object of its parts, which no real
 * S3 does: so a bare PUT of the file to it stands beside, and a bare multipart upload with parts of the same size, which is
 * what an upload that can be resumed is at best. Shares are of the medians.
 */
export async function benchUploads(say: (line: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-bench-uploads-'));
  const path = join(folder, 'r.hkrec');
  writeFileSync(path, randomBytes(fileBytes));
  const plain = await startPart('plain-copy.ts', folder);
  const s3 = await startPart('s3-place.ts', '');
  const files = await fileStoreRig();
  const hubs = { files: await intakeRig(files), s3: await intakeRig({ ...files, place: s3.said }) };
  const senders = { files: senderTo(hubs.files.url, folder), s3: senderTo(hubs.s3.url, folder) };
  try {
    const times: Record<Way, number[]> = { plain: [], files: [], s3: [], barePut: [], bareMultipart: [] };
    for (let round = 0; round <= rounds; round += 1) {
      const took: Record<Way, number> = {
        plain: await copied(plain.said.port, path),
        files: await senders.files.send(),
        s3: await senders.s3.send(),
        barePut: await bare(s3.said, path, put),
        bareMultipart: await bare(s3.said, path, multipart),
      };
      // The first round warms every process up and is not measured.
      if (round > 0) for (const way of ways) times[way].push(took[way]);
    }
    const [ofPlain, ofFiles, ofS3, ofPut, ofMultipart] = ways.map((way) => median(times[way]));
    say(`uploads: ${rate(ofFiles)} MB/s to files, ${rate(ofS3)} MB/s to S3; a plain copy ${rate(ofPlain)} MB/s`);
    return {
      figures: {
        uploadMbPerSecond: { files: rate(ofFiles), s3: rate(ofS3) },
        uploadShareOfCopy: { files: share(ofPlain, ofFiles), s3: share(ofPlain, ofS3) },
        uploadShareOfBarePut: { s3: share(ofPut, ofS3) },
        uploadShareOfBareMultipart: { s3: share(ofMultipart, ofS3) },
      },
      peers: {
        plainCopyMbPerSecond: rate(ofPlain),
        barePutToS3MbPerSecond: rate(ofPut),
        bareMultipartToS3MbPerSecond: rate(ofMultipart),
      },
    };
  } finally {
    for (const sender of Object.values(senders)) await sender.close();
    for (const hub of Object.values(hubs)) await hub.close();
    for (const { child } of [plain, s3]) child.disconnect();
    await files.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const ways = ['plain', 'files', 's3', 'barePut', 'bareMultipart'] as const;

/** A program beside this file that says in one line where it is. */
async function startPart(name: string, argument: string) {
  const program = new URL(name, import.meta.url).pathname;
  const child: ChildProcess = spawn(process.execPath, [program, argument], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  if (child.stdout === null) throw new Error('no output');
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, said: JSON.parse(String(line)) };
}

/** The store's own client and nothing else. */
async function bare(
  { bucket, endpoint, accessKeyId, secretAccessKey }: S3Place,
  path: string,
  send: (client: S3, bucket: string, body: Buffer) => Promise<void>,
): Promise<number> {
  const client = new S3(s3Client({ bucket, endpoint, region: 'us-east-1', accessKeyId, secretAccessKey }));
  const body = await readFile(path);
  const began = performance.now();
  await send(client, bucket, body);
  const took = performance.now() - began;
  client.destroy();
  return took;
}

async function put(client: S3, bucket: string, body: Buffer): Promise<void> {
  await client.putObject({ Bucket: bucket, Key: 'bare', Body: body });
}

async function multipart(client: S3, bucket: string, body: Buffer): Promise<void> {
  const place = { Bucket: bucket, Key: 'bare-multipart' };
  const { UploadId } = await client.createMultipartUpload(place);
  const parts: { readonly ETag: string | undefined; readonly PartNumber: number }[] = [];
  for (let at = 0; at < body.length; at += partBytes) {
    const PartNumber = parts.length + 1;
    const Body = body.subarray(at, at + partBytes);
    const { ETag } = await client.uploadPart({ ...place, UploadId, PartNumber, Body });
    parts.push({ ETag, PartNumber });
  }
  await client.completeMultipartUpload({ ...place, UploadId, MultipartUpload: { Parts: parts } });
}

async function copied(port: number, path: string): Promise<number> {
  const began = performance.now();
  const put = request({ port, host: '127.0.0.1', method: 'PUT', headers: { 'content-length': fileBytes } });
  createReadStream(path).pipe(put);
  const [answer] = await once(put, 'response');
  answer.resume();
  if (answer.statusCode !== 204) throw new Error(`the plain copy was answered ${answer.statusCode}`);
  return performance.now() - began;
}

interface Sender {
  /** Milliseconds from the offer to the hub's hash found equal. */
  readonly send: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** The seat's own client on one hub, its chunks as large as it found good; the wait that spreads seats is left out. */
function senderTo(endpoint: string, folder: string): Sender {
  const agent = new Agent({ keepAlive: true });
  const source = fileUploadSource({ directory: folder, syncedBytes: () => null });
  let sent = 0;
  let done: () => void = () => undefined;
  const uploads = startUploads({
    ledger: folderLedger(join(folder, `ledger-${new URL(endpoint).port}`)),
    // One file under a new name each time: the hub keeps one upload for a name.
    source: {
      standing: () => source.standing('r'),
      digest: () => source.digest('r'),
      read: (_recordingId, offset, length) => source.read('r', offset, length),
    },
    endpoint,
    headers: () => ({}),
    agent,
    isVoiceSuffering: () => false,
    now: Date.now,
    monotonicMs: () => performance.now(),
    random: () => 0,
    wait: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
    stallMs,
    log: (level, message) => {
      if (level !== 'info') throw new Error(message);
    },
    onChange: ({ confirmed }) => {
      if (confirmed === sent) done();
    },
  });
  return {
    send: async () => {
      const began = performance.now();
      sent += 1;
      const confirmed = new Promise<void>((resolve) => {
        done = resolve;
      });
      await uploads.offer(`r-${sent}`);
      await confirmed;
      return performance.now() - began;
    },
    close: async () => {
      await uploads.close();
      agent.destroy();
    },
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function rate(ms = Number.NaN): number {
  return Math.round(fileBytes / 1e6 / (ms / 1000));
}

function share(plainMs = Number.NaN, ourMs = Number.NaN): number {
  return Math.round((plainMs / ourMs) * 100) / 100;
}
