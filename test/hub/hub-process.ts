import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { DatabasePlace } from '../../hub/database/open-database.ts';

/** A hub in a process of its own. */
export interface HubProcess {
  readonly url: string;
  readonly kill: () => void;
  /** The signal it ended with. */
  readonly ended: Promise<string | null>;
}

/** Starts a hub that dies after some statements (0: never by itself). */
export async function startDyingHub(place: DatabasePlace, dieAfter: number): Promise<HubProcess> {
  const script = new URL('dying-hub.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, JSON.stringify({ place, dieAfter })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(([, signal]) => (typeof signal === 'string' ? signal : null));
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), ended]);
  if (!Array.isArray(first)) throw new Error('the hub ended before it answered');
  return { url: String(first[0]), kill: () => child.kill('SIGKILL'), ended };
}
