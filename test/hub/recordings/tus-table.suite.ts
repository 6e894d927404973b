import { afterAll, beforeAll, describe, test } from 'vitest';
import { type IntakeRig, intakeRig, type StoreRig } from './intake-rig.ts';
import type { Row } from './tus-row.ts';
import { checkingRows, failingRows } from './tus-rows-failing.ts';
import { openingRows } from './tus-rows-opening.ts';
import { writingRows } from './tus-rows-writing.ts';

/** The table of tus 1.0 (facts: reliability.md, 3.2) on a store. Row 41 is that this runs on each store we claim. */
export function tusTable(name: string, openStore: () => Promise<StoreRig>): void {
  describe(`the tus table on ${name}`, () => {
    let store: StoreRig;
    let hub: IntakeRig;
    beforeAll(async () => {
      store = await openStore();
      hub = await intakeRig(store);
    });
    afterAll(async () => {
      await hub.close();
      await store.close();
    });
    for (const [number, says, run] of tusRows) test(`${number}. ${says}`, () => run(hub), 60_000);
  });
}

export const tusRows: readonly Row[] = [...openingRows, ...writingRows, ...checkingRows, ...failingRows];
