import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeExclusiveLock } from './exclusive-lock.ts';

/** What the second instance says, and what it hears when the first has understood. */
const focusWord = 'focus\n';
const heardWord = 'ok\n';

/** How long a second instance waits for the first to answer: longer than any stall of a healthy shell, short to a person. */
const answerWaitMaxMs = 3_000;

/** Whose profile it is. */
export type InstanceOutcome =
  /** Ours. `release` gives it up; the end of the process does too. */
  | { readonly kind: 'first'; release(): void }
  /** Another process has it. `wasFocused`: it said that it brings its window to the front. */
  | { readonly kind: 'second'; readonly wasFocused: boolean }
  | { readonly kind: 'cannot'; readonly detail: string };

/** What claiming a profile needs. `onFocus` is called each time another instance was started and gave way. */
export interface InstanceClaim {
  readonly directory: string;
  readonly onFocus: () => void;
}

/**
 * Claims a profile for this shell, or asks the shell that has it to come to the front. Who is first is decided by an
 * exclusive lock, which the system drops when a process dies; the socket only carries the word. A socket left over by
 * a dead process is replaced.
 */
export async function claimInstance(claim: InstanceClaim): Promise<InstanceOutcome> {
  const { directory, onFocus } = claim;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const taken = takeExclusiveLock(join(directory, 'instance.lock'));
  if (taken.kind === 'cannot') return { kind: 'cannot', detail: taken.detail };
  const address = addressOf(realpathSync(directory));
  if (taken.kind === 'taken') return { kind: 'second', wasFocused: await askForFocus(address) };
  try {
    const server = await listen(address, onFocus);
    return {
      kind: 'first',
      release: () => {
        server.close();
        taken.lock.release();
      },
    };
  } catch (cause) {
    taken.lock.release();
    return { kind: 'cannot', detail: cause instanceof Error ? cause.message : String(cause) };
  }
}

/**
 * Where the word is passed: a named pipe on Windows, elsewhere a socket. A socket's path holds 100 bytes or so and a
 * profile's may be longer, so it lies in a private folder of this user, named by a hash of the profile's path.
 */
function addressOf(directory: string): string {
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 24);
  if (process.platform === 'win32') return `\\\\.\\pipe\\hookline-${name}`;
  const near = join(directory, 'focus.sock');
  if (Buffer.byteLength(near) <= socketPathMax) return near;
  const folder = join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), `hookline-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${name}.sock`);
}

/** What fits into `sockaddr_un` on every system (104 bytes on macOS, with the closing zero). */
const socketPathMax = 103;

function listen(address: string, onFocus: () => void): Promise<Server> {
  // We hold the lock, so whoever made this socket is dead.
  if (process.platform !== 'win32') rmSync(address, { force: true });
  const server = createServer((socket) => hear(socket, onFocus));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      // A shell that ends is not kept alive by its ear.
      server.unref();
      resolve(server);
    });
  });
}

function hear(socket: Socket, onFocus: () => void): void {
  let heard = '';
  socket.setEncoding('utf8');
  socket.setTimeout(answerWaitMaxMs, () => socket.destroy());
  // A visitor who hangs up in the middle is no fault of ours; the socket closes by itself after it.
  socket.on('error', () => socket.destroy());
  socket.on('data', (text: string) => {
    heard += text;
    if (heard === focusWord) {
      onFocus();
      socket.end(heardWord);
    } else if (!focusWord.startsWith(heard)) {
      socket.destroy();
    }
  });
}

function askForFocus(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(address, () => socket.write(focusWord));
    socket.setEncoding('utf8');
    socket.setTimeout(answerWaitMaxMs, () => socket.destroy());
    socket.on('data', (text: string) => {
      heard += text;
      if (heard.length > heardWord.length) socket.destroy();
    });
    // An error is followed by close, which gives the answer.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(heard === heardWord));
  });
}
