import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SetAsideReason } from '../../core/hub-api.ts';
import { useConsole } from '../desk/use-seat.ts';
import styles from './site-group.module.css';

type Entry = { readonly seq: number; readonly reason: SetAsideReason; readonly detail: string };

/** What the hub keeps but could not take as it came, newest first: which line, and why. Read anew when there are more. */
export function SetAsideList({ count }: { readonly count: number }) {
  const { t } = useTranslation();
  const entries = useSetAside(count);
  return (
    <section className={styles.aside} aria-label={t('site.setAside')}>
      <h3>{t('hub.setAside', { count })}</h3>
      <p className={styles.quiet}>{t('site.setAsideAbout')}</p>
      {entries === 'failed' && <p className={styles.bad}>{t('site.setAsideFailed')}</p>}
      {entries !== 'failed' && entries.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <ol tabIndex={0} aria-label={t('site.setAside')}>
          {entries.map(({ seq, reason, detail }) => (
            <li key={seq}>
              <span>{t('site.seq', { seq })}</span>
              <span>{t(`site.reason.${reason}`)}</span>
              {detail !== '' && <code>{detail}</code>}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function useSetAside(count: number): readonly Entry[] | 'failed' {
  const console = useConsole();
  const [entries, setEntries] = useState<readonly Entry[] | 'failed'>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another count is why the list is read anew
  useEffect(() => {
    if (console === null) return;
    let isWanted = true;
    console.hub.setAside().then(
      (found) => {
        if (isWanted) setEntries(found);
      },
      () => {
        // Said in words; the count above it comes with the feed.
        if (isWanted) setEntries('failed');
      },
    );
    return () => {
      isWanted = false;
    };
  }, [console, count]);
  return entries;
}
