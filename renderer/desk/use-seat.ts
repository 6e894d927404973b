import { createContext, useContext, useSyncExternalStore } from 'react';
import type { DeskRequest, Light, SeatView } from '../../core/console-api.ts';
import type { DeskConsole, SeatStore, ShownNotice } from './seat-store.ts';

/** Gives the page's one store to its components. */
export const SeatContext = createContext<SeatStore | null>(null);

/** The store itself, for requests that answer (lists, recordings, settings). */
export function useSeatStore(): SeatStore {
  const store = useContext(SeatContext);
  if (store === null) throw new Error('no seat store above this component');
  return store;
}

/**
 * One part of the view. `pick` must give back a part of the view itself (not a new object), then the component is drawn
 * anew only when that part changes. Only below the shell, which waits for the first view.
 */
export function useSeat<T>(pick: (view: SeatView) => T): T {
  const store = useSeatStore();
  return useSyncExternalStore(store.watch, () => {
    const seat = store.seat();
    if (seat === null) throw new Error('the seat has sent no view yet');
    return pick(seat.view);
  });
}

/** Whether there is a view to show at all. */
export function useHasView(): boolean {
  const store = useSeatStore();
  return useSyncExternalStore(store.watch, () => store.seat() !== null);
}

/** Since when the seat process has been away, wall-clock milliseconds; null while it is there. */
export function useLostAt(): number | null {
  const store = useSeatStore();
  return useSyncExternalStore(store.watch, () => store.seat()?.lostAt ?? null);
}

/** The present console, null while the seat process is away: for feeds a screen follows by itself. */
export function useConsole(): DeskConsole | null {
  const store = useSeatStore();
  return useSyncExternalStore(store.watch, store.console);
}

/** Sends what a person asked for. */
export function useAsk(): (request: DeskRequest) => void {
  return useSeatStore().ask;
}

export function useNotices(): readonly ShownNotice[] {
  const store = useSeatStore();
  return useSyncExternalStore(store.watch, store.notices);
}

/** One of the three lights. Without a seat process the data light is down, whatever the last view said. */
export function useLight(name: keyof SeatView['lights']): Light {
  const light = useSeat((view) => view.lights[name]);
  const lostAt = useLostAt();
  if (name === 'data' && lostAt !== null) return { state: 'down', code: 'lost', sinceAt: lostAt, detail: '' };
  return light;
}
