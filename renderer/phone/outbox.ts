import { type Console, ConsoleLost } from '../console-link.ts';
import type { PresentConsole } from './present-console.ts';

/**
 * Things for the seat process, sent one after another in order and kept while it is away. A thing whose sending was cut
 * by a lost connection is sent again on the next one: the seat process must bear to get it twice. A thing the seat
 * process refuses (bad input) is logged and dropped, so that it does not block the rest.
 */
export class Outbox<Item> {
  readonly #present: PresentConsole;
  readonly #send: (console: Console, item: Item) => Promise<void>;
  readonly #queue: Item[] = [];
  #isSending = false;
  #onEmpty: (() => void)[] = [];

  constructor(present: PresentConsole, send: (console: Console, item: Item) => Promise<void>) {
    this.#present = present;
    this.#send = send;
  }

  push(item: Item): void {
    this.#queue.push(item);
    if (!this.#isSending) void this.#run();
  }

  get length(): number {
    return this.#queue.length;
  }

  /** Takes out the oldest thing of a kind that is not being sent right now; false when there is none. */
  drop(isDroppable: (item: Item) => boolean): boolean {
    const at = this.#queue.findIndex((item, index) => index > 0 && isDroppable(item));
    if (at < 0) return false;
    this.#queue.splice(at, 1);
    return true;
  }

  /** Resolves when everything was sent (at once when nothing waits). */
  whenEmpty(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onEmpty.push(resolve));
  }

  async #run(): Promise<void> {
    this.#isSending = true;
    let lost: Console | null = null;
    for (let item = this.#queue[0]; item !== undefined; item = this.#queue[0]) {
      const console = await this.#present.other(lost);
      if (await this.#sent(console, item)) {
        lost = null;
        // A full queue may have been shortened meanwhile, but never its first.
        this.#queue.shift();
      } else {
        lost = console;
      }
    }
    this.#isSending = false;
    const told = this.#onEmpty;
    this.#onEmpty = [];
    for (const tell of told) tell();
  }

  async #sent(console: Console, item: Item): Promise<boolean> {
    try {
      await this.#send(console, item);
      return true;
    } catch (error) {
      if (error instanceof ConsoleLost || this.#present.get() !== console) return false;
      globalThis.console.error('phone: the seat process refused this', item, error);
      return true;
    }
  }
}
