import { useTranslation } from 'react-i18next';
import { useScreen } from '../desk/route.ts';
import { useSeat } from '../desk/use-seat.ts';
import text from '../kit/text.module.css';
import styles from './calls-title.module.css';

/** The head of Calls. Where a switch's log comes in, it has two sides: the seat's own calls, and what the switch says. */
export function CallsTitle() {
  const { t } = useTranslation();
  const screen = useScreen();
  const hasLog = useSeat((view) => view.settings.equipment.some(({ use }) => use === 'call-records'));
  const isLog = screen === 'switch-log';
  if (!hasLog && !isLog) return <h1 className={styles.title}>{t('calls.title')}</h1>;
  return (
    <>
      <h1 className={text.hidden}>{isLog ? t('switchLog.title') : t('calls.title')}</h1>
      <nav className={styles.tabs} aria-label={t('calls.sides')}>
        <a href="#/calls" aria-current={isLog ? undefined : 'page'}>
          {t('calls.title')}
        </a>
        <a href="#/switch-log" aria-current={isLog ? 'page' : undefined}>
          {t('switchLog.title')}
        </a>
      </nav>
    </>
  );
}
