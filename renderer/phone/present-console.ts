import type { Console } from '../console-link.ts';

/** The connection to the seat process as it is now, for those who must wait for it. */
export class PresentConsole {
  #console: Console | null = null;
  readonly #waiting = new Set<(console: Console) => void>();

  set(console: Console | null): void {
    this.#console = console;
    if (console === null) return;
    for (const resolve of [...this.#waiting]) resolve(console);
    this.#waiting.clear();
  }

  get(): Console | null {
    return this.#console;
  }

  /** The present connection, or the next one that is not `after` (the one that just failed). */
  other(after: Console | null): Promise<Console> {
    if (this.#console !== null && this.#console !== after) return Promise.resolve(this.#console);
    return new Promise((resolve) => this.#waiting.add(resolve));
  }
}
