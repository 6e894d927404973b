import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { QueryWatch } from '../database/watch.ts';

/** What Prometheus may read at /metrics. No label holds a name, a number or an address. */
export interface HubMetrics {
  readonly answered: (route: string, status: number, seconds: number) => void;
  readonly entriesTaken: (fresh: number, setAside: number) => void;
  readonly attemptRefused: (what: 'key' | 'code') => void;
  readonly statement: QueryWatch;
  readonly text: () => Promise<string>;
  readonly contentType: string;
}

/** `countSeats` and `isErasingStopped` (by date: the wall clock jumped) are asked at each reading. */
export function hubMetrics(
  countSeats: () => Promise<number>,
  isErasingStopped: () => Promise<boolean> = () => Promise.resolve(false),
): HubMetrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const registers = [register];
  const requests = new Histogram({
    name: 'hookline_hub_request_seconds',
    help: 'Requests by route and status, and how long they took',
    labelNames: ['route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30],
    registers,
  });
  const entries = new Counter({
    name: 'hookline_hub_journal_entries_total',
    help: 'Journal entries that were taken for the first time, by what became of them',
    labelNames: ['outcome'] as const,
    registers,
  });
  const refused = new Counter({
    name: 'hookline_hub_refused_attempts_total',
    help: 'Keys and enrolment codes that were not valid',
    labelNames: ['what'] as const,
    registers,
  });
  const statements = new Histogram({
    name: 'hookline_hub_statement_seconds',
    help: 'Statements of the database',
    labelNames: ['outcome'] as const,
    buckets: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers,
  });
  new Gauge({
    name: 'hookline_hub_seats',
    help: 'Seats that are enrolled',
    registers,
    async collect() {
      this.set(await countSeats());
    },
  });
  new Gauge({
    name: 'hookline_hub_retention_stopped',
    help: '1 while nothing is erased by date because the wall clock jumped and nobody has said that it is right',
    registers,
    async collect() {
      this.set((await isErasingStopped()) ? 1 : 0);
    },
  });
  return {
    answered: (route, status, seconds) => requests.observe({ route, status: String(status) }, seconds),
    entriesTaken: (fresh, setAside) => {
      entries.inc({ outcome: 'applied' }, fresh - setAside);
      entries.inc({ outcome: 'set-aside' }, setAside);
    },
    attemptRefused: (what) => refused.inc({ what }),
    statement: ({ milliseconds, isFailed }) =>
      statements.observe({ outcome: isFailed ? 'failed' : 'done' }, milliseconds / 1000),
    text: () => register.metrics(),
    contentType: register.contentType,
  };
}
