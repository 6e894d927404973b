/** A station's message lamp, as somebody wants it. `number` is as it was asked for. */
export type LampWish = { readonly number: string; readonly isOn: boolean };

/**
 * Lamps that are to be lit or darkened, in the order they were asked for; of one station the last wish counts. Stations are
 * told apart by `key`, whatever zeros somebody typed. Nothing on a message desk link says that a command arrived, so what
 * was sent shortly before the link was lost is asked again.
 */
export type LampWishes = {
  /** False: too many wait already. */
  ask(key: string, wish: LampWish): boolean;
  /** The next to be sent. */
  take(nowMs: number): LampWish | undefined;
  /** The link is gone: what was sent a moment ago waits again, before everything else. */
  lost(nowMs: number): void;
};

/** A hotel lights its lamps after a long breakdown; no site has more stations on one desk. */
export const lampWishesMax = 2_000;
/** How long a write may hang before the port is given up, and more: what a driver holds back, an unplugging unnoticed. */
export const unsureMs = 10_000;

/** Makes an empty list. */
export function createLampWishes(): LampWishes {
  let waiting = new Map<string, LampWish>();
  let sent: { readonly key: string; readonly wish: LampWish; readonly atMs: number }[] = [];
  return {
    ask: (key, wish) => {
      if (!waiting.has(key) && waiting.size >= lampWishesMax) return false;
      waiting.delete(key);
      waiting.set(key, wish);
      return true;
    },
    take: (nowMs) => {
      const [first] = waiting;
      if (first === undefined) return undefined;
      const [key, wish] = first;
      waiting.delete(key);
      sent = [...sent.filter((one) => one.key !== key && nowMs - one.atMs <= unsureMs), { key, wish, atMs: nowMs }];
      return wish;
    },
    lost: (nowMs) => {
      const again = sent.filter((one) => nowMs - one.atMs <= unsureMs && !waiting.has(one.key));
      waiting = new Map([...again.map(({ key, wish }) => [key, wish] as const), ...waiting]);
      sent = [];
    },
  };
}
