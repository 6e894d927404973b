import { IconCloud, IconCloudUp, IconCloudX, IconEraser, IconWaveSine } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { RecordingPlace } from '../../core/hub-view.ts';
import styles from './call-line.module.css';
import { usePlaceWords } from './use-place-words.ts';
import { useRecordingPlace } from './use-recording-place.tsx';

/** What is as it should be looks as it always did; only what waits, moves or is not here any more has a shape of its own. */
const icons = {
  here: IconWaveSine,
  'at-hub': IconWaveSine,
  waiting: IconCloudUp,
  'set-aside': IconCloudX,
  removed: IconCloud,
  erased: IconEraser,
} as const satisfies Record<Exclude<RecordingPlace['state'], 'sending'>, unknown>;

/** The shape of a recording's place, for the eye: its words stand beside it or in its title. */
export function PlaceIcon({ place }: { readonly place: RecordingPlace | null }) {
  if (place?.state === 'sending') return <SentRing share={place.sentShare} />;
  const Icon = icons[place?.state ?? 'here'];
  return <Icon size={16} aria-hidden="true" />;
}

/** How much has gone up, as a ring that closes. */
function SentRing({ share }: { readonly share: number }) {
  return (
    <svg className={styles.ring} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <circle cx="8" cy="8" r="6" />
      <circle cx="8" cy="8" r="6" pathLength="100" strokeDasharray={`${share * 100} 100`} transform="rotate(-90 8 8)" />
    </svg>
  );
}

/** A call's recording in its row: a shape, and the place in words for a pointer and for a screen reader. */
export function RecordingMark({ recordingId }: { readonly recordingId: string }) {
  const { t } = useTranslation();
  const place = useRecordingPlace(recordingId);
  const words = usePlaceWords();
  const known = place === 'asking' ? null : place;
  const said =
    known === null || known.state === 'here'
      ? t('calls.hasRecording')
      : t('calls.recordingIs', { place: words(known) });
  return (
    <span className={styles.mark} data-place={known?.state} title={said} role="img" aria-label={said}>
      <PlaceIcon place={known} />
    </span>
  );
}
