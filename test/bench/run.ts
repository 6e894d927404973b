import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { isRoot } from '../rig/asterisk.ts';
import { inLoopbackNamespace } from '../rig/loopback-namespace.ts';
import type { Bench } from './bench.ts';

/**
 * `npm run bench -- NAME`: measures and ends standard output with one line `{"bench","figures","peers"}`. As root it
 * runs itself again in a network namespace that has no way out.
 */
const inNamespace = 'HOOKLINE_BENCH_IN_NAMESPACE';
const here = new URL('.', import.meta.url);

/** Files of this folder that are not benches. */
const parts = [
  'hub-uploads.ts',
  'plain-copy.ts',
  's3-place.ts',
  'run.ts',
  'bench.ts',
  'percentile.ts',
  'answer-peers.ts',
  'process-tree.ts',
  'hid-probe.ts',
];

const names = readdirSync(here)
  .filter((name) => name.endsWith('.ts') && !parts.includes(name))
  .map((name) => name.slice(0, -3));
const name = process.argv[2] ?? '';

if (!names.includes(name)) {
  console.error(`usage: npm run bench -- ${names.join('|')}`);
  process.exitCode = 2;
} else if (isRoot() && process.env[inNamespace] === undefined) {
  process.exitCode = await runAgain();
} else {
  const loaded: { readonly bench: Bench } = await import(new URL(`${name}.ts`, here).href);
  const result = await loaded.bench((line) => console.log(line));
  console.log(JSON.stringify({ bench: name, ...result }));
  // A peer's browser or socket must not keep a finished bench alive.
  process.exit(0);
}

function runAgain(): Promise<number> {
  const [program = '', ...args] = inLoopbackNamespace([process.execPath, ...process.argv.slice(1)]);
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, [inNamespace]: '1' } });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
