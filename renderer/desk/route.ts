import { useSyncExternalStore } from 'react';

const screens = ['desk', 'calls', 'switch-log', 'texts', 'keys', 'devices', 'settings'] as const;

/** What the work area shows; it stands behind the # of the address, so that a reload comes back to it. */
export type Screen = (typeof screens)[number];

/** A screen, and the one thing chosen on it (a callId on `calls`, a deviceId on `keys`). */
export type Place = { readonly screen: Screen; readonly chosen: string | null };

/** The place an address names: `#/calls` or `#/calls/CALLID`. Anything else is the desk. */
export function placeOf(hash: string): Place {
  const [, name, chosen] = hash.split('/');
  const screen = screens.find((known) => known === name) ?? 'desk';
  return { screen, chosen: chosen === undefined || chosen === '' ? null : decodeURIComponent(chosen) };
}

/** Goes to a place. Choosing something else on the same screen makes no entry in the history. */
export function goTo(screen: Screen, chosen: string | null = null): void {
  const hash = chosen === null ? `#/${screen}` : `#/${screen}/${encodeURIComponent(chosen)}`;
  if (placeOf(location.hash).screen === screen) location.replace(hash);
  else location.hash = hash;
}

export function useScreen(): Screen {
  return useSyncExternalStore(watchHash, () => placeOf(location.hash).screen);
}

/** What is chosen on the present screen. */
export function useChosen(): string | null {
  return useSyncExternalStore(watchHash, () => placeOf(location.hash).chosen);
}

function watchHash(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}
