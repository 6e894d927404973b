import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { isRoot } from './asterisk.ts';

/** How long PostgreSQL may take until it answers; measured a third of a second, many times that on a loaded machine. */
const bootTimeoutMs = 30_000;
const bootRetryMs = 50;

/** A running PostgreSQL of our own, on a socket in a folder of its own; nothing of it is on the network. */
export type Postgres = {
  /** Makes an empty database and gives its `postgres://` address. */
  newDatabase(): Promise<string>;
  /** Kills every process of it, as a power cut of the server would, and starts it again on the same data. */
  crash(): Promise<void>;
  /** Its log, for the message of a failed test. */
  log(): string;
  /** Ends it and removes everything it wrote. */
  stop(): Promise<void>;
};

/**
 * Starts Debian's PostgreSQL (or the one on PATH) with its settings of delivery: fsync and synchronous commit are on.
 * As root it runs as the user `postgres`, for it refuses to run as root. `settings` are added on its command line.
 */
export async function startPostgres(settings: readonly string[] = []): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-pg-'));
  // The user postgres comes through; the data folder inside is its own, and so is the socket.
  chmodSync(folder, 0o777);
  const data = join(folder, 'data');
  // What initdb writes is not what is tested: only the running server has to sync.
  const initdb = asPostgres(['initdb', '--no-sync', '--auth=trust', '--username=hub', '--encoding=UTF8', '-D', data]);
  await promisify(execFile)(initdb.program, initdb.args, { cwd: '/' });
  const start = (): ChildProcess => {
    const server = asPostgres(['postgres', '-D', data, '-k', folder, '-c', 'listen_addresses=', ...settings]);
    return spawn(server.program, server.args, { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const log: string[] = [];
  const address = (name: string) => `postgres://hub@localhost/${name}?host=${encodeURIComponent(folder)}`;
  const booted = async (child: ChildProcess): Promise<void> => {
    child.stderr?.on('data', (text: Buffer) => log.push(text.toString()));
    await whenAnswering(address('postgres'), child, () => log.join(''));
  };
  let child = start();
  let databases = 0;
  await booted(child);
  return {
    newDatabase: async () => {
      databases += 1;
      await withClient(address('postgres'), (client) => client.query(`create database hub_${databases}`));
      return address(`hub_${databases}`);
    },
    crash: async () => {
      const exited = once(child, 'exit');
      // The first line of its pid file is the postmaster; its children notice that it is gone and end, soon.
      process.kill(Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
      await exited;
      const deadline = Date.now() + bootTimeoutMs;
      for (;;) {
        const said = log.length;
        child = start();
        const problem = await booted(child).then(
          () => null,
          (error: unknown) => error,
        );
        if (problem === null) return;
        // Until the last child has ended the data folder counts as in use.
        const isInUse = log.slice(said).join('').includes('is still in use');
        if (!isInUse || Date.now() > deadline) throw problem;
      }
    },
    log: () => log.join(''),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGINT');
        await exited;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs work with one connection of its own. */
export async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  // A server that is killed breaks the connection; whoever uses it is told by its next statement.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function asPostgres([name = '', ...args]: readonly string[]): { readonly program: string; readonly args: string[] } {
  const program = join(binaries(), name);
  if (!isRoot()) return { program, args };
  const user = ['--reuid=postgres', '--regid=postgres', '--clear-groups', '--pdeathsig', 'KILL'];
  return { program: 'setpriv', args: [...user, program, ...args] };
}

/** The folder of PostgreSQL's programs: the newest of Debian's, else the one on PATH. */
function binaries(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  const found = folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));
  if (found === undefined) throw new Error('no PostgreSQL: run "node main/set-up.mjs test"');
  return found;
}

async function whenAnswering(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + bootTimeoutMs;
  for (;;) {
    try {
      return await withClient(url, async (client) => {
        await client.query('select 1');
      });
    } catch (cause) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`PostgreSQL does not answer: ${log()}`, { cause });
    }
    await new Promise((resolve) => setTimeout(resolve, bootRetryMs));
  }
}
