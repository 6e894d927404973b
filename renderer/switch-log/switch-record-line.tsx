import {
  IconArrowDownLeft,
  IconArrowsLeftRight,
  IconArrowUpRight,
  IconFlask,
  IconNote,
  IconPhoneX,
  IconQuestionMark,
} from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallRecord } from '../../core/call-record.ts';
import type { SwitchRecordRow } from '../../core/equipment-api.ts';
import { formatDuration } from '../kit/duration.ts';
import { CutText } from '../kit/party-text.tsx';
import styles from './switch-log.module.css';

const ways = {
  inbound: IconArrowDownLeft,
  outbound: IconArrowUpRight,
  internal: IconArrowsLeftRight,
  unknown: IconQuestionMark,
} as const;

/** One line of the switch's log as cells. A line that was not understood stands as it came. */
export const SwitchRecordCells = memo(function SwitchRecordCells({ row }: { readonly row: SwitchRecordRow }) {
  const { t } = useTranslation();
  if (row.entry.kind === 'unread') {
    return (
      <>
        <span className={styles.way} data-unread>
          <IconQuestionMark size={16} aria-label={t('switchLog.unread')} role="img" />
        </span>
        <code className={styles.raw}>
          <CutText text={row.entry.unread.text} />
        </code>
        <span className={styles.mark}>{t('switchLog.unread')}</span>
      </>
    );
  }
  const { record } = row.entry;
  return (
    <>
      <Way record={record} />
      <CutText text={whenOf(record)} />
      <CutText text={record.extension ?? ''} />
      <CutText text={[record.name, record.number].filter(Boolean).join(' · ') || whatOf(record)} />
      <span className={styles.end}>{lengthOf(record)}</span>
      <span className={styles.end}>{costOf(record)}</span>
      <span className={styles.flask}>
        {record.isUnproven && <IconFlask size={16} aria-label={t('unproven.mark')} role="img" />}
      </span>
    </>
  );
});

function Way({ record }: { readonly record: CallRecord }) {
  const { t } = useTranslation();
  const isMissed = record.isAnswered === false;
  const Icon = record.kind === 'event' ? IconNote : isMissed ? IconPhoneX : ways[record.direction];
  const label =
    record.kind === 'event'
      ? t('switchLog.event')
      : isMissed
        ? t('switchLog.notAnswered')
        : t(`switchLog.direction.${record.direction}`);
  return (
    <span className={styles.way} data-missed={isMissed || undefined} title={label}>
      <Icon size={16} aria-label={label} role="img" />
    </span>
  );
}

/** What an event is, or whatever stands in a line without a number. */
function whatOf(record: CallRecord): string {
  return record.condition?.meaning ?? record.condition?.code ?? '';
}

/** The switch's own time, as it printed it: no time zone is guessed. */
export function whenOf(record: CallRecord): string {
  const time = record.startedAt ?? record.endedAt;
  return time === null ? '' : [time.date, time.time].filter(Boolean).join(' ');
}

export function lengthOf(record: CallRecord): string {
  return record.durationSeconds === null ? '' : formatDuration(record.durationSeconds * 1000);
}

export function costOf({ cost }: CallRecord): string {
  return cost === null ? '' : `${cost.currency ?? ''} ${cost.amount}`.trim();
}
