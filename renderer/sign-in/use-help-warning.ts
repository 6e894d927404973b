import { useTranslation } from 'react-i18next';
import { useFallbackModem } from '../desk/use-modem.ts';
import { useLight, useLostAt, useSeat } from '../desk/use-seat.ts';

/** What somebody who is about to call for help has to know of this seat, the worst first; null when all is well. */
export function useHelpWarning(): string | null {
  const { t } = useTranslation();
  const isLost = useLostAt() !== null;
  const isPractice = useSeat((view) => view.line.kind === 'practice');
  const isSwitchAway = useLight('signalling').state === 'down';
  const media = useLight('media').code;
  const hasModem = useFallbackModem() !== null;
  if (isLost) return t('emergency.lost');
  if (isPractice) return t('emergency.practice');
  if (isSwitchAway) return hasModem ? t('emergency.byModem') : t('emergency.away');
  return media === 'no-microphone' || media === 'refused' ? t('emergency.noMicrophone') : null;
}
