import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { hubRecordingKey, recordingKeyStatement, type SiteAnswer } from '../core/hub-recordings-api.ts';
import { readHubPublicKey } from './hub-wrap.ts';

/** The hub's key as a seat keeps it: what it was told when it joined, and what the same hub has told since. */
export const pinnedHubKey = z.object({
  hubId: z.string(),
  identityKey: z.base64(),
  recordingKey: hubRecordingKey,
});
export type PinnedHubKey = z.infer<typeof pinnedHubKey>;

/** What a hub said of its key, judged. `refused` keeps the old one. */
export type KeyVerdict =
  | { readonly kind: 'taken' | 'same'; readonly pin: PinnedHubKey }
  | {
      readonly kind: 'refused';
      readonly why: 'another-hub' | 'another-identity' | 'not-signed' | 'older' | 'no-key';
    };

/** SubjectPublicKeyInfo of Ed25519 before its 32 bytes (RFC 8410). */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Whether a seat takes the key that a hub names. The first one it takes over the connection it enrolled on, together with
 * the identity that signs it. After that only what the same identity signed, of the same hub, and never an older
 * generation: whoever stands between, or puts another hub in its place, can't have recordings wrapped for himself.
 */
export function judgeHubKey(pin: PinnedHubKey | null, hubId: string, said: Omit<SiteAnswer, 'now'>): KeyVerdict {
  const { identityKey, recordingKey } = said;
  if (said.hubId !== hubId) return { kind: 'refused', why: 'another-hub' };
  const before = pin?.hubId === hubId ? pin : null;
  if (before !== null && before.identityKey !== identityKey) return { kind: 'refused', why: 'another-identity' };
  if (readHubPublicKey(recordingKey) === null) return { kind: 'refused', why: 'no-key' };
  if (!isSigned(hubId, said)) return { kind: 'refused', why: 'not-signed' };
  if (before !== null) {
    const { generation, keyId } = before.recordingKey;
    if (recordingKey.generation < generation) return { kind: 'refused', why: 'older' };
    if (recordingKey.generation === generation)
      return recordingKey.keyId === keyId ? { kind: 'same', pin: before } : { kind: 'refused', why: 'older' };
  }
  return { kind: 'taken', pin: { hubId, identityKey, recordingKey } };
}

function isSigned(hubId: string, { identityKey, recordingKey }: Omit<SiteAnswer, 'now'>): boolean {
  const raw = Buffer.from(identityKey, 'base64');
  if (raw.length !== 32) return false;
  const key = createPublicKey({ key: Buffer.concat([spkiHead, raw]), format: 'der', type: 'spki' });
  const statement = Buffer.from(recordingKeyStatement(hubId, recordingKey));
  return verify(null, statement, key, Buffer.from(recordingKey.signature, 'base64'));
}
