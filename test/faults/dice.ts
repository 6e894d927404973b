/** All the chance of one fault. The same seed and name throw the same numbers, in order, on every machine. */
export type Dice = {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `least` up to and with `most`. */
  whole(least: number, most: number): number;
  /** One of them; throws on an empty list. */
  pick<T>(list: readonly T[]): T;
  /** So many bytes. */
  bytes(count: number): Uint8Array;
};

/** Dice of a fault: its name is thrown in, so that two faults under one seed do not move alike (mulberry32). */
export function diceOf(seed: number, name: string): Dice {
  let state = seed | 0;
  for (const letter of name) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x9e3779b1);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    whole,
    pick: (list) => {
      const found = list[whole(0, list.length - 1)];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => whole(0, 255)),
  };
}
