import { IconPhoneIncoming } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from './idle-info.module.css';
import { useLineName } from './use-line-name.ts';
import { useAsk, useSeat } from './use-seat.ts';

/** The card with no call: what will be here, and on the practice line the way to a first call. */
export function IdleInfo() {
  const { t } = useTranslation();
  const ask = useAsk();
  const activity = useSeat((view) => view.agent.activity.kind);
  const line = useSeat((view) => view.line.kind);
  const lineName = useLineName();
  const says =
    activity === 'signed-out'
      ? t('card.idle.signedOutFor')
      : activity === 'not-ready'
        ? t('card.idle.notReadyFor')
        : t('card.idle.readyFor');
  return (
    <div className={styles.idle}>
      <p className={styles.line}>{lineName}</p>
      <h2 className={styles.title}>{t('card.idle.noCall')}</h2>
      <p className={styles.says}>{says}</p>
      {activity === 'signed-out' && (
        <div className={styles.practice}>
          <button
            type="button"
            className={styles.callMe}
            onClick={() => ask({ kind: 'choose', choice: { kind: 'ready' } })}
          >
            {t('card.idle.signIn')}
          </button>
        </div>
      )}
      {line === 'practice' && activity !== 'signed-out' && (
        <div className={styles.practice}>
          <button type="button" className={styles.callMe} onClick={() => ask({ kind: 'call-me', scriptId: null })}>
            <IconPhoneIncoming size={20} aria-hidden="true" />
            {t('card.idle.callMe')}
          </button>
          <p className={styles.says}>{t('card.idle.callMeWhy')}</p>
        </div>
      )}
    </div>
  );
}
