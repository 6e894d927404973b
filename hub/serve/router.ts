import { implement } from '@orpc/server';
import { assertNever } from '../../core/assert-never.ts';
import { hubApi } from '../../core/hub-api.ts';
import { auditAfter } from '../audit/audit-table.ts';
import type { HubParts } from '../hub-parts.ts';
import type { HubRecordings } from '../hub-recordings.ts';
import { listCalls } from '../journal/fold-calls.ts';
import { heldEntries } from '../journal/held-entries.ts';
import { listSeats, listSetAside, standingOf } from '../journal/journal-lists.ts';
import type { PushQueue } from '../journal/push-queue.ts';
import { createCode, enrol } from '../keys/enrolment.ts';
import { createKey, listKeys, revokeKey } from '../keys/key-table.ts';
import { recordingRouter } from '../listening/recording-router.ts';
import { peopleRouter } from '../people/people-router.ts';
import { editByHand, historyOf } from '../records/edit-by-hand.ts';
import type { WaitingRoom } from '../records/waiting-room.ts';
import { retentionRouter } from '../retention/retention-router.ts';
import { actorOf, type HubContext, nextPage, seatOf } from './hub-context.ts';
import { callPlace, placeNumber, placeText, setAsidePlace } from './page-places.ts';
import { waitForFeed } from './wait-for-feed.ts';

/** The contract on a database. */
export function hubRouter(parts: HubParts, queue: PushQueue, room: WaitingRoom, recordings: HubRecordings) {
  const os = implement(hubApi).$context<HubContext>();
  return os.router({
    ...accessRouter(parts),
    ...journalRouter(parts, queue, room),
    ...recordRouter(parts, room),
    ...recordingRouter(parts, recordings),
    ...retentionRouter(parts, recordings),
    people: peopleRouter(parts),
  });
}

function accessRouter(parts: HubParts) {
  const os = implement(hubApi).$context<HubContext>();
  const { database } = parts;
  return {
    enrolment: os.enrolment.router({
      createCode: os.enrolment.createCode.handler(({ context, input }) => createCode(parts, actorOf(context), input)),
      enrol: os.enrolment.enrol.handler(async ({ context, input, errors }) => {
        const outcome = await enrol(parts, input);
        if (outcome.kind === 'enrolled') return { hubId: outcome.hubId, seat: input.seat, key: outcome.key };
        if (outcome.kind === 'already-enrolled') throw errors.ALREADY_ENROLLED();
        context.onBadCode();
        throw errors.UNKNOWN_CODE();
      }),
    }),
    keys: os.keys.router({
      create: os.keys.create.handler(({ context, input }) => createKey(parts, actorOf(context), input)),
      list: os.keys.list.handler(async ({ input, errors }) => {
        const after = placeText(input.after);
        if (after === null) throw errors.BAD_CURSOR();
        const rows = await listKeys(database, after, input.limit);
        return { rows, next: nextPage(rows, input.limit, ({ keyId }) => [keyId]) };
      }),
      revoke: os.keys.revoke.handler(async ({ context, input, errors }) => {
        const revokedAt = await revokeKey(parts, actorOf(context), input.keyId);
        if (revokedAt === null) throw errors.UNKNOWN_KEY();
        return { revokedAt };
      }),
    }),
    seats: os.seats.router({
      list: os.seats.list.handler(async ({ input, errors }) => {
        const after = placeText(input.after);
        if (after === null) throw errors.BAD_CURSOR();
        const rows = await listSeats(database, after, input.limit);
        return { rows, next: nextPage(rows, input.limit, ({ seat }) => [seat]) };
      }),
    }),
    audit: os.audit.router({
      list: os.audit.list.handler(async ({ input, errors }) => {
        const after = placeNumber(input.after);
        if (after === null) throw errors.BAD_CURSOR();
        const rows = [...(await auditAfter(database, after, input.limit))];
        return { rows, next: nextPage(rows, input.limit, ({ position }) => [position]) };
      }),
    }),
  };
}

