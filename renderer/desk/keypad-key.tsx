import { Popover } from '@mantine/core';
import { IconGridDots } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SmallKey } from '../kit/small-key.tsx';
import styles from './keypad-key.module.css';
import { useAsk } from './use-seat.ts';

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;

/** How many of the sent digits are shown; the line has no room for more. */
const shownDigitsMax = 16;

type KeypadKeyProps = { readonly callId: string | null; readonly whyNot: string | null };

/** The keypad opens beside the card, over the work area: the card is never covered. */
export function KeypadKey({ callId, whyNot }: KeypadKeyProps) {
  const { t } = useTranslation();
  const [openFor, setOpenFor] = useState<string | null>(null);
  const isOpen = openFor !== null && openFor === callId && whyNot === null;
  return (
    <Popover
      opened={isOpen}
      onChange={(opened) => setOpenFor(opened ? callId : null)}
      position="left-end"
      offset={{ mainAxis: 148, crossAxis: 80 }}
      trapFocus
      returnFocus
      width={232}
    >
      <Popover.Target>
        <SmallKey
          label={t('keys.keypad')}
          icon={<IconGridDots aria-hidden="true" />}
          whyNot={whyNot}
          expands={isOpen}
          isOn={isOpen}
          onPress={() => setOpenFor(isOpen ? null : callId)}
        />
      </Popover.Target>
      <Popover.Dropdown aria-label={t('keypad.label')} className={styles.panel}>
        {callId !== null && <Keypad key={callId} />}
      </Popover.Dropdown>
    </Popover>
  );
}

/** Sends each digit as it is pressed. Only the last one is shown: card numbers and codes are typed here. */
function Keypad() {
  const { t } = useTranslation();
  const ask = useAsk();
  const [sent, setSent] = useState('');
  const press = (digit: string): void => {
    ask({ kind: 'digits', digits: digit });
    setSent((before) => before + digit);
  };
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (/^[0-9*#]$/.test(event.key) && !event.repeat) setSent((before) => before + event.key);
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
  const shown = sent.slice(-shownDigitsMax);
  return (
    <>
      <p className={styles.sent} aria-live="polite">
        {shown === '' ? <small>{t('keypad.hint')}</small> : '•'.repeat(shown.length - 1) + shown.slice(-1)}
      </p>
      <div className={styles.pad}>
        {digits.map((digit) => (
          <button key={digit} type="button" aria-label={t('keypad.key', { digit })} onClick={() => press(digit)}>
            {digit}
          </button>
        ))}
      </div>
    </>
  );
}
