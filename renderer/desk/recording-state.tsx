import { useTranslation } from 'react-i18next';
import styles from './meters.module.css';
import { useSeat } from './use-seat.ts';

/** Whether the call is being recorded, by shape and word: a disc, two bars, a ring. */
export function RecordingState({ callId }: { readonly callId: string }) {
  const { t } = useTranslation();
  const state = useSeat((view) => view.recording[callId]) ?? 'none';
  return (
    <p className={styles.line} data-recording={state}>
      <svg className={styles.recording} data-state={state} viewBox="0 0 14 14" aria-hidden="true">
        {state === 'recording' && <circle cx="7" cy="7" r="5" />}
        {state === 'paused' && <path d="M3 2h3v10H3zM8 2h3v10H8z" />}
        {(state === 'none' || state === 'stopped') && <circle className={styles.ring} cx="7" cy="7" r="4.5" />}
      </svg>
      <span className={state === 'none' ? styles.quiet : undefined}>{t(`card.recording.${state}`)}</span>
    </p>
  );
}