function journalRouter(parts: HubParts, queue: PushQueue, room: WaitingRoom) {
  const os = implement(hubApi).$context<HubContext>();
  const { database } = parts;
  return {
    journal: os.journal.router({
      push: os.journal.push.handler(async ({ context, input, errors }) => {
        const outcome = await queue.take(seatOf(context), input);
        switch (outcome.kind) {
          case 'taken':
            context.onEntries(outcome.fresh, outcome.setAside);
            if (outcome.fresh > 0) room.wake();
            return outcome.answer;
          case 'gap':
            throw errors.GAP({ data: { expectedSeq: outcome.expectedSeq } });
          case 'forked':
            throw errors.FORKED({ data: { seq: outcome.seq } });
          case 'wrong-seat':
            throw errors.WRONG_SEAT({ data: { seq: outcome.seq } });
          case 'too-many':
            throw errors.UNAVAILABLE();
          default:
            return assertNever(outcome);
        }
      }),
      standing: os.journal.standing.handler(({ context }) => standingOf(database, seatOf(context))),
      entries: os.journal.entries.handler(({ context, input }) => heldEntries(database, seatOf(context), input)),
      setAside: os.journal.setAside.handler(async ({ context, input, errors }) => {
        const after = setAsidePlace(input.after);
        if (after === 'bad') throw errors.BAD_CURSOR();
        const seat = context.caller?.role === 'seat' ? seatOf(context) : (input.seat ?? null);
        const rows = await listSetAside(database, { seat, after, limit: input.limit });
        return { rows, next: nextPage(rows, input.limit, (row) => [row.seat, row.seq]) };
      }),
    }),
    calls: os.calls.router({
      list: os.calls.list.handler(async ({ input, errors }) => {
        const after = callPlace(input.after);
        if (after === 'bad') throw errors.BAD_CURSOR();
        const rows = [...(await listCalls(database, { seat: input.seat ?? null, after, limit: input.limit }))];
        return { rows, next: nextPage(rows, input.limit, ({ seat, call }) => [call.offeredAt, seat, call.callId]) };
      }),
    }),
  };
}

function recordRouter(parts: HubParts, room: WaitingRoom) {
  const os = implement(hubApi).$context<HubContext>();
  return {
    records: os.records.router({
      feed: os.records.feed.handler(async ({ context, input, errors }) => {
        const { cursor = null, limit, waitMs } = input;
        const wish = { cursor, limit, seat: context.caller?.seat ?? null };
        const page = await waitForFeed(parts, room, wish, waitMs, context.signal);
        if (page === null) throw errors.BAD_CURSOR();
        return { ...page, records: [...page.records] };
      }),
      put: os.records.put.handler(async ({ context, input, errors }) => {
        const outcome = await editByHand(parts, actorOf(context), input);
        if (outcome.kind === 'stale') throw errors.STALE({ data: { version: outcome.version } });
        if (outcome.kind === 'too-large') throw errors.TOO_LARGE();
        room.wake();
        return outcome.record;
      }),
      remove: os.records.remove.handler(async ({ context, input, errors }) => {
        const { params, query } = input;
        const outcome = await editByHand(parts, actorOf(context), { ...params, ...query, fields: null });
        if (outcome.kind === 'stale') throw errors.STALE({ data: { version: outcome.version } });
        if (outcome.kind === 'too-large') throw new Error('a record without fields is never too large');
        room.wake();
        return outcome.record;
      }),
      history: os.records.history.handler(async ({ input, errors }) => {
        const after = placeNumber(input.after);
        if (after === null) throw errors.BAD_CURSOR();
        const rows = await historyOf(parts, { ...input, after });
        return { rows, next: nextPage(rows, input.limit, ({ version }) => [version]) };
      }),
    }),
  };
}
