import { useEffect, useState, useSyncExternalStore } from 'react';
import type { KeyEvent, KeyPress } from '../../core/key.ts';
import type { KeyWord } from './use-key-names.ts';

/** How long a key that only says "pressed" is lit: long enough to look up from the hand to the screen. */
export const litMs = 700;

/** A key that is held longer than this went away with its device: it was never let go. */
const heldMaxMs = 30_000;

/** What is lit on one device: the word of a headset's key, or the id of a panel's. */
export type LitKeys = ReadonlySet<string>;

const none: LitKeys = new Set();

/** Which keys of which device are down, or were a moment ago. */
export class KeyLights {
  readonly #watchers = new Set<() => void>();
  #lit: ReadonlyMap<string, LitKeys> = new Map();
  #last: KeyEvent | null = null;

  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  };

  readonly of = (deviceId: string): LitKeys => this.#lit.get(deviceId) ?? none;
  /** The last key that went down, null before the first. */
  readonly last = (): KeyEvent | null => this.#last;

  take(event: KeyEvent): void {
    const key = litKey(event.press);
    if (key === null) return;
    if (event.press.key === 'panel' && !event.press.isDown) {
      this.#set(event.deviceId, key, false);
      return;
    }
    this.#last = event;
    this.#set(event.deviceId, key, true);
    const wait = event.press.key === 'panel' ? heldMaxMs : litMs;
    setTimeout(() => this.#set(event.deviceId, key, false), wait);
  }

  #set(deviceId: string, key: string, isLit: boolean): void {
    const keys = new Set(this.of(deviceId));
    if (isLit) keys.add(key);
    else keys.delete(key);
    this.#lit = new Map(this.#lit).set(deviceId, keys);
    for (const changed of this.#watchers) changed();
  }
}

/** The key a press is of, as the pictures name it; null for what is no key. */
export function litKey(press: KeyPress): string | null {
  switch (press.key) {
    case 'panel':
      return press.keyId;
    case 'volume':
      return `volume-${press.to}` satisfies KeyWord;
    case 'line-busy':
      return null;
    default:
      return press.key satisfies KeyWord;
  }
}

/** The lights of a screen, fed by `useKeyMoments`. */
export function useKeyLights(): KeyLights {
  const [lights] = useState(() => new KeyLights());
  return lights;
}

/** What is lit on one device now. */
export function useLitKeys(lights: KeyLights, deviceId: string): LitKeys {
  return useSyncExternalStore(lights.watch, () => lights.of(deviceId));
}

/** A listener that may change from draw to draw without starting anything anew. */
export function useLatest<T>(value: T): { readonly current: T } {
  const [box] = useState(() => ({ current: value }));
  useEffect(() => {
    box.current = value;
  });
  return box;
}
