import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { inspectHouse } from './architecture/house-inspector.ts';
import { readTree } from './architecture/read-tree.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

test('the house is as architecture.md and style.md say', () => {
  const breaches = inspectHouse(readTree(root));
  expect(breaches.map(({ path, line, says }) => `${path}:${line} ${says}`)).toEqual([]);
});
