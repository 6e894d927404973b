import { z } from 'zod';
import { hubRoute, seatName } from './hub-route.ts';
import { queueName } from './recording-upload.ts';

/** The hub's contract about how long recordings stay: classes, the rules that choose one, and the clock. */

/** How long what a person gives as the reason of an irreversible step may be. */
export const reasonLengthMax = 400;
/** Why somebody does what can't be taken back, in his words. */
export const reason = z.string().trim().min(4).max(reasonLengthMax);

/** What a step that may need a second person came to. */
export const asked = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done') }),
  /** It would erase something earlier than it is to be now, so another person confirms it first. */
  z.object({ kind: z.literal('asked'), requestId: z.string() }),
]);
export type Asked = z.infer<typeof asked>;

/** The name of a retention class. */
export const retentionClassName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);

/** The refusal of a class that is not there. */
export const unknownClass = { UNKNOWN_CLASS: { status: 404, message: 'There is no such retention class.' } } as const;

/** The longest a class keeps: a century. */
export const keepDaysMax = 36_525;
/** Days after the call; null: until somebody erases it. */
export const keepDays = z.number().int().min(1).max(keepDaysMax).nullable();

/** How long the recordings of a class are kept, counted from the call; null: until somebody erases them. */
export const retentionClass = z.object({ name: retentionClassName, keepDays, isDefault: z.boolean() });
export type RetentionClass = z.infer<typeof retentionClass>;

/** How many rules there may be: each new recording is held against them. */
export const retentionRulesMax = 100;

/** Which class a new recording gets when its call came in at a seat, or through a queue. */
export const retentionRule = z.discriminatedUnion('by', [
  z.object({ by: z.literal('seat'), seat: seatName, retentionClass: retentionClassName }),
  z.object({ by: z.literal('queue'), queue: queueName, retentionClass: retentionClassName }),
]);
export type RetentionRule = z.infer<typeof retentionRule>;
const retentionRules = z.array(retentionRule).max(retentionRulesMax);
/** Which state of the rules is meant. */
const rulesRevision = z.string().regex(/^[0-9a-f]{16}$/);

/** Routes about retention. */
export const retentionRoutes = {
  classes: hubRoute
    .route({ method: 'GET', path: '/v1/retention-classes', tags: ['retention'], summary: 'The retention classes' })
    .output(z.array(retentionClass)),
  putClass: hubRoute
    .errors({ LAST_DEFAULT: { status: 409, message: 'Some class must be the one for new recordings.' } })
    .route({
      method: 'PUT',
      path: '/v1/retention-classes/{name}',
      tags: ['retention'],
      summary: 'Make a retention class or change it; what would erase recordings earlier waits for a second person',
    })
    .input(retentionClass.extend({ reason }))
    .output(asked),
  rules: hubRoute
    .route({
      method: 'GET',
      path: '/v1/retention-rules',
      tags: ['retention'],
      summary:
        'Which class a new recording gets by the seat or the queue of its call: the first rule that fits decides',
    })
    .output(z.object({ rules: retentionRules, revision: rulesRevision })),
  setRules: hubRoute
    .errors({
      ...unknownClass,
      CHANGED_MEANWHILE: { status: 409, message: 'Somebody else has set the rules since they were read.' },
    })
    .route({
      method: 'PUT',
      path: '/v1/retention-rules',
      tags: ['retention'],
      summary: 'Set the rules for new recordings; what is there keeps its class',
    })
    .input(z.object({ rules: retentionRules, revision: rulesRevision, reason }))
    .output(z.object({ revision: rulesRevision })),
  standing: hubRoute
    .route({
      method: 'GET',
      path: '/v1/retention',
      tags: ['retention'],
      summary: 'Whether recordings are erased by date, and if not, why',
    })
    .output(
      z.object({
        /** Null: erasing goes on. Else since when it stands still because the wall clock jumped, and by how much. */
        stopped: z.object({ at: z.number(), jumpMs: z.number() }).nullable(),
        sweptAt: z.number().nullable(),
        /** Recordings past their date that are held. */
        held: z.number().int(),
      }),
    ),
  trustClock: hubRoute
    .errors({ NOT_STOPPED: { status: 409, message: 'Erasing by date is not stopped.' } })
    .route({
      method: 'POST',
      path: '/v1/retention/clock',
      tags: ['retention'],
      summary: "Confirm that the hub's clock is right after it jumped: erasing by date goes on",
    })
    .input(z.object({ reason }))
    .output(z.object({ now: z.number() })),
};
