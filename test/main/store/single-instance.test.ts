import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { takeExclusiveLock } from '../../../main/store/exclusive-lock.ts';
import { claimInstance, type InstanceOutcome } from '../../../main/store/single-instance.ts';
import { temporaryDirectory } from './temporary-directory.ts';

async function claim(directory: string, onFocus: () => void = () => {}): Promise<InstanceOutcome> {
  const outcome = await claimInstance({ directory, onFocus });
  if (outcome.kind === 'first') onTestFinished(() => outcome.release());
  return outcome;
}

test('the second brings the first to the front, each time', async () => {
  const directory = temporaryDirectory();
  let focused = 0;
  const first = await claim(directory, () => {
    focused += 1;
  });
  const second = await claim(directory);
  const third = await claim(directory);
  expect([first.kind, second, third, focused]).toEqual([
    'first',
    { kind: 'second', wasFocused: true },
    { kind: 'second', wasFocused: true },
    2,
  ]);
});

test('five at once: one is first', async () => {
  const directory = temporaryDirectory();
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => claim(directory)));
  expect(outcomes.filter(({ kind }) => kind === 'first')).toHaveLength(1);
  expect(outcomes.filter(({ kind }) => kind === 'second')).toHaveLength(4);
});

test('two profiles know nothing of each other', async () => {
  expect((await claim(temporaryDirectory())).kind).toBe('first');
  expect((await claim(temporaryDirectory())).kind).toBe('first');
});

test('a profile given up is free', async () => {
  const directory = temporaryDirectory();
  const first = await claimInstance({ directory, onFocus: () => {} });
  if (first.kind === 'first') first.release();
  expect((await claim(directory)).kind).toBe('first');
});

test.each([1, 16, 100, 4_096])('%i damaged bytes in the lock keep nobody out, and the lock holds', async (length) => {
  const directory = temporaryDirectory();
  const held = takeExclusiveLock(join(directory, 'some.lock'));
  if (held.kind !== 'held') throw new Error(held.kind);
  held.lock.release();
  writeFileSync(join(directory, 'some.lock'), Buffer.alloc(length, 0xa7));
  const again = takeExclusiveLock(join(directory, 'some.lock'));
  expect([again.kind, takeExclusiveLock(join(directory, 'some.lock')).kind]).toEqual(['held', 'taken']);
  if (again.kind === 'held') again.lock.release();
});

test('a profile whose holder was killed is free, whatever the killed one left behind', async () => {
  const directory = temporaryDirectory();
  const module = new URL('../../../main/store/single-instance.ts', import.meta.url).href;
  const script = `const { claimInstance } = await import(${JSON.stringify(module)});
    const outcome = await claimInstance({ directory: ${JSON.stringify(directory)}, onFocus() {} });
    console.log(outcome.kind); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  expect((await claim(directory)).kind).toBe('second');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect((await claim(directory)).kind).toBe('first');
});

test('a profile with a very long path works as any other', async () => {
  const directory = join(temporaryDirectory(), 'a'.repeat(120), 'b'.repeat(120));
  mkdirSync(directory, { recursive: true });
  let focused = 0;
  await claim(directory, () => {
    focused += 1;
  });
  expect([await claim(directory), focused]).toEqual([{ kind: 'second', wasFocused: true }, 1]);
});

test('nonsense on the socket is hung up on and focuses nobody', async () => {
  const directory = temporaryDirectory();
  let focused = 0;
  await claim(directory, () => {
    focused += 1;
  });
  const socket = connect(join(directory, 'focus.sock'), () => socket.write('x'.repeat(100_000)));
  // The other side hangs up in the middle of it: a reset is as good as an end.
  socket.on('error', () => {});
  await new Promise((resolve) => socket.on('close', resolve));
  expect(focused).toBe(0);
});

test('a profile that is no folder is refused in words', async () => {
  const path = join(temporaryDirectory(), 'file');
  writeFileSync(path, '');
  await expect(claimInstance({ directory: path, onFocus: () => {} })).rejects.toThrow(/EEXIST/);
});
