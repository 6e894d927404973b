import { readFile } from 'node:fs/promises';
import eaoPanel from '../models/serial/eao-panel.json' with { type: 'json' };
import genericAsciiKeypad from '../models/serial/generic-ascii-keypad.json' with { type: 'json' };
import genericKeyLampPanel from '../models/serial/generic-key-lamp-panel.json' with { type: 'json' };
import lcusRelay from '../models/serial/lcus-relay.json' with { type: 'json' };
import lcusRelayBypass from '../models/serial/lcus-relay-bypass.json' with { type: 'json' };
import lcusRelayDoor from '../models/serial/lcus-relay-door.json' with { type: 'json' };
import modemLineHook from '../models/serial/modem-line-hook.json' with { type: 'json' };
import saberPanel from '../models/serial/saber-panel.json' with { type: 'json' };
import vikingVx from '../models/serial/viking-vx.json' with { type: 'json' };
import zetronModel25 from '../models/serial/zetron-model-25.json' with { type: 'json' };

/** Imported, not read: so they are in the program when it is bundled. The id of each is the name of its file. */
const shipped: readonly { readonly id: string }[] = [
  eaoPanel,
  genericAsciiKeypad,
  genericKeyLampPanel,
  lcusRelay,
  lcusRelayBypass,
  lcusRelayDoor,
  modemLineHook,
  saberPanel,
  vikingVx,
  zetronModel25,
];

/** The ids of the shipped profiles, in order of the alphabet. */
export const shippedProfileIds: readonly string[] = shipped.map(({ id }) => id).toSorted();

/** The text of a shipped profile; undefined when there is none of this id. */
export function shippedProfileText(id: string): string | undefined {
  const profile = shipped.find((one) => one.id === id);
  return profile && JSON.stringify(profile, null, 2);
}

/**
 * The text of a profile: the id of a shipped one (`lcus-relay`), or a path. Rejects as readFile does, and for an unknown
 * id with the ids there are.
 */
export async function profileText(pathOrId: string): Promise<string> {
  const own = shippedProfileText(pathOrId);
  if (own !== undefined) return own;
  try {
    return await readFile(pathOrId, 'utf8');
  } catch (error) {
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(pathOrId)) throw error;
    const ids = shippedProfileIds.join(', ');
    throw new Error(`there is no file and no shipped profile of this name; shipped are ${ids}`, { cause: error });
  }
}
