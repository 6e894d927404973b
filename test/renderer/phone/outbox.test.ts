import { expect, test } from 'vitest';
import { type Console, ConsoleLost } from '../../../renderer/console-link.ts';
import { Outbox } from '../../../renderer/phone/outbox.ts';
import { PresentConsole } from '../../../renderer/phone/present-console.ts';

/** Only the identity of a connection matters to an outbox. */
const connection = () => ({}) as Console;

test('everything arrives in order, across a connection lost in the middle of a sending', async () => {
  const present = new PresentConsole();
  const [first, second] = [connection(), connection()];
  const got: [string, number][] = [];
  const outbox = new Outbox<number>(present, async (console, item) => {
    if (console === first && item === 2) throw new ConsoleLost();
    got.push([console === first ? 'first' : 'second', item]);
  });
  for (const item of [1, 2, 3]) outbox.push(item);
  expect(outbox.length).toBe(3);
  present.set(first);
  queueMicrotask(() => present.set(null));
  setTimeout(() => present.set(second));
  await outbox.whenEmpty();
  expect(got).toEqual([
    ['first', 1],
    ['second', 2],
    ['second', 3],
  ]);
});

test('what the seat process refuses is dropped and does not block the rest', async () => {
  const present = new PresentConsole();
  present.set(connection());
  const got: number[] = [];
  const outbox = new Outbox<number>(present, async (_, item) => {
    if (item === 2) throw new Error('bad request');
    got.push(item);
  });
  for (const item of [1, 2, 3]) outbox.push(item);
  await outbox.whenEmpty();
  expect(got).toEqual([1, 3]);
});

test('dropping never takes the one that is being sent', () => {
  const outbox = new Outbox<number>(new PresentConsole(), async () => undefined);
  for (const item of [1, 2, 3]) outbox.push(item);
  expect([outbox.drop((item) => item === 1), outbox.drop((item) => item >= 1), outbox.length]).toEqual([
    false,
    true,
    2,
  ]);
});
