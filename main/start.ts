import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPages, runVite } from './build-pages.ts';
import { electronBinary, fetchElectron } from './find-electron.ts';
import { chooseShell, hasDisplay } from './shell-choice.ts';
import { readStartOptions, startHelp } from './start-options.ts';

/** `npm start`: builds what is old, chooses a shell and runs it with the same arguments; ends as it ends. */

const house = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);
const options = readStartOptions(args);
const say = (line: string): void => console.error(`hookline: ${line}`);

if ('error' in options) {
  say(options.error);
  console.error(startHelp);
  process.exitCode = 2;
} else if (options.help) {
  console.log(startHelp);
} else {
  await buildPages(house, say);
  const facts = {
    platform: process.platform,
    env: process.env,
    isDemo: options.demo,
    isHeadless: options.headless,
    printsUrl: options.printUrl,
  };
  const wantsWindow = hasDisplay(facts) && !options.demo && !options.headless && !options.printUrl;
  const electron = electronBinary(house, process.env) ?? (wantsWindow ? await fetchElectron(house, say) : null);
  const shell = chooseShell({ ...facts, electron });
  if (shell === 'demo' && !options.demo) say('no display: playing the demo instead (npm start -- --demo)');
  process.exitCode = await (shell === 'electron' && electron !== null
    ? runElectron(electron)
    : runBrowser(shell === 'demo'));
}

function runBrowser(isDemo: boolean): Promise<number> {
  const more = isDemo && !args.includes('--demo') ? ['--demo'] : [];
  return run(process.execPath, [join(house, 'main/browser.ts'), ...args, ...more]);
}

async function runElectron(electron: string): Promise<number> {
  say('building the main process');
  await runVite(house, join('main', 'vite.config.ts'));
  // Chromium refuses to run sandboxed as root; only a person who works as root meets this.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return run(electron, [...asRoot, house, ...args]);
}

/** Runs a program to its end, handing on Ctrl-C and the like. */
function run(program: string, programArgs: readonly string[]): Promise<number> {
  const child = spawn(program, programArgs, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('error', (error) => {
      say(`${program} cannot be run: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
