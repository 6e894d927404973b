import { spawn } from 'node:child_process';
import { inLoopbackNamespace } from '../rig/loopback-namespace.ts';
import { arrangeCall } from './call-scene.ts';
import { faults } from './faults.ts';

/**
 * `npm run faults -- NAME|all [--seed N]`: arranges, injects and checks, one fault after the other, each in a scene of its
 * own; prints the seed and ends with 1 when a promise did not hold. Runs itself again in a network namespace.
 */
const inNamespace = 'HOOKLINE_FAULTS_IN_NAMESPACE';
const [name = '', ...rest] = process.argv.slice(2);
const given = rest[0] === '--seed' ? Number(rest[1]) : Math.floor(Math.random() * 2 ** 31);
const chosen = name === 'all' ? Object.keys(faults) : [name];

if (!chosen.every((each) => Object.hasOwn(faults, each)) || !Number.isSafeInteger(given)) {
  console.error(`usage: npm run faults -- ${[...Object.keys(faults), 'all'].join('|')} [--seed N]`);
  process.exitCode = 2;
} else if (process.env[inNamespace] === undefined) {
  process.exitCode = await runAgain(given);
} else {
  let broken = 0;
  for (const each of chosen) if (!(await holds(each, given))) broken += 1;
  process.exit(broken === 0 ? 0 : 1);
}

async function holds(each: string, seed: number): Promise<boolean> {
  const fault = faults[each];
  if (fault === undefined) throw new Error(`no fault ${each}`);
  const scene = await arrangeCall();
  try {
    await fault.inject(scene, seed);
    await fault.check(scene);
    console.log(`holds: ${each}, seed ${seed}: ${fault.promise}`);
    await scene.close();
    return true;
  } catch (error) {
    console.log(`BROKEN: ${each}, seed ${seed}: ${fault.promise}\n  ${error}\n  profile kept: ${scene.seat.profile}`);
    await scene.seat.chromium.shot(scene.seat.page, `fault-${each}`);
    await scene.seat.close();
    await scene.asterisk.stop();
    await scene.network.close();
    return false;
  }
}

function runAgain(seed: number): Promise<number> {
  const [program = '', ...args] = inLoopbackNamespace([
    process.execPath,
    new URL(import.meta.url).pathname,
    name,
    '--seed',
    String(seed),
  ]);
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, [inNamespace]: '1' } });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
