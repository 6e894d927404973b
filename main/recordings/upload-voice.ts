/** How long the voice must have been well before uploads go on, in milliseconds: no sending in the gaps of a bad road. */
const calmMs = 5_000;

/** Whether a call's road is well enough for uploads beside it. */
export class UploadVoice {
  readonly #isSuffering: () => boolean;
  readonly #monotonicMs: () => number;
  #calmAt = Number.NEGATIVE_INFINITY;

  /** `isSuffering`: whether a call's round trip or loss is up now. */
  constructor(isSuffering: () => boolean, monotonicMs: () => number) {
    this.#isSuffering = isSuffering;
    this.#monotonicMs = monotonicMs;
  }

  /** False while it suffers and for some seconds after. Ask often: what was not asked about is not known. */
  isWell(): boolean {
    if (this.#isSuffering()) {
      this.#calmAt = this.#monotonicMs() + calmMs;
      return false;
    }
    return this.#monotonicMs() >= this.#calmAt;
  }
}
