import { expect, test } from 'vitest';
import { mutations } from './mutations.ts';
import { planOf } from './plan.ts';
import { shrink, story } from './shrink.ts';

test('a history that breaks a promise is told by its seed and made as short as it can be', async () => {
  const mutation = mutations.find(({ name }) => name === 'the hub throws poison away');
  if (mutation === undefined) throw new Error('no such mutation');
  const shrunken = await shrink(planOf(1), 'no gap', mutation);
  expect(shrunken.plan.happenings.map(({ kind }) => kind)).toEqual(['unknown-kind']);
  expect(story(shrunken)).toContain('seed 1: no gap');
}, 120_000);
