import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { HubDatabase } from '../database/schema.ts';
import { type Caller, callerOf } from '../keys/key-table.ts';
import { type Allowed, type RouteName, roleTable } from '../role-table.ts';
import { attemptLimit } from './attempt-limit.ts';
import type { HubMetrics } from './metrics.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The row of the role table; each route has one. */
    readonly routeName?: RouteName;
  }
  interface FastifyRequest {
    caller: Caller | null;
  }
}

/** Failures of one source (an address) in ten minutes, then it waits. Whoever shows a valid key never waits. */
const keyFailuresMax = 30;
const codeFailuresMax = 10;
const windowMs = 10 * 60_000;

/** How often all sources together may fail with a code: nobody guesses 100 bits, but nobody shall try all day either. */
const codeFailuresOfAllMax = 200;
const everybody = '*';

/** What stands in an answer that refuses; the same shape as the contract's errors. */
export function refusal(status: number, code: string, message: string) {
  return { defined: false, code, status, message };
}

/** Who comes in: checked before a byte of the body is read. */
export interface Door {
  readonly check: onRequestAsyncHookHandler;
  /** A code that was not valid was shown. */
  readonly badCode: (source: string) => void;
}

/** The door of a hub: one check for every route, from the role table. */
export function hubDoor(database: HubDatabase, metrics: HubMetrics, now: () => number): Door {
  const keys = attemptLimit(keyFailuresMax, windowMs, now);
  const codes = attemptLimit(codeFailuresMax, windowMs, now);
  const allCodes = attemptLimit(codeFailuresOfAllMax, windowMs, now);

  const refuseKey = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const waitMs = keys.waitMs(request.ip);
    if (waitMs > 0) return tooMany(reply, waitMs);
    keys.failed(request.ip);
    metrics.attemptRefused('key');
    return reply
      .code(401)
      .header('www-authenticate', 'Bearer')
      .send(refusal(401, 'UNAUTHORIZED', 'No key, or one that is not valid.'));
  };

  const check = async (request: FastifyRequest, reply: FastifyReply) => {
    const { routeName } = request.routeOptions.config;
    // No route: the answer is 404 and says nothing that a key would be needed for.
    if (routeName === undefined) return;
    const allowed: Allowed = roleTable[routeName];
    if (allowed === 'anyone') {
      if (routeName !== 'enrolment.enrol') return;
      const waitMs = Math.max(codes.waitMs(request.ip), allCodes.waitMs(everybody));
      if (waitMs > 0) return tooMany(reply, waitMs);
      return;
    }
    const key = bearer(request.headers.authorization);
    const caller = key === null ? null : await callerOf(database, key);
    if (caller === null) return refuseKey(request, reply);
    if (!allowed.includes(caller.role))
      return reply.code(403).send(refusal(403, 'FORBIDDEN', 'The role of this key may not do this.'));
    request.caller = caller;
  };

  return {
    check,
    badCode: (source) => {
      codes.failed(source);
      allCodes.failed(everybody);
      metrics.attemptRefused('code');
    },
  };
}

function tooMany(reply: FastifyReply, waitMs: number): FastifyReply {
  return reply
    .code(429)
    .header('retry-after', String(Math.ceil(waitMs / 1000)))
    .send(refusal(429, 'TOO_MANY_ATTEMPTS', 'Too many failed attempts; see Retry-After.'));
}

function bearer(header: string | undefined): string | null {
  return /^Bearer ([\x21-\x7e]{1,200})$/i.exec(header ?? '')?.[1] ?? null;
}
