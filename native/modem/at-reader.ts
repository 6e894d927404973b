/** What a modem says, cut into pieces. `prompt`: it waits for the body of a text. `event`: a DLE-shielded code. */
export type AtToken =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'prompt' }
  | { readonly kind: 'event'; readonly code: string }
  /** A line that never ended was thrown away. */
  | { readonly kind: 'overlong' };

/** The bytes of a modem as lines, prompts and shielded events. Any bytes may come, cut anywhere. */
export type AtReader = {
  /** At most one token a byte. */
  push(bytes: Uint8Array): readonly AtToken[];
  /** Whether `>` at the start of a line is a prompt now; it has no line end, so it cannot be told from a line by its form. */
  awaitPrompt(isAwaited: boolean): void;
};

/** The longest line in use is a text of 176 octets in hex; a modem that sends more without a line end babbles. */
export const lineLengthMax = 2_048;

const dle = 0x10;
const etx = 0x03;

/**
 * Makes a reader. DLE shielding (V.253; USRobotics, ZyXEL and Rockwell manuals, facts/serial.md section 3.1) is read in
 * command mode too: modems tell digits and hook changes between commands. Control characters in lines are dropped.
 */
export function createAtReader(): AtReader {
  let line: number[] = [];
  let isShielded = false;
  let isOverlong = false;
  let isPromptAwaited = false;
  let isAfterPrompt = false;

  const endLine = (): readonly AtToken[] => {
    const text = textOf(line);
    const wasOverlong = isOverlong;
    line = [];
    isOverlong = false;
    if (wasOverlong) return [{ kind: 'overlong' }];
    return text.trim() === '' ? [] : [{ kind: 'line', text: text.trim() }];
  };
  const take = (byte: number): readonly AtToken[] => {
    if (isShielded) {
      isShielded = false;
      if (byte === etx || (byte > 0x20 && byte < 0x7f)) return [{ kind: 'event', code: String.fromCharCode(byte) }];
      // DLE DLE is one 0x10, which no line needs; what else may follow is told by no manual.
      return [];
    }
    if (byte === dle) {
      isShielded = true;
      return [];
    }
    if (byte === 0x0d || byte === 0x0a) return endLine();
    if (isAfterPrompt) {
      isAfterPrompt = false;
      if (byte === 0x20) return [];
    }
    if (byte === 0x3e && isPromptAwaited && line.length === 0) {
      isPromptAwaited = false;
      isAfterPrompt = true;
      return [{ kind: 'prompt' }];
    }
    if (byte < 0x20 || byte === 0x7f) return [];
    if (line.length < lineLengthMax) line.push(byte);
    else isOverlong = true;
    return [];
  };
  return {
    push: (bytes) => {
      const tokens: AtToken[] = [];
      for (const byte of bytes) tokens.push(...take(byte));
      return tokens;
    },
    awaitPrompt: (isAwaited) => {
      isPromptAwaited = isAwaited;
    },
  };
}

/** Operators' and callers' names: UTF-8 where they are, else one character a byte. */
function textOf(bytes: readonly number[]): string {
  const buffer = Uint8Array.from(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer);
  } catch {
    return new TextDecoder('latin1').decode(buffer);
  }
}
