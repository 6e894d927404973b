import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import type { HubRole } from '../../core/hub-route.ts';
import type { JournalFact } from '../../core/journal.ts';
import type { DatabasePlace } from '../../hub/database/open-database.ts';
import { createCode, enrol } from '../../hub/keys/enrolment.ts';
import { createKey } from '../../hub/keys/key-table.ts';
import { type RunHubOptions, type RunningHub, runHub } from '../../hub/run-hub.ts';
import { openLog } from '../../hub/serve/log.ts';
import { callFacts } from '../main/store/facts.ts';
import { type Postgres, startPostgres } from '../rig/postgres.ts';

/** A time at which nothing special happens. */
export const noon = Date.UTC(2026, 10, 22, 12);

/** The same suite on SQLite and on a real PostgreSQL. `newPlace` gives an empty database. */
export function onBothDatabases(suite: (newPlace: () => Promise<DatabasePlace>) => void): void {
  describe('on SQLite', () => suite(async () => newFolder()));
  describe('on PostgreSQL', () => {
    const postgres = ownPostgres();
    suite(async () => ({ kind: 'postgres', url: await postgres().newDatabase() }));
  });
}

/** A PostgreSQL for the tests of this block. */
export function ownPostgres(settings: readonly string[] = []): () => Postgres {
  let postgres: Postgres | null = null;
  beforeAll(async () => {
    postgres = await startPostgres(settings);
  }, 60_000);
  afterAll(() => postgres?.stop(), 60_000);
  return () => {
    if (postgres === null) throw new Error('PostgreSQL is not there yet');
    return postgres;
  };
}

/** An empty SQLite hub, removed when the test ends. */
export function newFolder(): DatabasePlace {
  const path = mkdtempSync(join(tmpdir(), 'hookline-hub-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return { kind: 'folder', path };
}

/** Options of a hub of tests: quiet, on any port. */
export function hubOptions(place: DatabasePlace, change: Partial<RunHubOptions> = {}): RunHubOptions {
  return {
    place,
    host: '127.0.0.1',
    port: 0,
    isBehindProxy: false,
    log: openLog(new Writable({ write: (_chunk, _encoding, done) => done() }), 'silent'),
    now: () => noon,
    random: (bytes) => randomBytes(bytes),
    newHubId: randomUUID(),
    watch: null,
    ...change,
  };
}

/** A hub in this process, stopped when the test ends. */
export async function startHub(place: DatabasePlace, change: Partial<RunHubOptions> = {}): Promise<RunningHub> {
  const hub = await runHub(hubOptions(place, change));
  onTestFinished(() => hub.stop());
  return hub;
}

/** What a hub answered. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test compares the whole of it
  readonly body: any;
  readonly headers: Headers;
}

/** Asks a hub; `body` is sent as JSON. */
export async function ask(
  url: string,
  method: string,
  path: string,
  key: string | null,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers };
}

const rig = { id: 'rig', role: 'administrator' };

/** A key of a role. */
export async function keyOf({ parts }: RunningHub, role: Exclude<HubRole, 'seat'>): Promise<string> {
  return (await createKey(parts, rig, { name: `the ${role}`, role })).key;
}

/** Enrols a seat and gives its key. */
export async function seatKey({ parts }: RunningHub, seat: string): Promise<string> {
  const { code } = await createCode(parts, rig, { label: seat, minutes: 60, renews: null });
  const outcome = await enrol(parts, { code, seat });
  if (outcome.kind !== 'enrolled') throw new Error(outcome.kind);
  return outcome.key;
}

/** Facts as a seat numbers them, from `firstSeq`; `at` counts milliseconds. */
export function asEntries(seat: string, firstSeq: number, facts: readonly JournalFact[]) {
  return facts.map((fact, index) => ({ seat, seq: firstSeq + index, id: v7(), at: noon + firstSeq + index, ...fact }));
}

/** Entries of whole calls, six each, from number 1. */
export function callEntries(seat: string, calls: number) {
  return asEntries(seat, 1, Array.from({ length: calls }, (_, number) => callFacts(number)).flat());
}
