import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeyboard } from '../desk/use-keyboard.ts';
import { useAsk, useLostAt, useSeat } from '../desk/use-seat.ts';
import styles from './emergency.module.css';
import type { EndedHelp } from './use-emergency.ts';
import { useEmergencyName } from './use-emergency-name.ts';
import { useHelpWarning } from './use-help-warning.ts';

type EmergencyNumbersProps = { readonly ended: EndedHelp | null };

/** Longer numbers than these are set smaller: keys of one width. */
const wideDigitsMax = 5;

/** Whom to call for help: a key a number. Typing a number goes to its key; Enter is a press, as everywhere. */
export function EmergencyNumbers({ ended }: EmergencyNumbersProps) {
  const { t } = useTranslation();
  const ask = useAsk();
  const listed = useSeat((view) => view.settings.emergencyNumbers);
  const numbers = [...new Set(listed)];
  const nameOf = useEmergencyName();
  const warning = useHelpWarning();
  const isLost = useLostAt() !== null;
  const keys = useRef<HTMLFieldSetElement>(null);
  useTypedNumber(numbers, keys);
  // After a call nobody answered the same number is at hand.
  const first = useRef(ended !== null && numbers.includes(ended.number) ? ended.number : numbers[0]);
  useEffect(() => focusNumber(keys.current, first.current), []);
  return (
    <section aria-labelledby="emergency">
      <h1 id="emergency">{t('emergency.open')}</h1>
      <p className={styles.about}>{t('emergency.about')}</p>
      <div className={styles.warnings} role="alert">
        {ended !== null && !ended.wasAnswered && <p>{t('emergency.noAnswer', { number: ended.number })}</p>}
        {warning !== null && <p>{warning}</p>}
      </div>
      <fieldset ref={keys} className={styles.numbers} aria-label={t('emergency.numbers')}>
        {numbers.map((number) => {
          const name = nameOf(number);
          return (
            <button
              key={number}
              type="button"
              data-number={number}
              data-long={number.length > wideDigitsMax || undefined}
              aria-disabled={isLost || undefined}
              aria-label={name === null ? t('emergency.dial', { number }) : t('emergency.dialNamed', { number, name })}
              onClick={() => {
                if (!isLost) ask({ kind: 'dial', number });
              }}
            >
              <strong>{number}</strong>
              {name !== null && <span>{name}</span>}
            </button>
          );
        })}
      </fieldset>
    </section>
  );
}

/** Digits that are typed go to the key whose number the last of them begin: who mistypes goes on typing. */
function useTypedNumber(numbers: readonly string[], keys: React.RefObject<HTMLFieldSetElement | null>): void {
  const typed = useRef('');
  useKeyboard((wish) => {
    if (wish.kind !== 'digit') return false;
    typed.current = lastThatBegin(numbers, typed.current + wish.digit);
    const found = numbers.find((number) => number.startsWith(typed.current));
    if (typed.current !== '') focusNumber(keys.current, found);
    return true;
  });
}

function focusNumber(keys: HTMLFieldSetElement | null, number: string | undefined): void {
  keys?.querySelector<HTMLButtonElement>(`[data-number="${number}"]`)?.focus();
}

/** The longest end of what was typed that a number begins with; '' when there is none. */
function lastThatBegin(numbers: readonly string[], typed: string): string {
  const rest = [...typed].map((_, from) => typed.slice(from));
  return rest.find((end) => numbers.some((number) => number.startsWith(end))) ?? '';
}
