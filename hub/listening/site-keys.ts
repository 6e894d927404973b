import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import type { Transaction } from 'kysely';
import { type HubRecordingKey, recordingKeyStatement, type SiteAnswer } from '../../core/hub-recordings-api.ts';
import { newHubKeyPair, unwrapAtHub, type WrapPlace, wrapKeyId } from '../../recording/hub-wrap.ts';
import { appendAudit } from '../audit/audit-table.ts';
import { tidyAfterErasing } from '../database/erased-bytes.ts';
import type { HubTables } from '../database/schema.ts';
import type { Actor, HubParts } from '../hub-parts.ts';
import { fileSeal, type KeySeal, makeKeyFile, openSeal, readKeyFile } from './key-seal.ts';

/** Why the hub can't use its own keys, in a sentence for the administrator. */
export class SiteKeyProblem extends Error {
  override readonly name = 'SiteKeyProblem';
}

/** The hub's own keys: the pair for which seats wrap, and the identity that vouches for it. */
export interface SiteKeys {
  /** What seats are told. */
  readonly about: () => Promise<Omit<SiteAnswer, 'now'>>;
  /** A recording's own key out of its wrap, by whichever of the hub's pairs it was made for; null: none opens it. */
  readonly unwrap: (wrapped: string, place: WrapPlace) => Promise<Uint8Array | null>;
  /** A new pair; the old ones stay for reading. */
  readonly rotate: (actor: Actor) => Promise<{ readonly keyId: string }>;
}

const identityName = 'identity';

/**
 * Opens the hub's keys, and makes them at the first start. With a key file the private ones are sealed with its secret;
 * the file is made when it is missing and nothing was sealed yet. Rejects with `SiteKeyProblem` when they can't be opened.
 */
export async function openSiteKeys(parts: HubParts, keyFile: string | null): Promise<SiteKeys> {
  const seal = await sealOf(parts, keyFile);
  const hasResealed = await parts.database.transaction((transaction) => settle(transaction, parts, seal));
  if (hasResealed) await tidyAfterErasing(parts.database);
  const { tables } = parts.database;
  return {
    about: async () => {
      const { hub_id: hubId } = await tables.selectFrom('hub').select('hub_id').executeTakeFirstOrThrow();
      const identity = await tables.selectFrom('site_identity').select('public_key').executeTakeFirstOrThrow();
      const newest = await tables
        .selectFrom('recording_key_pair')
        .select(['generation', 'key_id', 'public_key', 'signature'])
        .orderBy('generation', 'desc')
        .limit(1)
        .executeTakeFirstOrThrow();
      const { generation, key_id: keyId, public_key: publicKey, signature } = newest;
      return { hubId, identityKey: identity.public_key, recordingKey: { keyId, publicKey, generation, signature } };
    },
    unwrap: async (wrapped, place) => {
      const keyId = wrapKeyId(wrapped);
      if (keyId === null) return null;
      const pair = await tables
        .selectFrom('recording_key_pair')
        .select('private_key')
        .where('key_id', '=', keyId)
        .executeTakeFirst();
      if (pair === undefined) return null;
      const privateKey = seal.open(keyId, pair.private_key);
      if (privateKey === null) throw new SiteKeyProblem('a key pair of the hub is sealed with another key file');
      return unwrapAtHub(wrapped, place, privateKey);
    },
    rotate: (actor) =>
      parts.database.transaction(async (transaction) => {
        await lockHub(transaction);
        const key = await addPair(transaction, parts, seal);
        await appendAudit(transaction, actor, parts.now(), {
          action: 'recording-key-rotated',
          subject: key.keyId,
          detail: { generation: key.generation },
        });
        return { keyId: key.keyId };
      }),
  };
}

