import { createHash, timingSafeEqual } from 'node:crypto';

/** A key as its holder shows it, and what the hub keeps of it. */
export interface MadeKey {
  readonly keyId: string;
  /** `KEYID.SECRET`; the hub forgets it. */
  readonly key: string;
  readonly secretHash: string;
}

/**
 * Makes a key: 256 random bits. One that is random needs no slow hash: nobody can try them all.
 */
export function makeKey(random: (bytes: number) => Uint8Array): MadeKey {
  const keyId = Buffer.from(random(8)).toString('hex');
  const secret = Buffer.from(random(32)).toString('base64url');
  return { keyId, key: `${keyId}.${secret}`, secretHash: hashSecret(secret) };
}

/** SHA-256 in hex. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Takes a key apart; null when it can't be one. */
export function readKey(key: string): { readonly keyId: string; readonly secret: string } | null {
  const parts = /^([a-z0-9]{1,32})\.([A-Za-z0-9_-]{43})$/.exec(key);
  const [, keyId, secret] = parts ?? [];
  return keyId === undefined || secret === undefined ? null : { keyId, secret };
}

/** Whether a secret is the one with this hash, in a time that does not depend on where they differ. */
export function isSecretOf(secret: string, secretHash: string): boolean {
  const shown = Buffer.from(hashSecret(secret), 'hex');
  const kept = Buffer.from(secretHash, 'hex');
  return shown.length === kept.length && timingSafeEqual(shown, kept);
}

/** Without I, L, O and U: what is read aloud or typed is not mistaken (Crockford's base 32). */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A code of 100 random bits for people: `XXXXX-XXXXX-XXXXX-XXXXX`. */
export function makeCode(random: (bytes: number) => Uint8Array): string {
  // 256 is a multiple of 32, so each letter is as likely as the others.
  const text = Array.from(random(20), (byte) => letters[byte % letters.length]).join('');
  return text.replace(/.{5}(?=.)/g, '$&-');
}

/** What is kept of a code, however it was typed: case, dashes and spaces do not count, O is 0, I and L are 1. */
export function hashCode(code: string): string {
  const plain = code.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  return hashSecret(plain);
}
