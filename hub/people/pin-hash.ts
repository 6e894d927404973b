import { randomInt, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * How a PIN is kept: scrypt (RFC 7914) with a salt for each person. OWASP's equal of N = 2^17, p = 1 in a quarter of the
 * memory: 32 MB and about a quarter of a second, so a stolen database is not tried through in an afternoon.
 */
const cost = { N: 2 ** 15, r: 8, p: 3 } as const;
const memoryMax = 64 * 1024 * 1024;
const saltBytes = 16;
const hashBytes = 32;

/** How many are worked out at once: each holds 32 MB and a thread, and the journal's intake wants threads too. */
const atOnceMax = 2;
/** How many may wait for that: some 15 seconds. Whoever comes after is told to try again. */
const waitingMax = 120;

/** More wait than can be answered in time. */
export class TooManySignIns extends Error {
  override readonly name = 'TooManySignIns';
}

/** Makes and checks what is kept of PINs, a few at a time. */
export interface PinHasher {
  /** `scrypt$N$r$p$SALT$HASH`. Rejects with `TooManySignIns`. */
  readonly make: (pin: string) => Promise<string>;
  /** Whether a PIN is the one of this hash. Null (nobody) takes as long and is never right. Rejects with `TooManySignIns`. */
  readonly isPinOf: (pin: string, kept: string | null) => Promise<boolean>;
}

export function pinHasher(random: (bytes: number) => Uint8Array): PinHasher {
  const inTurn = turnstile();
  // Nobody's: what a PIN is held against when there is no such person.
  const nobody = format(random(saltBytes), random(hashBytes));
  return {
    make: (pin) =>
      inTurn(async () => {
        const salt = random(saltBytes);
        return format(salt, await derive(pin, salt, cost));
      }),
    isPinOf: (pin, kept) =>
      inTurn(async () => {
        const { salt, hash, parameters } = read(kept ?? nobody);
        const shown = await derive(pin, salt, parameters);
        return timingSafeEqual(shown, hash) && kept !== null;
      }),
  };
}

/** A PIN of six digits that nobody can guess and that is not one of those anybody tries first. */
export function makePin(): string {
  for (;;) {
    const made = String(randomInt(1_000_000)).padStart(6, '0');
    if (!isTooSimple(made, '')) return made;
  }
}

/** Whether it is one of the PINs anybody tries first: the login itself, one character over and over, 1234, 9876. */
export function isTooSimple(pin: string, login: string): boolean {
  if (pin.toLowerCase() === login) return true;
  const steps = new Set(
    Array.from(pin.slice(1), (character, index) => character.charCodeAt(0) - pin.charCodeAt(index)),
  );
  const [only] = steps;
  return steps.size === 1 && only !== undefined && Math.abs(only) <= 1;
}

function format(salt: Uint8Array, hash: Uint8Array): string {
  const { N, r, p } = cost;
  return ['scrypt', N, r, p, Buffer.from(salt).toString('base64url'), Buffer.from(hash).toString('base64url')].join(
    '$',
  );
}

function read(kept: string) {
  const [, N, r, p, salt, hash] = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]{43})$/.exec(kept) ?? [];
  if (salt === undefined || hash === undefined) throw new Error('what is kept of a PIN cannot be read');
  return {
    parameters: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  };
}

/** One way of writing what can be typed in several (a phone's keyboard, an input method). */
function derive(pin: string, salt: Uint8Array, parameters: { N: number; r: number; p: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(pin.normalize('NFKC'), salt, hashBytes, { ...parameters, maxmem: memoryMax }, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
}

function turnstile(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return async (work) => {
    if (busy >= atOnceMax) {
      if (waiting.length >= waitingMax) throw new TooManySignIns('more sign-ins wait than can be answered');
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else busy += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) busy -= 1;
      else next();
    }
  };
}
