import { useTranslation } from 'react-i18next';
import type { CallRecord } from '../../core/call-record.ts';
import type { SwitchRecordRow } from '../../core/equipment-api.ts';
import { useSeat } from '../desk/use-seat.ts';
import { DetailPanel } from '../kit/detail-panel.tsx';
import { formatDuration } from '../kit/duration.ts';
import { Fact, Facts } from '../kit/facts.tsx';
import { UnprovenMark } from '../kit/unproven-mark.tsx';
import { formatExactly } from '../kit/when.ts';
import styles from './switch-log.module.css';
import { costOf, lengthOf, whenOf } from './switch-record-line.tsx';

type SwitchRecordDetailProps = { readonly row: SwitchRecordRow; readonly onClose: () => void };

/** One line of the switch's log in full: what was read from it, and how it came. */
export function SwitchRecordDetail({ row, onClose }: SwitchRecordDetailProps) {
  const { t, i18n } = useTranslation();
  const name = useSeat((view) => view.devices.find(({ deviceId }) => deviceId === row.equipmentId))?.name;
  const { entry } = row;
  const raw =
    entry.kind === 'unread'
      ? [entry.unread.text]
      : entry.record.legs.length > 0
        ? entry.record.legs.map(({ text }) => text)
        : [entry.record.text];
  const facts = entry.kind === 'record' ? factsOf(entry.record) : [];
  const line = t('switchLog.line', { line: lineOf(row) });
  return (
    <DetailPanel label={line} title={entry.kind === 'unread' ? t('switchLog.unreadWhy') : line} onClose={onClose}>
      {entry.kind === 'record' && entry.record.isUnproven && <UnprovenMark what={[t('switchLog.unprovenShape')]} />}
      <Facts columns="narrow">
        <Fact name={t('switchLog.fact.came')} span="two">
          {[formatExactly(row.at, i18n.language), name || row.equipmentId].join(' · ')}
        </Fact>
        {facts.map(([fact, value]) => (
          <Fact key={fact} name={t(`switchLog.fact.${fact}`)}>
            {value}
          </Fact>
        ))}
        {entry.kind === 'record' && !entry.record.isComplete && (
          <Fact name={t('switchLog.fact.complete')}>{t('switchLog.incomplete')}</Fact>
        )}
      </Facts>
      <pre className={styles.asItCame}>{raw.join('\n')}</pre>
    </DetailPanel>
  );
}

function lineOf({ entry }: SwitchRecordRow): number {
  return entry.kind === 'unread' ? entry.unread.line : entry.record.line;
}

type FactName =
  | 'when'
  | 'extension'
  | 'trunk'
  | 'number'
  | 'name'
  | 'length'
  | 'rang'
  | 'held'
  | 'account'
  | 'authorization'
  | 'cost'
  | 'condition'
  | 'callId'
  | 'layout';

/** What the switch said, without what it did not say. */
function factsOf(record: CallRecord): readonly (readonly [FactName, string])[] {
  const seconds = (value: number | null): string => (value === null ? '' : formatDuration(value * 1000));
  const { condition } = record;
  const all: readonly (readonly [FactName, string])[] = [
    ['when', whenOf(record)],
    ['extension', record.extension ?? ''],
    ['trunk', record.trunk ?? ''],
    ['number', record.number ?? ''],
    ['name', record.name ?? ''],
    ['length', lengthOf(record)],
    ['rang', seconds(record.ringSeconds)],
    ['held', seconds(record.holdSeconds)],
    ['account', record.account ?? ''],
    ['authorization', record.authorization ?? ''],
    ['cost', costOf(record)],
    ['condition', condition === null ? '' : [condition.code, condition.meaning].filter(Boolean).join(' · ')],
    ['callId', record.callId ?? ''],
    ['layout', record.layout],
  ];
  return all.filter(([, value]) => value !== '');
}
