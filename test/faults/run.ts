import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildPages } from '../../main/build-pages.ts';
import { isRoot } from '../rig/asterisk.ts';
import { inLoopbackNamespace } from '../rig/loopback-namespace.ts';
import { catalogue } from './catalogue.ts';
import type { Verdict } from './fault.ts';

/**
 * `npm run faults -- NAME...|all|list [--seed N]`: arranges, injects and checks, one fault after the other, each in a
 * scene of its own; prints the seed and ends with 1 when a promise did not hold. As root it runs itself again in a
 * network namespace; without it the faults that need one say so.
 */
const inNamespace = 'HOOKLINE_FAULTS_IN_NAMESPACE';
const seedMax = 2 ** 31;

const args = process.argv.slice(2);
const seedAt = args.indexOf('--seed');
const seed = seedAt === -1 ? Math.floor(Math.random() * seedMax) : Number(args[seedAt + 1]);
const names = seedAt === -1 ? args : args.toSpliced(seedAt, 2);
const chosen = names.flatMap((name) => (name === 'all' ? Object.keys(catalogue) : [name]));

if (names[0] === 'list') {
  for (const [name, { promise }] of Object.entries(catalogue)) console.log(`${name}\n    ${promise}`);
} else if (
  chosen.length === 0 ||
  !chosen.every((name) => Object.hasOwn(catalogue, name)) ||
  !Number.isSafeInteger(seed)
) {
  console.error('usage: npm run faults -- NAME...|all|list [--seed N]');
  process.exitCode = 2;
} else if (isRoot() && process.env[inNamespace] === undefined) {
  process.exitCode = await runAgain([...names, '--seed', String(seed)]);
} else {
  // The real console shows them, and a fresh checkout has none.
  await buildPages(fileURLToPath(new URL('../..', import.meta.url)), (line) => console.error(line));
  const verdicts = new Map<string, Verdict>();
  for (const name of chosen) verdicts.set(name, await runOne(name));
  const count = (kind: Verdict['kind']): number => [...verdicts.values()].filter((each) => each.kind === kind).length;
  console.log(
    `seed ${seed}: ${count('holds')} hold, ${count('broken')} broken, ${count('not-here')} not to be had here`,
  );
  process.exit(count('broken') === 0 ? 0 : 1);
}

async function runOne(name: string): Promise<Verdict> {
  const fault = catalogue[name];
  if (fault === undefined) throw new Error(`no fault ${name}`);
  const verdict = await fault.run(name, seed);
  switch (verdict.kind) {
    case 'holds':
      console.log(`holds     ${name} (seed ${seed}, ${verdict.seconds} s) ${verdict.figures}`);
      break;
    case 'not-here':
      console.log(`not here  ${name}: ${verdict.why}`);
      break;
    case 'broken':
      console.log(`BROKEN    ${name} (seed ${seed}, ${verdict.seconds} s): ${fault.promise}\n  ${verdict.why}`);
      if (verdict.kept.length > 0) console.log(`  kept: ${verdict.kept.join(' ')}`);
      break;
  }
  return verdict;
}

function runAgain(again: readonly string[]): Promise<number> {
  const [program = '', ...rest] = inLoopbackNamespace([process.execPath, new URL(import.meta.url).pathname, ...again]);
  const child = spawn(program, rest, { stdio: 'inherit', env: { ...process.env, [inNamespace]: '1' } });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
