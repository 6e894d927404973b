import type { Agent as HttpAgent } from 'node:http';
import { newUploadRecord, type UploadLedger, type UploadRecord } from './upload-ledger.ts';
import type { UploadSource } from './upload-source.ts';
import { askDigest, removeUpload, type TurnResult } from './upload-turn.ts';

/** What a turn came to, once it is written down. */
export type Outcome =
  /** The hub's hash is ours. */
  | { readonly kind: 'confirmed' }
  /** A recording under way; it is looked at again when it has grown. */
  | { readonly kind: 'caught-up' }
  | { readonly kind: 'stopped' }
  /** Something against this recording alone. `isSetAside`: it waits for a person now. */
  | { readonly kind: 'refused'; readonly why: string; readonly refusals: number; readonly isSetAside: boolean }
  /** Nothing against it: the way, the hub or our key. */
  | { readonly kind: 'later'; readonly reason: string; readonly askedMs: number | null };

export interface OutcomePorts {
  readonly ledger: UploadLedger;
  readonly source: UploadSource;
  readonly headers: () => Readonly<Record<string, string>>;
  readonly stallMs: number;
  /** The hub's connections. */
  readonly agent: HttpAgent;
  /** Wall-clock milliseconds. */
  readonly now: () => number;
}

/** After so many refusals in a row a recording waits for a person and no longer for the hub. */
const refusalsMax = 3;

/** Writes down what a turn came to. A recording is confirmed when the whole is the same on both sides, and only then. */
export async function settleTurn(
  ports: OutcomePorts,
  recordingId: string,
  record: UploadRecord,
  result: TurnResult,
): Promise<Outcome> {
  switch (result.kind) {
    case 'sent':
      return confirm(ports, recordingId, record, result);
    case 'caught-up':
    case 'stopped':
      await ports.ledger.put(recordingId, 'waiting', record);
      return result;
    case 'gone':
      return refuse(ports, recordingId, anew(record), 'the hub does not know it any more');
    case 'differs':
      return removeOther(ports, recordingId, record);
    case 'refused':
      return refuse(ports, recordingId, record, refusalWords(result.status));
    case 'later':
      await ports.ledger.put(recordingId, 'waiting', record);
      return result;
  }
}

async function confirm(
  ports: OutcomePorts,
  recordingId: string,
  record: UploadRecord,
  { digest, sha256: sent }: Extract<TurnResult, { kind: 'sent' }>,
): Promise<Outcome> {
  const { ledger, source, now } = ports;
  if (digest === null) return { kind: 'later', reason: 'the hub did not say what it stored', askedMs: null };
  // Before anything at the hub is called wrong, the file is read once more.
  const sha256 = sent === digest ? sent : await source.digest(recordingId);
  if (sha256 !== digest) return removeOther(ports, recordingId, record);
  const bytes = (await source.standing(recordingId))?.bytes ?? record.sentBytes;
  await ledger.put(recordingId, 'confirmed', { ...record, sentBytes: bytes, refusals: 0, confirmedAt: now(), sha256 });
  return { kind: 'confirmed' };
}

/** What stands at the hub under this recording's name is not this recording: it goes, and ours is sent from the start. */
async function removeOther(ports: OutcomePorts, recordingId: string, record: UploadRecord): Promise<Outcome> {
  if (record.url !== null) await removeUpload(record.url, { ...ports, headers: ports.headers() });
  return refuse(ports, recordingId, anew(record), 'what the hub stored is not what was recorded');
}

async function refuse(
  { ledger }: OutcomePorts,
  recordingId: string,
  record: UploadRecord,
  why: string,
): Promise<Outcome> {
  const refusals = record.refusals + 1;
  const isSetAside = refusals >= refusalsMax;
  await ledger.put(recordingId, isSetAside ? 'set-aside' : 'waiting', { ...record, refusals });
  return { kind: 'refused', why, refusals, isSetAside };
}

function anew(record: UploadRecord): UploadRecord {
  return { ...record, url: null, sentBytes: 0 };
}

function refusalWords(status: number): string {
  return status === 0 ? 'its file is not there' : `the hub answered ${status}`;
}

/** Whether a recording is at the hub, which was asked now. */
export type AtHub = 'equal' | 'not-confirmed' | 'hub-away' | 'hub-lost-it';

/**
 * Whether the hub, asked now, still has the whole as it was confirmed. One that the hub lost waits to be sent again.
 * Never rejects for the hub's sake.
 */
export async function isAtHub(ports: OutcomePorts, recordingId: string): Promise<AtHub> {
  const { ledger } = ports;
  const known = await ledger.get(recordingId);
  if (known?.queue !== 'confirmed' || known.url === null || known.sha256 === null) return 'not-confirmed';
  const copy = await askDigest(known.url, { ...ports, headers: ports.headers() }).catch(
    () => ({ kind: 'away' }) as const,
  );
  if (copy.kind === 'away') return 'hub-away';
  if (copy.kind === 'known' && copy.sha256 === known.sha256) return 'equal';
  await ledger.put(recordingId, 'waiting', newUploadRecord);
  return 'hub-lost-it';
}
