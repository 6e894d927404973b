/** What a frame gives to an event: the frame's bytes and what its pattern or template caught, by number or name. */
export type Catch = { readonly bytes: Uint8Array; readonly groups: ReadonlyMap<string, string> };

/** A value of an event, made from a frame; undefined when the frame is too short for it. */
export type Emission = (caught: Catch) => string | undefined;

export type EmissionOutcome =
  | { readonly kind: 'ok'; readonly emission: Emission }
  | { readonly kind: 'error'; readonly message: string };

/**
 * Reads the little language of `emit`. A value is one of
 * - text with `{1}` (group 1 of the pattern) or `{name}` (a field of the template), each given by name in `known`;
 * - `byte(1)`, `hex(1)`: byte 1 as a decimal or two hex digits; `bits(1,0..6)`: bits 0 to 6 of byte 1, bit 0 the lowest;
 * - `bit(1,7)?release:press`: the first word where bit 7 of byte 1 is set, else the second.
 */
export function parseEmission(source: string, known: ReadonlySet<string>): EmissionOutcome {
  const choice = /^bit\((\d{1,3}),([0-7])\)\?([\w-]*):([\w-]*)$/.exec(source);
  if (choice !== null) {
    const [, byte, bit, yes, no] = choice;
    return made(({ bytes }) => choose(bytes[Number(byte)], Number(bit), yes, no));
  }
  const bits = /^bits\((\d{1,3}),([0-7])\.\.([0-7])\)$/.exec(source);
  if (bits !== null) {
    const [low, high] = [Number(bits[2]), Number(bits[3])];
    if (low > high) return { kind: 'error', message: `${source}: the lower bit stands first` };
    return made(({ bytes }) =>
      read(bytes[Number(bits[1])], (byte) => String((byte >> low) & (2 ** (high - low + 1) - 1))),
    );
  }
  const whole = /^(byte|hex)\((\d{1,3})\)$/.exec(source);
  if (whole !== null) {
    const base = whole[1] === 'hex' ? 16 : 10;
    return made(({ bytes }) =>
      read(bytes[Number(whole[2])], (byte) =>
        byte
          .toString(base)
          .toUpperCase()
          .padStart(base === 16 ? 2 : 1, '0'),
      ),
    );
  }
  if (/^(bit|bits|byte|hex)\(/.test(source)) return { kind: 'error', message: `${source} is not understood` };
  return parseText(source, known);
}

/** Bytes that tell which keys are down: `bitmap(1..2)` a bit a key, `list(2..4)` a byte a key, 0 for none. */
export type KeySet = { readonly kind: 'bitmap' | 'list'; readonly from: number; readonly to: number };

/** Reads `bitmap(1..2)` or `list(2..4)`; undefined when it is neither. */
export function parseKeySet(source: string): KeySet | undefined {
  const found = /^(bitmap|list)\((\d{1,3})\.\.(\d{1,3})\)$/.exec(source);
  const [from, to] = [Number(found?.[2]), Number(found?.[3])];
  // 32 bytes are 256 keys; no desk has more.
  if (found === null || from > to || to - from >= 32) return undefined;
  return { kind: found[1] === 'bitmap' ? 'bitmap' : 'list', from, to };
}

/** The names of the keys that are down; undefined when the frame is too short. Bit 0 of the first byte is key 0. */
export function keysDown(set: KeySet, bytes: Uint8Array): ReadonlySet<string> | undefined {
  if (bytes.length <= set.to) return undefined;
  const part = [...bytes.subarray(set.from, set.to + 1)];
  if (set.kind === 'list') return new Set(part.filter((byte) => byte !== 0).map(String));
  const down = part.flatMap((byte, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => ((byte >> bit) & 1) === 1).map((bit) => String(index * 8 + bit)),
  );
  return new Set(down);
}

function made(emission: Emission): EmissionOutcome {
  return { kind: 'ok', emission };
}

function choose(byte: number | undefined, bit: number, yes?: string, no?: string): string | undefined {
  if (byte === undefined) return undefined;
  return ((byte >> bit) & 1) === 1 ? yes : no;
}

function read(byte: number | undefined, write: (byte: number) => string): string | undefined {
  return byte === undefined ? undefined : write(byte);
}

function parseText(source: string, known: ReadonlySet<string>): EmissionOutcome {
  for (const [, name = ''] of source.matchAll(/\{([^}]*)\}/g)) {
    if (!known.has(name)) {
      const names = [...known].map((one) => `{${one}}`).join(', ');
      return { kind: 'error', message: `{${name}} is not caught by "on"${names === '' ? '' : `; there is ${names}`}` };
    }
  }
  return made(({ groups }) => source.replaceAll(/\{([^}]*)\}/g, (_, name: string) => groups.get(name) ?? ''));
}
