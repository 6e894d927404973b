import { z } from 'zod';

/** One thing in both languages of the console. */
const bilingual = z.strictObject({ 'zh-CN': z.string().min(1).max(300), en: z.string().min(1).max(300) });

/**
 * What a practice customer does, in order. `say` speaks one sentence (its sound is assets/voices/LANGUAGE/SOUND.ogg,
 * made by assets/voices/make-voices.sh); `listen` waits until the agent has spoken and paused, at most `secondsMax`;
 * `hang-up` ends the call. A script without `hang-up` stays on the line and listens.
 */
const practiceStep = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('say'), sound: z.string().regex(/^[a-z0-9-]{1,60}$/), text: bilingual }),
  z.strictObject({ kind: z.literal('listen'), secondsMax: z.number().min(0.2).max(120) }),
  z.strictObject({ kind: z.literal('hang-up') }),
]);

/** A practice customer as a trainer writes one: assets/practice/*.json. assets/practice/README.md explains it. */
export const practiceScript = z.strictObject({
  scriptId: z.string().regex(/^[a-z0-9-]{1,60}$/),
  title: bilingual,
  customer: z.strictObject({
    'zh-CN': z.strictObject({ name: z.string().max(60), number: z.string().regex(/^\+?[0-9]{3,20}$/) }),
    en: z.strictObject({ name: z.string().max(60), number: z.string().regex(/^\+?[0-9]{3,20}$/) }),
  }),
  /** After how many seconds of ringing the customer gives up. */
  patienceSeconds: z.number().min(3).max(300),
  steps: z.array(practiceStep).min(1).max(100),
});
export type PracticeScript = z.infer<typeof practiceScript>;
