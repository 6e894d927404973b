import { expect, test } from 'vitest';
import { catalogue } from '../faults/catalogue.ts';

/** The faults of a call that take a switch beyond a bad road, the shortest of each kind; all: `npm run faults -- all`. */
const short = ['road-is-reproducible', 'switch-killed', 'switch-behind-a-portal'];

/** Another seed each day of work is the nightly run's; here a failure must be the change's. */
const seed = 20_261_122;

test.each(short)('%s', async (name) => {
  expect(await catalogue[name]?.run(name, seed)).toMatchObject({ kind: 'holds' });
});
