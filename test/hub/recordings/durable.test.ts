import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { created, patch } from './raw-request.ts';

/** What the hub asks of the system for a creation and a chunk, in order, as strace saw it. */
test('on files a 2xx comes after the bytes, how far they go and their names are synced, in that order', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-strace-'));
  const trace = join(folder, 'trace');
  const program = fileURLToPath(new URL('./intake-process.ts', import.meta.url));
  const choice = { place: { kind: 'file', directory: join(folder, 'store') }, port: 0, expirationMs: 0 };
  const calls = 'trace=fdatasync,fsync,rename,pwrite64,write,writev';
  const hub = spawn(
    'strace',
    ['-f', '-y', '-o', trace, '-e', calls, process.execPath, program, JSON.stringify(choice)],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  );
  const line = await new Promise<Buffer>((resolve) => hub.stdout?.once('data', resolve));
  const { port }: { port: number } = JSON.parse(String(line));
  const url = await created(`http://127.0.0.1:${port}/recordings/uploads`, { 'Upload-Length': '1000' });
  expect((await patch(url, 0, Buffer.alloc(400, 'x'))).status).toBe(204);
  hub.disconnect();
  await once(hub, 'exit');
  const seen = (await readFile(trace, 'utf8')).split('\n').flatMap(readCall);
  await rm(folder, { recursive: true });
  expect(seen).toEqual([
    ['write', 'new'],
    ['fsync', 'new'],
    ['rename', 'json'],
    ['fsync', 'store'],
    ['answer', '201'],
    ['write', 'data'],
    ['fdatasync', 'data'],
    ['write', 'state'],
    ['fdatasync', 'state'],
    ['answer', '204'],
  ]);
}, 60_000);

/** `4242 fdatasync(20</tmp/x/0…0.data>) = 0`: what was asked, and of which file by the end of its name. */
function readCall(line: string): [string, string][] {
  const [, status] = /writev?\(\d+<(?:socket|TCP)[^>]*>.*HTTP\/1\.1 (\d{3})/.exec(line) ?? [];
  if (status !== undefined) return [['answer', status]];
  const [, call, path] = /^\d+ +(fdatasync|fsync|pwrite64)\(\d+<([^>]*)>/.exec(line) ?? [];
  if (call !== undefined && path !== undefined)
    return [[call === 'pwrite64' ? 'write' : call, /[a-z]+$/.exec(path)?.[0] ?? path]];
  return /^\d+ +rename\(.*\.json"/.test(line) ? [['rename', 'json']] : [];
}
