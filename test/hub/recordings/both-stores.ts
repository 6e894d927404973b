import { afterAll, beforeAll, describe } from 'vitest';
import { fileStoreRig, type IntakeRig, intakeRig, type StoreRig, s3StoreRig } from './intake-rig.ts';

/** Every store we claim. */
export const stores: Readonly<Record<string, () => Promise<StoreRig>>> = {
  files: fileStoreRig,
  'S3 (s3rver)': s3StoreRig,
};

/** A hub's intake on a store, there once the tests begin. */
export interface IntakeAt {
  readonly hub: IntakeRig;
  readonly store: StoreRig;
}

/** Describes the same tests on each store: one hub on one store for all of them. */
export function onBothStores(what: string, tests: (at: IntakeAt) => void): void {
  for (const [name, open] of Object.entries(stores)) {
    describe(`${what} on ${name}`, () => {
      let store: StoreRig | undefined;
      let hub: IntakeRig | undefined;
      beforeAll(async () => {
        store = await open();
        hub = await intakeRig(store);
      });
      afterAll(async () => {
        await hub?.close();
        await store?.close();
      });
      tests({
        get hub() {
          if (hub === undefined) throw new Error('the hub is not there yet');
          return hub;
        },
        get store() {
          if (store === undefined) throw new Error('the store is not there yet');
          return store;
        },
      });
    });
  }
}