async function sealOf({ database, random }: HubParts, keyFile: string | null): Promise<KeySeal> {
  if (keyFile === null) return openSeal;
  const secret = await readKeyFile(keyFile);
  if (secret !== null) return fileSeal(secret);
  const identity = await database.tables.selectFrom('site_identity').select('private_key').executeTakeFirst();
  if (identity?.private_key.startsWith('sealed:') === true)
    throw new SiteKeyProblem(
      `The hub's keys are sealed with a key file, and ${keyFile} is not there. Put it back; without it no recording can be heard here.`,
    );
  return fileSeal(await makeKeyFile(keyFile, random));
}

/** Makes what is missing and seals what lies in the clear; whether anything was sealed anew. */
async function settle(transaction: Transaction<HubTables>, parts: HubParts, seal: KeySeal): Promise<boolean> {
  await lockHub(transaction);
  const identity = await transaction.selectFrom('site_identity').select('private_key').executeTakeFirst();
  if (identity === undefined) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    await transaction
      .insertInto('site_identity')
      .values({
        id: 1,
        public_key: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64'),
        private_key: seal.close(identityName, privateKey.export({ format: 'der', type: 'pkcs8' })),
      })
      .execute();
    await addPair(transaction, parts, seal);
    return false;
  }
  let isResealed = false;
  const opened = mustOpen(seal, identityName, identity.private_key);
  if (seal.isSealing && identity.private_key.startsWith('plain:')) {
    isResealed = true;
    await transaction
      .updateTable('site_identity')
      .set({ private_key: seal.close(identityName, opened) })
      .execute();
  }
  const pairs = await transaction.selectFrom('recording_key_pair').select(['key_id', 'private_key']).execute();
  for (const { key_id: keyId, private_key: text } of pairs) {
    const key = mustOpen(seal, keyId, text);
    if (!seal.isSealing || !text.startsWith('plain:')) continue;
    isResealed = true;
    await transaction
      .updateTable('recording_key_pair')
      .set({ private_key: seal.close(keyId, key) })
      .where('key_id', '=', keyId)
      .execute();
  }
  return isResealed;
}

function mustOpen(seal: KeySeal, name: string, text: string): Buffer {
  const key = seal.open(name, text);
  if (key !== null) return key;
  throw new SiteKeyProblem(
    seal.isSealing
      ? "The key file is not the one with which the hub's keys were sealed. Put the right one back."
      : "The hub's keys are sealed with a key file. Name it in HOOKLINE_HUB_RECORDING_KEY.",
  );
}

async function addPair(
  transaction: Transaction<HubTables>,
  { now }: HubParts,
  seal: KeySeal,
): Promise<Omit<HubRecordingKey, 'signature'>> {
  const { hub_id: hubId } = await transaction.selectFrom('hub').select('hub_id').executeTakeFirstOrThrow();
  const identity = await transaction.selectFrom('site_identity').select('private_key').executeTakeFirstOrThrow();
  const last = await transaction
    .selectFrom('recording_key_pair')
    .select(({ fn }) => fn.max('generation').as('generation'))
    .executeTakeFirst();
  const made = newHubKeyPair();
  const key = { ...made.public, generation: Number(last?.generation ?? 0) + 1 };
  const signer = createPrivateKey({
    key: mustOpen(seal, identityName, identity.private_key),
    format: 'der',
    type: 'pkcs8',
  });
  await transaction
    .insertInto('recording_key_pair')
    .values({
      generation: key.generation,
      key_id: key.keyId,
      public_key: key.publicKey,
      private_key: seal.close(key.keyId, made.privateKey),
      signature: sign(null, Buffer.from(recordingKeyStatement(hubId, key)), signer).toString('base64'),
      made_at: now(),
    })
    .execute();
  return key;
}

/** Several hubs may start at once: one makes the keys, the others find them. */
async function lockHub(transaction: Transaction<HubTables>): Promise<void> {
  await transaction
    .updateTable('hub')
    .set((expression) => ({ audit_position: expression.ref('audit_position') }))
    .execute();
}
