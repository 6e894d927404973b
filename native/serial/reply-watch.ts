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
  let echoes: Uint8Array[] = [];
  let answers: { readonly good?: Uint8Array; readonly bad?: Uint8Array } = {};
  let onReply: (reply: Reply) => void = () => undefined;
  let pending: number[] = [];
  const forgetReply = (): void => {
    answers = {};
    onReply = () => undefined;
  };
  const isWhole = (wanted: Uint8Array | undefined): boolean =>
    wanted !== undefined && wanted.length === pending.length && begins(wanted);
  const begins = (wanted: Uint8Array | undefined): boolean =>
    wanted !== undefined && wanted.length > 0 && pending.every((byte, index) => wanted[index] === byte);
  /** Whether the byte is ours: part of an echo or an answer, or may become so. */
  const isTaken = (): boolean => {
    if (isWhole(echoes[0])) {
      echoes.shift();
      pending = [];
      return true;
    }
    for (const reply of ['good', 'bad'] as const) {
      if (!isWhole(answers[reply])) continue;
      const tell = onReply;
      pending = [];
      forgetReply();
      tell(reply);
      return true;
    }
    return begins(echoes[0]) || begins(answers.good) || begins(answers.bad);
  };
  return {
    filter: (bytes, isBetweenFrames, pass) => {
      let from = 0;
      for (let at = 0; at < bytes.length; at += 1) {
        if (echoes.length === 0 && answers.good === undefined && answers.bad === undefined && pending.length === 0)
          break;
        if (pending.length === 0 && !isBetweenFrames()) {
          pass(bytes.subarray(at, at + 1));
          from = at + 1;
          continue;
        }
        pending.push(bytes[at] ?? 0);
        from = at + 1;
        if (isTaken()) continue;
        const others = Uint8Array.from(pending);
        pending = [];
        // What comes instead of an echo says that none will come.
        echoes = [];
        pass(others);
      }
      if (from < bytes.length) pass(bytes.subarray(from));
    },
    expectEcho: (bytes) => {
      echoes = [...echoes, bytes].slice(-echoesMax);
    },
    expectReply: (wanted, tell) => {
      answers = wanted;
      onReply = tell;
    },
    forgetReply,
    reset: () => {
      echoes = [];
      pending = [];
      forgetReply();
    },
  };
}
