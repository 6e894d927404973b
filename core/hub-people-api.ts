import { z } from 'zod';
import { badCursor, hubRole, hubRoute, page, personName } from './hub-route.ts';

/**
 * Routes of the hub's contract about the people who work at seats. A person is not a key: a key opens the hub to a
 * program, a person signs in at a seat with a name and a PIN, and the seat shows its own key.
 */

/** What a person may be. A seat is none. */
export const personRole = hubRole.exclude(['seat']);
export type PersonRole = z.infer<typeof personRole>;

/** A work number or a short name, in small letters: what is typed to sign in. Typed letters may be large. */
export const loginName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,31}$/u);

/** How many characters a PIN or password has at least: a number pad's four, because attempts are limited. */
export const pinLengthMin = 4;
/** And at most: a sentence, and nothing that would keep the hub busy. */
export const pinLengthMax = 128;
/** What a person signs in with: digits or a password. */
export const pin = z.string().min(pinLengthMin).max(pinLengthMax);

/** The id of a person: made once, never given again. Every journal entry about a person names it. */
export const personId = z.string().regex(/^[a-z0-9]{1,32}$/);

/** Who a person is, as a seat needs to know it. `secretVersion` counts the PINs there have been. */
export const person = z.object({
  personId,
  login: z.string().max(32),
  name: personName,
  role: personRole,
  secretVersion: z.number().int().positive(),
});
export type Person = z.infer<typeof person>;

/** How many hours a seat lets somebody sign in without the hub, after the hub last told it that this person works here. */
export const offlineHoursDefault = 72;
/** A month: longer is no policy any more. 0: never without the hub. */
export const offlineHours = z.number().int().min(0).max(720);

/** How many people one seat asks after at once: more than ever sit at one. */
export const standingPeopleMax = 200;

const unknownPerson = {
  UNKNOWN_PERSON: { status: 404, message: 'There is no such person, or this person has ended.' },
} as const;
const badSecret = {
  TOO_SIMPLE: { status: 422, message: 'This PIN is the first one anybody would try. Choose another.' },
  LOGIN_TAKEN: { status: 409, message: 'Somebody else signs in with this name.' },
} as const;

/** Procedures of `people`. */
export const hubPeopleApi = {
  create: hubRoute
    .errors(badSecret)
    .route({
      method: 'POST',
      path: '/v1/people',
      successStatus: 201,
      tags: ['people'],
      summary: 'Add a person who signs in at seats. Without a PIN one is made and told, once',
    })
    .input(z.object({ login: loginName, name: personName, role: personRole, pin: pin.nullable().default(null) }))
    .output(
      z.object({
        personId,
        /** The PIN that was made; null when one was given. */
        pin: z.string().nullable(),
      }),
    ),
  list: hubRoute
    .errors(badCursor)
    .route({ method: 'GET', path: '/v1/people', tags: ['people'], summary: 'Who signs in at seats, ended people too' })
    .input(z.object(page))
    .output(
      z.object({
        rows: z.array(person.extend({ createdAt: z.number(), endedAt: z.number().nullable() })),
        next: z.string().nullable(),
      }),
    ),
  change: hubRoute
    .errors({ ...unknownPerson, ...badSecret })
    .route({
      method: 'PATCH',
      path: '/v1/people/{personId}',
      tags: ['people'],
      summary: 'Change a name, a role or a PIN. A new PIN also ends a wait after failed attempts',
    })
    .input(
      z
        .object({ personId, name: personName.optional(), role: personRole.optional(), pin: pin.optional() })
        .refine(
          ({ name, role, pin: secret }) => name !== undefined || role !== undefined || secret !== undefined,
          'nothing to change',
        ),
    )
    .output(person),
  end: hubRoute
    .errors(unknownPerson)
    .route({
      method: 'DELETE',
      path: '/v1/people/{personId}',
      tags: ['people'],
      summary: 'A person works here no more: no seat lets them sign in once it has heard',
    })
    .input(z.object({ personId }))
    .output(z.object({ endedAt: z.number() })),
  signIn: hubRoute
    .errors({
      /** One answer for a wrong name, a wrong PIN and somebody who has ended. */
      WRONG: { status: 403, message: 'This name and PIN do not belong together.' },
      WAIT: {
        status: 429,
        message: 'Too many failed attempts with this name or at this seat.',
        data: z.object({ waitMs: z.number().nonnegative() }),
      },
    })
    .route({
      method: 'POST',
      path: '/v1/sign-ins',
      tags: ['people'],
      summary: 'A person signs in at the seat whose key is shown',
    })
    .input(z.object({ login: z.string().min(1).max(64), pin: z.string().min(1).max(pinLengthMax) }))
    .output(z.object({ person, offlineHours })),
  standing: hubRoute
    .route({
      method: 'POST',
      path: '/v1/people/standing',
      tags: ['people'],
      summary: 'Whether people sign in here at all, and which of those a seat knows still work here',
    })
    .input(z.object({ personIds: z.array(personId).max(standingPeopleMax) }))
    .output(
      z.object({
        /** False: there never was anybody, and seats of this hub work without anybody signing in. */
        hasPeople: z.boolean(),
        offlineHours,
        /** Of those asked after; whoever is missing has ended. */
        people: z.array(person),
      }),
    ),
  policy: hubRoute
    .route({
      method: 'GET',
      path: '/v1/sign-in-policy',
      tags: ['people'],
      summary: 'How long seats let people sign in without the hub',
    })
    .output(z.object({ offlineHours })),
  setPolicy: hubRoute
    .route({
      method: 'PUT',
      path: '/v1/sign-in-policy',
      tags: ['people'],
      summary: 'Change how long seats let people sign in without the hub',
    })
    .input(z.object({ offlineHours }))
    .output(z.object({ offlineHours })),
};
