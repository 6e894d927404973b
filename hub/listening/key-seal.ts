import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How the hub's private keys lie in its database: as they are, or sealed with a secret that lies in a file elsewhere. */
export interface KeySeal {
  readonly isSealing: boolean;
  /** The text for the database. `name` says which key it is and is authenticated. */
  readonly close: (name: string, key: Uint8Array) => string;
  /** The key, or null when it is sealed and this is not its seal. */
  readonly open: (name: string, text: string) => Buffer | null;
}

const secretLength = 32;
const nonceLength = 12;
const tagLength = 16;

/** No file: whoever has the database has the keys. */
export const openSeal: KeySeal = {
  isSealing: false,
  close: (_name, key) => `plain:${Buffer.from(key).toString('base64')}`,
  open: (_name, text) => (text.startsWith('plain:') ? Buffer.from(text.slice(6), 'base64') : null),
};

/** Seals with AES-256-GCM under the secret of a file. Opens what lies in the clear too, so that it can be sealed. */
export function fileSeal(secret: Uint8Array): KeySeal {
  return {
    isSealing: true,
    close: (name, key) => {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv('aes-256-gcm', secret, nonce);
      cipher.setAAD(associated(name));
      const body = Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
      return `sealed:${body.toString('base64')}`;
    },
    open: (name, text) => {
      if (!text.startsWith('sealed:')) return openSeal.open(name, text);
      const body = Buffer.from(text.slice(7), 'base64');
      if (body.length <= nonceLength + tagLength) return null;
      const decipher = createDecipheriv('aes-256-gcm', secret, body.subarray(0, nonceLength));
      decipher.setAAD(associated(name));
      decipher.setAuthTag(body.subarray(-tagLength));
      const key = decipher.update(body.subarray(nonceLength, -tagLength));
      try {
        decipher.final();
        return key;
      } catch {
        // The one thing final() throws for is a tag that does not fit: another file's secret.
        return null;
      }
    },
  };
}

/** Reads the secret of a key file: 64 hex digits. Null: there is no such file. Throws when it holds something else. */
export async function readKeyFile(path: string): Promise<Uint8Array | null> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw cause;
  });
  if (text === null) return null;
  if (!/^[0-9a-f]{64}\s*$/i.test(text)) throw new Error(`${path} is not a key file: it wants 64 hex digits`);
  return Buffer.from(text.trim(), 'hex');
}

/** Makes a key file with a new secret, readable by its owner alone and durable. Rejects when there is a file already. */
export async function makeKeyFile(path: string, random: (bytes: number) => Uint8Array): Promise<Uint8Array> {
  const secret = random(secretLength);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${Buffer.from(secret).toString('hex')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  if (process.platform !== 'win32') {
    const folder = await open(dirname(path), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
  return secret;
}

function associated(name: string): Buffer {
  return Buffer.from(`hookline hub key 1|${name}`);
}
