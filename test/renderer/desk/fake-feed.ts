import { AsyncIteratorClass } from '@orpc/client';

/** A feed to hand out: the present value first (if it has one), then each that is told. */
export class Feed<T> {
  readonly #waiting = new Set<(value: T) => void>();
  #present: { readonly value: T } | null;

  constructor(present: { readonly value: T } | null) {
    this.#present = present;
  }

  tell(value: T): void {
    if (this.#present !== null) this.#present = { value };
    for (const take of this.#waiting) take(value);
  }

  watch(): AsyncIteratorClass<T, unknown, void> {
    const values = this.#values();
    return new AsyncIteratorClass(
      () => values.next(),
      async () => {
        await values.return();
      },
    );
  }

  async *#values(): AsyncGenerator<T, void, void> {
    const queue: T[] = this.#present === null ? [] : [this.#present.value];
    let wake: () => void = () => {};
    const take = (value: T): void => {
      queue.push(value);
      wake();
    };
    this.#waiting.add(take);
    try {
      for (;;) {
        const next = queue.shift();
        if (next !== undefined) yield next;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#waiting.delete(take);
    }
  }
}
