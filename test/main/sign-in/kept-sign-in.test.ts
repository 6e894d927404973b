import { expect, test } from 'vitest';
import type { Person } from '../../../core/hub-people-api.ts';
import {
  type KeptSignIn,
  knownBy,
  newKeptSignIn,
  readKeptSignIn,
  remainingMs,
  standingOf,
  withAttempt,
  withRightAttempt,
  withSignedInAtHub,
  withStanding,
} from '../../../main/sign-in/kept-sign-in.ts';

const hour = 3_600_000;
const li: Person = { personId: 'a1', login: 'li', name: 'Li Na', role: 'agent', secretVersion: 1 };
const wu: Person = { personId: 'b2', login: '8002', name: 'Wu', role: 'agent', secretVersion: 1 };
const empty = newKeptSignIn('hub', { wallAt: 0, uptimeMs: 0, bootId: 'one' });
const both = [li, wu].reduce<KeptSignIn>(
  (kept, person) => withSignedInAtHub(kept, { person, offlineHours: 72, verifier: `of ${person.login}` }),
  empty,
);

const at = (kept: KeptSignIn, countedMs: number): KeptSignIn => ({ ...kept, time: { ...kept.time, countedMs } });
const known = (kept: KeptSignIn, login = 'li') => {
  const found = knownBy(kept, login);
  if (found === null) throw new Error(`${login} is not known`);
  return found;
};

test('somebody may sign in without the hub for as long as it said, is warned a shift before, and the hub’s word begins it anew', () => {
  const standing = (hours: number) => standingOf(at(both, hours * hour), known(both));
  expect([63, 64, 71.9, 72, 500].map(standing)).toEqual(['good', 'running-out', 'running-out', 'run-out', 'run-out']);
  const late = at(both, 71 * hour);
  const told = withStanding(late, new Set(['a1', 'b2']), {
    hasPeople: true,
    offlineHours: 10,
    people: [{ ...li, name: 'Li Mei' }],
  });
  expect(known(told)).toMatchObject({ name: 'Li Mei', verifier: 'of li' });
  expect(remainingMs(told, known(told))).toBe(10 * hour);
  // Whoever the hub did not name is nobody here any more.
  expect(knownBy(told, '8002')).toBeNull();
});

test('another PIN at the hub: the one kept here opens nothing; a name given to somebody else is not the first one’s any more', () => {
  const told = withStanding(both, new Set(['a1', 'b2']), {
    hasPeople: true,
    offlineHours: 72,
    people: [{ ...li, secretVersion: 2 }, wu],
  });
  expect([known(told).verifier, known(told, '8002').verifier]).toEqual([null, 'of 8002']);
  const other = withSignedInAtHub(both, {
    person: { ...wu, personId: 'c3', login: 'li' },
    offlineHours: 72,
    verifier: 'x',
  });
  expect(other.people.map(({ personId, login }) => [personId, login])).toEqual([
    ['c3', 'li'],
    ['b2', '8002'],
  ]);
  // Somebody who signed in while the hub was asked about the others stays.
  expect(withStanding(both, new Set(['b2']), { hasPeople: true, offlineHours: 72, people: [] }).people).toEqual([
    known(both),
  ]);
});

test('failures without the hub: known and unknown names count alike, the waits double to an hour, hours without one forget', () => {
  const tries = (login: string) => {
    const waits: number[] = [];
    let kept = both;
    for (let count = 0; count < 14; count += 1) {
      const taken = withAttempt(kept, knownBy(kept, login));
      if (typeof taken === 'number') throw new Error('it was not waited for');
      const refused = withAttempt(taken, knownBy(taken, login));
      const waitMs = typeof refused === 'number' ? refused : 0;
      waits.push(waitMs / 60_000);
      kept = at(taken, taken.time.countedMs + waitMs);
    }
    return { waits, kept };
  };
  const { waits, kept } = tries('li');
  expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
  expect(tries('nobody').waits).toEqual(waits);
  expect(tries('8002').waits).toEqual(waits);
  const forgotten = withAttempt(at(kept, kept.time.countedMs + 24 * hour), knownBy(kept, 'li'));
  expect(typeof forgotten === 'number' ? null : withAttempt(forgotten, null)).not.toBeTypeOf('number');
  // Restored from the disk it is the same.
  expect(readKeptSignIn(JSON.stringify(kept))).toEqual(kept);
});

test('being right forgets one’s own failures and nobody else’s', () => {
  let kept = both;
  for (const login of ['8002', '8002', 'nobody', 'li']) {
    const taken = withAttempt(kept, knownBy(kept, login));
    if (typeof taken === 'number') throw new Error('too early');
    kept = taken;
  }
  const right = withRightAttempt(kept, 'b2');
  expect([right.otherFailures, known(right).failures, known(right, '8002').failures]).toEqual([1, 1, 0]);
});

test('what is none of ours is not read', () => {
  expect([null, '', '{', '{}', '[]', 'null'].map(readKeptSignIn)).toEqual(Array(6).fill(null));
});
