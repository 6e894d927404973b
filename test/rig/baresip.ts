import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long baresip may take to start. */
const startTimeoutMs = 10_000;

/** baresip on loopback UDP that answers every call by itself, with silence for a microphone: the reference phone. */
export type Baresip = { readonly user: string; readonly port: number; stop(): Promise<void> };

/** Starts it on `port`. Rejects when it is not installed or does not come up; then with what it printed. */
export async function startBaresip(port: number): Promise<Baresip> {
  const directory = mkdtempSync(join(tmpdir(), 'baresip-'));
  const user = 'reference';
  writeFileSync(
    join(directory, 'config'),
    [
      `sip_listen 127.0.0.1:${port}`,
      'module_path /usr/lib/baresip/modules',
      'audio_player aubridge,nothing',
      'audio_source aubridge,silence',
      'audio_alert aubridge,nothing',
      'module g711.so',
      'module aubridge.so',
      'module_app account.so',
      'module_app menu.so',
    ].join('\n'),
  );
  writeFileSync(join(directory, 'accounts'), `<sip:${user}@127.0.0.1:${port}>;regint=0;answermode=auto\n`);
  writeFileSync(join(directory, 'contacts'), '');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'baresip', '-f', directory], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(directory, { recursive: true });
  };
  let said = '';
  const isReady = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), startTimeoutMs);
    const decide = (ready: boolean) => {
      clearTimeout(timer);
      resolve(ready);
    };
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('baresip is ready')) decide(true);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', () => decide(false));
    child.once('exit', () => decide(false));
  });
  if (await isReady) return { user, port, stop };
  await stop();
  throw new Error(`baresip did not start: ${said}`);
}
