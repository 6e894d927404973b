import { z } from 'zod';
import { type PinnedHubKey, pinnedHubKey } from '../../recording/hub-key-pin.ts';
import type { SeatStore } from '../seat-ports.ts';

/** Under which name of the store's secrets it stands. */
export const hubMemorySecret = 'hub-recordings';

const memory = z.object({
  pin: pinnedHubKey.nullable(),
  /** Of which hub, and how far its list of erased recordings was followed. */
  erased: z.object({ hubId: z.string(), cursor: z.string() }).nullable(),
});

/** What a seat keeps of a hub about recordings, in its encrypted store: so it can wrap for a hub that is days away. */
export interface HubMemory {
  readonly pin: () => PinnedHubKey | null;
  /** Throws a sentence when the disk does not take it. */
  readonly setPin: (pin: PinnedHubKey) => void;
  /** How far the hub's list of erased recordings was followed; null: from its beginning. */
  readonly erasedCursor: (hubId: string) => string | null;
  readonly setErasedCursor: (hubId: string, cursor: string) => void;
}

/** The memory in a store. What can't be read counts as nothing: the hub tells it again. */
export function hubMemory(store: Pick<SeatStore, 'secret' | 'setSecret'>): HubMemory {
  const read = (): z.infer<typeof memory> => parsed(store.secret(hubMemorySecret)) ?? { pin: null, erased: null };
  const write = (next: z.infer<typeof memory>): void => store.setSecret(hubMemorySecret, JSON.stringify(next));
  return {
    pin: () => read().pin,
    setPin: (pin) => write({ ...read(), pin }),
    erasedCursor: (hubId) => {
      const { erased } = read();
      return erased?.hubId === hubId ? erased.cursor : null;
    },
    setErasedCursor: (hubId, cursor) => write({ ...read(), erased: { hubId, cursor } }),
  };
}

function parsed(text: string | null): z.infer<typeof memory> | null {
  if (text === null) return null;
  try {
    const read = memory.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}
