import type { CallRecord } from '../../core/call-record.ts';
import type { DecodedRecord, RecordCounts, UnreadLine } from '../../native/smdr/record-decoder.ts';

/** One line of output for what a decoder gave: JSON for programs, words for people. */
export function recordLine(one: DecodedRecord | UnreadLine, isJson: boolean): string {
  if (isJson) return JSON.stringify(one);
  return one.kind === 'unread' ? `?  line ${one.line}: ${one.text}` : recordText(one.record);
}

/** The last line of output: how many lines there were and what became of them. */
export function countsLine(counts: RecordCounts, isJson: boolean): string {
  if (isJson) return JSON.stringify({ kind: 'counts', ...counts });
  const { lines, records, unread, headings, dates } = counts;
  return `${lines} lines: ${records} records, ${unread} kept unread, ${headings} headings, ${dates} dates.`;
}

function recordText(record: CallRecord): string {
  const moment = record.startedAt ?? record.endedAt;
  const seconds = (value: number | null, word: string): string => (value === null ? '' : `${word} ${value} s`);
  return [
    `${moment?.date ?? '----------'} ${moment?.time ?? '--:--'}`.padEnd(19),
    (record.kind === 'event' ? 'event' : record.direction).padEnd(8),
    (record.extension ?? '-').padEnd(6),
    [record.number, record.name].filter(Boolean).join(' ').padEnd(20),
    seconds(record.durationSeconds, 'lasted'),
    seconds(record.ringSeconds, 'rang'),
    record.isAnswered === false ? 'not answered' : '',
    record.condition === null ? '' : (record.condition.meaning ?? record.condition.code),
    record.legs.length > 0 ? `${record.legs.length} lines` : '',
    record.isComplete ? '' : 'incomplete',
    record.isUnproven ? '(unproven)' : '',
  ]
    .filter((part) => part !== '')
    .join('  ');
}
