import { z } from 'zod';
import { asked, keepDays, reason, retentionClassName, unknownClass } from './hub-retention-api.ts';
import { badCursor, hubRoute, limit, page, seatName } from './hub-route.ts';
import { recordingInfo } from './recording-info.ts';

/**
 * The hub's contract about recordings: its key for them, what there is, how long it stays, and erasing. The sound itself
 * is plain HTTP: GET /v1/recordings/{seat}/{recordingId}/sound, WebM with Range.
 */

/** The name of a recording, as its seat gave it. */
export const recordingName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/);

/* ---------- the site ---------- */

/**
 * The public key for which a seat wraps the keys of its recordings (X25519, base64). `generation` counts up with each
 * new key. `signature` (Ed25519, base64) is over `recordingKeyStatement`: a seat that has pinned `identityKey` takes a
 * new key only with it, and never an older generation.
 */
export const hubRecordingKey = z.object({
  keyId: z.string().regex(/^[0-9a-f]{16}$/),
  publicKey: z.base64().length(44),
  generation: z.number().int().positive(),
  signature: z.base64().max(120),
});
export type HubRecordingKey = z.infer<typeof hubRecordingKey>;

/** Who the hub is. */
export const siteAnswer = z.object({
  hubId: z.string(),
  /** The hub's wall clock, in milliseconds. */
  now: z.number(),
  /** Ed25519, 32 bytes, base64: it vouches for the recording key. */
  identityKey: z.base64().length(44),
  recordingKey: hubRecordingKey,
});
export type SiteAnswer = z.infer<typeof siteAnswer>;

/** The text that the hub signs. */
export function recordingKeyStatement(hubId: string, key: Omit<HubRecordingKey, 'signature'>): string {
  return JSON.stringify(['hookline hub recording key 1', hubId, key.keyId, key.publicKey, key.generation]);
}

/** Routes about the site as a whole. */
export const siteRoutes = {
  about: hubRoute
    .route({ method: 'GET', path: '/v1/site', tags: ['site'], summary: 'Who this hub is, and its key for recordings' })
    .output(siteAnswer),
};

/* ---------- recordings ---------- */

const place = { seat: seatName, recordingId: recordingName };
const unknownRecording = {
  UNKNOWN_RECORDING: { status: 404, message: 'There is no such recording.' },
  ERASED: { status: 410, message: 'This recording was erased.' },
} as const;

/** Whether a recording can be heard here. `no-key`: the hub has no key of it; `unreadable`: one that opens nothing. */
export const recordingKeyState = z.enum(['held', 'no-key', 'unreadable', 'destroyed']);

/** One recording as the hub knows it. Times are wall-clock milliseconds. */
export const recordingRow = z.object({
  ...place,
  callId: z.string().nullable(),
  /** When the call was, by its seat's clock if that can be believed, else when its first sound came. */
  at: z.number(),
  /** Encrypted bytes that are stored. */
  bytes: z.number().int(),
  /** Everything is there, and was read back. */
  isWhole: z.boolean(),
  sha256: z.string().nullable(),
  key: recordingKeyState,
  retentionClass: z.string(),
  /** When it will be erased; null: not by date. */
  eraseAt: z.number().nullable(),
  /** Since when it may not be erased. */
  heldAt: z.number().nullable(),
  erasedAt: z.number().nullable(),
});
export type RecordingRow = z.infer<typeof recordingRow>;

