import { expect, test } from 'vitest';
import { weightedGate } from '../../../hub/listening/weighted-gate.ts';

/** Work that ends when it is told to. */
function works() {
  const inside: string[] = [];
  const ends = new Map<string, (failure?: Error) => void>();
  const work = (name: string) => () =>
    new Promise<string>((resolve, reject) => {
      inside.push(name);
      ends.set(name, (failure) => {
        inside.splice(inside.indexOf(name), 1);
        if (failure === undefined) resolve(name);
        else reject(failure);
      });
    });
  return { inside, work, end: (name: string, failure?: Error) => ends.get(name)?.(failure) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('as much is let in as fits, in order; what is heavier than everything goes in alone; too many are sent away', async () => {
  const gate = weightedGate(10, 3);
  const { inside, work, end } = works();
  const results = [
    gate.enter(6, work('a')),
    gate.enter(4, work('b')),
    gate.enter(50, work('c')),
    gate.enter(1, work('d')),
  ];
  await settled();
  // The light one waits behind the heavy one: nobody is overtaken for ever.
  expect(inside).toEqual(['a', 'b']);
  expect(gate.enter(1, work('e'))).not.toBe(null);
  expect(gate.enter(1, work('f'))).toBe(null);
  end('a');
  await settled();
  expect(inside).toEqual(['b']);
  end('b');
  await settled();
  expect(inside).toEqual(['c']);
  end('c');
  await settled();
  expect(inside).toEqual(['d', 'e']);
  end('d');
  end('e');
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
});

test('work that fails makes room too', async () => {
  const gate = weightedGate(1, 3);
  const { inside, work, end } = works();
  const failing = gate.enter(1, work('a'));
  const next = gate.enter(1, work('b'));
  await settled();
  end('a', new Error('no'));
  await expect(failing).rejects.toThrow('no');
  await settled();
  expect(inside).toEqual(['b']);
  end('b');
  await next;
});
