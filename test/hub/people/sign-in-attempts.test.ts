import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../hub/database/open-database.ts';
import { forgetOldAttempts, forgiveAttempt, subjectsOf, takeAttempt } from '../../../hub/people/sign-in-attempts.ts';
import { noon, onBothDatabases } from '../some-hub.ts';

const minute = 60_000;
const hour = 60 * minute;

onBothDatabases((newPlace) => {
  async function attempts() {
    const database = await openDatabase(await newPlace(), {
      hubId: randomBytes(4).toString('hex'),
      watch: null,
      onLost: () => undefined,
    });
    return {
      close: () => database.close(),
      take: (name: string, seat: string, at: number) =>
        database.transaction((transaction) => takeAttempt(transaction, subjectsOf(name, seat), at)),
      forgive: (name: string, seat: string) =>
        database.transaction((transaction) => forgiveAttempt(transaction, subjectsOf(name, seat))),
      forget: (at: number) => database.transaction((transaction) => forgetOldAttempts(transaction, at)),
      rows: () => database.tables.selectFrom('sign_in_attempt').select(['subject', 'failures']).execute(),
    };
  }

  test('a name waits longer each time, never more than an hour; at most five tries in any ten minutes', async () => {
    const { take, close } = await attempts();
    const tries: number[] = [];
    // Somebody who tries again as soon as he may, for half a day, from a seat of his own each time.
    for (let at = noon; at < noon + 12 * hour; ) {
      const waitMs = await take('victim', `seat-${tries.length}`, at);
      if (waitMs === 0) tries.push(at - noon);
      else {
        expect(await take('victim', 'another', at + waitMs - 1)).toBe(1);
        at += waitMs;
      }
    }
    expect(tries.map((at) => at / minute).slice(0, 8)).toEqual([0, 0, 0, 1, 4, 13, 40, 100]);
    expect(
      Math.max(...tries.map((at) => tries.filter((other) => other >= at && other < at + 10 * minute).length)),
    ).toBe(5);
    expect(tries.slice(7).every((at, index, list) => index === 0 || at - (list[index - 1] ?? 0) === hour)).toBe(true);
    await close();
  });

  test('a seat that tries many names waits with all of them, others do not, and being right does not wash it clean', async () => {
    const { take, forgive, rows, close } = await attempts();
    const waits: number[] = [];
    for (let count = 0; count < 22; count += 1) waits.push(await take(`name-${count}`, 'one', noon));
    expect(waits).toEqual([...Array(21).fill(0), minute]);
    expect([await take('honest', 'one', noon), await take('honest', 'two', noon)]).toEqual([minute, 0]);
    // While it waits no more names are written down.
    expect(await rows()).toHaveLength(21 + 3);
    const later = noon + minute;
    expect(await take('honest', 'one', later)).toBe(0);
    await forgive('honest', 'one');
    // As before that attempt: the next failure is the 22nd.
    expect([await take('name-x', 'one', later), await take('name-x', 'one', later)]).toEqual([0, 2 * minute]);
    // A shift's slips do not add up over the days: one in an hour is forgotten before the next.
    const slips: number[] = [];
    for (let count = 0; count < 60; count += 1)
      slips.push(await take(`slip-${count}`, 'two', later + (24 + count) * hour));
    expect(slips.filter((waitMs) => waitMs > 0)).toEqual([]);
    await close();
  });

  test('all at once are counted one by one; a day later none is left; a clock set back makes no wait longer', async () => {
    const { take, forget, rows, close } = await attempts();
    const storm = await Promise.all(Array.from({ length: 12 }, (_, seat) => take('victim', `seat-${seat}`, noon)));
    expect(storm.filter((waitMs) => waitMs === 0)).toHaveLength(3);
    const past = noon - 400 * 24 * hour;
    expect([await take('victim', 'one', past), await take('victim', 'one', past + minute)]).toEqual([minute, 0]);
    // A day later the name begins anew, whether its row was removed or not.
    const later = noon + 24 * hour;
    const tries: number[] = [];
    for (let count = 0; count < 4; count += 1) tries.push(await take('victim', 'one', later));
    expect(tries).toEqual([0, 0, 0, minute]);
    await forget(later);
    expect(await rows()).toHaveLength(2);
    await close();
  });
});
