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

/** The usage by which a device can lift and put down (USB HID Usage Tables, Telephony page 0x20). */
export const hookSwitch = 'Hook Switch';

/** The names of a device's keys for a person, each once, in the device's order. */
export function useKeyNames(): (keys: readonly string[]) => readonly string[] {
  const { t } = useTranslation();
  const nameOf = (usage: string): string => {
    if (usage.startsWith('Phone Key ')) return t('devices.key.digit');
    return isWorded(usage) ? t(`devices.key.${words[usage]}`) : usage;
  };
  return (keys) => [...new Set(keys.map(nameOf))];
}

function isWorded(usage: string): usage is keyof typeof words {
  return Object.hasOwn(words, usage);
}
