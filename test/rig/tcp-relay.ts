import { connect, createServer, type Socket } from 'node:net';

/** How a relay treats connections that are made from now on; a rule that cuts also cuts those that stand. */
export type RelayRule =
  | { readonly kind: 'pass' }
  /** Nobody listens: connections are reset at once. */
  | { readonly kind: 'refuse' }
  /** Connections are taken and nothing is ever said. */
  | { readonly kind: 'black-hole' }
  /** Every request is answered by somebody else: a portal that wants a person to sign in (RFC 9110, 15.4.3). */
  | { readonly kind: 'portal' }
  /** What is asked arrives and is done; the answer is lost and the connection reset, so many times, then all passes. */
  | { readonly kind: 'lose-answers'; readonly count: number }
  /** Each connection is reset after so many bytes went to the target. */
  | { readonly kind: 'cut-after'; readonly bytes: number }
  /** So many bytes a second, each way of each connection. */
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number };

/** A TCP relay on loopback whose road can be spoilt; for what has no TUN device in front of it. */
export type TcpRelay = {
  readonly port: number;
  rule(rule: RelayRule): void;
  /** Resets every connection; gives how many. */
  reset(): number;
  /** Says something to every client that the target never said: a TLS alert, say. */
  sayToClients(bytes: Uint8Array): void;
  /** How many connections were made. */
  connections(): number;
  close(): Promise<void>;
};

/** How many shares may wait in a throttled direction before it is read no further: a second. */
const sharesWaitingMax = 20;

/** How often a throttled direction is given its bytes. */
const throttleEveryMs = 50;

const portalAnswer =
  'HTTP/1.1 302 Found\r\nLocation: http://portal.example/sign-in\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

type Pair = { readonly client: Socket; readonly target: Socket | null };

/** Starts a relay on loopback in front of a TCP port. */
export async function startTcpRelay(target: { readonly host: string; readonly port: number }): Promise<TcpRelay> {
  let rule: RelayRule = { kind: 'pass' };
  let made = 0;
  const pairs = new Set<Pair>();
  const reset = (): number => {
    const count = pairs.size;
    for (const { client, target: far } of pairs) {
      client.resetAndDestroy();
      far?.destroy();
    }
    return count;
  };
  const mayLose = (): boolean => {
    if (rule.kind !== 'lose-answers' || rule.count === 0) return false;
    rule = rule.count === 1 ? { kind: 'pass' } : { kind: 'lose-answers', count: rule.count - 1 };
    return true;
  };
  const server = createServer((client) => {
    made += 1;
    client.on('error', () => client.destroy());
    if (rule.kind === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const isTaken = rule.kind !== 'black-hole' && rule.kind !== 'portal';
    const far = isTaken ? connect(target) : null;
    const pair: Pair = { client, target: far };
    pairs.add(pair);
    client.once('close', () => {
      pairs.delete(pair);
      far?.destroy();
    });
    if (rule.kind === 'portal') client.once('data', () => client.end(portalAnswer));
    if (far === null) client.resume();
    else join(pair, far, rule, mayLose);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the relay has no port');
  return {
    port: address.port,
    rule: (next) => {
      rule = next;
      // A road that is gone takes the connections that stood on it along.
      if (next.kind === 'refuse' || next.kind === 'portal') reset();
      if (next.kind !== 'black-hole') return;
      for (const { client, target: far } of pairs) {
        client.unpipe();
        client.removeAllListeners('data').resume();
        far?.removeAllListeners('data').resume();
      }
    },
    reset,
    sayToClients: (bytes) => {
      for (const { client } of pairs) client.write(bytes);
    },
    connections: () => made,
    close: async () => {
      reset();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function join({ client }: Pair, far: Socket, rule: RelayRule, mayLose: () => boolean): void {
  far.on('error', () => client.resetAndDestroy());
  let toTarget = 0;
  const pass = (from: Socket, to: Socket): void => {
    if (rule.kind === 'throttle') throttle(from, to, rule.bytesPerSecond);
    else {
      from.on('data', (bytes: Buffer) => handOn(from, to, bytes));
      from.once('end', () => to.end());
    }
  };
  client.on('data', (bytes: Buffer) => {
    toTarget += bytes.length;
    if (rule.kind === 'cut-after' && toTarget > rule.bytes) client.resetAndDestroy();
  });
  pass(client, far);
  if (rule.kind !== 'lose-answers') {
    pass(far, client);
    return;
  }
  far.on('data', (bytes: Buffer) => {
    if (mayLose()) client.resetAndDestroy();
    else handOn(far, client, bytes);
  });
  far.once('end', () => client.end());
}

/** With the patience of a pipe: what cannot be taken now is not read either. */
function handOn(from: Socket, to: Socket, bytes: Buffer): void {
  if (to.destroyed || to.write(bytes)) return;
  from.pause();
  to.once('drain', () => from.resume());
}

function throttle(from: Socket, to: Socket, bytesPerSecond: number): void {
  const share = Math.max(1, Math.floor((bytesPerSecond * throttleEveryMs) / 1000));
  let waiting: Buffer = Buffer.alloc(0);
  from.on('data', (bytes: Buffer) => {
    waiting = Buffer.concat([waiting, bytes]);
    // A router's queue is short: what does not fit stays with whoever sends it.
    if (waiting.length > share * sharesWaitingMax) from.pause();
  });
  const timer = setInterval(() => {
    if (waiting.length > 0 && !to.destroyed) to.write(waiting.subarray(0, share));
    waiting = waiting.subarray(share);
    if (waiting.length === 0 && from.readableEnded) to.end();
    if (waiting.length <= share * sharesWaitingMax && from.isPaused()) from.resume();
  }, throttleEveryMs);
  to.once('close', () => clearInterval(timer));
}
