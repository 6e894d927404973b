import { feedWaitMsMax } from '../../../core/hub-shared-records-api.ts';
import { type HubFetch, requireHub, stallMs } from '../../../main/sync/hub-fetch.ts';
import { diceOf } from '../dice.ts';
import { Exchange, type Road } from './exchange.ts';
import type { WireAnswer, WireRequest } from './simulated-hub.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Carries a request to the hub; null when it does not answer. */
export type Carry = (seat: string, request: WireRequest, signal: AbortSignal) => Promise<WireAnswer | null>;

export type SimulatedNetwork = {
  setRoad(seat: string, road: Road): void;
  /**
   * How one life of a seat sends, with the duties of `hubFetch`: each request has an end. After `isOver` nothing comes
   * back any more, no failure either.
   */
  fetchFor(seat: string, life: { readonly isOver: () => boolean; readonly now: () => number }): HubFetch;
};

export type SimulatedNetworkOptions = {
  readonly seed: number;
  readonly time: VirtualTime;
  readonly carry: Carry;
  readonly tell: (line: string) => void;
};

/** Roads between seats and a hub. What becomes of a message is thrown by its number, so it stays when others go. */
export function simulatedNetwork({ seed, time, carry, tell }: SimulatedNetworkOptions): SimulatedNetwork {
  const roadsNow = new Map<string, Road>();
  const counts = new Map<string, number>();
  const roadOf = (seat: string): Road => roadsNow.get(seat) ?? 'good';
  return {
    setRoad: (seat, road) => {
      roadsNow.set(seat, road);
    },
    fetchFor:
      (seat, { isOver, now }) =>
      async (request, _init, _options, path) => {
        const url = new URL(request.url);
        const wire: WireRequest = {
          method: request.method,
          path: `${url.pathname}${url.search}`,
          headers: Object.fromEntries(request.headers),
          body: await request.text(),
        };
        const count = (counts.get(seat) ?? 0) + 1;
        counts.set(seat, count);
        const name = `${seat} #${count}`;
        const { status, headers, body } = await new Exchange({
          name,
          request: wire,
          dice: diceOf(seed, name),
          time,
          signal: request.signal,
          limitMs: stallMs + (path.at(-1) === 'feed' ? feedWaitMsMax : 0),
          road: () => roadOf(seat),
          carry: (signal) => carry(seat, wire, signal),
          isOver,
          tell,
        }).answer;
        return requireHub(new Response(body === '' ? null : body, { status, headers }), now());
      },
  };
}
