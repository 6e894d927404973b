import { type KeyCommand, keyCommand } from './key-command.ts';

/** Commands that are one word. */
const words = {
  answer: { do: 'answer' },
  decline: { do: 'decline' },
  reject: { do: 'decline' },
  'hang-up': { do: 'hang-up' },
  hold: { do: 'hold' },
  swap: { do: 'swap' },
  mute: { do: 'mute' },
  talk: { do: 'talk' },
  redial: { do: 'redial' },
  ready: { do: 'ready' },
  'not-ready': { do: 'not-ready', reason: 'other' },
  'sign-out': { do: 'sign-out' },
  'volume-up': { do: 'volume', change: 'up' },
  'volume-down': { do: 'volume', change: 'down' },
} satisfies Record<string, KeyCommand>;

/** Commands with a word behind them: `dial 8001`. Pages are counted from 1 by people. */
const withWord: Readonly<Record<string, (word: string) => unknown>> = {
  dial: (number) => ({ do: 'dial', number }),
  digit: (digits) => ({ do: 'digits', digits }),
  digits: (digits) => ({ do: 'digits', digits }),
  park: (number) => ({ do: 'park', number }),
  'not-ready': (reason) => ({ do: 'not-ready', reason }),
  'work-code': (code) => ({ do: 'work-code', code }),
  volume: (change) => ({ do: 'volume', change }),
  'message-waiting': (number) => ({ do: 'message-waiting', number }),
  page: (page) => ({ do: 'page', page: /^\d{1,2}$/.test(page) ? Number(page) - 1 : -1 }),
};

/**
 * The command that the action words of a serial profile mean (`keys.map`): one word (`answer`, `hang-up`, `not-ready`), or
 * one with a value (`dial 8001`, `digit 5`, `park 1`, `not-ready lunch`, `work-code repair`, `volume up`,
 * `message-waiting 8001`, `page 2`). Undefined when no command is called so, or its value is none.
 */
export function commandFromText(text: string): KeyCommand | undefined {
  const [name = '', word, ...more] = text.trim().split(/\s+/);
  if (more.length > 0) return undefined;
  if (word === undefined)
    return Object.hasOwn(words, name) ? new Map<string, KeyCommand>(Object.entries(words)).get(name) : undefined;
  const made = Object.hasOwn(withWord, name) ? withWord[name]?.(word) : undefined;
  return keyCommand.safeParse(made).data;
}

/** Every way to write a command, for a person who writes a profile. */
export const commandWords: readonly string[] = [
  ...Object.keys(words),
  ...Object.keys(withWord).map((name) => `${name} …`),
];
