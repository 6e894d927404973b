import { useTranslation } from 'react-i18next';
import type { CallRow } from '../../core/call-list.ts';
import type { RecordingInfo } from '../../core/recording-info.ts';
import { formatDuration } from '../kit/duration.ts';
import styles from './player.module.css';

/** So many damaged chunks are named; of more, the first and an ellipsis. */
const namedChunksMax = 8;

type FlawsProps = { readonly info: RecordingInfo; readonly end: CallRow['recordingEnd'] };

/** What is missing of a recording and why, in words; nothing if it is whole. */
export function RecordingFlaws({ info, end }: FlawsProps) {
  const { t } = useTranslation();
  const damaged = info.damagedChunks;
  const chunks = damaged.slice(0, namedChunksMax).join(', ') + (damaged.length > namedChunksMax ? ' …' : '');
  const pausedMs = info.gaps.reduce((sum, gap) => sum + gap.seconds * 1000, 0);
  const says = [
    info.gaps.length > 0 ? t('player.gaps', { count: info.gaps.length, length: formatDuration(pausedMs) }) : null,
    damaged.length > 0 ? t('player.damaged', { count: damaged.length, chunks }) : null,
    end === 'interrupted' || (end === null && !info.isComplete) ? t('player.interrupted') : null,
    end === 'disk-full' ? t('player.diskFull') : null,
  ].filter((said) => said !== null);
  if (says.length === 0) return null;
  return (
    <ul className={styles.flaws}>
      {says.map((said) => (
        <li key={said}>{said}</li>
      ))}
    </ul>
  );
}
