import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { UploadsView } from '../../core/hub-view.ts';
import { useSeat, useSeatStore } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import styles from './site.module.css';
import { percentOf } from './use-hub-sentence.ts';

/** How recordings go up, in all: how many are left, why they wait, and a pause for a person. */
export function UploadStatus() {
  const { t } = useTranslation();
  const store = useSeatStore();
  const uploads = useSeat((view) => view.uploads);
  const isPaused = uploads.state === 'paused';
  const percent = percentOf(uploads);
  const pause = (): void => store.wish('pause-uploads', (console) => console.hub.pauseUploads({ isPaused: !isPaused }));
  const says = saysOf(uploads);
  return (
    <div className={styles.line}>
      <p>
        {t(`uploads.says.${says}`, { count: uploads.waiting })}
        {uploads.setAside > 0 && (
          <span className={styles.aside}>{t('uploads.setAside', { count: uploads.setAside })}</span>
        )}
      </p>
      {percent !== null && uploads.state === 'sending' && (
        <span className={styles.progress}>
          <progress max={100} value={percent} aria-label={t('uploads.present')} />
          {t('uploads.percent', { percent })}
        </span>
      )}
      {(isPaused || uploads.waiting > 0) && (
        <ActionButton
          icon={isPaused ? <IconPlayerPlay aria-hidden="true" /> : <IconPlayerPause aria-hidden="true" />}
          label={t(isPaused ? 'uploads.resumeWhole' : 'uploads.pauseWhole')}
          onPress={pause}
        >
          {t(isPaused ? 'uploads.resume' : 'uploads.pause')}
        </ActionButton>
      )}
    </div>
  );
}

/** Nothing left is said as that, whatever the state: nobody needs to know why nothing waits. A pause is always said. */
function saysOf({ state, waiting }: UploadsView): UploadsView['state'] | 'done' {
  return waiting === 0 && state !== 'paused' ? 'done' : state;
}
