import { IconArrowDownLeft, IconArrowUpRight, IconPhoneX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CallRow } from '../../core/call-list.ts';
import text from '../kit/text.module.css';
import styles from './call-line.module.css';

/** Rang here and nobody answered it here, though somebody should call back. */
export function isMissed(row: CallRow): boolean {
  return (
    row.direction === 'inbound' && row.answeredAt === null && (row.cause === 'cancelled' || row.cause === 'no-answer')
  );
}

/** How a call came and whether it was answered: a shape and a hidden word. */
export function OutcomeIcon({ row }: { readonly row: CallRow }) {
  const { t } = useTranslation();
  const missed = isMissed(row);
  const Icon = missed ? IconPhoneX : row.direction === 'inbound' ? IconArrowDownLeft : IconArrowUpRight;
  const word = missed ? t('calls.missed') : row.direction === 'inbound' ? t('calls.inbound') : t('calls.outbound');
  return (
    <span className={styles.outcome} data-missed={missed || undefined} title={word}>
      <Icon size={16} aria-hidden="true" />
      <span className={text.hidden}>{word}</span>
    </span>
  );
}
