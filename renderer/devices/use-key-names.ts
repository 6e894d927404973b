import { useTranslation } from 'react-i18next';

/**
 * What the usages of the USB HID tables are called on the screen. Many usages are one key to a person: twelve phone keys
 * are the digits, and both mutes are mute. A usage that is not here is shown by its name in the tables.
 */
const words = {
  'Hook Switch': 'hook',
  'Phone Mute': 'mute',
  Mute: 'mute',
  Flash: 'flash',
  Hold: 'hold',
  Redial: 'redial',
  Reject: 'reject',
  Drop: 'drop',
  'Line Busy Tone': 'line-busy',
  'Volume Up': 'volume-up',
  'Volume Down': 'volume-down',
} as const;

/** A key of a headset as the words and the pictures name it. */
export type KeyWord = (typeof words)[keyof typeof words] | 'digit';

/** The usage by which a device can lift and put down (USB HID Usage Tables, Telephony page 0x20). */
export const hookSwitch = 'Hook Switch';

/** A key as it is drawn: its word where it has one, else null and the name of the tables. */
export type NamedKey = { readonly word: KeyWord | null; readonly name: string };

/** The keys of a device for a person, each once, in the device's order. What is no key (line busy) is left out. */
export function useNamedKeys(): (keys: readonly string[]) => readonly NamedKey[] {
  const { t } = useTranslation();
  return (usages) => {
    const found = new Map<string, NamedKey>();
    for (const usage of usages) {
      const word = wordOf(usage);
      const name = word === null ? usage : t(`devices.key.${word}`);
      if (word !== 'line-busy') found.set(name, { word, name });
    }
    return [...found.values()];
  };
}

function wordOf(usage: string): KeyWord | null {
  if (usage.startsWith('Phone Key ')) return 'digit';
  return isWorded(usage) ? words[usage] : null;
}

function isWorded(usage: string): usage is keyof typeof words {
  return Object.hasOwn(words, usage);
}
