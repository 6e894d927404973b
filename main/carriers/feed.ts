/**
 * The two kinds of moving traffic on an api, on the side that gives. Neither keeps anything for a watcher that left,
 * and each watcher has a bounded queue, so a page that hangs costs a fixed amount.
 */

/** What a watcher takes: it ends without an error when its AbortSignal fires or when it is returned. */
export type Watch<T> = AsyncGenerator<T, void, void>;

/**
 * How many signals may wait for one watcher. A page takes a signal in less than a millisecond; 256 in wait means that
 * it hangs, and carrying out that many old commands later would be worse than starting anew.
 */
export const signalQueueMax = 256;

/** Thrown to a watcher of a Signal that fell too far behind: it lost signals and has to begin anew. */
export class SignalOverflow extends Error {
  override readonly name = 'SignalOverflow';
  constructor() {
    super(`More than ${signalQueueMax} signals waited for one watcher: it does not take them any more.`);
  }
}

/**
 * A value that others watch: each watcher gets the present value first, then the newest after each change.
 * A slow watcher gets fewer values, never an old one after a newer one, and always the last (changes coalesce),
 * so the value must be whole, not a difference.
 */
export class Feed<T> {
  #value: T;
  readonly #watchers = new Set<Watcher<T>>();

  constructor(value: T) {
    this.#value = value;
  }

  /** The present value. */
  get value(): T {
    return this.#value;
  }

  /** How many watch now: for tests and for "is anybody there". */
  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** Makes a value the present one and tells every watcher. The very same value again is no change. */
  set(value: T): void {
    if (Object.is(value, this.#value)) {
      return;
    }
    this.#value = value;
    for (const watcher of this.#watchers) {
      watcher.replace(value);
    }
  }

  /** Watches from now on. The watching begins with this call, not with the first `next`. */
  watch(signal?: AbortSignal): Watch<T> {
    const watcher = newWatcher(this.#watchers, signal);
    watcher.replace(this.#value);
    return watcher;
  }
}

/** A moment told to those who watch at that moment: in order, each once, never replayed to a later watcher. */
export class Signal<T> {
  readonly #watchers = new Set<Watcher<T>>();

  /** How many watch now. */
  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** Tells every present watcher. Answers how many that were: 0 means that nobody heard it. */
  send(value: T): number {
    const count = this.#watchers.size;
    for (const watcher of [...this.#watchers]) {
      watcher.append(value);
    }
    return count;
  }

  /** Watches from now on; throws SignalOverflow to a watcher that leaves more than signalQueueMax waiting. */
  watch(signal?: AbortSignal): Watch<T> {
    return newWatcher(this.#watchers, signal);
  }
}

function newWatcher<T>(watchers: Set<Watcher<T>>, signal: AbortSignal | undefined): Watcher<T> {
  const watcher = new Watcher<T>((ended) => {
    watchers.delete(ended);
    signal?.removeEventListener('abort', onAbort);
  });
  const onAbort = (): void => watcher.end();
  watchers.add(watcher);
  if (signal?.aborted) {
    watcher.end();
  } else {
    signal?.addEventListener('abort', onAbort);
  }
  return watcher;
}

type Taker<T> = (result: IteratorResult<T, void>) => void;

/**
 * A queue as an async generator. Written out, because a real generator cannot be ended while it waits:
 * its `return` only takes effect at the next value, which may never come.
 */
class Watcher<T> implements Watch<T> {
  #queue: { readonly value: T }[] = [];
  #takers: Taker<T>[] = [];
  #isEnded = false;
  #failure: Error | null = null;
  readonly #onEnd: (watcher: Watcher<T>) => void;

  constructor(onEnd: (watcher: Watcher<T>) => void) {
    this.#onEnd = onEnd;
  }

  /** The newest value stands for all that wait. */
  replace(value: T): void {
    this.#queue.length = 0;
    this.append(value);
  }

  append(value: T): void {
    if (this.#isEnded) {
      return;
    }
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      taker({ done: false, value });
    } else if (this.#queue.length < signalQueueMax) {
      this.#queue.push({ value });
    } else {
      this.#failure = new SignalOverflow();
      this.end();
    }
  }

  /** Drops what waits and answers every pending `next` with the end. */
  end(): void {
    if (this.#isEnded) {
      return;
    }
    this.#isEnded = true;
    this.#queue = [];
    for (const taker of this.#takers) {
      taker({ done: true, value: undefined });
    }
    this.#takers = [];
    this.#onEnd(this);
  }

  next(): Promise<IteratorResult<T, void>> {
    const waiting = this.#queue.shift();
    if (waiting !== undefined) {
      return Promise.resolve({ done: false, value: waiting.value });
    }
    if (this.#failure !== null) {
      const failure = this.#failure;
      this.#failure = null;
      return Promise.reject(failure);
    }
    if (this.#isEnded) {
      return Promise.resolve({ done: true, value: undefined });
    }
    return new Promise((resolve) => {
      this.#takers.push(resolve);
    });
  }

  return(): Promise<IteratorResult<T, void>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: unknown): Promise<IteratorResult<T, void>> {
    this.end();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
  }
}
