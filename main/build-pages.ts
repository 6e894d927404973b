import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the pages are made of: a change in any of these makes the built pages old. */
const sources = ['renderer', 'core', 'assets/practice', 'assets/voices', 'package-lock.json'];

/**
 * Builds the two pages into `dist/renderer` unless they are there and as new as their sources. Answers whether it had
 * to. Rejects with what the bundler said when the build fails. For checkouts only: a packaged console brings its pages.
 */
export async function buildPages(house: string, say: (line: string) => void): Promise<boolean> {
  const stamp = join(house, 'dist/renderer/.built-from');
  const wanted = fingerprint(house);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return false;
  say('building the pages');
  await runVite(house, join('renderer', 'vite.config.ts'));
  writeFileSync(stamp, wanted);
  return true;
}

/** Runs the bundler of this checkout on one of its configurations. */
export function runVite(house: string, config: string): Promise<void> {
  const vite = join(house, 'node_modules/vite/bin/vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--config', config, '--logLevel', 'warn'], {
    cwd: house,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the bundler failed (${config}):\n${Buffer.concat(said).toString()}`));
    });
  });
}

/** Names, sizes and times of the sources: enough to see a change, and read in a few milliseconds. */
function fingerprint(house: string): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    const full = join(house, path);
    const stat = statSync(full, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(full).sort()) add(join(path, name));
    } else {
      hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`);
    }
  };
  for (const source of sources) add(source);
  return hash.digest('hex');
}
