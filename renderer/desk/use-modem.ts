import type { ModemView } from '../../core/equipment-api.ts';
import { useLight, useSeat } from './use-seat.ts';

/**
 * The modem calls go by now: the one that carries a call, or the one that stands in while the switch is away. Null while
 * calls go by the switch as usual.
 */
export function useModemInUse(): ModemView | null {
  const modems = useSeat((view) => view.modems);
  const isCarrying = useSeat((view) => view.modemCalls.length > 0);
  const fallback = useFallbackModem();
  const isSwitchAway = useLight('signalling').state === 'down';
  if (isCarrying) return modems.find(({ state }) => state === 'busy') ?? fallback ?? modems[0] ?? null;
  return isSwitchAway ? fallback : null;
}

/** The modem that is set up to stand in for the switch and can do so now. */
export function useFallbackModem(): ModemView | null {
  const modems = useSeat((view) => view.modems);
  const equipment = useSeat((view) => view.settings.equipment);
  const ids = new Set(equipment.flatMap((piece) => (piece.use === 'modem' && piece.isFallback ? [piece.id] : [])));
  return modems.find(({ id, state }) => ids.has(id) && (state === 'ready' || state === 'busy')) ?? null;
}

/** Whether a call is on the modem's line. */
export function useIsOnModem(callId: string | undefined): boolean {
  return useSeat((view) => callId !== undefined && view.modemCalls.includes(callId));
}
