import { z } from 'zod';
import { badCursor, hubRoute, limit, page } from './hub-route.ts';
import { collectionName, recordFields, recordName, sharedRecord } from './shared-record.ts';

/** How long a feed may be waited for, in milliseconds. */
export const feedWaitMsMax = 25_000;

const recordPlace = { collection: collectionName, recordId: recordName };
const stale = {
  STALE: {
    status: 409,
    message: 'The record changed since; read it again.',
    data: z.object({ version: z.number().int() }),
  },
} as const;

/** Shared records: the feed of what changed, and what people who are connected do to them. */
export const sharedRecordRoutes = {
  feed: hubRoute
    .errors(badCursor)
    .route({
      method: 'GET',
      path: '/v1/feed',
      tags: ['records'],
      summary: 'Shared records that changed after a cursor, deletions included; waits when there is none yet',
    })
    .input(
      z.object({
        /** None: from the beginning. */
        cursor: z.string().max(200).optional(),
        limit,
        waitMs: z.coerce.number().int().min(0).max(feedWaitMsMax).default(0),
      }),
    )
    .output(
      z.object({
        records: z.array(sharedRecord),
        /** Shown again to go on from here. */
        cursor: z.string(),
        /** Nothing is left after this page now. */
        isEnd: z.boolean(),
        /** For a seat: its edits up to and with this entry are in what was read; null for others. */
        journalSeq: z.number().int().nullable(),
      }),
    ),
  put: hubRoute
    .errors({ ...stale, TOO_LARGE: { status: 413, message: 'The record would be too large.' } })
    .route({
      method: 'PUT',
      path: '/v1/records/{collection}/{recordId}',
      tags: ['records'],
      summary: 'Change fields of a shared record, or make it',
    })
    .input(z.object({ ...recordPlace, fields: recordFields, baseVersion: z.number().int().nonnegative() }))
    .output(sharedRecord),
  remove: hubRoute
    .errors(stale)
    .route({
      method: 'DELETE',
      path: '/v1/records/{collection}/{recordId}',
      tags: ['records'],
      summary: 'Delete a shared record; a tombstone stays',
      // A DELETE has no body, and oRPC reads the address of one only when it is told to.
      inputStructure: 'detailed',
    })
    .input(
      z.object({
        params: z.object(recordPlace),
        query: z.object({ baseVersion: z.coerce.number().int().nonnegative() }),
      }),
    )
    .output(sharedRecord),
  history: hubRoute
    .errors(badCursor)
    .route({
      method: 'GET',
      path: '/v1/records/{collection}/{recordId}/history',
      tags: ['records'],
      summary: 'Every edit of a shared record, with the values that lost',
    })
    .input(z.object({ ...recordPlace, ...page }))
    .output(
      z.object({
        rows: z.array(
          z.object({
            version: z.number().int(),
            at: z.number(),
            by: z.string(),
            fields: recordFields.nullable(),
            lost: recordFields,
          }),
        ),
        next: z.string().nullable(),
      }),
    ),
};
