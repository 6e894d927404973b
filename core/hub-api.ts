import { z } from 'zod';
import { callRow } from './call-list.ts';
import { hubPeopleApi } from './hub-people-api.ts';
import { recordingRoutes, requestRoutes, siteRoutes } from './hub-recordings-api.ts';
import { retentionRoutes } from './hub-retention-api.ts';
import { badCursor, hubRole, hubRoute, limit, page, personName, seatName } from './hub-route.ts';
import { sharedRecordRoutes } from './hub-shared-records-api.ts';

/**
 * Contract seat process <-> hub, also for the site's own programs: HTTP and JSON, described by OpenAPI. Whoever calls
 * shows a key as `Authorization: Bearer KEY`. Which role may do what is one table: hub/role-table.ts.
 * Times are wall-clock milliseconds of whoever wrote them, for showing only; order is numbers.
 */

/** How many entries one push may hold. */
export const pushEntriesMax = 500;
/** How many bytes of JSON one entry may be. */
export const entryBytesMax = 64 * 1024;

/* ---------- enrolment ---------- */

const enrolment = {
  createCode: hubRoute
    .route({
      method: 'POST',
      path: '/v1/enrolment-codes',
      successStatus: 201,
      tags: ['enrolment'],
      summary: 'Make a code with which one seat may enrol, once',
    })
    .input(
      z.object({
        /** Who or what it is for, so that the list of seats can be read. */
        label: personName,
        minutes: z.number().int().min(1).max(10_080).default(60),
        /** The seat that gets a new key (its old one ends), or null for a seat that is new. */
        renews: seatName.nullable().default(null),
      }),
    )
    .output(z.object({ code: z.string(), expiresAt: z.number() })),
  enrol: hubRoute
    .errors({
      UNKNOWN_CODE: { status: 403, message: 'This code is not known, was used, or has expired.' },
      ALREADY_ENROLLED: { status: 409, message: 'This seat is enrolled. A code made for it gives it a new key.' },
    })
    .route({
      method: 'POST',
      path: '/v1/enrolments',
      successStatus: 201,
      tags: ['enrolment'],
      summary: 'Enrol a seat: a code for a key of its own, told once',
    })
    .input(z.object({ code: z.string().min(1).max(64), seat: seatName }))
    .output(z.object({ hubId: z.string(), seat: seatName, key: z.string() })),
};

/* ---------- journal ---------- */

/** Why the hub set an entry aside: it holds it and goes on with the next. */
export const setAsideReason = z.enum(['unreadable', 'unknown-kind', 'bad-body', 'too-large', 'not-applied']);
export type SetAsideReason = z.infer<typeof setAsideReason>;

/** One entry that was set aside. `detail` names the place that is wrong, never what stands there. */
export const setAsideEntry = z.object({ seq: z.number().int(), reason: setAsideReason, detail: z.string() });
export type SetAsideEntry = z.infer<typeof setAsideEntry>;

/** How many bytes of entries one answer holds at most, beyond its first entry: what a seat reads into memory at once. */
export const heldBytesMax = 4 * 1024 * 1024;

/**
 * One entry the hub holds: `entry` as it was pushed; one that was set aside with the reason, and null when not even
 * its text could be kept.
 */
export const heldEntry = z.object({ seq: z.number().int(), setAside: setAsideReason.nullable(), entry: z.unknown() });
export type HeldEntry = z.infer<typeof heldEntry>;

/** Entries firstSeq, firstSeq + 1, ... of the seat whose key is shown. An entry that cannot be read still has its place. */
export const journalPush = z.object({
  firstSeq: z.number().int().positive(),
  entries: z.array(z.unknown()).min(1).max(pushEntriesMax),
});
export type JournalPush = z.infer<typeof journalPush>;

/** Everything up to and with `acknowledgedSeq` is on the hub's disk. The same push is always answered the same. */
export const pushAnswer = z.object({
  acknowledgedSeq: z.number().int(),
  setAside: z.array(setAsideEntry),
});
export type PushAnswer = z.infer<typeof pushAnswer>;

