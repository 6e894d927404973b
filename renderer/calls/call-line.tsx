import { IconPhone } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallRow } from '../../core/call-list.ts';
import { grouped } from '../../core/phone-number.ts';
import { useCodeName } from '../desk/use-code-name.ts';
import { formatDuration } from '../kit/duration.ts';
import { CutText, NumberText, usePartyName } from '../kit/party-text.tsx';
import { WhenText } from '../kit/when-text.tsx';
import styles from './call-line.module.css';
import { OutcomeIcon } from './call-outcome.tsx';
import { RecordingMark } from './recording-mark.tsx';

/** One call as a row of cells, the same in every list: how, who, code and note, recording, length, when. */
export const CallCells = memo(function CallCells({ row }: { readonly row: CallRow }) {
  const name = usePartyName()(row.remote);
  const hasName = row.remote.displayName.trim() !== '';
  return (
    <>
      <OutcomeIcon row={row} />
      <span className={styles.who}>
        <CutText text={name} className={styles.name ?? ''} />
        {hasName && row.remote.number !== '' && (
          <span className={styles.number}>
            <NumberText number={row.remote.number} />
          </span>
        )}
      </span>
      <WhatCell row={row} />
      <span className={styles.recording}>
        {row.recordingId !== null && <RecordingMark recordingId={row.recordingId} />}
      </span>
      <span className={styles.length}>{lengthOf(row)}</span>
      <span className={styles.when}>
        <WhenText at={row.offeredAt} />
      </span>
    </>
  );
});

/** What it was about: the work code and the note; without them, how it ended. */
function WhatCell({ row }: { readonly row: CallRow }) {
  const { t } = useTranslation();
  const codeName = useCodeName();
  if (row.workCode !== null) {
    const code = codeName(row.workCode);
    return (
      <span className={styles.what}>
        <CutText text={row.note === '' ? code : `${code} · ${row.note}`} />
      </span>
    );
  }
  const said =
    row.cause === null ? t('calls.live') : row.answeredAt === null ? t(`endCause.${row.cause}`) : t('calls.uncoded');
  return (
    <span className={styles.what} data-quiet>
      <CutText text={said} />
    </span>
  );
}

/** How long they talked; empty if nobody answered or the call is still up. */
function lengthOf(row: CallRow): string {
  if (row.answeredAt === null || row.endedAt === null) return '';
  return formatDuration(row.endedAt - row.answeredAt);
}

type DialRowProps = { readonly row: CallRow; readonly onDial: (number: string) => void };

/** The key at the end of a row that dials its number. */
export function DialRowKey({ row, onDial }: DialRowProps) {
  const { t } = useTranslation();
  const label = t('home.dial', { number: grouped(row.remote.number) });
  return (
    <button
      type="button"
      className={styles.dial}
      aria-label={label}
      title={label}
      onClick={() => onDial(row.remote.number)}
    >
      <IconPhone size={16} aria-hidden="true" />
    </button>
  );
}
