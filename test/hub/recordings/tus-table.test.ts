import { expect, test } from 'vitest';
import { onBothStores, stores } from './both-stores.ts';
import type { Row } from './tus-row.ts';
import { checkingRows, failingRows } from './tus-rows-failing.ts';
import { openingRows } from './tus-rows-opening.ts';
import { writingRows } from './tus-rows-writing.ts';

/** The table of tus 1.0 (facts: reliability.md, 3.2). Row 41 is that it holds on each store we claim. */
const rows: readonly Row[] = [...openingRows, ...writingRows, ...checkingRows, ...failingRows];

onBothStores('the tus table', (at) => {
  for (const [number, says, run] of rows) test(`${number}. ${says}`, () => run(at.hub), 60_000);
});

test('41. no row is left out, on either store', () => {
  expect(rows.map(([number]) => number)).toEqual([...Array.from({ length: 40 }, (_, index) => index + 1), 42]);
  expect(Object.keys(stores)).toHaveLength(2);
});
