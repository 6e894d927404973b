import { networkInterfaces } from 'node:os';

/** How often the machine's addresses are looked at, in milliseconds. */
const lookMs = 3_000;
/** A look that comes so much later than it should, in milliseconds: the machine slept. */
const sleptMs = 10_000;

export interface NetworkWatchOptions {
  /** Called when the machine woke from sleep, or its addresses are others. */
  readonly onBack: () => void;
  /** Milliseconds that go on while the machine sleeps: the wall clock. A clock that was set looks like a sleep and does no harm. */
  readonly now: () => number;
  readonly addresses: () => string;
  /** Calls back again and again; answers how to stop. */
  readonly every: (ms: number, look: () => void) => () => void;
}

/** Watches whether the network may be another one: nothing that waits for it waits any longer then. Answers how to stop. */
export function watchNetwork({ onBack, now, addresses, every }: NetworkWatchOptions): () => void {
  let lookedAt = now();
  let before = addresses();
  return every(lookMs, () => {
    const at = now();
    const after = addresses();
    const isOther = after !== before && after !== '';
    const hasSlept = Math.abs(at - lookedAt) > lookMs + sleptMs;
    lookedAt = at;
    before = after;
    if (isOther || hasSlept) onBack();
  });
}

/** The machine's own addresses beside loopback, as one text. */
export function machineAddresses(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all
    .flatMap(({ internal, cidr, address }) => (internal ? [] : [cidr ?? address]))
    .toSorted()
    .join(' ');
}

/** Real time, which keeps no process alive. */
export function everyNow(ms: number, look: () => void): () => void {
  const timer = setInterval(look, ms);
  timer.unref();
  return () => clearInterval(timer);
}
