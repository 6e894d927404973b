import { ORPCError } from '@orpc/client';
import { expect, onTestFinished, test } from 'vitest';
import type { StateCause } from '../../../core/agent.ts';
import type { Person } from '../../../core/hub-people-api.ts';
import type { JournalFact } from '../../../core/journal.ts';
import type { PeopleLink } from '../../../main/sign-in/hub-people.ts';
import { knownDeadlineMs, lookMs, seatSignIn, unknownDeadlineMs } from '../../../main/sign-in/seat-sign-in.ts';
import { NoAnswer } from '../../../main/sync/hub-fetch.ts';

const minute = 60_000;
const hour = 60 * minute;
const noon = Date.UTC(2026, 10, 22, 12);
/** Each attempt costs what it shall cost whoever tries them all. */
const patience = 120_000;

/** A hub of people in memory: who works here, and whether it answers. */
function site() {
  const people = new Map<string, Person & { readonly pin: string }>();
  const state: { answers: 'at-once' | 'away' | 'never'; hasPeople: boolean } = { answers: 'at-once', hasPeople: true };
  const answer = async <Value>(value: () => Value, signal: AbortSignal): Promise<Value> => {
    if (state.answers === 'away') throw new NoAnswer('nobody answers');
    if (state.answers === 'never')
      await new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }),
      );
    return value();
  };
  const link: PeopleLink = {
    client: {
      people: {
        signIn: ({ login, pin }, { signal }) =>
          answer(() => {
            const found = [...people.values()].find((one) => one.login === login && one.pin === pin);
            if (found === undefined) throw new ORPCError('WRONG', { status: 403 });
            const { pin: _, ...person } = found;
            return { person, offlineHours: 72 };
          }, signal),
        standing: ({ personIds }, { signal }) =>
          answer(() => {
            const told = personIds.flatMap((id) => people.get(id) ?? []).map(({ pin: _, ...person }) => person);
            return { hasPeople: state.hasPeople, offlineHours: 72, people: told };
          }, signal),
      },
    },
  };
  const add = (personId: string, login: string, pin: string, secretVersion = 1): void =>
    void people.set(personId, { personId, login, name: login, role: 'agent', secretVersion, pin });
  return { link, state, add, end: (personId: string) => people.delete(personId) };
}

/** A profile on a machine, and lives of its seat process. */
function profile(site_: ReturnType<typeof site>) {
  const secrets = new Map<string, string>();
  const enrolment = { address: 'https://hub.example', pins: [], seat: 'seat-1', key: 'k.s', enrolledAt: 1 };
  const joinHub = (hubId: string): void => void secrets.set('hub-enrolment', JSON.stringify({ ...enrolment, hubId }));
  joinHub('hub-1');
  const clocks = { wallAt: noon, uptimeMs: hour, bootId: 'one' };
  const disk = { isFull: false };
  const warnings: string[] = [];
  const facts: string[] = [];
  const deadlines: number[] = [];

  let onWritten: () => void = () => undefined;
  let lives = 0;

  /** A seat process, whatever was before it is dead: what it does to the seat, and its looks at the hub one by one. */
  const live = async () => {
    lives += 1;
    const life = lives;
    const locks: [boolean, StateCause][] = [];
    let letGo: (() => void) | null = null;
    let onAsleep: () => void = () => undefined;
    const asleep = () =>
      new Promise<void>((resolve) => {
        onAsleep = resolve;
      });
    let fireDeadline: () => void = () => undefined;
    const signIn = seatSignIn({
      store: {
        secret: (name) => secrets.get(name) ?? null,
        setSecret: (name, value) => {
          if (life !== lives) return;
          if (disk.isFull) throw new Error('not written (disk-full)');
          if (value === null) secrets.delete(name);
          else secrets.set(name, value);
          onWritten();
        },
      },
      link: () => site_.link,
      timing: {
        now: () => clocks.wallAt,
        random: () => 0.5,
        wait: (ms, signal) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve(), { once: true });
            if (ms === lookMs) {
              letGo = resolve;
              onAsleep();
            } else {
              deadlines.push(ms);
              fireDeadline = resolve;
            }
          }),
      },
      reading: () => ({ ...clocks }),
      log: (_, message) => warnings.push(message),
    });
    onTestFinished(() => signIn.close(true));
    const first = asleep();
    const write = ({ kind, body }: JournalFact): void => {
      if (kind === 'person-signed-in') facts.push(`in ${body.personId} ${body.how}`);
      if (kind === 'person-signed-out') facts.push(`out ${body.personId} ${body.why}`);
    };
    signIn.attach({ write, lock: (isLocked, cause) => void locks.push([isLocked, cause]), changed: () => undefined });
    await first;
    return {
      signIn,
      locks,
      enter: (login: string, pin: string) => signIn.enter({ login, pin }),
      deadline: () => fireDeadline(),
      look: async () => {
        const done = asleep();
        letGo?.();
        await done;
      },
    };
  };
  const written = () =>
    new Promise<void>((resolve) => {
      onWritten = resolve;
    });
  return { live, written, clocks, disk, warnings, facts, secrets, joinHub, deadlines };
}

