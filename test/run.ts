import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asteriskRoot, isRoot } from './rig/asterisk.ts';
import { inLoopbackNamespace } from './rig/loopback-namespace.ts';
import { addTallies, readVitestReport, type Tally, tallyLine } from './tally.ts';

/**
 * `npm test`: type-check, lint, unused code, the renderer's build, unit tests, journeys. Every step runs, whatever
 * failed before. The last line is `N passed, N failed, N skipped`; a check counts as one. Ends with 1 on any failure.
 */
const house = new URL('..', import.meta.url).pathname;
const reports = mkdtempSync(join(tmpdir(), 'hookline-test-'));

/** Each check's program stands in node_modules/.bin. */
const checks: readonly (readonly [name: string, program: string, ...args: string[]])[] = [
  ['types', 'tsc', '-b'],
  ['lint', 'biome', 'check', '--error-on-warnings'],
  ['unused code', 'knip'],
  ['renderer build', 'vite', 'build', '--config', 'renderer/vite.config.ts', '--logLevel', 'warn'],
];

/** Runs one program of node_modules/.bin with its output shown; gives its exit code. */
function runProgram(command: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const [program = '', ...args] = command;
    const child = spawn(program, args, { cwd: house, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function runCheck([name, program, ...args]: (typeof checks)[number]): Promise<Tally> {
  const started = performance.now();
  const code = await runProgram([join(house, 'node_modules/.bin', program), ...args]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function runVitest(project: 'unit' | 'journeys', wrap: (command: readonly string[]) => readonly string[]) {
  const report = join(reports, `${project}.json`);
  const vitest = [process.execPath, join(house, 'node_modules/vitest/vitest.mjs'), 'run'];
  const options = ['--config', 'test/vitest.config.ts', '--project', project, '--passWithNoTests'];
  const output = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await runProgram(wrap([...vitest, ...options, ...output]));
  return readVitestReport(existsSync(report) ? readFileSync(report, 'utf8') : null, code);
}

/** Journeys need root (a chroot, a network namespace) and the Asterisk that set-up fetched. */
async function runJourneys(): Promise<Tally> {
  const why = !isRoot()
    ? 'not root: no network namespace and no Asterisk'
    : !existsSync(asteriskRoot())
      ? `no Asterisk in ${asteriskRoot()}`
      : null;
  if (why === null) return runVitest('journeys', inLoopbackNamespace);
  const journeys = readdirSync(join(house, 'test/journeys')).filter((name) => name.endsWith('.journey.ts'));
  console.log(`- journeys skipped (${why}): ${journeys.join(' ')}`);
  return { passed: 0, failed: 0, skipped: journeys.length };
}

async function main(): Promise<number> {
  const started = performance.now();
  const tallies: Tally[] = [];
  for (const check of checks) tallies.push(await runCheck(check));
  tallies.push(await runVitest('unit', (command) => command));
  tallies.push(await runJourneys());
  rmSync(reports, { recursive: true });
  const total = addTallies(tallies);
  console.log(`in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  console.log(tallyLine(total));
  return total.failed === 0 ? 0 : 1;
}

process.exitCode = await main();
