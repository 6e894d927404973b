import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * Runs the hub's program with this terminal and ends with its exit code. It is another room: started as a process of its
 * own, never imported.
 */
export async function runHubProgram(args: readonly string[]): Promise<void> {
  const program = join(import.meta.dirname, '../../hub/start.ts');
  const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' });
  // A terminal's Ctrl-C reaches the child by itself; a signal sent to us alone is handed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, 'exit');
  process.exitCode = typeof code === 'number' ? code : 1;
}
