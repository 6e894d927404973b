import { z } from 'zod';
import { journalEntry } from '../../../core/journal.ts';
import { lockRecords, writeEdit } from '../../../hub/records/write-edits.ts';
import type { Mutation } from './mutation.ts';
import type { WireAnswer, WireRequest } from './simulated-hub.ts';
import type { Carry } from './simulated-network.ts';

const push = z.object({ firstSeq: z.int(), entries: z.array(z.unknown()) });
const record = z.record(z.string(), z.unknown());
const feed = z.looseObject({ records: z.array(record), journalSeq: z.int() });
type Feed = z.infer<typeof feed>;

/** Mistakes that somebody might make, each of which the simulator must notice. */
export const mutations: readonly Mutation[] = [
  {
    name: 'the hub acknowledges a push before it is on disk',
    carry: (carry) => {
      let held: (() => Promise<unknown>) | null = null;
      return onPush(async (request, pass, { firstSeq, entries }) => {
        const before = held;
        held = () => pass(request);
        await before?.();
        return ok({ acknowledgedSeq: firstSeq + entries.length - 1, setAside: [] });
      })(carry);
    },
  },
  {
    name: 'the hub applies what an entry does each time that the entry comes',
    carry: (carry, database) => {
      const seen = new Set<string>();
      return async (seat, request, signal) => {
        const answer = await carry(seat, request, signal);
        if (request.path !== '/v1/journal' || answer?.status !== 200) return answer;
        for (const raw of push.parse(JSON.parse(request.body)).entries) {
          const read = journalEntry.safeParse(raw);
          if (!read.success || read.data.kind !== 'record-edited') continue;
          const { id, seq, body, at } = read.data;
          if (seen.has(id))
            await database()?.transaction(async (transaction) => {
              await lockRecords(transaction);
              await writeEdit(transaction, body, { by: `seat ${seat} entry ${seq}`, at });
            });
          seen.add(id);
        }
        return answer;
      };
    },
  },
  {
    name: 'the hub takes the entries of a push in another order',
    carry: onPush((request, pass, { firstSeq, entries }) => {
      const turned = entries.toReversed().map((entry, index) => renumbered(entry, firstSeq + index));
      return pass({ ...request, body: JSON.stringify({ firstSeq, entries: turned }) });
    }),
  },
  {
    name: 'the hub says one entry too many',
    carry: onPush(async (request, pass, { firstSeq, entries }) => {
      const answer = await pass(request);
      return answer?.status === 200 ? ok({ acknowledgedSeq: firstSeq + entries.length, setAside: [] }) : answer;
    }),
  },
  { name: 'the disk of the hub does not keep what was synced', forgets: 'hub' },
  { name: 'the disk of a seat does not keep what was synced', forgets: 'seat' },
  {
    name: 'the hub throws poison away',
    hubTriggers: [
      'create temp trigger lose after insert on set_aside begin delete from set_aside where seat = new.seat and seq = new.seq; end',
    ],
  },
  {
    name: 'the hub does not fold what comes later into the call list',
    hubTriggers: ['create temp trigger keep before update on call_row begin select raise(ignore); end'],
  },
  {
    name: 'the hub keeps the history of a record and not the record',
    hubTriggers: ['create temp trigger keep before update on shared_record begin select raise(ignore); end'],
  },
  {
    name: 'the history of a record does not say which values were lost',
    hubTriggers: [
      `create temp trigger forget after insert on record_edit when new.lost <> '{}' begin
         update record_edit set lost = '{}' where position = new.position; end`,
    ],
  },
  {
    name: 'whoever makes a record again that he deleted himself is taken to change the deleted one',
    draft: (edit) => ({ ...edit, sawRecord: true }),
  },
  {
    name: 'the seat counts its own unsent edits into the version that the hub told of',
    draft: (edit, records) => ({
      ...edit,
      baseVersion: records.standing(edit.collection, edit.recordId)?.version ?? 0,
    }),
  },
  {
    name: 'the seat does not lay its own edits on top of the replica',
    seatDatabase: (connection) =>
      connection.exec(
        'create temp trigger lose after insert on own_edit begin delete from own_edit where position = new.position; end',
      ),
  },
  {
    name: 'the seat keeps its own edits on top for ever',
    seatDatabase: (connection) =>
      connection.exec('create temp trigger keep before delete on own_edit begin select raise(ignore); end'),
  },
  {
    name: 'the seat does not keep what the hub set aside',
    seatDatabase: (connection) =>
      connection.exec('create temp trigger lose before insert on hub_set_aside begin select raise(ignore); end'),
  },
  {
    name: 'the seat keeps the cursor of a page and not its records',
    seatDatabase: (connection) =>
      connection.exec(
        'create temp trigger lose before update of version on shared_record when new.version > 2 begin select raise(ignore); end',
      ),
  },
  {
    name: 'the feed says too early that the edits of a seat are in what was read',
    carry: onFeed((page) => ({ ...page, journalSeq: page.journalSeq + 1 })),
  },
  { name: 'the feed leaves a record out', carry: onFeed((page) => ({ ...page, records: page.records.slice(1) })) },
  {
    name: 'the feed tells no deletions',
    carry: onFeed((page) => ({ ...page, records: page.records.filter(({ isDeleted }) => isDeleted !== true) })),
  },
  {
    name: 'the feed tells pages in another order',
    carry: (carry) => {
      const before = new Map<string, Feed>();
      return onFeed((page, seat) => {
        const told = before.get(seat);
        if (page.records.length === 0 || told === undefined) {
          before.set(seat, page);
          return page;
        }
        before.delete(seat);
        return { ...page, records: [...page.records, ...told.records] };
      })(carry);
    },
  },
];

type Pass = (request: WireRequest) => Promise<WireAnswer | null>;

/** Stands before the hub's intake. */
function onPush(
  work: (request: WireRequest, pass: Pass, read: z.infer<typeof push>) => Promise<WireAnswer | null>,
): (carry: Carry) => Carry {
  return (carry) => (seat, request, signal) => {
    const pass: Pass = (given) => carry(seat, given, signal);
    if (request.path !== '/v1/journal') return pass(request);
    return work(request, pass, push.parse(JSON.parse(request.body)));
  };
}

/** Stands behind the hub's feed. */
function onFeed(change: (page: Feed, seat: string) => Feed): (carry: Carry) => Carry {
  return (carry) => async (seat, request, signal) => {
    const answer = await carry(seat, request, signal);
    if (!request.path.startsWith('/v1/feed') || answer?.status !== 200) return answer;
    return ok(change(feed.parse(JSON.parse(answer.body)), seat));
  };
}

function renumbered(entry: unknown, seq: number): unknown {
  return { ...record.parse(entry), seq };
}

function ok(body: unknown): WireAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
