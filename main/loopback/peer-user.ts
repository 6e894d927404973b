import { readFile } from 'node:fs/promises';

/** The two ends of a TCP connection as Node's socket tells them, seen from the host. */
export interface ConnectionEnds {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** Whose a connection's other end is. `unknown`: this system does not say, or the connection has gone already. */
export type PeerUser = 'same' | 'other' | 'unknown';

/**
 * Whether the program at the other end of a loopback connection runs as this user. Linux only, where /proc/net lists
 * each socket with its user: a second lock behind the token, for the day a token leaks to another user of the machine.
 */
export async function peerUser(ends: ConnectionEnds, ownUid: number | undefined): Promise<PeerUser> {
  if (ownUid === undefined) {
    return 'unknown';
  }
  const table = ends.remoteAddress?.includes(':') === true ? '/proc/net/tcp6' : '/proc/net/tcp';
  try {
    return userIn(await readFile(table, 'utf8'), ends, ownUid);
  } catch {
    // Another system, or /proc hidden from us: the token stands alone there.
    return 'unknown';
  }
}

/**
 * Finds the other end's socket in the text of /proc/net/tcp or tcp6 (proc_pid_net(5)): the row whose local address is
 * the peer's and whose remote address is ours. The user is the eighth column.
 */
export function userIn(table: string, ends: ConnectionEnds, ownUid: number): PeerUser {
  const peer = endOf(ends.remoteAddress, ends.remotePort);
  const own = endOf(ends.localAddress, ends.localPort);
  if (peer === null || own === null) {
    return 'unknown';
  }
  for (const line of table.split('\n').slice(1)) {
    const [, local, remote, , , , , uid] = line.trim().split(/\s+/);
    if (local === peer && remote === own && uid !== undefined) {
      return Number(uid) === ownUid ? 'same' : 'other';
    }
  }
  return 'unknown';
}

/** The kernel's way to write 127.0.0.1 and ::1: words of the machine's byte order, little-endian on all we run on. */
const loopbackWords: Readonly<Record<string, string>> = {
  '127.0.0.1': '0100007F',
  '::1': '00000000000000000000000001000000',
};

function endOf(address: string | undefined, port: number | undefined): string | null {
  const words = address === undefined || !Object.hasOwn(loopbackWords, address) ? undefined : loopbackWords[address];
  return words === undefined || port === undefined
    ? null
    : `${words}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}