const journal = {
  push: hubRoute
    .errors({
      GAP: {
        status: 409,
        message: 'Entries before these are missing.',
        data: z.object({ expectedSeq: z.number().int() }),
      },
      FORKED: {
        status: 409,
        message: 'The hub holds another entry under this number: this journal was copied or set back.',
        data: z.object({ seq: z.number().int() }),
      },
      WRONG_SEAT: {
        status: 409,
        message: 'An entry names another seat than the key.',
        data: z.object({ seq: z.number().int() }),
      },
    })
    .route({
      method: 'POST',
      path: '/v1/journal',
      tags: ['journal'],
      summary: 'Hand over entries of a seat, in order; each is taken once however often it comes',
    })
    .input(journalPush)
    .output(pushAnswer),
  standing: hubRoute
    .route({
      method: 'GET',
      path: '/v1/journal/standing',
      tags: ['journal'],
      summary: 'How far the journal of this seat has come',
    })
    .output(z.object({ lastSeq: z.number().int(), setAsideCount: z.number().int() })),
  entries: hubRoute
    .route({
      method: 'GET',
      path: '/v1/journal/entries',
      tags: ['journal'],
      summary: 'What the hub holds of this seat, in order: what a seat that lost its own takes back',
    })
    .input(z.object({ after: z.coerce.number().int().nonnegative().default(0), limit }))
    .output(
      z.object({
        rows: z.array(heldEntry),
        /** The number of the newest entry the hub holds; 0 when it holds none. */
        lastSeq: z.number().int(),
      }),
    ),
  setAside: hubRoute
    .route({
      method: 'GET',
      path: '/v1/journal/set-aside',
      tags: ['journal'],
      summary: 'Entries that were set aside: a seat sees its own, others those of all seats',
    })
    .errors(badCursor)
    .input(z.object({ seat: seatName.optional(), ...page }))
    .output(
      z.object({
        rows: z.array(setAsideEntry.extend({ seat: seatName, receivedAt: z.number(), bytes: z.number().int() })),
        next: z.string().nullable(),
      }),
    ),
};

/* ---------- lists ---------- */

const calls = {
  list: hubRoute
    .errors(badCursor)
    .route({ method: 'GET', path: '/v1/calls', tags: ['calls'], summary: 'Calls of all seats, newest first' })
    .input(z.object({ seat: seatName.optional(), ...page }))
    .output(z.object({ rows: z.array(z.object({ seat: seatName, call: callRow })), next: z.string().nullable() })),
};

/* ---------- people, seats and their keys ---------- */

const keyRow = z.object({
  keyId: z.string(),
  role: hubRole,
  name: z.string(),
  seat: seatName.nullable(),
  createdAt: z.number(),
  revokedAt: z.number().nullable(),
});

const keys = {
  create: hubRoute
    .route({
      method: 'POST',
      path: '/v1/keys',
      successStatus: 201,
      tags: ['keys'],
      summary: 'Make a key for a person; it is told once',
    })
    .input(z.object({ name: personName, role: hubRole.exclude(['seat']) }))
    .output(z.object({ keyId: z.string(), key: z.string() })),
  list: hubRoute
    .errors(badCursor)
    .route({ method: 'GET', path: '/v1/keys', tags: ['keys'], summary: 'Who holds a key, and with which role' })
    .input(z.object(page))
    .output(z.object({ rows: z.array(keyRow), next: z.string().nullable() })),
  revoke: hubRoute
    .errors({ UNKNOWN_KEY: { status: 404, message: 'There is no such key, or it has ended.' } })
    .route({ method: 'DELETE', path: '/v1/keys/{keyId}', tags: ['keys'], summary: 'End a key, at once' })
    .input(z.object({ keyId: z.string().regex(/^[a-z0-9]{1,32}$/) }))
    .output(z.object({ revokedAt: z.number() })),
};

const seats = {
  list: hubRoute
    .errors(badCursor)
    .route({ method: 'GET', path: '/v1/seats', tags: ['seats'], summary: 'Seats and how far their journals have come' })
    .input(z.object(page))
    .output(
      z.object({
        rows: z.array(
          z.object({
            seat: seatName,
            label: z.string(),
            enrolledAt: z.number(),
            lastSeq: z.number().int(),
            lastPushAt: z.number().nullable(),
            setAsideCount: z.number().int(),
          }),
        ),
        next: z.string().nullable(),
      }),
    ),
};

/* ---------- audit ---------- */

/** One line of the audit trail. `hash` is over everything in it and `previous`, the hash of the line before (SHA-256, hex). */
export const auditLine = z.object({
  position: z.number().int().positive(),
  at: z.number(),
  actor: z.string(),
  role: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.string(),
  previous: z.string(),
  hash: z.string(),
});
export type AuditLine = z.infer<typeof auditLine>;

const audit = {
  list: hubRoute
    .errors(badCursor)
    .route({ method: 'GET', path: '/v1/audit', tags: ['audit'], summary: 'The audit trail, oldest first' })
    .input(z.object(page))
    .output(z.object({ rows: z.array(auditLine), next: z.string().nullable() })),
};

/** The contract. Each route stands in hub/role-table.ts, or the hub does not compile. */
export const hubApi = {
  enrolment,
  journal,
  calls,
  records: sharedRecordRoutes,
  keys,
  people: hubPeopleApi,
  seats,
  audit,
  site: siteRoutes,
  recordings: recordingRoutes,
  retention: retentionRoutes,
  requests: requestRoutes,
};
