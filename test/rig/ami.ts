import { connect, type Socket } from 'node:net';

/** One message of Asterisk's manager interface: header names as Asterisk writes them, the last value of a repeated one. */
export type AmiMessage = Readonly<Record<string, string>>;

/** How many events one connection remembers: a journey causes some hundreds; a bench of 100 calls some thousands. */
const eventsMax = 50_000;

/** How long an answer to an action may take; Asterisk on loopback answers within milliseconds. */
const actionTimeoutMs = 10_000;

/** A connection to the manager interface of an Asterisk of the rig. Only the rig uses it; a seat never holds it. */
export type Ami = {
  /** Sends one action and gives its response. Rejects when Asterisk answers `Response: Error`. */
  action(name: string, fields?: Readonly<Record<string, string | readonly string[]>>): Promise<AmiMessage>;
  /** How many events have come so far: the place from which `waitFor` may be told to look. */
  mark(): number;
  /** The first event from place `from` on for which `matches` holds; rejects after `timeoutMs`, naming `what`. */
  waitFor(
    what: string,
    matches: (event: AmiMessage) => boolean,
    options?: { readonly from?: number; readonly timeoutMs?: number },
  ): Promise<AmiMessage>;
  /** Every event from place `from` on for which `matches` holds, oldest first. */
  seen(matches: (event: AmiMessage) => boolean, from?: number): readonly AmiMessage[];
  close(): void;
};

type Waiter = { readonly matches: (event: AmiMessage) => boolean; readonly resolve: (event: AmiMessage) => void };
type Pending = { readonly resolve: (message: AmiMessage) => void };

/** Connects and logs in. Rejects when nobody listens on the port or the secret is refused. */
export async function connectAmi(options: { host: string; port: number; user: string; secret: string }): Promise<Ami> {
  const socket = await open(options.host, options.port);
  const events: AmiMessage[] = [];
  const waiters = new Set<Waiter>();
  const pending = new Map<string, Pending>();
  let nextId = 1;

  readMessages(socket, (message) => {
    const id = message.ActionID;
    // The event OriginateResponse carries both names too; it is an event.
    if (message.Event === undefined && message.Response !== undefined && id !== undefined) {
      pending.get(id)?.resolve(message);
      pending.delete(id);
      return;
    }
    if (message.Event === undefined) return;
    if (events.length >= eventsMax) throw new Error(`more than ${eventsMax} AMI events on one connection`);
    events.push(message);
    for (const waiter of waiters) if (waiter.matches(message)) waiter.resolve(message);
  });

  const action: Ami['action'] = async (name, fields = {}) => {
    const id = String(nextId++);
    const answer = withDeadline<AmiMessage>(`AMI ${name}`, actionTimeoutMs, (resolve) => pending.set(id, { resolve }));
    socket.write(frame({ Action: name, ActionID: id, ...fields }));
    const message = await answer;
    if (message.Response === 'Error') throw new Error(`AMI ${name} refused: ${message.Message ?? 'no reason given'}`);
    return message;
  };

  const waitFor: Ami['waitFor'] = async (what, matches, { from = 0, timeoutMs = 10_000 } = {}) => {
    const already = events.slice(from).find(matches);
    if (already !== undefined) return already;
    let waiter: Waiter | undefined;
    try {
      return await withDeadline<AmiMessage>(what, timeoutMs, (resolve) => {
        waiter = { matches, resolve };
        waiters.add(waiter);
      });
    } finally {
      if (waiter !== undefined) waiters.delete(waiter);
    }
  };

  await action('Login', { Username: options.user, Secret: options.secret });
  return {
    action,
    waitFor,
    mark: () => events.length,
    seen: (matches, from = 0) => events.slice(from).filter(matches),
    close: () => socket.destroy(),
  };
}

function open(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Splits the stream into messages: `Name: value` lines ended by an empty one. A repeated name (CLI output) is joined by newlines. */
function readMessages(socket: Socket, onMessage: (message: AmiMessage) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('data', (text: string) => {
    rest += text;
    for (let end = rest.indexOf('\r\n\r\n'); end >= 0; end = rest.indexOf('\r\n\r\n')) {
      onMessage(parse(rest.slice(0, end)));
      rest = rest.slice(end + 4);
    }
  });
}

function parse(text: string): AmiMessage {
  const message: Record<string, string> = {};
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trimStart();
    const before = message[name];
    message[name] = before === undefined ? value : `${before}\n${value}`;
  }
  return message;
}

function frame(fields: Readonly<Record<string, string | readonly string[]>>): string {
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one) => `${name}: ${one.replaceAll(/[\r\n]/g, ' ')}`),
  );
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function withDeadline<T>(what: string, timeoutMs: number, start: (resolve: (value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: nothing within ${timeoutMs} ms`)), timeoutMs);
    start((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
