import { expect, it } from 'vitest';
import { pictureCache, picturesMax } from '../../../native/panels/picture-cache.ts';

it('a picture is drawn once, as long as it is among those used last; a drawing that failed is tried again', async () => {
  const drawn: string[] = [];
  const cache = pictureCache<string>();
  const of = (name: string) =>
    cache.of(name, async () => {
      drawn.push(name);
      return `picture of ${name}`;
    });
  await of('lit');
  await of('dark');
  expect([await of('lit'), drawn]).toEqual(['picture of lit', ['lit', 'dark']]);
  for (let at = 0; at < picturesMax - 1; at += 1) await of(String(at));
  drawn.length = 0;
  await of('lit');
  await of('dark');
  expect(drawn).toEqual(['dark']);
  await expect(cache.of('torn', () => Promise.reject(new Error('no font')))).rejects.toThrow('no font');
  expect(await of('torn')).toBe('picture of torn');
});
