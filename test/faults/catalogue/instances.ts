import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { brought, type Fault, fault } from '../fault.ts';
import { expectNothingLost, inWords } from '../oracle.ts';
import { type SeatScene, seatScene } from '../seat-scene.ts';

const house = new URL('../../..', import.meta.url).pathname;

/** What came of starting the console: it is the one, or it gave way. */
type Start = { readonly child: ChildProcess; readonly outcome: 'first' | 'gave-way' };

/** A profile with some calls in it, and every console that was started on it. */
type Consoles = SeatScene & { readonly consoles: ChildProcess[]; starts: readonly Start[] };

function arrange(): Promise<Consoles> {
  return brought(seatScene(), withCalls);
}

async function withCalls(scene: SeatScene): Promise<Consoles> {
  const life = await scene.live();
  await life.order({ do: 'calls', count: 2 });
  await life.kill();
  const consoles: ChildProcess[] = [];
  const close = async (options: { readonly keep: boolean }): Promise<void> => {
    for (const child of consoles) await end(child, 'SIGKILL');
    await scene.close(options);
  };
  return { ...scene, consoles, starts: [], close };
}

/** Starts the real console, as a person does who clicks twice; resolves when it shows its address or has given way. */
async function startConsole({ profile, consoles }: Consoles): Promise<Start> {
  const args = [join(house, 'main/browser.ts'), '--profile', profile, '--headless', '--print-url'];
  const child = spawn(process.execPath, args, { cwd: house, stdio: ['ignore', 'pipe', 'pipe'] });
  consoles.push(child);
  const url = once(createInterface({ input: child.stdout }), 'line').then(() => 'first' as const);
  const gone = once(child, 'exit').then(() => 'gave-way' as const);
  return { child, outcome: await Promise.race([url, gone]) };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

async function oneOwner(scene: Consoles): Promise<void> {
  const owners = scene.starts.filter(({ outcome }) => outcome === 'first');
  if (owners.length !== 1) throw new Error(`${owners.length} consoles have the profile`);
}

async function check(scene: Consoles): Promise<string> {
  await oneOwner(scene);
  for (const child of scene.consoles) await end(child, 'SIGTERM');
  return inWords(await expectNothingLost(scene.profile, scene.shown));
}

/** The console, started more than once on one profile. */
export const instances: Readonly<Record<string, Fault>> = {
  'consoles-at-once': fault<Consoles>({
    promise: 'Of two to five consoles started at once on one profile one has it, and the others give way.',
    arrange,
    inject: async (scene, dice) => {
      scene.starts = await Promise.all(Array.from({ length: dice.whole(2, 5) }, () => startConsole(scene)));
    },
    check,
  }),
  'console-killed-and-started': fault<Consoles>({
    promise: 'A console that was killed leaves nothing behind that keeps the next one out.',
    arrange,
    inject: async (scene) => {
      const first = await startConsole(scene);
      await end(first.child, 'SIGKILL');
      scene.starts = [await startConsole(scene)];
    },
    check,
  }),
  'console-with-a-stale-lock': fault<Consoles>({
    promise: 'Lock files and a socket of a process that is long dead keep nobody out.',
    arrange,
    inject: async (scene, dice) => {
      // The locks hold no bytes: that they are there says nothing. Something else may lie where the socket was.
      for (const name of ['instance.lock', 'hookline.db.lock']) writeFileSync(join(scene.profile, name), '');
      writeFileSync(join(scene.profile, 'focus.sock'), dice.bytes(16));
      scene.starts = [await startConsole(scene)];
    },
    check,
  }),
};
