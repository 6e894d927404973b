import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Ami, connectAmi } from './ami.ts';
import { type AsteriskConfig, asteriskConfig } from './asterisk-config.ts';
import type { BadNetwork } from './bad-network.ts';
import { toneSamples, writeWav } from './tone.ts';

/** How long Asterisk may take to be fully booted; measured about one second, ten times that on a loaded machine. */
const bootTimeoutMs = 30_000;

/** How often the manager port is tried while Asterisk boots. */
const bootRetryMs = 50;

/** What callers on hold hear: a tone that no other part of the rig plays. */
export const holdMusicHz = 330;

/** A running Asterisk 22 of our own, on loopback only. */
export type Asterisk = {
  /** What a seat registers with: `ws://127.0.0.1:PORT/ws`. */
  readonly wsUrl: string;
  readonly sipPort: number;
  readonly seats: AsteriskConfig['seats'];
  readonly ami: Ami;
  readonly pid: number;
  /** Runs one CLI command and gives what it printed. */
  command(cli: string): Promise<string>;
  /** A path that Asterisk can write: how it names it, and how we do. */
  file(name: string): { readonly inside: string; readonly outside: string };
  /** The last lines of Asterisk's own log, for the message of a failed test. */
  log(lines?: number): string;
  /** Ends the process and removes everything it wrote. Safe to call twice. */
  stop(): Promise<void>;
};

export type AsteriskOptions = {
  readonly root?: string;
  readonly wsPort?: number;
  readonly password?: string;
  readonly extras?: AsteriskExtras;
  /** Beyond a bad road instead of on loopback (bad-network.ts). */
  readonly network?: Pick<BadNetwork, 'namespace' | 'switchAddress' | 'controlAddress' | 'controllerAddress'>;
};

/** What an Asterisk has beside what a call needs. */
export type AsteriskExtras = {
  readonly modules: readonly string[];
  /** More configuration files, by name; text of one that is there already is added to it. */
  readonly files: Readonly<Record<string, string>>;
  /** It sees the machine's ptys under /dev/pts, in a mount namespace of its own. */
  readonly hasPtys: boolean;
};

/** Where `main/set-up.mjs` puts the Asterisk of the tests. */
export function asteriskRoot(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'hookline', 'asterisk22');
}

/**
 * Starts an Asterisk with our own small configuration: seats 6001 and 6002 over WebSocket (WebRTC, Opus then G.711),
 * the same seats as 6001-udp and 6002-udp over plain UDP. Resolves when it is fully booted. Several may run at once.
 * Rejects, naming `npm test`'s set-up, when the chroot is not there, and with Asterisk's log when it does not boot.
 */
export async function startAsterisk(options: AsteriskOptions = {}): Promise<Asterisk> {
  const root = options.root ?? asteriskRoot();
  if (!existsSync(join(root, 'usr/sbin/asterisk')))
    throw new Error(`no Asterisk in ${root}: run "node main/set-up.mjs test"`);
  const runs = join(root, 'var/lib/hookline-rig');
  mkdirSync(runs, { recursive: true });
  removeDeadRuns(runs);
  const outside = mkdtempSync(join(runs, `run-${process.pid}-`));
  const config = await chooseConfig(outside.slice(root.length), options);
  writeFiles(outside, config);
  for (const [name, text] of Object.entries(options.extras?.files ?? {}))
    appendFileSync(join(outside, 'etc', name), text);
  const inNamespace = options.network === undefined ? [] : ['ip', 'netns', 'exec', options.network.namespace];
  const child = spawn(
    'setpriv',
    [
      '--pdeathsig',
      'KILL',
      ...inNamespace,
      ...(options.extras?.hasPtys === true ? withPtys(root) : []),
      'chroot',
      root,
      '/usr/sbin/asterisk',
      '-f',
      '-n',
      '-C',
      `${config.dir}/etc/asterisk.conf`,
    ],
    { stdio: ['ignore', 'ignore', 'ignore'] },
  );
  const log = (lines = 60) => lastLines(join(outside, 'log/full'), lines);
  const stop = async (): Promise<void> => {
    await endProcess(child);
    rmSync(outside, { recursive: true, force: true });
  };
  try {
    const ami = await whenBooted(child, config);
    return {
      wsUrl: `${config.isSecure ? 'wss' : 'ws'}://${config.address}:${config.wsPort}/ws`,
      sipPort: config.sipPort,
      seats: config.seats,
      ami,
      pid: child.pid ?? 0,
      command: async (cli) => (await ami.action('Command', { Command: cli })).Output ?? '',
      file: (name) => ({ inside: `${config.dir}/spool/${name}`, outside: join(outside, 'spool', name) }),
      log,
      stop: async () => {
        ami.close();
        await stop();
      },
    };
  } catch (error) {
    const why = log();
    await stop();
    throw new Error(`Asterisk did not boot: ${error}\n${why}`);
  }
}

