/** How a command was answered. */
export type Reply = 'good' | 'bad';

/** Takes echoes and acknowledgements out of what comes, where a frame could begin; the rest goes to the decoder. */
export type ReplyWatch = {
  /** Gives back the bytes that are for the decoder, in pieces that must be pushed one after another. */
  filter(bytes: Uint8Array, isBetweenFrames: () => boolean, pass: (bytes: Uint8Array) => void): void;
  /** Our own bytes will come back on a two-wire line. */
  expectEcho(bytes: Uint8Array): void;
  /** From now an answer is waited for. */
  expectReply(
    answers: { readonly good?: Uint8Array; readonly bad?: Uint8Array },
    onReply: (reply: Reply) => void,
  ): void;
  forgetReply(): void;
  reset(): void;
};

/** Echoes come at once or not at all; a device that swallows them must not fill the memory. */
const echoesMax = 16;

/** Makes a watch for one port. */
export function createReplyWatch(): ReplyWatch {
  return new Replies();
}

class Replies implements ReplyWatch {
  #echoes: Uint8Array[] = [];
  #answers: { readonly good?: Uint8Array; readonly bad?: Uint8Array } = {};
  #onReply: (reply: Reply) => void = () => undefined;
  #pending: number[] = [];

  filter(bytes: Uint8Array, isBetweenFrames: () => boolean, pass: (bytes: Uint8Array) => void): void {
    let from = 0;
    for (let at = 0; at < bytes.length && this.#isWaiting; at += 1) {
      if (this.#pending.length === 0 && !isBetweenFrames()) {
        pass(bytes.subarray(at, at + 1));
        from = at + 1;
        continue;
      }
      this.#pending.push(bytes[at] ?? 0);
      from = at + 1;
      if (this.#isTaken()) continue;
      const others = Uint8Array.from(this.#pending);
      this.#pending = [];
      // What comes instead of an echo says that none will come.
      this.#echoes = [];
      pass(others);
    }
    if (from < bytes.length) pass(bytes.subarray(from));
  }

  expectEcho(bytes: Uint8Array): void {
    this.#echoes = [...this.#echoes, bytes].slice(-echoesMax);
  }

  expectReply(
    wanted: { readonly good?: Uint8Array; readonly bad?: Uint8Array },
    onReply: (reply: Reply) => void,
  ): void {
    this.#answers = wanted;
    this.#onReply = onReply;
  }

  forgetReply(): void {
    this.#answers = {};
    this.#onReply = () => undefined;
  }

  reset(): void {
    this.#echoes = [];
    this.#pending = [];
    this.forgetReply();
  }

  get #isWaiting(): boolean {
    const { good, bad } = this.#answers;
    return this.#echoes.length > 0 || good !== undefined || bad !== undefined || this.#pending.length > 0;
  }

  /** Whether the byte is ours: part of an echo or an answer, or may become so. */
  #isTaken(): boolean {
    if (this.#isWhole(this.#echoes[0])) {
      this.#echoes.shift();
      this.#pending = [];
      return true;
    }
    for (const reply of ['good', 'bad'] as const) {
      if (!this.#isWhole(this.#answers[reply])) continue;
      const tell = this.#onReply;
      this.#pending = [];
      this.forgetReply();
      tell(reply);
      return true;
    }
    return [this.#echoes[0], this.#answers.good, this.#answers.bad].some((wanted) => this.#begins(wanted));
  }

  #isWhole(wanted: Uint8Array | undefined): boolean {
    return wanted !== undefined && wanted.length === this.#pending.length && this.#begins(wanted);
  }

  #begins(wanted: Uint8Array | undefined): boolean {
    return wanted !== undefined && wanted.length > 0 && this.#pending.every((byte, index) => wanted[index] === byte);
  }
}
