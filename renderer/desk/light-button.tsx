import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { SeatView } from '../../core/console-api.ts';
import { LightDot } from '../kit/light-dot.tsx';
import styles from './top-bar.module.css';
import { useLight } from './use-seat.ts';

export type LightName = keyof SeatView['lights'];

/** Which light's sentence somebody asked for. Of the page, not of the seat; forgotten on reload. */
class AskedLight {
  readonly #watchers = new Set<() => void>();
  #name: LightName | null = null;

  readonly get = (): LightName | null => this.#name;
  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  };
  set(name: LightName | null): void {
    this.#name = name;
    for (const changed of this.#watchers) changed();
  }
}

const asked = new AskedLight();

/** The light whose sentence is shown because somebody pressed it. */
export function useAskedLight(): LightName | null {
  return useSyncExternalStore(asked.watch, asked.get);
}

/** Puts the asked sentence away. */
export function closeAskedLight(): void {
  asked.set(null);
}

/** A light in the top bar; pressed, its sentence and since when stand over the work area (never over the card). */
export function LightButton({ name }: { readonly name: LightName }) {
  const { t } = useTranslation();
  const light = useLight(name);
  const isOpen = useAskedLight() === name;
  return (
    <button
      type="button"
      className={styles.light}
      data-state={light.state}
      aria-label={t('lights.whole', { name: t(`lights.${name}`), state: t(`lights.${light.state}`) })}
      aria-expanded={isOpen}
      onClick={() => asked.set(isOpen ? null : name)}
    >
      <LightDot state={light.state} />
      <span aria-hidden="true">{t(`lights.${name}`)}</span>
    </button>
  );
}
