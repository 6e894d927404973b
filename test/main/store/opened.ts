import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore, type Store } from '../../../main/store/open.ts';
import type { Reserve } from '../../../main/store/reserve.ts';
import { type OpenSeatStore, seatStore } from '../../../main/store/seat-store.ts';

/** A key for tests: any 32 bytes. */
export const testKey: Uint8Array = Uint8Array.from({ length: 32 }, (_, index) => index * 7 + 1);

/** UUIDv7s in order, from a counter: the same in each run. */
export function countedIds(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `01890000-0000-7000-8000-${count.toString(16).padStart(12, '0')}`;
  };
}

/** A reserve that has nothing to give. */
export const noReserve: Reserve = { isSpent: () => true, spend: () => false, restore: () => Promise.resolve(false) };

/** Opens a store that must open, closed when the test ends. */
export function opened(directory: string, key: Uint8Array = testKey): Store {
  const outcome = openStore({ path: join(directory, 'hookline.db'), key, now: () => 1_000 });
  if (outcome.kind !== 'open') throw new Error(`${outcome.error.code}: ${outcome.error.detail}`);
  onTestFinished(() => outcome.store.close());
  return outcome.store;
}

/** A seat's store in a directory, ready to write. */
export function openedSeat(directory: string, reserve: Reserve = noReserve): OpenSeatStore & { readonly store: Store } {
  const store = opened(directory);
  return { ...seatStore(store, { seat: 'seat-1', newId: countedIds(), reserve }), store };
}
