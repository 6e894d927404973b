import type { Notice } from '../core/notice.ts';
import { Signal, type Watch } from './carriers/feed.ts';

/** How many notices wait for the first desk to open; older ones are dropped, the journal has what matters. */
const earlyMax = 8;

/** What the agent is told, once: at once when a desk is there, else when the first one opens. */
export class SeatNotices {
  readonly #signal = new Signal<Notice>();
  #early: readonly Notice[];

  constructor(first: readonly Notice[]) {
    this.#early = first.slice(-earlyMax);
  }

  tell(notice: Notice): void {
    if (this.#signal.send(notice) === 0) this.#early = [...this.#early, notice].slice(-earlyMax);
  }

  watch(signal?: AbortSignal): Watch<Notice> {
    return this.#signal.watch(signal);
  }

  /** Notices that came before any desk was there to show them; each is given once. */
  takeEarly(): readonly Notice[] {
    const taken = this.#early;
    this.#early = [];
    return taken;
  }
}
