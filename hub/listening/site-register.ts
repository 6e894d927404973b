import { recordingName } from '../../core/hub-recordings-api.ts';
import { queueName, type UploadMetadata } from '../../core/recording-upload.ts';
import { wrapKeyId } from '../../recording/hub-wrap.ts';
import { appendAudit } from '../audit/audit-table.ts';
import type { HubParts } from '../hub-parts.ts';
import type { BegunUpload, RecordingRegister } from '../recordings/recording-register.ts';
import type { RecordingStore } from '../recordings/recording-store.ts';
import { UploadRefusal } from '../recordings/upload-request.ts';
import { catchUpWith } from './catch-up.ts';
import {
  finishRecording,
  type NewRecording,
  recordingOfUpload,
  registerRecording,
  unfinishRecording,
} from './recording-table.ts';
import type { SiteKeys } from './site-keys.ts';

/**
 * How far back a seat's word for when a call was is believed: a seat works away from its hub for 72 hours, and days more
 * until it is plugged in again. Retention counts from there, so a wrong clock shortens a recording's life by no more.
 */
const believedBackMs = 7 * 24 * 3_600_000;
/** And how far ahead, for clocks that are a little off. */
const believedAheadMs = 5 * 60_000;

/** How long a seat may take back a recording that is whole at the hub (it found another than its own), in milliseconds. */
const takeBackMs = 24 * 3_600_000;

/** What a seat tells of a recording. */
const names = {
  recordingId: 'recordingId',
  callId: 'callId',
  queue: 'queue',
  startedAt: 'startedAt',
  key: 'key',
} as const satisfies { readonly [Name in keyof UploadMetadata]-?: Name };

/** Writes down what recordings come in, and finds what a crash left unwritten. */
export interface SiteRegister extends RecordingRegister {
  /** Uploads that are whole or there at all, and of which the database does not know it. Answers how many were found. */
  readonly catchUp: () => Promise<number>;
}

/** The register of a hub: each recording once, with its key in a table of its own. */
export function siteRegister(parts: HubParts, keys: SiteKeys, store: RecordingStore): SiteRegister {
  const { database, now } = parts;
  const { tables } = database;

  const begun = async ({ uploadId, owner, metadata }: BegunUpload) => {
    const made = await newRecording(keys, { uploadId, owner, metadata }, now());
    const isTaken = await database.transaction((transaction) => registerRecording(transaction, made));
    if (!isTaken) throw new UploadRefusal(410, 'this recording was erased; it is not taken again');
    const { [names.key]: _wrapped, ...rest } = metadata;
    return rest;
  };
  return {
    begun,
    finished: (upload) => finishRecording(tables, upload, now()),
    removing: (uploadId) =>
      database.transaction(async (transaction) => {
        const row = await recordingOfUpload(transaction, uploadId);
        if (row === null || row.sha256 === null) return;
        const isOld = row.finished_at !== null && now() - row.finished_at > takeBackMs;
        if (row.held_at !== null || isOld) throw new UploadRefusal(403, 'this recording stays at the hub');
        await unfinishRecording(transaction, uploadId);
        await appendAudit(transaction, { id: row.seat, role: 'seat' }, now(), {
          action: 'recording-taken-back',
          subject: `${row.seat}/${row.recording_id}`,
          detail: { sha256: row.sha256 },
        });
      }),
    catchUp: () => catchUpWith(parts, store, begun),
  };
}

async function newRecording(
  keys: SiteKeys,
  { uploadId, owner, metadata }: BegunUpload,
  now: number,
): Promise<NewRecording> {
  const given = metadata[names.recordingId] ?? null;
  if (given !== null && !recordingName.safeParse(given).success)
    throw new UploadRefusal(400, 'a recording is named with letters, digits and dashes, 64 at most');
  const recordingId = given ?? uploadId;
  const wrapped = metadata[names.key] ?? null;
  const isWrap = wrapped !== null && wrapKeyId(wrapped) !== null;
  const opened = isWrap ? await keys.unwrap(wrapped, { seat: owner, recordingId }) : null;
  const keyState = opened !== null ? 'held' : isWrap ? 'unreadable' : 'no-key';
  return {
    seat: owner,
    recordingId,
    uploadId,
    callId: plainText(metadata[names.callId] ?? null),
    queue: queueOf(metadata[names.queue] ?? null),
    at: believed(Number(metadata[names.startedAt] ?? Number.NaN), now),
    receivedAt: now,
    keyState,
    wrapped: isWrap ? wrapped : null,
  };
}

/** What a seat says of its clock is taken only where it can be right. */
function believed(startedAt: number, now: number): number {
  return startedAt >= now - believedBackMs && startedAt <= now + believedAheadMs ? startedAt : now;
}

/** The name of a queue as the contract has it; anything else is none. */
function queueOf(text: string | null): string | null {
  return queueName.safeParse(text).data ?? null;
}

/** A name of a call as the contract has them; anything else is nobody's. */
function plainText(text: string | null): string | null {
  return text !== null && /^[\x21-\x7e]{1,64}$/.test(text) ? text : null;
}
