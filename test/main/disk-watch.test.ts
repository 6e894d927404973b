import { expect, test } from 'vitest';
import type { Notice } from '../../core/notice.ts';
import { startDiskWatch } from '../../main/disk-watch.ts';

test('a disk that fills up is told of once, and again only after there was room in between', () => {
  const told: Notice[] = [];
  let share = 0.5;
  let look = (): void => {};
  let isClosed = false;
  const watch = startDiskWatch({
    share: () => share,
    tell: (notice) => told.push(notice),
    every: (again) => {
      look = again;
      return () => {
        isClosed = true;
      };
    },
  });
  for (share of [0.8, 0.81, 0.95, 0.79, 0.9, 0.74, 0.83]) look();
  expect(told.map(({ code, detail }) => [code, detail])).toEqual([
    ['disk-nearly-full', '81 %'],
    ['disk-nearly-full', '83 %'],
  ]);
  watch.close();
  expect(isClosed).toBe(true);
});
