import { IconLock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../kit/empty-state.tsx';
import text from '../kit/text.module.css';
import styles from './sign-in.module.css';

/** The work area while somebody finishes what they began and nobody is signed in: the seat tells nothing else. */
export function SignInFirst() {
  const { t } = useTranslation();
  return (
    <div className={styles.first}>
      <h1 className={text.hidden}>{t('signIn.title')}</h1>
      <EmptyState what={t('signIn.first')} icon={<IconLock aria-hidden="true" />} />
    </div>
  );
}
