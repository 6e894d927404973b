/** Recordings that are held back at most: memory is bounded by it; one that is forgotten is tried a little early. */
const holdsMax = 256;

/** Which recordings are not looked at for a while. Times are monotonic milliseconds, given by the caller. */
export class UploadHolds {
  readonly #until = new Map<string, number>();

  /** Holds one back until then; a longer or shorter hold of before is forgotten. */
  hold(recordingId: string, until: number): void {
    this.#until.delete(recordingId);
    this.#until.set(recordingId, until);
    const [first] = this.#until.keys();
    if (this.#until.size > holdsMax && first !== undefined) this.#until.delete(first);
  }

  isHeld(recordingId: string, at: number): boolean {
    return (this.#until.get(recordingId) ?? Number.NEGATIVE_INFINITY) > at;
  }

  release(recordingId: string): void {
    this.#until.delete(recordingId);
  }

  releaseAll(): void {
    this.#until.clear();
  }
}
