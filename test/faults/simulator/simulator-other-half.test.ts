import { test } from 'vitest';
import { firstSeed, seeds, triesMsMax, trySeeds } from './try-seeds.ts';

/** Beside simulator.test.ts, on another core. */
test(
  `every promise holds after every step: the other half of ${seeds} seeds from ${firstSeed}`,
  async () => {
    console.log(JSON.stringify(await trySeeds(1, 2)));
  },
  triesMsMax,
);
