import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findElectron } from './loopback/find-chromium.ts';

/** How long `npm start` waits for the Electron binary before it goes on without one. */
const fetchMs = 30_000;

/** The Electron binary: the one `HOOKLINE_ELECTRON` names, or the npm package's own if it has been fetched. */
export function electronBinary(house: string, env: Readonly<Record<string, string | undefined>>): string | null {
  const named = env.HOOKLINE_ELECTRON;
  if (named) return existsSync(named) ? named : null;
  return findElectron(house);
}

/** Lets the npm package fetch its binary, 30 s at most. Null when that does not succeed: the browser shell will do. */
export async function fetchElectron(house: string, say: (line: string) => void): Promise<string | null> {
  const installer = join(house, 'node_modules/electron/install.js');
  if (!existsSync(installer)) return null;
  say('fetching Electron (once; half a minute at most)');
  const child = spawn(process.execPath, [installer], { stdio: 'ignore' });
  const timer = setTimeout(() => child.kill(), fetchMs);
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null));
    child.on('exit', resolve);
  });
  clearTimeout(timer);
  const found = code === 0 ? findElectron(house) : null;
  if (found === null) say('Electron cannot be fetched here: using a browser window');
  return found;
}
