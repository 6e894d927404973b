import { useTranslation } from 'react-i18next';

/** The keys with a name in the words; a device may have others, which are shown as the device process names them. */
const known = [
  'hook',
  'mute',
  'flash',
  'redial',
  'reject',
  'volume',
  'volume-up',
  'volume-down',
  'digit',
  'line-busy',
  'hold',
  'drop',
] as const;

/** A device key's name for a person. */
export function useKeyName(): (key: string) => string {
  const { t } = useTranslation();
  return (key) => {
    const named = known.find((each) => each === key);
    return named === undefined ? key : t(`devices.key.${named}`);
  };
}
