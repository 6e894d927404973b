import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from './notices.module.css';
import type { ShownNotice } from './seat-store.ts';
import { useNotices, useSeatStore } from './use-seat.ts';

/** Moments the agent should know of, at the foot of the work area: over nothing that is needed for a call. */
export function Notices() {
  const { t } = useTranslation();
  const notices = useNotices();
  const store = useSeatStore();
  return (
    <div className={styles.notices} role="log" aria-label={t('notices.label')}>
      {notices.map((notice) => (
        <div key={notice.id} className={styles.notice}>
          <p>
            {notice.code === 'ask-failed' ? t('notices.askFailed') : t(`notices.${notice.code}`)}
            {notice.detail !== '' && <small>{isPercent(notice.code) ? `${notice.detail} %` : notice.detail}</small>}
          </p>
          <button type="button" aria-label={t('notices.dismiss')} onClick={() => store.dismiss(notice.id)}>
            <IconX size={16} aria-hidden="true" />
          </button>
        </div>
      ))}
    </div>
  );
}

function isPercent(code: ShownNotice['code']): boolean {
  return code === 'volume' || code === 'disk-nearly-full';
}
