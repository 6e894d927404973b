import { useTranslation } from 'react-i18next';
import { CloseKey } from '../kit/close-key.tsx';
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
          <NoticeText notice={notice} />
          <CloseKey label={t('notices.dismiss')} onPress={() => store.dismiss(notice.id)} />
        </div>
      ))}
    </div>
  );
}

/** What a moment says. Where its detail is numbers they stand in the sentence; another detail is for a technician. */
function NoticeText({ notice: { code, detail } }: { readonly notice: ShownNotice }) {
  const { t } = useTranslation();
  if (isCounted(code)) {
    const [count = 0, other = 0] = (detail.match(/\d+/g) ?? []).map(Number);
    return <p>{t(`notices.${code}`, { count, other })}</p>;
  }
  return (
    <p>
      {code === 'ask-failed' ? t('notices.askFailed') : t(`notices.${code}`)}
      {detail !== '' && <small>{detail}</small>}
    </p>
  );
}

const counted = [
  'volume',
  'disk-nearly-full',
  'recordings-let-go',
  'log-mended-lost',
  'log-older-coming',
  'log-taken-back',
  'log-taken-back-part',
] as const;

function isCounted(code: ShownNotice['code']): code is (typeof counted)[number] {
  return counted.some((each) => each === code);
}
