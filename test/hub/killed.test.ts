import { expect, test } from 'vitest';
import { diceOf } from '../faults/dice.ts';
import { callFacts } from '../main/store/facts.ts';
import { folded, held } from './held.ts';
import { startDyingHub } from './hub-process.ts';
import { type Answer, asEntries, ask, callEntries, onBothDatabases, seatKey, startHub } from './some-hub.ts';

/** The seed of the moments at which hubs are killed; printed with a failure, so it can be run again. */
const seed = 20_261_122;
const lives = 10;
const seats = 5;

/** A push has fewer statements than this: a loop that gets here kills nothing any more. */
const statementsMax = 40;

/** Null when the hub died before it answered. */
async function askOrDead(...question: Parameters<typeof ask>): Promise<Answer | null> {
  try {
    return await ask(...question);
  } catch (cause) {
    // What fetch gives for a connection that broke.
    if (cause instanceof TypeError) return null;
    throw cause;
  }
}

/** A push with everything in it: a call, an edit of a shared record, and something that is set aside. */
function mixedEntries(seat: string, recordId: string) {
  const entries = asEntries(seat, 1, [
    ...callFacts(1),
    { kind: 'record-edited', body: { collection: 'customers', recordId, baseVersion: 0, fields: { seat } } },
  ]);
  return { whole: entries, pushed: [...entries, { nothing: 'readable' }] };
}

onBothDatabases((newPlace) => {
  test('killed after each statement of a push: the same push again is taken once, and answered the same', async () => {
    const place = await newPlace();
    // Another hub on the same database, that lives: what a balancer would turn to.
    const living = await startHub(place);
    let kills = 0;
    for (let dieAfter = 1; ; dieAfter += 1) {
      expect(dieAfter).toBeLessThan(statementsMax);
      const seat = `seat-${String(dieAfter).padStart(2, '0')}`;
      const key = await seatKey(living, seat);
      const { whole, pushed } = mixedEntries(seat, seat);
      const push = [`/v1/journal`, key, { firstSeq: 1, entries: pushed }] as const;
      const dying = await startDyingHub(place, dieAfter);
      const answer = await askOrDead(dying.url, 'POST', ...push);
      const again = await ask(living.url, 'POST', ...push);
      expect(again.body).toEqual({
        acknowledgedSeq: pushed.length,
        setAside: [{ seq: pushed.length, reason: 'unreadable', detail: 'no kind' }],
      });
      const now = await held(living);
      const ofSeat = <Row extends { readonly seat: string }>(rows: readonly Row[]) =>
        rows.filter((row) => row.seat === seat);
      expect(ofSeat(now.entries).map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
      expect(ofSeat(now.calls).map(({ call }) => call)).toEqual(folded(whole));
      expect(ofSeat(now.aside)).toHaveLength(1);
      const { tables } = living.parts.database;
      const edits = await tables.selectFrom('record_edit').select('version').where('record_id', '=', seat).execute();
      expect(edits).toEqual([{ version: 1 }]);
      if (answer !== null) {
        expect(answer.body).toEqual(again.body);
        dying.kill();
        await dying.ended;
        break;
      }
      expect(await dying.ended).toBe('SIGKILL');
      kills += 1;
    }
    // The key, begin, the seat, entries, calls, the record, the seat again, commit, what was set aside.
    expect(kills).toBeGreaterThan(12);
  }, 240_000);

  test(`killed at ${lives} moments under load (seed ${seed}): nothing acknowledged is lost, nothing is there twice`, async () => {
    const dice = diceOf(seed, 'hub');
    const place = await newPlace();
    const living = await startHub(place);
    const journals = await Promise.all(
      Array.from({ length: seats }, async (_, index) => {
        const seat = `seat-${index}`;
        return { seat, key: await seatKey(living, seat), entries: callEntries(seat, 200), acknowledged: 0 };
      }),
    );
    for (let life = 0; life < lives; life += 1) {
      const dying = await startDyingHub(place, dice.whole(1, 400));
      let isAlive = true;
      await Promise.all(
        journals.map(async (journal) => {
          while (isAlive) {
            // Now and then what was acknowledged is sent once more, as a seat does that did not hear it.
            const from = Math.max(1, journal.acknowledged + 1 - dice.whole(0, 3));
            const entries = journal.entries.slice(from - 1, from + dice.whole(0, 11));
            if (entries.length === 0) return;
            const answer = await askOrDead(dying.url, 'POST', '/v1/journal', journal.key, { firstSeq: from, entries });
            if (answer === null) isAlive = false;
            else {
              expect(answer).toMatchObject({ status: 200, body: { setAside: [] } });
              journal.acknowledged = Math.max(journal.acknowledged, answer.body.acknowledgedSeq);
            }
          }
        }),
      );
      dying.kill();
      await dying.ended;
    }
    const now = await held(living);
    for (const { seat, entries, acknowledged } of journals) {
      const ids = now.entries.filter((entry) => entry.seat === seat).map(({ id }) => id);
      expect(ids.length).toBeGreaterThanOrEqual(acknowledged);
      expect(ids).toEqual(entries.slice(0, ids.length).map(({ id }) => id));
      const calls = now.calls.filter((row) => row.seat === seat).map(({ call }) => call);
      expect(calls).toEqual(folded(entries.slice(0, ids.length)));
      expect(now.seats).toContainEqual({ seat, last_seq: ids.length });
    }
    expect(journals.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBeGreaterThan(lives);
  }, 240_000);
});
