import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** How a road treats packets, each way alike. Shares are 0..1 of all packets. */
export type Impairment = {
  readonly delayMs?: number;
  /** Up to so much more, by chance for each packet. */
  readonly jitterMs?: number;
  readonly loss?: number;
  readonly duplicate?: number;
  /** So many packets do not wait for their delay. */
  readonly reorder?: number;
  readonly kbps?: number;
  /** Nothing passes, in both directions or in one. */
  readonly blackHole?: 'both' | 'to-switch' | 'to-seat';
  /** Nothing passes but names: port 53. */
  readonly only?: 'dns';
};

/** What becomes of packets under a rule and a seed: how many milliseconds late each copy comes; none: it is lost. */
export type Fates = readonly (readonly number[])[];

/** A road between this network namespace and one of its own, for everything that speaks IP over it. */
export type BadNetwork = {
  /** The namespace the switch lives in, for `ip netns exec`. */
  readonly namespace: string;
  readonly seatAddress: string;
  readonly switchAddress: string;
  /** An undisturbed way to TCP ports of the namespace, for the test's own control; nothing else passes there. */
  readonly controlAddress: string;
  /** Our own address on that way. */
  readonly controllerAddress: string;
  /** From now on; an empty rule is a good road. */
  impair(rule: Impairment, seed?: number): Promise<void>;
  /** What would become of the first so many packets of one kind (6 TCP, 17 UDP); no packet is sent. */
  fates(rule: Impairment, seed: number, side: 'to-switch' | 'to-seat', protocol: 6 | 17, count: number): Promise<Fates>;
  /** Pulls the cable at the seat's machine, or plugs it in again. */
  link(state: 'down' | 'up'): Promise<void>;
  /** Resets every TCP connection at both ends; gives how many flows. */
  reset(): Promise<number>;
  /** The seat gets another address in its network, and the old one is gone. */
  changeAddress(address: string): Promise<void>;
  counts(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
};

const answer = z.union([
  z.object({ ready: z.literal(true) }),
  z.looseObject({
    done: z.string(),
    flows: z.number().optional(),
    fates: z.array(z.array(z.number())).optional(),
  }),
]);
type Answer = z.infer<typeof answer>;

/** Where `ip netns` keeps the names. */
const namespacesDirectory = '/run/netns';

let made = 0;

/**
 * Makes a namespace and the road to it. Needs root and /dev/net/tun. UDP does not pass the control way, so that sound
 * can only take the bad road.
 */
export async function startBadNetwork(): Promise<BadNetwork> {
  made += 1;
  const namespace = `hookline-${process.pid}-${made}`;
  const ip = (...args: readonly string[]) => execFileSync('ip', [...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const inside = (...args: readonly string[]) =>
    execFileSync('ip', ['netns', 'exec', namespace, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const near = `ctl${process.pid % 10_000}a${made}`;
  const far = `ctl${process.pid % 10_000}b${made}`;
  removeDeadNamespaces();
  ip('netns', 'add', namespace);
  inside('ip', 'link', 'set', 'lo', 'up');
  ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far);
  ip('link', 'set', far, 'netns', namespace);
  ip('address', 'add', `198.51.100.1/30`, 'dev', near);
  ip('link', 'set', near, 'up');
  inside('ip', 'address', 'add', '198.51.100.2/30', 'dev', far);
  inside('ip', 'link', 'set', far, 'up');
  // Dropped where it arrives: a packet that cannot be sent makes Asterisk hang up. Names of the world are refused at once.
  const noUdp = (end: string) =>
    `add table ip rig; add chain ip rig in { type filter hook input priority 0; }; add rule ip rig in iifname "${end}" ip protocol udp drop`;
  inside('nft', noUdp(far));
  inside(
    'nft',
    'add chain ip rig out { type filter hook output priority 0; }; add rule ip rig out udp dport 53 reject',
  );
  execFileSync('nft', [noUdp(near)], { stdio: 'inherit' });
  const seatAddress = '10.77.0.2';
  const switchAddress = '10.77.9.1';
  const script = new URL('bad-network.py', import.meta.url).pathname;
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'python3', script, namespace, seatAddress, switchAddress], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting: ((said: Answer) => void)[] = [];
  const heard: Answer[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = answer.parse(JSON.parse(line));
    const take = waiting.shift();
    if (take === undefined) heard.push(said);
    else take(said);
  });
  const hasEnded = new Promise<never>((_, reject) => {
    child.once('exit', () => reject(new Error('the bad network has ended')));
  });
  // Nobody may be waiting when it is closed.
  hasEnded.catch(() => undefined);
  const next = (): Promise<Answer> => {
    const already = heard.shift();
    if (already !== undefined) return Promise.resolve(already);
    return Promise.race([new Promise<Answer>((resolve) => waiting.push(resolve)), hasEnded]);
  };
  const tell = (command: object): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    return next();
  };
  await next();
  return {
    namespace,
    seatAddress,
    switchAddress,
    controlAddress: '198.51.100.2',
    controllerAddress: '198.51.100.1',
    impair: async (rule, seed = 1) => void (await tell({ do: 'impair', seed, ...rule })),
    reset: async () => {
      const said = await tell({ do: 'reset' });
      return 'flows' in said ? (said.flows ?? 0) : 0;
    },
    fates: async (rule, seed, side, protocol, count) => {
      const said = await tell({ do: 'fates', ...rule, seed, side, protocol, count });
      return 'fates' in said ? (said.fates ?? []) : [];
    },
    link: async (state) => void (await tell({ do: 'link', state })),
    changeAddress: async (address) => void (await tell({ do: 'address', address })),
    counts: async () => z.record(z.string(), z.number()).parse({ ...(await tell({ do: 'counts' })), done: 0 }),
    close: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      // The system takes a namespace apart when it has time; until then its end of the way would answer for the next one's.
      ip('link', 'del', near);
      ip('netns', 'del', namespace);
    },
  };
}

/** A test that was killed could not clean up: the name says whose it was. */
function removeDeadNamespaces(): void {
  if (!existsSync(namespacesDirectory)) return;
  for (const name of readdirSync(namespacesDirectory)) {
    const pid = /^hookline-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) execFileSync('ip', ['netns', 'del', name]);
  }
}