const signedIn = { kind: 'signed-in' };
const refused = (why: string) => ({ kind: 'refused', refusal: { why } });

test(
  'a seat whose hub has no people works as it always did; the first person locks it, a hub that was set back to before opens it',
  async () => {
    const hub = site();
    hub.state.hasPeople = false;
    const { live, facts } = profile(hub);
    const { signIn, locks, look, enter } = await live();
    expect([signIn.view(), signIn.isLocked(), locks, await enter('li', '1234')]).toEqual([
      { kind: 'not-needed' },
      false,
      [],
      refused('busy'),
    ]);
    hub.state.hasPeople = true;
    hub.add('a1', 'li', 'pelican');
    await look();
    expect([signIn.view().kind, locks]).toEqual(['signed-out', [[true, 'network']]]);
    expect(await enter('li', 'pelican')).toEqual(signedIn);
    hub.end('a1');
    hub.state.hasPeople = false;
    await look();
    expect([signIn.view(), signIn.isLocked(), facts]).toEqual([
      { kind: 'not-needed' },
      false,
      ['in a1 hub', 'out a1 ended'],
    ]);
  },
  patience,
);

test(
  'a seat process that dies in mid-call goes on with its person, whatever the wall clock does; a night, or another start of the machine, does not',
  async () => {
    const hub = site();
    hub.add('a1', 'li', 'pelican');
    const { live, clocks, facts } = profile(hub);
    const first = await live();
    await first.enter('li', 'pelican');
    for (const jump of [0, -40 * 24 * hour, 40 * 24 * hour]) {
      clocks.uptimeMs += 5_000;
      clocks.wallAt += 5_000 + jump;
      const next = await live();
      expect([next.signIn.view().kind, next.locks]).toEqual(['signed-in', []]);
    }
    // A seat that stops in mid-call keeps its person too: the call may outlive it.
    const stopped = await live();
    await stopped.signIn.close(true);
    expect((await live()).signIn.view().kind).toBe('signed-in');
    expect(facts).toEqual(['in a1 hub']);

    clocks.uptimeMs += 11 * minute;
    clocks.wallAt += 11 * minute;
    const late = await live();
    expect([late.signIn.view().kind, late.locks, facts.at(-1)]).toEqual([
      'signed-out',
      [[true, 'start']],
      'out a1 interrupted',
    ]);
    await late.enter('li', 'pelican');
    clocks.bootId = 'two';
    clocks.uptimeMs += 1_000;
    expect((await live()).signIn.view().kind).toBe('signed-out');
  },
  patience,
);

