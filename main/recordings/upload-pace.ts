/** A screen is told of progress at most so often, in milliseconds. */
const showEachMs = 500;

/** Passes on what changes often, a few times a second; the last change is always passed on. */
export class UploadPace {
  readonly #show: () => void;
  #timer: NodeJS.Timeout | null = null;
  #isDue = false;

  constructor(show: () => void) {
    this.#show = show;
  }

  /** `isUrgent`: it is another state and not another number. */
  changed(isUrgent: boolean): void {
    if (this.#timer !== null && !isUrgent) {
      this.#isDue = true;
      return;
    }
    this.stop();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#isDue) this.changed(true);
    }, showEachMs);
    this.#timer.unref();
    this.#show();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#isDue = false;
  }
}
