import { IconBackspace } from '@tabler/icons-react';
import { type Ref, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { grouped } from '../../core/phone-number.ts';
import styles from './dial-field.module.css';
import { useSeat } from './use-seat.ts';

/** The longest number the seat dials (console-api). */
const numberLengthMax = 128;

type DialFieldProps = {
  readonly value: string;
  readonly onChange: (number: string) => void;
  readonly onDial: () => void;
  /** There is a call: the field goes, unless somebody is typing in it just now. */
  readonly isHidden: boolean;
  readonly ref: Ref<HTMLInputElement>;
};

/** The number to dial, over the hook that dials it; the last number is one press away. */
export function DialField({ value, onChange, onDial, isHidden, ref }: DialFieldProps) {
  const { t } = useTranslation();
  const [hasFocus, setHasFocus] = useState(false);
  const last = useSeat((view) => view.lastDialled);
  const shown = grouped(value);
  return (
    <div className={styles.place} hidden={isHidden && !hasFocus}>
      {last !== '' && value === '' && !isHidden && (
        <button
          type="button"
          className={styles.last}
          aria-label={t('card.idle.redial', { number: grouped(last) })}
          onClick={() => onChange(last)}
        >
          <span className={styles.lastLabel}>{t('card.idle.lastNumber')}</span>
          {grouped(last)}
        </button>
      )}
      <div className={styles.field}>
        <input
          ref={ref}
          type="text"
          inputMode="tel"
          autoComplete="off"
          spellCheck={false}
          maxLength={numberLengthMax}
          aria-label={t('card.idle.dialLabel')}
          placeholder={t('card.idle.dialPlaceholder')}
          value={hasFocus ? value : shown}
          onFocus={() => setHasFocus(true)}
          onBlur={() => setHasFocus(false)}
          onChange={(event) => onChange(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !isHidden && !event.nativeEvent.isComposing) onDial();
            if (event.key === 'Escape') onChange('');
          }}
        />
        {value !== '' && (
          <button type="button" className={styles.clear} aria-label={t('card.idle.clear')} onClick={() => onChange('')}>
            <IconBackspace size={20} aria-hidden="true" />
          </button>
        )}
      </div>
    </div>
  );
}
