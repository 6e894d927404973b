import { s3StoreRig } from '../hub/recordings/intake-rig.ts';

/** s3rver in a process of its own, so that it does not take its time from the seat that uploads. */
const store = await s3StoreRig();
process.stdout.write(`${JSON.stringify(store.place)}\n`);
process.once('disconnect', () => {
  void store.close().finally(() => process.exit());
});
