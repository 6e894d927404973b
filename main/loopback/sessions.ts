import { createHash, timingSafeEqual } from 'node:crypto';

/** 256 bits: nobody guesses it, however often they may try. */
const secretBytes = 32;

/** How long a launch token waits to be used, in milliseconds: a cold Chromium on a slow machine takes half a minute. */
export const launchTokenLifeMs = 120_000;

/** How many unused launch tokens there may be; the oldest goes first. One is made a launch. */
export const launchTokensMax = 8;

/** How many sessions there may be; the oldest goes first. One is made a launch, and a seat is launched rarely. */
export const sessionsMax = 8;

/** Launch tokens, each good for one session, and sessions, each known by a cookie. All end with the process. */
export interface Sessions {
  /** A new token for the fragment of a launch address. */
  readonly newLaunchToken: () => string;
  /** Spends a token. Answers the Set-Cookie value of a new session, or null: unknown, spent or too old. */
  readonly exchange: (token: string) => string | null;
  /** Whether a request's Cookie headers hold a session. */
  readonly isSession: (cookieHeaders: readonly string[]) => boolean;
}

/** What sessions are made of. `random` gives that many bytes nobody can foretell; `nowMs` never runs backwards. */
export interface SessionsOptions {
  readonly port: number;
  readonly random: (bytes: number) => Buffer;
  readonly nowMs: () => number;
}

/**
 * Makes the sessions of one host. The cookie is named after the port, because browsers share cookies between all ports
 * of 127.0.0.1. Secrets are kept only as hashes and compared in constant time.
 */
export function openSessions(options: SessionsOptions): Sessions {
  const cookieName = `hookline-${options.port}`;
  let tokens: { readonly hash: Buffer; readonly madeAtMs: number }[] = [];
  let sessions: Buffer[] = [];
  const newSecret = (): string => options.random(secretBytes).toString('base64url');
  return {
    newLaunchToken: () => {
      const token = newSecret();
      tokens = [...tokens, { hash: hashOf(token), madeAtMs: options.nowMs() }].slice(-launchTokensMax);
      return token;
    },
    exchange: (token) => {
      const hash = hashOf(token);
      const oldestMs = options.nowMs() - launchTokenLifeMs;
      tokens = tokens.filter(({ madeAtMs }) => madeAtMs >= oldestMs);
      const left = tokens.filter((known) => !timingSafeEqual(known.hash, hash));
      if (left.length === tokens.length) {
        return null;
      }
      tokens = left;
      const session = newSecret();
      sessions = [...sessions, hashOf(session)].slice(-sessionsMax);
      return `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`;
    },
    isSession: (cookieHeaders) => {
      const given = cookieHeaders
        .flatMap((header) => header.split(';'))
        .map((pair) => pair.trim())
        .filter((pair) => pair.startsWith(`${cookieName}=`))
        .map((pair) => pair.slice(cookieName.length + 1));
      const [session] = given;
      // Two of the same name: somebody planted one. Neither is believed.
      if (session === undefined || given.length !== 1) {
        return false;
      }
      const hash = hashOf(session);
      return sessions.filter((known) => timingSafeEqual(known, hash)).length === 1;
    },
  };
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
