import { useTranslation } from 'react-i18next';
import type { RecordingPlace } from '../../core/hub-view.ts';
import { useSeat } from '../desk/use-seat.ts';

/** Where a recording stands, in words; of one that waits also why. */
export function usePlaceWords(): (place: RecordingPlace) => string {
  const { t } = useTranslation();
  const uploads = useSeat((view) => view.uploads.state);
  return ({ state, sentShare }) => {
    if (state === 'sending') return t('place.sending', { percent: Math.floor(sentShare * 100) });
    if (state !== 'waiting') return t(`place.${state}`);
    return uploads === 'paused' || uploads === 'voice-first' || uploads === 'hub-away'
      ? t(`place.waitingWhy.${uploads}`)
      : t('place.waiting');
  };
}
