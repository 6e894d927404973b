import { useTranslation } from 'react-i18next';
import { ActionButton } from '../kit/action-button.tsx';
import styles from './ringing-keys.module.css';
import { useAsk } from './use-seat.ts';

/** The two ways to decline, over the hook: busy to the caller, or on to a colleague. */
export function RingingKeys({ callId }: { readonly callId: string }) {
  const { t } = useTranslation();
  const ask = useAsk();
  return (
    <fieldset className={styles.decline} aria-label={t('keys.decline')}>
      <span className={styles.label}>{t('keys.decline')}</span>
      <ActionButton label={t('keys.declineBusyWhole')} onPress={() => ask({ kind: 'decline', callId, how: 'busy' })}>
        {t('keys.declineBusy')}
      </ActionButton>
      <ActionButton
        label={t('keys.declineElsewhereWhole')}
        onPress={() => ask({ kind: 'decline', callId, how: 'elsewhere' })}
      >
        {t('keys.declineElsewhere')}
      </ActionButton>
    </fieldset>
  );
}