/** Runs what follows with the machine's ptys bound into the chroot; the mount is gone with the process. */
function withPtys(root: string): readonly string[] {
  return ['unshare', '--mount', 'sh', '-c', 'mount --bind /dev/pts "$0/dev/pts" && exec "$@"', root];
}

/** A test that was killed could not clean up: the directory's name says whose it was. */
function removeDeadRuns(runs: string): void {
  for (const name of readdirSync(runs)) {
    const pid = /^run-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || !existsSync(`/proc/${pid}`)) rmSync(join(runs, name), { recursive: true, force: true });
  }
}

/** A TCP port on loopback that nobody listens on just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

async function chooseConfig(dir: string, options: AsteriskOptions): Promise<AsteriskConfig> {
  const password = options.password ?? randomBytes(12).toString('hex');
  // Under the ephemeral ports (32768 and up), in a block picked by chance: two Asterisks that share some get along.
  const rtpStart = 10_000 + 80 * randomBytes(1).readUInt8(0);
  return {
    dir,
    address: options.network?.switchAddress ?? '127.0.0.1',
    control: {
      address: options.network?.controlAddress ?? '127.0.0.1',
      controller: options.network?.controllerAddress ?? '127.0.0.1',
    },
    isSecure: options.network !== undefined,
    wsPort: options.wsPort ?? (await freePort()),
    amiPort: await freePort(),
    sipPort: await freePort(),
    amiSecret: randomBytes(12).toString('hex'),
    rtpPorts: [rtpStart, rtpStart + 700],
    seats: ['6001', '6002'].map((user) => ({ user, password })),
    modules: options.extras?.modules ?? [],
  };
}

function writeFiles(outside: string, config: AsteriskConfig): void {
  for (const name of ['etc', 'lib', 'lib/keys', 'spool', 'run', 'log', 'sounds']) mkdirSync(join(outside, name));
  for (const [name, text] of Object.entries(asteriskConfig(config))) writeFileSync(join(outside, 'etc', name), text);
  if (config.isSecure) writeCertificate(join(outside, 'etc/switch.pem'), config.address);
  writeWav(join(outside, 'sounds/hold.wav'), {
    sampleRate: 8000,
    channels: [toneSamples({ hz: holdMusicHz, seconds: 20, sampleRate: 8000 })],
  });
}

/** A key and a certificate that nobody vouches for, good for a day: the rig's browser is told to take it. */
function writeCertificate(path: string, address: string): void {
  const subject = ['-subj', '/CN=rig', '-addext', `subjectAltName=IP:${address}`];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${path}.key`];
  execFileSync('openssl', ['req', '-x509', '-days', '1', ...key, '-out', `${path}.crt`, ...subject], { stdio: 'pipe' });
  writeFileSync(path, Buffer.concat([readFileSync(`${path}.key`), readFileSync(`${path}.crt`)]));
}

/** Logs in as soon as the manager port answers and waits for FullyBooted. */
async function whenBooted(child: ChildProcess, config: AsteriskConfig): Promise<Ami> {
  const deadline = performance.now() + bootTimeoutMs;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Asterisk ended with code ${child.exitCode}`);
    try {
      const ami = await connectAmi({
        host: config.control.address,
        port: config.amiPort,
        user: 'rig',
        secret: config.amiSecret,
      });
      await ami.waitFor('FullyBooted', (event) => event.Event === 'FullyBooted', { timeoutMs: bootTimeoutMs });
      return ami;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, bootRetryMs));
    }
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  // KILL, not TERM: nothing it has is worth a slow goodbye.
  child.kill('SIGKILL');
  await ended;
}

function lastLines(path: string, lines: number): string {
  if (!existsSync(path)) return '(no log)';
  return readFileSync(path, 'utf8').split('\n').slice(-lines).join('\n');
}

/** Whether this process may make chroots and network namespaces. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
