#!/usr/bin/env node
/**
 * `npx hookline COMMAND`: runs hookline.ts on the Node of `node_modules`, which reads TypeScript, whatever the system's
 * Node (20 or later). Plain JavaScript for that reason. Installs the packages first when the checkout is fresh.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const house = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ownNode = join(house, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

if (!existsSync(ownNode)) {
  const { setUp } = await import('../set-up.mjs');
  await setUp({ for: 'command' });
}
const child = spawn(ownNode, [join(house, 'main/cli/hookline.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
// A terminal's Ctrl-C reaches the child by itself; a signal sent to us alone is handed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128);
});
