import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Dice, diceOf } from '../../faults/dice.ts';
import { type IntakeRig, intakeRig, type StoreRig, sha256Hex } from './intake-rig.ts';
import { checksum, halfPatch, patch, type RawAnswer, tus } from './raw-request.ts';

/** What came of cutting uploads again and again. All but `cuts`, `uploads` and `lostAnswers` must be 0. */
export interface CutReport {
  readonly seed: number;
  readonly cuts: number;
  readonly uploads: number;
  /** Cuts after which the hub had the chunk although nobody was told. */
  readonly lostAnswers: number;
  /** Acknowledged bytes that were gone. */
  readonly lostBytes: number;
  /** Bytes the hub claimed that were never sent. */
  readonly inventedBytes: number;
  /** Cuts after which more than one chunk had to be sent again. */
  readonly overChunk: number;
  readonly wrongHashes: number;
  /** Stored objects beyond one for each upload. */
  readonly extraObjects: number;
}

/** More than one part of S3, and small enough that a thousand cuts end within minutes. */
const fileBytes = 6 * 1024 * 1024;
/** A chunk on S3 has so many steps at most: two parts, its state, and for the last one the object and its digest. */
const stepsMax = 6;
const kinds = ['kill-at-step', 'kill-any-time', 'cut-body', 'lose-answer', 'none'] as const;

/**
 * Uploads file after file, each chunk cut in one of the ways, until there were so many cuts: the hub killed with SIGKILL
 * at a step of its store or at any time, the connection cut in the body, the answer lost. A cut hub is started again.
 */
export async function cutUploads(store: StoreRig, { cuts, seed }: { cuts: number; seed: number }): Promise<CutReport> {
  const hub = await intakeRig(store);
  const dice = diceOf(seed, 'cuts');
  const report = {
    seed,
    cuts: 0,
    uploads: 0,
    lostAnswers: 0,
    lostBytes: 0,
    inventedBytes: 0,
    overChunk: 0,
    wrongHashes: 0,
  };
  try {
    while (report.cuts < cuts) {
      const content = bytesOf(`${seed}/${report.uploads}`);
      const url = await begin(hub, `cut-${seed}-${report.uploads}`);
      report.uploads += 1;
      for (let acknowledged = 0; acknowledged < content.length; ) {
        const chunk = content.subarray(acknowledged, acknowledged + dice.whole(1, 1024 * 1024));
        const kind = report.cuts < cuts ? dice.pick(kinds) : 'none';
        // A length that the hub knows is not told again: it may have heard it in a request that was cut.
        const isKnown = (await tus('HEAD', url)).headers['upload-length'] !== undefined;
        const isLast = acknowledged + chunk.length === content.length && !isKnown;
        const answer = await sendCut(hub, url, { kind, dice, offset: acknowledged, chunk, isLast });
        if (kind !== 'none') report.cuts += 1;
        const offset = await standing(hub, url);
        const end = acknowledged + chunk.length;
        if (answer?.status === 204 ? offset < end : offset < acknowledged) report.lostBytes += acknowledged - offset;
        if (offset > end) report.inventedBytes += offset - end;
        if (end - offset > chunk.length) report.overChunk += 1;
        if (offset === end && answer === null) report.lostAnswers += 1;
        acknowledged = offset;
      }
      const { headers } = await tus('HEAD', url);
      const expected = `sha-256=:${Buffer.from(sha256Hex(content), 'hex').toString('base64')}:`;
      if (headers['repr-digest'] !== expected || !(await store.bytes(url.slice(-32))).equals(content))
        report.wrongHashes += 1;
    }
    return { ...report, extraObjects: (await store.objects()).length - report.uploads };
  } finally {
    await hub.close();
  }
}

/** Begins an upload whose length nobody knows yet; asked twice, as after a lost answer. */
async function begin(hub: IntakeRig, recordingId: string): Promise<string> {
  const metadata = `recordingId ${Buffer.from(recordingId).toString('base64')}`;
  const headers = { 'Upload-Defer-Length': '1', 'Upload-Metadata': metadata };
  await tus('POST', hub.url, headers);
  const again = await tus('POST', hub.url, headers);
  return new URL(String(again.headers.location), hub.url).href;
}

async function sendCut(
  hub: IntakeRig,
  url: string,
  cut: { kind: (typeof kinds)[number]; dice: Dice; offset: number; chunk: Buffer; isLast: boolean },
): Promise<RawAnswer | null> {
  const { kind, dice, offset, chunk } = cut;
  const length: Record<string, string> = cut.isLast ? { 'Upload-Length': String(offset + chunk.length) } : {};
  const headers = { ...length, ...(dice.next() < 0.5 ? checksum('sha256', chunk) : {}) };
  if (kind === 'none') return patch(url, offset, chunk, headers);
  if (kind === 'kill-at-step' || kind === 'kill-any-time') {
    if (kind === 'kill-at-step') await hub.dieAtStep(dice.whole(1, stepsMax));
    const answered = patch(url, offset, chunk, headers).catch(() => null);
    if (kind === 'kill-any-time') await wait(dice.whole(0, 60));
    else await answered;
    await hub.restart();
    return answered;
  }
  const sentBytes = kind === 'cut-body' ? dice.whole(0, chunk.length - 1) : chunk.length;
  const { socket, sent } = halfPatch(url, offset, chunk.length, chunk.subarray(0, sentBytes), headers);
  await sent;
  if (kind === 'lose-answer') await wait(dice.whole(0, 60));
  socket.destroy();
  return null;
}

/** The offset, once nobody writes any more. */
async function standing(hub: IntakeRig, url: string): Promise<number> {
  for (let tries = 0; tries < 40; tries += 1) {
    const { status, headers } = await tus('HEAD', url);
    if (status === 200) return Number(headers['upload-offset']);
    if (status !== 423) throw new Error(`HEAD ${hub.url}: ${status}`);
    await wait(50);
  }
  throw new Error('the upload stays locked');
}

function bytesOf(seed: string): Buffer {
  const block = 64;
  return Buffer.concat(
    Array.from({ length: fileBytes / block / 1024 }, (_, index) =>
      createHash('shake256', { outputLength: block * 1024 })
        .update(`${seed}/${index}`)
        .digest(),
    ),
  );
}
