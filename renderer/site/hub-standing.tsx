import { useTranslation } from 'react-i18next';
import type { UploadsView } from '../../core/hub-view.ts';
import { useSeat } from '../desk/use-seat.ts';
import styles from './site.module.css';
import { UploadStatus } from './upload-status.tsx';
import { useWhatWaits } from './use-hub-sentence.ts';

/** What waits for the hub, after a sentence. Not read out as it counts down: that would never end. */
export function WhatWaits() {
  const { t } = useTranslation();
  const what = useWhatWaits();
  if (what === '') return null;
  return (
    <>
      {/* The space goes with the end of a line; a margin would stand at the beginning of the next. */}{' '}
      <span className={styles.waits} aria-live="off">
        {t('hub.waits', { what })}
      </span>
    </>
  );
}

/** What somebody who asks about the data light may want next: how recordings go up, and what the hub did not take. */
export function HubStanding() {
  const { t } = useTranslation();
  const setAside = useSeat((view) => (view.hub.kind === 'enrolled' ? view.hub.setAside : 0));
  const hasUploads = useSeat(({ uploads }) => isWorthSaying(uploads));
  if (setAside === 0 && !hasUploads) return null;
  return (
    <div className={styles.standing} aria-live="off">
      {hasUploads && <UploadStatus />}
      {setAside > 0 && (
        <p className={styles.line}>
          {t('hub.setAside', { count: setAside })}
          <a className={styles.link} href="#/settings/site">
            {t('hub.setAsideShow')}
          </a>
        </p>
      )}
    </div>
  );
}

/**
 * Recordings have something to say beside the sentence of the hub: not when all are there, and not while the hub is away,
 * when how many wait has been said and nothing goes up that could be paused.
 */
function isWorthSaying({ state, waiting, setAside }: UploadsView): boolean {
  if (state === 'off' || state === 'hub-away') return setAside > 0;
  return state === 'paused' || waiting > 0 || setAside > 0;
}
