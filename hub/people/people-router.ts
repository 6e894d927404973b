import { implement } from '@orpc/server';
import { hubApi } from '../../core/hub-api.ts';
import type { HubParts } from '../hub-parts.ts';
import { actorOf, type HubContext, nextPage, seatOf } from '../serve/hub-context.ts';
import { placeText } from '../serve/page-places.ts';
import {
  changePerson,
  createPerson,
  endPerson,
  listPeople,
  peopleStanding,
  setSignInPolicy,
  signInPolicy,
} from './person-table.ts';
import { pinHasher, TooManySignIns } from './pin-hash.ts';
import { signIn } from './sign-in.ts';

/** Routes of `people`. */
export function peopleRouter(parts: HubParts) {
  const { people } = implement(hubApi).$context<HubContext>();
  const { database } = parts;
  const hasher = pinHasher(parts.random);
  return people.router({
    create: people.create.handler(async ({ context, input, errors }) => {
      const made = await createPerson(parts, hasher, actorOf(context), input);
      if (made.kind === 'too-simple') throw errors.TOO_SIMPLE();
      if (made.kind === 'login-taken') throw errors.LOGIN_TAKEN();
      return { personId: made.personId, pin: made.pin };
    }),
    list: people.list.handler(async ({ input, errors }) => {
      const after = placeText(input.after);
      if (after === null) throw errors.BAD_CURSOR();
      const rows = await listPeople(database, after, input.limit);
      return { rows, next: nextPage(rows, input.limit, (row) => [row.personId]) };
    }),
    change: people.change.handler(async ({ context, input, errors }) => {
      const changed = await changePerson(parts, hasher, actorOf(context), input);
      if (changed.kind === 'too-simple') throw errors.TOO_SIMPLE();
      if (changed.kind === 'unknown') throw errors.UNKNOWN_PERSON();
      return changed.person;
    }),
    end: people.end.handler(async ({ context, input, errors }) => {
      const endedAt = await endPerson(parts, actorOf(context), input.personId);
      if (endedAt === null) throw errors.UNKNOWN_PERSON();
      return { endedAt };
    }),
    signIn: people.signIn.handler(async ({ context, input, errors }) => {
      const seat = { name: seatOf(context), actor: actorOf(context) };
      const outcome = await signIn(parts, hasher, seat, input).catch((cause: unknown) => {
        if (cause instanceof TooManySignIns) throw errors.UNAVAILABLE();
        throw cause;
      });
      if (outcome.kind === 'wrong') throw errors.WRONG();
      if (outcome.kind === 'wait') throw errors.WAIT({ data: { waitMs: outcome.waitMs } });
      return { person: outcome.person, offlineHours: outcome.offlineHours };
    }),
    standing: people.standing.handler(({ input }) => peopleStanding(database, input.personIds)),
    policy: people.policy.handler(() => signInPolicy(database.tables)),
    setPolicy: people.setPolicy.handler(({ context, input }) => setSignInPolicy(parts, actorOf(context), input)),
  });
}
