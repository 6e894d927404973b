import { Readable } from 'node:stream';
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { recordingName } from '../../core/hub-recordings-api.ts';
import { seatName } from '../../core/hub-route.ts';
import type { RecordingTableRow } from '../database/recording-tables.ts';
import type { Actor, HubParts } from '../hub-parts.ts';
import { readByteRange } from './byte-range.ts';
import type { DecryptedRecordings, Heard, Unheard } from './decrypted-recordings.ts';
import type { ListeningLog } from './listening-log.ts';
import { type RecordingPlace, recordingAt } from './recording-table.ts';

/** Where the sound of a recording is: one WebM that seeks. */
export const soundPath = '/v1/recordings/:seat/:recordingId/sound';

export interface SoundRoute {
  readonly parts: HubParts;
  readonly recordings: DecryptedRecordings;
  readonly listening: ListeningLog;
  /** What the door looks up. */
  readonly config: FastifyContextConfig;
  readonly onFault: (cause: unknown) => void;
  /** Fires when the hub stops: plays end where they are, and a player asks for the rest when there is a hub again. */
  readonly stopping: AbortSignal;
  /** How many plays there may be at once; `playsMax` but in tests. */
  readonly playsMax?: number;
}

/** Each holds a window and a cluster, a good megabyte; a site has some dozens of supervisors and checkers. */
const playsMax = 128;

/** After how many seconds somebody may come again who found too many before him. */
const retryAfterSeconds = 5;

interface Refused {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/**
 * Mounts GET and HEAD of the sound: Range (206, 416), If-Range, a strong ETag. `Hookline-Complete: no` says that there is
 * or was more of it, `Hookline-Damaged-Chunks` names the seconds that are silent because their bytes are not as they were
 * written. A GET is in the audit trail before its first byte; what can't be written there is not played (503).
 */
export function mountSound(fastify: FastifyInstance, route: SoundRoute): void {
  const plays: Plays = { now: 0 };
  fastify.route({
    method: ['GET', 'HEAD'],
    url: soundPath,
    config: route.config,
    handler: async (request, reply) => {
      const place = placeOf(request);
      const found = place === null ? refusals.unknown : await find(route, place);
      if (place === null || 'status' in found) return refuse(reply, 'status' in found ? found : refusals.unknown);
      return answer(route, { request, reply, place, plays }, found.heard);
    },
  });
}

interface Plays {
  now: number;
}

/** One request for the sound. */
interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly place: RecordingPlace;
  readonly plays: Plays;
}

async function find(
  { parts, recordings }: SoundRoute,
  place: RecordingPlace,
): Promise<{ readonly heard: Heard } | Refused> {
  const row = await recordingAt(parts.database.tables, place);
  const why = refusalOf(row);
  if (row === null || why !== null) return why ?? refusals.unknown;
  const heard = await recordings.hear(row);
  return heard.kind === 'heard' ? { heard } : refusals[heard.kind];
}

