import { implement } from '@orpc/server';
import { hubApi } from '../../core/hub-api.ts';
import type { HubParts } from '../hub-parts.ts';
import type { HubRecordings } from '../hub-recordings.ts';
import { actorOf, type HubContext, nextPage } from '../serve/hub-context.ts';
import { requestPlace } from '../serve/page-places.ts';
import { listRequests } from './request-table.ts';
import { listClasses } from './retention-class-table.ts';
import { retentionStanding, trustClock } from './retention-clock.ts';
import { listRules, rulesRevision } from './retention-rule-table.ts';
import { setRules } from './set-rules.ts';
import { askFor, confirm, putClass, type Refusal, withdraw } from './two-people.ts';

/** The routes about how long recordings stay, and about steps that take two people. */
export function retentionRouter(parts: HubParts, { erased }: HubRecordings) {
  const os = implement(hubApi).$context<HubContext>();
  const { tables } = parts.database;
  return {
    retention: os.retention.router({
      classes: os.retention.classes.handler(() => listClasses(tables)),
      putClass: os.retention.putClass.handler(async ({ context, input, errors }) => {
        const outcome = await putClass(parts, actorOf(context), input);
        if (outcome.kind === 'refused') throw errors.LAST_DEFAULT();
        return outcome;
      }),
      rules: os.retention.rules.handler(async () => {
        const rules = await listRules(tables);
        return { rules, revision: rulesRevision(rules) };
      }),
      setRules: os.retention.setRules.handler(async ({ context, input, errors }) => {
        const outcome = await setRules(parts, actorOf(context), input);
        if (outcome.kind === 'unknown-class') throw errors.UNKNOWN_CLASS();
        if (outcome.kind === 'changed') throw errors.CHANGED_MEANWHILE();
        return { revision: outcome.revision };
      }),
      standing: os.retention.standing.handler(() => retentionStanding(parts)),
      trustClock: os.retention.trustClock.handler(async ({ context, input, errors }) => {
        const now = await trustClock(parts, actorOf(context), input.reason);
        if (now === null) throw errors.NOT_STOPPED();
        return { now };
      }),
    }),
    requests: os.requests.router({
      ask: os.requests.ask.handler(async ({ context, input, errors }) => {
        const outcome = await askFor(parts, actorOf(context), input);
        if (outcome.kind === 'asked') return { requestId: outcome.requestId, lapsesAt: outcome.lapsesAt };
        throw outcome.why === 'not-held' ? errors.NOT_HELD() : errors[codes[outcome.why]]();
      }),
      list: os.requests.list.handler(async ({ input, errors }) => {
        const after = requestPlace(input.after);
        if (after === 'bad') throw errors.BAD_CURSOR();
        const { state = null, limit } = input;
        const rows = await listRequests(tables, { state, after, limit, now: parts.now() });
        return { rows, next: nextPage(rows, limit, ({ askedAt, requestId }) => [askedAt, requestId]) };
      }),
      confirm: os.requests.confirm.handler(async ({ context, input, errors }) => {
        const outcome = await confirm(parts, actorOf(context), input.requestId);
        if (outcome.kind === 'unknown-request') throw errors.UNKNOWN_REQUEST();
        if (outcome.kind === 'same-person') throw errors.SAME_PERSON();
        if (outcome.kind === 'refused') throw errors[codes[outcome.why]]();
        if (outcome.wish.what === 'erase') await erased();
        return { settledAt: outcome.at };
      }),
      withdraw: os.requests.withdraw.handler(async ({ context, input, errors }) => {
        const settledAt = await withdraw(parts, actorOf(context), input.requestId);
        if (settledAt === null) throw errors.UNKNOWN_REQUEST();
        return { settledAt };
      }),
    }),
  };
}

/** What was asked for can't be done any more: each is the contract's own word, or the request is as good as none. */
const codes = {
  unknown: 'UNKNOWN_RECORDING',
  erased: 'ERASED',
  held: 'HELD',
  'not-held': 'UNKNOWN_REQUEST',
  'unknown-class': 'UNKNOWN_REQUEST',
  'last-default': 'UNKNOWN_REQUEST',
} as const satisfies Readonly<Record<Refusal, string>>;
