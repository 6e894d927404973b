import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { brought, type Scene } from './fault.ts';
import { newShown, type Shown } from './oracle.ts';
import { type SeatLook, type SeatOrder, type SeatWord, seatWord } from './seat-words.ts';

/** How long a seat may take to open or to do what it was told, on a machine that does much else. */
const answerMsMax = 40_000;

/** What a life of a seat is begun with. */
export type LifeOptions = {
  /** Words before the program: `strace -e inject=...`. */
  readonly under?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

/** One life of a seat process. */
export type SeatLife = {
  readonly pid: number;
  /** Resolves when it is done; rejects when the seat ends before. */
  order(order: SeatOrder): Promise<void>;
  /** Gives an order and does not wait. */
  begin(order: SeatOrder): void;
  look(): Promise<SeatLook>;
  /** The first word from now on that fits. */
  hear(what: string, fits: (word: SeatWord) => boolean): Promise<SeatWord>;
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Resolves when the process is gone: the signal or the code it ended with. */
  readonly ended: Promise<string>;
  /** The last lines of its standard error. */
  lastWords(): string;
};

/** A profile, and the seats that live on it one after the other. Everything they showed as kept is remembered. */
export type SeatScene = Scene & {
  readonly profile: string;
  readonly shown: Shown;
  /** Starts a seat; resolves when it is open. Rejects with its last words when it does not open. */
  live(options?: LifeOptions): Promise<SeatLife>;
  /** Starts a seat that may end at any moment; resolves at once. */
  start(options?: LifeOptions): SeatLife;
};

/** A new profile in `folder`, or in one of its own. */
export function seatScene(options: { readonly folder?: string; readonly tidy?: () => void } = {}): SeatScene {
  const own = options.folder ?? mkdtempSync(join(tmpdir(), 'hookline-fault-'));
  const profile = join(own, 'profile');
  const shown = newShown();
  const lives: SeatLife[] = [];
  const start = (life: LifeOptions = {}): SeatLife => {
    const started = startLife(profile, shown, life);
    lives.push(started);
    return started;
  };
  return {
    profile,
    shown,
    folders: [options.tidy === undefined ? own : keptOf(own)],
    start,
    live: async (life) => {
      const started = start(life);
      await started.hear('open', ({ said }) => said === 'open');
      return started;
    },
    close: async ({ keep }) => {
      for (const life of lives) await life.kill();
      // A disk of its own goes with its mount: what is on it is copied to a place that stays.
      if (keep && options.tidy !== undefined && existsSync(profile)) cpSync(profile, keptOf(own), { recursive: true });
      options.tidy?.();
      if (!keep) rmSync(own, { recursive: true, force: true });
    },
  };
}

/** A scene whose seat is in a call that is recorded. */
export type SeatInCall = SeatScene & { readonly life: SeatLife };

/** A seat that has done two calls and is in its third. */
export function seatInCall(scene: SeatScene = seatScene(), options: LifeOptions = {}): Promise<SeatInCall> {
  return brought(scene, async () => {
    const life = await scene.live(options);
    await life.order({ do: 'calls', count: 2 });
    await life.order({ do: 'talk', seconds: 3 });
    return { ...scene, life };
  });
}

function keptOf(folder: string): string {
  return `${folder}-kept`;
}

function startLife(profile: string, shown: Shown, { under = [], env = {} }: LifeOptions): SeatLife {
  const script = new URL('seat-program.ts', import.meta.url).pathname;
  const [program = '', ...args] = [...under, process.execPath, script, profile];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  // Writing to a seat that was just killed is what faults do.
  child.stdin.on('error', () => undefined);
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said = (said + text.toString()).slice(-4_000);
  });
  const waiters = new Set<(word: SeatWord | null) => void>();
  const early: SeatWord[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const word = readWord(line);
    if (word === null) return;
    shown.hear(word);
    if (word.said === 'open' || word.said === 'refused') early.push(word);
    for (const wait of waiters) wait(word);
  });
  const ended = endOf(child).then((how) => {
    for (const wait of waiters) wait(null);
    return how;
  });
  const hear = (what: string, fits: (word: SeatWord) => boolean): Promise<SeatWord> => {
    const already = early.find(fits);
    if (already !== undefined) return Promise.resolve(already);
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        waiters.delete(wait);
      };
      const wait = (word: SeatWord | null): void => {
        if (word !== null && !fits(word)) return;
        finish();
        if (word === null) reject(new Error(`the seat ended before ${what}: ${said}`));
        else resolve(word);
      };
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`the seat did not say ${what} in ${answerMsMax} ms: ${said}`));
      }, answerMsMax);
      waiters.add(wait);
    });
  };
  const write = (order: SeatOrder): void => void child.stdin.write(`${JSON.stringify(order)}\n`);
  return {
    pid: child.pid ?? 0,
    ended,
    hear,
    begin: write,
    lastWords: () => said,
    order: async (order) => {
      const done = hear(`that ${order.do} is done`, (word) => word.said === 'done');
      write(order);
      await done;
    },
    look: async () => {
      const seen = hear('how it looks', (word) => word.said === 'look');
      write({ do: 'look' });
      const word = await seen;
      if (word.said !== 'look') throw new Error('no look');
      return word.look;
    },
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal);
      // Whoever traces it must not outlive it, nor a stopped process wait for ever.
      if (signal === 'SIGKILL') child.kill('SIGCONT');
      await ended;
    },
  };
}

/** A line that was cut off when the seat was killed was not shown to anybody. */
function readWord(line: string): SeatWord | null {
  try {
    return seatWord.parse(JSON.parse(line));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

async function endOf(child: ChildProcess): Promise<string> {
  // `close`, not `exit`: everything it said has been read by then.
  const [code, signal] = await once(child, 'close');
  return typeof signal === 'string' ? signal : String(code);
}
