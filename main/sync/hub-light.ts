import type { Light } from '../../core/console-api.ts';
import type { HubView } from '../../core/hub-view.ts';
import { changedLight } from '../seat-lights.ts';

/**
 * The data light of a seat that has a hub: what the seat's own disk says comes first. `saved-here`: the hub does not answer;
 * everything is kept here and goes up later. `hub-refused`, `hub-forked`: the same, and somebody has to act. `detail` is how
 * many entries wait. Keeps since when it says what it says; `now`: wall-clock milliseconds.
 */
export function hubLight(now: () => number): (own: Light, hub: HubView) => Light {
  let before: Light | null = null;
  return (own, hub) => {
    const next = lightOf(own, hub);
    before = before === null ? { ...next, sinceAt: own.sinceAt } : changedLight(before, next, now());
    return before;
  };
}

function lightOf(own: Light, hub: HubView): Omit<Light, 'sinceAt'> {
  const { state, code, detail } = own;
  if (own.state !== 'good' || hub.kind === 'none') return { state, code, detail };
  const waiting = String(hub.waiting);
  switch (hub.state) {
    case 'away':
      return { state: 'weak', code: 'saved-here', detail: waiting };
    case 'refused':
      return { state: 'weak', code: 'hub-refused', detail: waiting };
    case 'forked':
      return { state: 'weak', code: 'hub-forked', detail: waiting };
    case 'in-step':
    case 'catching-up':
      return { state, code, detail };
  }
}