test(
  'guesses without the hub are counted before they are looked at, all names together, and a restart forgets none',
  async () => {
    const hub = site();
    hub.add('a1', 'li', 'pelican');
    const { live, written, clocks } = profile(hub);
    const first = await live();
    await first.enter('li', 'pelican');
    first.signIn.agentIs({ kind: 'signed-out' });
    hub.state.answers = 'away';
    expect(await first.enter('li', '0001')).toEqual(refused('not-known-here'));
    expect(await first.enter('nobody', '0002')).toEqual(refused('not-known-here'));
    // Killed in the middle of two: neither is free.
    const thirdCounted = written();
    void first.enter('li', '0003');
    await thirdCounted;
    const second = await live();
    const fourthCounted = written();
    void second.enter('li', '0004');
    await fourthCounted;
    const third = await live();
    expect(await third.enter('nobody', '0005')).toEqual(refused('not-known-here'));
    const wait = { kind: 'refused', refusal: { why: 'wait', waitMs: minute } };
    expect(await third.enter('li', 'pelican')).toEqual(wait);
    // Setting the clock does not end a wait; only time does.
    clocks.wallAt += 90 * minute;
    expect(await (await live()).enter('li', 'pelican')).toEqual(wait);
    clocks.uptimeMs += minute;
    const last = await live();
    const both = await Promise.all([last.enter('li', 'pelican'), last.enter('li', 'pelican')]);
    expect(both).toEqual([signedIn, refused('busy')]);
  },
  patience,
);

test(
  'a hub that does not answer is waited for two seconds by somebody this seat knows, longer by others; what it says counts',
  async () => {
    const hub = site();
    hub.add('a1', 'li', 'pelican');
    const { live, deadlines, facts } = profile(hub);
    const { signIn, enter, deadline, look } = await live();
    await enter('li', 'pelican');
    signIn.agentIs({ kind: 'signed-out' });
    hub.state.answers = 'never';
    const known = enter('li', 'pelican');
    deadline();
    expect(await known).toEqual(signedIn);
    expect(signIn.view()).toMatchObject({ how: 'offline' });
    signIn.agentIs({ kind: 'signed-out' });
    const stranger = enter('wu', 'heron');
    deadline();
    expect(await stranger).toEqual(refused('not-known-here'));
    expect(deadlines).toEqual([unknownDeadlineMs, knownDeadlineMs, unknownDeadlineMs]);
    // The hub knows another PIN by now: what is kept here opens nothing any more, as soon as it has said so.
    hub.state.answers = 'at-once';
    hub.add('a1', 'li', 'another', 2);
    expect(await enter('li', 'pelican')).toEqual(refused('wrong'));
    await look();
    hub.state.answers = 'away';
    expect(await enter('li', 'pelican')).toEqual(refused('not-known-here'));
    expect(facts).toEqual(['in a1 hub', 'out a1 asked', 'in a1 offline', 'out a1 asked']);
  },
  patience,
);

test(
  'a disk that takes nothing keeps nobody from work; another hub’s people are not this one’s',
  async () => {
    const hub = site();
    hub.add('a1', 'li', 'pelican');
    const { live, disk, warnings, secrets, joinHub } = profile(hub);
    const { signIn, enter, look } = await live();
    disk.isFull = true;
    expect(await enter('li', 'pelican')).toEqual(signedIn);
    expect(warnings.length).toBeGreaterThan(0);
    disk.isFull = false;
    await look();
    expect(secrets.get('sign-in')).toContain('a1');
    expect(secrets.get('sign-in')).not.toContain('pelican');
    hub.end('a1');
    joinHub('hub-2');
    await look();
    expect([signIn.view(), secrets.get('sign-in')?.includes('a1')]).toEqual([
      { kind: 'signed-out', lastLogin: '', why: 'asked', isHubAway: false },
      false,
    ]);
    secrets.delete('hub-enrolment');
    await look();
    expect([signIn.view(), secrets.has('sign-in')]).toEqual([{ kind: 'not-needed' }, false]);
  },
  patience,
);
