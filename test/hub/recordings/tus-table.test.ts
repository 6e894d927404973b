import { expect, test } from 'vitest';
import { fileStoreRig, s3StoreRig } from './intake-rig.ts';
import { tusRows, tusTable } from './tus-table.suite.ts';

const stores = { files: fileStoreRig, 'S3 (s3rver)': s3StoreRig } as const;
for (const [name, open] of Object.entries(stores)) tusTable(name, open);

test('41. no row is left out, on either store', () => {
  expect(tusRows.map(([number]) => number)).toEqual([...Array.from({ length: 40 }, (_, index) => index + 1), 42]);
  expect(Object.keys(stores)).toHaveLength(2);
});
