import { IconRepeat } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CallRow } from '../../core/call-list.ts';
import type { RecordingPlace } from '../../core/hub-view.ts';
import { useSeat, useSeatStore } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import styles from './call-recording.module.css';
import { Player } from './player.tsx';
import { PlaceIcon } from './recording-mark.tsx';
import { usePlaceWords } from './use-place-words.ts';
import { useRecordingPlace } from './use-recording-place.tsx';

type CallRecordingProps = { readonly recordingId: string; readonly end: CallRow['recordingEnd'] };

/** A call's recording: its player, or why there is none here any more; and where the sound stands. */
export function CallRecording({ recordingId, end }: CallRecordingProps) {
  const { t } = useTranslation();
  const known = useRecordingPlace(recordingId);
  if (known === 'asking') return <p className={styles.gone}>{t('player.looking')}</p>;
  if (known?.state === 'removed' || known?.state === 'erased') {
    return (
      <p className={styles.gone}>
        <PlaceIcon place={known} />
        {t(`player.${known.state}`)}
      </p>
    );
  }
  return (
    <>
      <Player recordingId={recordingId} end={end} />
      {known !== null && <Place place={known} />}
    </>
  );
}

/** Said only where there is a hub: without one every recording is simply here. */
function Place({ place }: { readonly place: RecordingPlace }) {
  const { t } = useTranslation();
  const store = useSeatStore();
  const words = usePlaceWords();
  const hasHub = useSeat((view) => view.hub.kind === 'enrolled');
  if (!hasHub && place.state === 'here') return null;
  const { recordingId } = place;
  return (
    <div className={styles.place} data-place={place.state}>
      <PlaceIcon place={place} />
      <p>{words(place)}</p>
      {place.state === 'set-aside' && (
        <ActionButton
          icon={<IconRepeat aria-hidden="true" />}
          onPress={() => store.wish('retry-upload', (console) => console.hub.retryUpload({ recordingId }))}
        >
          {t('place.retry')}
        </ActionButton>
      )}
    </div>
  );
}
