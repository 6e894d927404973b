import { IconCornerDownRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { grouped } from '../../core/phone-number.ts';
import { CutText } from '../kit/party-text.tsx';
import styles from './arrival-line.module.css';
import { useSeat } from './use-seat.ts';

type ArrivalLineProps = { readonly callId: string; readonly isSmall?: boolean };

/** How a message desk link announced a call: why it comes here, and from which station. Nothing when no link told. */
export function ArrivalLine({ callId, isSmall = false }: ArrivalLineProps) {
  const { t } = useTranslation();
  const arrival = useSeat((view) => view.arrivals[callId]);
  if (arrival === undefined) return null;
  const from = grouped(arrival.forwardedFrom) || t('card.arrival.otherStation');
  const said =
    arrival.reason === 'extension'
      ? t('card.arrival.extension', { letter: arrival.letter })
      : isSmall
        ? t(`card.arrivalShort.${arrival.reason}`, { from })
        : t(`card.arrival.${arrival.reason}`, { from });
  return (
    <p className={styles.arrival} data-small={isSmall || undefined} data-arrival>
      {!isSmall && <IconCornerDownRight size={16} aria-hidden="true" />}
      <CutText text={said} />
    </p>
  );
}
