import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';

/**
 * A recording's own key, wrapped so that the hub alone opens it: an ephemeral X25519 key pair for each wrap (RFC 7748),
 * HKDF-SHA256 over the shared secret with both public keys as salt (RFC 5869), AES-256-GCM. Recording, seat and key are
 * authenticated with it, so a wrap that is moved to another recording opens nothing. Whoever wrapped can't unwrap.
 */
export interface HubPublicKey {
  /** Tells which key pair it is: derived from the public key, so a name never stands for another key. */
  readonly keyId: string;
  /** 32 bytes, base64. */
  readonly publicKey: string;
}

/** Whose recording it is. */
export interface WrapPlace {
  readonly seat: string;
  readonly recordingId: string;
}

const rawLength = 32;
const tagLength = 16;
/** Ephemeral public key, encrypted key, tag. */
const wrapLength = rawLength + 32 + tagLength;
const version = '1';

/** How long a wrap is as text: a store may refuse anything else before it looks closer. */
export const wrappedKeyPattern = /^1\.[0-9a-f]{16}\.[A-Za-z0-9_-]{107}$/;

/** SubjectPublicKeyInfo of X25519 before its 32 bytes (RFC 8410). */
const spkiHead = Buffer.from('302a300506032b656e032100', 'hex');

/** A public key's name: the beginning of its SHA-256, hex. */
export function hubKeyId(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
}

/** The key if it is one and its name is its own, else null. */
export function readHubPublicKey({ keyId, publicKey }: HubPublicKey): KeyObject | null {
  const raw = Buffer.from(publicKey, 'base64');
  if (raw.length !== rawLength || raw.toString('base64') !== publicKey || hubKeyId(raw) !== keyId) return null;
  return createPublicKey({ key: Buffer.concat([spkiHead, raw]), format: 'der', type: 'spki' });
}

/** A new key pair: the public half, and the private one as PKCS #8 DER. */
export function newHubKeyPair(): { readonly public: HubPublicKey; readonly privateKey: Buffer } {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const raw = rawOf(publicKey);
  return {
    public: { keyId: hubKeyId(raw), publicKey: raw.toString('base64') },
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }),
  };
}

/** `1.KEYID.BASE64URL`, or null when that is no key to wrap for (a point of low order gives no secret). */
export function wrapForHub(recordingKey: Uint8Array, place: WrapPlace, hub: HubPublicKey): string | null {
  if (recordingKey.length !== 32) throw new Error("a recording's key has 32 bytes");
  const theirs = readHubPublicKey(hub);
  if (theirs === null) return null;
  const ephemeral = generateKeyPairSync('x25519');
  const own = rawOf(ephemeral.publicKey);
  const secret = sharedSecret(ephemeral.privateKey, theirs);
  if (secret === null) return null;
  const { key, nonce } = derived(secret, own, rawOf(theirs));
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(associated(place, hub.keyId));
  const body = Buffer.concat([own, cipher.update(recordingKey), cipher.final(), cipher.getAuthTag()]);
  return `${version}.${hub.keyId}.${body.toString('base64url')}`;
}

/** For which key pair a wrap was made; null when it is none. */
export function wrapKeyId(wrapped: string): string | null {
  return wrappedKeyPattern.test(wrapped) ? (wrapped.split('.')[1] ?? null) : null;
}

/** The recording's own key, or null: another key pair, another recording, or not as it was made. */
export function unwrapAtHub(wrapped: string, place: WrapPlace, privateKey: Uint8Array): Uint8Array | null {
  const keyId = wrapKeyId(wrapped);
  const text = wrapped.split('.')[2] ?? '';
  const body = Buffer.from(text, 'base64url');
  if (keyId === null || body.length !== wrapLength || body.toString('base64url') !== text) return null;
  const own = createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' });
  const ownPublic = rawOf(createPublicKey(own));
  if (hubKeyId(ownPublic) !== keyId) return null;
  const ephemeral = body.subarray(0, rawLength);
  const theirs = createPublicKey({ key: Buffer.concat([spkiHead, ephemeral]), format: 'der', type: 'spki' });
  const secret = sharedSecret(own, theirs);
  if (secret === null) return null;
  const { key, nonce } = derived(secret, ephemeral, ownPublic);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce);
  decipher.setAAD(associated(place, keyId));
  decipher.setAuthTag(body.subarray(-tagLength));
  const recordingKey = decipher.update(body.subarray(rawLength, -tagLength));
  try {
    decipher.final();
    return recordingKey;
  } catch {
    // The one thing final() throws for is a tag that does not fit, which is the answer asked for.
    return null;
  }
}

/** Null for a public key of low order, whose secret everybody knows: the library refuses to derive it. */
function sharedSecret(privateKey: KeyObject, publicKey: KeyObject): Buffer | null {
  try {
    return diffieHellman({ privateKey, publicKey });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && String(cause.code).startsWith('ERR_OSSL')) return null;
    throw cause;
  }
}

/** The secret is used once, so its nonce may come from it too. */
function derived(
  secret: Buffer,
  ephemeral: Uint8Array,
  hub: Uint8Array,
): { readonly key: Buffer; readonly nonce: Buffer } {
  const salt = Buffer.concat([ephemeral, hub]);
  const bytes = Buffer.from(hkdfSync('sha256', secret, salt, 'hookline recording key for the hub 1', 32 + 12));
  return { key: bytes.subarray(0, 32), nonce: bytes.subarray(32) };
}

function associated({ recordingId, seat }: WrapPlace, keyId: string): Buffer {
  return Buffer.from(JSON.stringify([recordingId, seat, keyId]));
}

function rawOf(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(-rawLength);
}
