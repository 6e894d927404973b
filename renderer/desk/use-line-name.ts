import { useTranslation } from 'react-i18next';
import { useSeat } from './use-seat.ts';

/** The seat's line in words: the practice line, or the account's address. */
export function useLineName(): string {
  const { t } = useTranslation();
  const line = useSeat((view) => view.line);
  return line.kind === 'practice' ? t('card.line.practice') : t('card.line.sip', { address: line.address });
}
