import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * What a seat keeps of a PIN, in its encrypted log: scrypt (RFC 7914) with a salt of its own. The same cost as at the hub,
 * another salt, and made here: what lies at one seat opens neither the hub nor another seat.
 */
const cost = { N: 2 ** 15, r: 8, p: 3 } as const;
const memoryMax = 64 * 1024 * 1024;
const saltBytes = 16;
const hashBytes = 32;

/** `SALT$HASH`, base64url. */
export async function makeVerifier(pin: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(pin, salt);
  return `${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/** Whether a PIN is the one of this verifier. Null (nobody) takes as long and is never right. */
export async function isPinOf(pin: string, verifier: string | null): Promise<boolean> {
  const [, salt, hash] = /^([\w-]{22})\$([\w-]{43})$/.exec(verifier ?? '') ?? [];
  const kept = hash === undefined ? randomBytes(hashBytes) : Buffer.from(hash, 'base64url');
  const shown = await derive(pin, salt === undefined ? randomBytes(saltBytes) : Buffer.from(salt, 'base64url'));
  return timingSafeEqual(shown, kept) && hash !== undefined;
}

/** One way of writing what can be typed in several (a phone's keyboard, an input method). */
function derive(pin: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(pin.normalize('NFKC'), salt, hashBytes, { ...cost, maxmem: memoryMax }, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
}
