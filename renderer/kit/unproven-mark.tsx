import { IconFlask } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from './unproven-mark.module.css';

/** The mark of what no public sample proves; opened, it says what. The list is the data's own, in its own language. */
export function UnprovenMark({ what }: { readonly what: readonly string[] }) {
  const { t } = useTranslation();
  if (what.length === 0) return null;
  return (
    <details className={styles.mark}>
      <summary>
        <IconFlask size={14} aria-hidden="true" />
        {t('unproven.mark')}
      </summary>
      <div className={styles.list}>
        <p>{t('unproven.about')}</p>
        <ul>
          {what.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </div>
    </details>
  );
}