/** Routes about single recordings. */
export const recordingRoutes = {
  list: hubRoute
    .errors(badCursor)
    .route({ method: 'GET', path: '/v1/recordings', tags: ['recordings'], summary: 'Recordings, newest first' })
    .input(
      z.object({
        seat: seatName.optional(),
        callId: z.string().min(1).max(64).optional(),
        /** Calls from this time on, up to and without the other. */
        from: z.coerce.number().optional(),
        to: z.coerce.number().optional(),
        ...page,
      }),
    )
    .output(z.object({ rows: z.array(recordingRow), next: z.string().nullable() })),
  about: hubRoute
    .errors({
      ...unknownRecording,
      CANNOT_BE_HEARD: { status: 409, message: 'The hub has no key that opens it, or nothing of it can be read.' },
      NOT_COMPLETE: { status: 409, message: 'This recording can be heard when its upload is complete.' },
    })
    .route({
      method: 'GET',
      path: '/v1/recordings/{seat}/{recordingId}',
      tags: ['recordings'],
      summary: 'A recording: how long, which stretches are silent on purpose, which are damaged',
    })
    .input(z.object(place))
    .output(z.object({ recording: recordingRow, info: recordingInfo })),
  erased: hubRoute
    .errors(badCursor)
    .route({
      method: 'GET',
      path: '/v1/recordings/erased',
      tags: ['recordings'],
      summary: 'Recordings of this seat that were erased, so that it destroys its own copies',
    })
    .input(z.object({ after: z.string().max(200).optional(), limit }))
    .output(
      z.object({
        rows: z.array(
          z.object({
            recordingId: recordingName,
            callId: z.string().nullable(),
            erasedAt: z.number(),
            /** Shown to go on after this one. */
            cursor: z.string(),
          }),
        ),
        /** Shown again to go on from here; also after the last page. */
        cursor: z.string(),
        isEnd: z.boolean(),
      }),
    ),
  hold: hubRoute
    .errors(unknownRecording)
    .route({
      method: 'PUT',
      path: '/v1/recordings/{seat}/{recordingId}/hold',
      tags: ['recordings'],
      summary: 'Legal hold: from now on nobody and no date erases this recording',
    })
    .input(z.object({ ...place, reason }))
    .output(z.object({ heldAt: z.number() })),
  classify: hubRoute
    .errors({ ...unknownRecording, ...unknownClass })
    .route({
      method: 'PUT',
      path: '/v1/recordings/{seat}/{recordingId}/retention-class',
      tags: ['recordings'],
      summary: 'Put a recording into another retention class',
    })
    .input(z.object({ ...place, retentionClass: retentionClassName, reason }))
    .output(asked),
};

/* ---------- four eyes ---------- */

/** What one person asks for and another confirms. */
export const requestWish = z.discriminatedUnion('what', [
  z.object({ what: z.literal('erase'), ...place }),
  z.object({ what: z.literal('release-hold'), ...place }),
  z.object({ what: z.literal('classify'), ...place, retentionClass: retentionClassName }),
  z.object({ what: z.literal('shorten-class'), name: retentionClassName, keepDays, isDefault: z.boolean() }),
]);
export type RequestWish = z.infer<typeof requestWish>;

/** How a request stands. `lapsed`: nobody confirmed it in time. */
export const requestState = z.enum(['open', 'confirmed', 'withdrawn', 'lapsed']);
const requestId = z.string().regex(/^[0-9a-f]{16}$/);

/** One request. */
export const requestRow = z.object({
  requestId,
  wish: requestWish,
  reason: z.string(),
  askedBy: z.string(),
  askedAt: z.number(),
  lapsesAt: z.number(),
  state: requestState,
  settledBy: z.string().nullable(),
  settledAt: z.number().nullable(),
});
export type RequestRow = z.infer<typeof requestRow>;

const requestRefusals = {
  UNKNOWN_REQUEST: { status: 404, message: 'There is no such request, or it is settled.' },
  ...unknownRecording,
  HELD: { status: 409, message: 'The recording is under legal hold.' },
} as const;

/** Routes about steps that take two people. */
export const requestRoutes = {
  ask: hubRoute
    .errors({ ...requestRefusals, NOT_HELD: { status: 409, message: 'The recording is not under legal hold.' } })
    .route({
      method: 'POST',
      path: '/v1/requests',
      successStatus: 201,
      tags: ['requests'],
      summary: 'Ask for a recording to be erased or let off its hold; another person confirms',
    })
    .input(
      z.object({
        wish: z.discriminatedUnion('what', [
          z.object({ what: z.literal('erase'), ...place }),
          z.object({ what: z.literal('release-hold'), ...place }),
        ]),
        reason,
      }),
    )
    .output(z.object({ requestId, lapsesAt: z.number() })),
  list: hubRoute
    .errors(badCursor)
    .route({ method: 'GET', path: '/v1/requests', tags: ['requests'], summary: 'Requests, newest first' })
    .input(z.object({ state: requestState.optional(), ...page }))
    .output(z.object({ rows: z.array(requestRow), next: z.string().nullable() })),
  confirm: hubRoute
    .errors({
      ...requestRefusals,
      SAME_PERSON: { status: 409, message: 'Another person must confirm, with a key older than the request.' },
    })
    .route({
      method: 'POST',
      path: '/v1/requests/{requestId}/confirmation',
      tags: ['requests'],
      summary: 'Confirm what another person asked for: it is done at once',
    })
    .input(z.object({ requestId }))
    .output(z.object({ settledAt: z.number() })),
  withdraw: hubRoute
    .errors(requestRefusals)
    .route({
      method: 'DELETE',
      path: '/v1/requests/{requestId}',
      tags: ['requests'],
      summary: 'Withdraw a request, or refuse it',
    })
    .input(z.object({ requestId }))
    .output(z.object({ settledAt: z.number() })),
};
