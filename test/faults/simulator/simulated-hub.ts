import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { CompiledQuery } from 'kysely';
import { openDatabase } from '../../../hub/database/open-database.ts';
import type { HubDatabase } from '../../../hub/database/schema.ts';
import type { HubParts } from '../../../hub/hub-parts.ts';
import { hubRecordings } from '../../../hub/hub-recordings.ts';
import { createCode, enrol } from '../../../hub/keys/enrolment.ts';
import { createKey } from '../../../hub/keys/key-table.ts';
import { httpServer } from '../../../hub/serve/http-server.ts';
import { openLog } from '../../../hub/serve/log.ts';
import { hubMetrics } from '../../../hub/serve/metrics.ts';
import type { Dice } from '../dice.ts';
import { standstill, type VirtualTime } from './virtual-time.ts';

/** What a client sent, as it stands on the wire. */
export type WireRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What came back. */
export type WireAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** The hub: its real door, router, intake, feed and tables, without a socket, on a disk that keeps what was synced. */
export type SimulatedHub = {
  /** Its database, for looking only; null while it is down. */
  database(): HubDatabase | null;
  /** Asks it; null when nobody answers (it is down, or died over this). `signal` fires when the client is gone. */
  ask(request: WireRequest, signal: AbortSignal): Promise<WireAnswer | null>;
  /** It died over something, and is not cleared away yet. */
  hasDied(): boolean;
  /** Cuts its power at the n-th statement from now on (0: now); everything that was not committed is gone. */
  dieAt(statement: number): void;
  start(): Promise<void>;
  /** Ends it. Committed work stays. */
  kill(): Promise<void>;
  enrolSeat(seat: string): Promise<string>;
  makeKey(role: 'supervisor' | 'administrator'): Promise<string>;
};

export type SimulatedHubOptions = {
  readonly folder: string;
  readonly time: VirtualTime;
  readonly dice: Dice;
  /** Its wall clock. */
  readonly now: () => number;
  /** Statements run each time its database is opened. */
  readonly triggers: readonly string[];
};

/** The power is cut: no statement of this life counts any more. */
class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

type Life = {
  readonly database: HubDatabase;
  readonly parts: HubParts;
  readonly fastify: FastifyInstance;
  isOver: boolean;
};

function fail(cause: unknown): never {
  throw cause;
}

const rig = { id: 'simulator', role: 'administrator' };

export function simulatedHub({ folder, time, dice, now, triggers }: SimulatedHubOptions): SimulatedHub {
  let life: Life | null = null;
  let left = Number.POSITIVE_INFINITY;

  const start = async (): Promise<void> => {
    const self: { isOver: boolean } = { isOver: false };
    left = Number.POSITIVE_INFINITY;
    const database = await openDatabase(
      { kind: 'folder', path: folder },
      {
        hubId: uuidOf(dice),
        onLost: () => undefined,
        // Between two statements is every moment at which the disk can differ from what the hub has done.
        watch: () => {
          left -= 1;
          if (left <= 0) self.isOver = true;
          if (self.isOver) throw new PowerCut();
        },
      },
    );
    for (const trigger of triggers) await database.tables.executeQuery(CompiledQuery.raw(trigger));
    const parts: HubParts = { database, now, random: (bytes) => dice.bytes(bytes) };
    const { fastify } = await httpServer(parts, {
      log: openLog(new Writable({ write: (_chunk, _encoding, done) => done() }), 'silent'),
      metrics: hubMetrics(() => Promise.resolve(0)),
      isBehindProxy: false,
      uploads: null,
      recordings: await hubRecordings(parts, {
        store: null,
        keyFile: null,
        monotonicMs: time.elapsedMs,
        onFault: fail,
        onStopped: () => undefined,
      }),
      timers: time,
    });
    await fastify.ready();
    life = Object.assign(self, { database, parts, fastify });
  };
  const kill = async (): Promise<void> => {
    if (life === null) return;
    const { database } = life;
    life.isOver = true;
    life = null;
    await standstill();
    // Closing rolls back what was open, as a start after a cut does.
    await database.close();
  };
  const alive = (): Life => {
    if (life === null) throw new Error('the simulated hub is down');
    return life;
  };
  return {
    database: () => (life === null || life.isOver ? null : life.database),
    hasDied: () => life?.isOver === true,
    ask: async (request, signal) => {
      const asked = life;
      if (asked === null || asked.isOver) return null;
      const { statusCode, headers, body } = await asked.fastify
        .inject({
          method: methodOf(request),
          url: request.path,
          headers: request.headers,
          signal,
          ...(request.body === '' ? {} : { payload: request.body }),
        })
        .catch(() => ({ statusCode: 0, headers: {}, body: '' }));
      if (asked.isOver || statusCode === 0) return null;
      return { status: statusCode, headers: plainHeaders(headers), body };
    },
    dieAt: (statement) => {
      left = statement;
      if (left <= 0 && life !== null) life.isOver = true;
    },
    start,
    kill,
    enrolSeat: async (seat) => {
      const { code } = await createCode(alive().parts, rig, { label: seat, minutes: 60, renews: null });
      const outcome = await enrol(alive().parts, { code, seat });
      if (outcome.kind !== 'enrolled') throw new Error(outcome.kind);
      return outcome.key;
    },
    makeKey: async (role) => (await createKey(alive().parts, rig, { name: role, role })).key,
  };
}

function methodOf({ method }: WireRequest): 'GET' | 'POST' | 'PUT' | 'DELETE' {
  switch (method) {
    case 'GET':
    case 'POST':
    case 'PUT':
    case 'DELETE':
      return method;
    default:
      throw new Error(`the simulated hub is asked with ${method}`);
  }
}

function plainHeaders(headers: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

/** A UUID of version 7's shape, by dice. */
export function uuidOf(dice: Dice): string {
  const hex = Buffer.from(dice.bytes(16)).toString('hex');
  return `01890000-${hex.slice(0, 4)}-7${hex.slice(4, 7)}-8${hex.slice(7, 10)}-${hex.slice(10, 22)}`;
}