async function answer(
  { parts, listening, onFault, stopping, playsMax: max = playsMax }: SoundRoute,
  asked: Asked,
  { playable, version }: Heard,
): Promise<FastifyReply> {
  const { request, reply, place, plays } = asked;
  const { length, info } = playable;
  const tag = `"${version}-${length}"`;
  const isSame = (request.headers['if-range'] ?? tag) === tag;
  const range = readByteRange(isSame ? request.headers.range : undefined, length);
  reply
    .type('audio/webm')
    .header('accept-ranges', 'bytes')
    .header('etag', tag)
    .header('hookline-seconds', info.seconds.toFixed(3))
    .header('hookline-complete', info.isComplete ? 'yes' : 'no');
  if (info.damagedChunks.length > 0) reply.header('hookline-damaged-chunks', namedChunks(info.damagedChunks));
  if (range.kind === 'unsatisfiable')
    return reply
      .code(416)
      .header('content-range', `bytes */${length}`)
      .type('application/json')
      .send(body(refusals.range));
  const [start, end] = range.kind === 'part' ? [range.start, range.end] : [0, length];
  if (range.kind === 'part') reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${length}`);
  if (request.method === 'HEAD') return reply.header('content-length', end - start).send();
  if (plays.now >= max) return refuse(reply, refusals.busy);
  try {
    await listening.listen(actorOf(request), place, { isWhole: info.isComplete });
  } catch (cause) {
    onFault(cause);
    return refuse(reply, refusals.unaudited);
  }
  // It may have been erased while it was decrypted.
  const why = refusalOf(await recordingAt(parts.database.tables, place));
  if (why !== null) return refuse(reply, why);
  reply.header('content-length', end - start);
  const pieces = Readable.from(told(playable.read(start, end), onFault), { objectMode: false });
  plays.now += 1;
  const stop = (): void => void reply.raw.destroy();
  stopping.addEventListener('abort', stop, { once: true });
  pieces.once('close', () => {
    plays.now -= 1;
    stopping.removeEventListener('abort', stop);
  });
  return reply.send(pieces);
}

/** The same bytes; a fault in the middle ends the answer before its length, and is told. */
async function* told(pieces: AsyncGenerator<Buffer>, onFault: SoundRoute['onFault']): AsyncGenerator<Buffer> {
  try {
    yield* pieces;
  } catch (cause) {
    onFault(cause);
    throw cause;
  }
}

const cannotBeHeard = { status: 409, code: 'CANNOT_BE_HEARD' } as const;

const refusals: Readonly<Record<Unheard['kind'] | 'unknown' | 'erased' | 'unaudited' | 'range', Refused>> = {
  unknown: { status: 404, code: 'UNKNOWN_RECORDING', message: 'There is no such recording.' },
  erased: { status: 410, code: 'ERASED', message: 'This recording was erased.' },
  'no-key': { ...cannotBeHeard, message: 'The hub has no key of this recording: its seat has not given it one.' },
  unreadable: { ...cannotBeHeard, message: 'The key or the stored bytes are not those of this recording.' },
  'not-yet': {
    status: 409,
    code: 'NOT_COMPLETE',
    message: 'This recording can be heard when its upload is complete.',
  },
  'too-long': { ...cannotBeHeard, message: 'This recording is larger than any that can be played here.' },
  'no-store': { ...cannotBeHeard, message: 'This hub has no place for recordings.' },
  busy: { status: 503, code: 'UNAVAILABLE', message: 'Too many recordings are being played. Try again.' },
  unaudited: { status: 503, code: 'UNAVAILABLE', message: 'This play cannot be written down, so it is not played.' },
  range: { status: 416, code: 'RANGE', message: 'The recording is shorter.' },
};

/** Null: it may be heard. */
function refusalOf(row: RecordingTableRow | null): Refused | null {
  if (row === null) return refusals.unknown;
  return row.erased_at === null ? null : refusals.erased;
}

function refuse(reply: FastifyReply, refused: Refused): FastifyReply {
  for (const name of ['etag', 'accept-ranges', 'content-range', 'content-length']) reply.removeHeader(name);
  if (refused.status === 503) reply.header('retry-after', String(retryAfterSeconds));
  return reply.code(refused.status).type('application/json').send(body(refused));
}

function body({ status, code, message }: Refused) {
  return { defined: false, code, status, message };
}

/** How many chunks are named; of a file that is damaged all over the rest is counted. */
const namedChunksMax = 200;

/** The role table lets nobody without a key come here. */
function actorOf({ caller }: FastifyRequest): Actor {
  if (caller === null) throw new Error('the sound let somebody in without a key');
  return { id: caller.keyId, role: caller.role };
}

function namedChunks(chunks: readonly number[]): string {
  const rest = chunks.length - namedChunksMax;
  return [...chunks.slice(0, namedChunksMax), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}

function placeOf({ params }: FastifyRequest): RecordingPlace | null {
  if (typeof params !== 'object' || params === null) return null;
  const seat = seatName.safeParse('seat' in params ? params.seat : null);
  const recordingId = recordingName.safeParse('recordingId' in params ? params.recordingId : null);
  return seat.success && recordingId.success ? { seat: seat.data, recordingId: recordingId.data } : null;
}
