import { useSyncExternalStore } from 'react';
import type { Light, SeatView } from '../../core/console-api.ts';

export type LightName = keyof SeatView['lights'];

/**
 * Which lights' sentences stand over the work area: that of a light in trouble by itself, any other while somebody asks. A
 * weak one may be put away until it changes: its light stays as it is. Of the page, not of the seat; forgotten on reload.
 */
class ShownStrips {
  readonly #watchers = new Set<() => void>();
  #asked: LightName | null = null;
  #away: { readonly [name in LightName]?: string } = {};

  readonly asked = (): LightName | null => this.#asked;
  readonly away = (): { readonly [name in LightName]?: string } => this.#away;
  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  };
  ask(name: LightName | null): void {
    this.#asked = name;
    this.#tell();
  }
  putAway(name: LightName, light: Light): void {
    if (this.#asked === name) this.#asked = null;
    if (light.state === 'weak') this.#away = { ...this.#away, [name]: troubleOf(light) };
    this.#tell();
  }
  #tell(): void {
    for (const changed of this.#watchers) changed();
  }
}

const strips = new ShownStrips();

/** The same trouble keeps its sentence away; another one brings it back. */
function troubleOf({ state, code, sinceAt }: Light): string {
  return `${state} ${code} ${sinceAt}`;
}

/** How a light's sentence is shown: whole because somebody asked, by itself because of trouble, or not at all. */
export function useStrip(name: LightName, light: Light): 'asked' | 'trouble' | 'none' {
  const asked = useSyncExternalStore(strips.watch, strips.asked);
  const away = useSyncExternalStore(strips.watch, strips.away);
  if (asked === name) return 'asked';
  const isTrouble = light.state === 'weak' || light.state === 'down';
  return isTrouble && away[name] !== troubleOf(light) ? 'trouble' : 'none';
}

/** Asks for a light's sentence; null: for none. */
export function askStrip(name: LightName | null): void {
  strips.ask(name);
}

/** Takes a sentence away: one that was asked for, and that of a weak light until it changes. */
export function putStripAway(name: LightName, light: Light): void {
  strips.putAway(name, light);
}
