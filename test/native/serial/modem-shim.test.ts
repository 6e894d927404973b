import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buildModemShim, startSerialLine } from '../../rig/serial-line.ts';

const hookline = fileURLToPath(new URL('../../../main/cli/hookline.ts', import.meta.url));

/** `hookline serial monitor` on a pty, with modem lines made by the shim. */
function monitor(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [hookline, 'serial', 'monitor', ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  const watchers = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(line);
    for (const watch of [...watchers]) watch();
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    said,
    type: (line: string): void => void child.stdin.write(`${line}\n`),
    waitFor: (start: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`Waited for ${start}; said ${said.join('\n')}`)), 20_000);
        const watch = (): void => {
          if (!said.some((line) => line.startsWith(start))) return;
          clearTimeout(timer);
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      }),
    stop: (): Promise<number | null> => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

test('hook, pedal and lamp on modem lines; dark at close', { timeout: 60_000 }, async () => {
  const line = await startSerialLine();
  const shim = await buildModemShim();
  try {
    await line.plug();
    const watched = monitor([line.path, '--profile', 'modem-line-hook'], shim.env);
    await watched.waitFor('{"link":"ready"');
    expect(await shim.outputs()).toEqual({ dtr: true, rts: false, breaks: 0 });
    await shim.set({ dcd: true });
    await watched.waitFor('{"hook":"off"}');
    await shim.set({ dcd: true, cts: true });
    await watched.waitFor('{"key":"pedal","edge":"press"}');
    await shim.set({ cts: true });
    await watched.waitFor('{"hook":"on"}');
    watched.type('lamp ringing on');
    watched.type('lamp 7 on');
    await watched.waitFor('{"trouble":"setting a lamp"');
    await expect.poll(() => shim.outputs(), { timeout: 5000 }).toMatchObject({ dtr: true, rts: true });
    expect(await watched.stop()).toBe(0);
    expect((await shim.outputs()).rts).toBe(false);
    expect(watched.said.at(-1)).toBe('{"link":"closed"}');
  } finally {
    await line.stop();
    await shim.stop();
  }
});

test('the monitor shows both ways; a break resets the Zetron', { timeout: 60_000 }, async () => {
  const line = await startSerialLine();
  const shim = await buildModemShim();
  try {
    await line.plug();
    const watched = monitor([line.path, '--profile', 'zetron-model-25'], shim.env);
    await watched.waitFor('{"link":"ready"');
    expect((await shim.outputs()).breaks).toBe(1);
    line.send('35 0A');
    await watched.waitFor('{"rx":"35 0A"}');
    await watched.waitFor('{"key":"enter","edge":"press","action":"answer"}');
    expect(await watched.stop()).toBe(0);
  } finally {
    await line.stop();
    await shim.stop();
  }
});
