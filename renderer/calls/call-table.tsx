import { useTranslation } from 'react-i18next';
import type { CallRow } from '../../core/call-list.ts';
import { goTo } from '../desk/route.ts';
import { RowTable } from '../kit/row-table.tsx';
import line from './call-line.module.css';
import { CallCells } from './call-line.tsx';

type CallTableProps = {
  readonly rows: readonly CallRow[];
  readonly total: number;
  readonly chosen: string | null;
  readonly isFresh: boolean;
  readonly onSee: (index: number) => void;
};

/** The calls themselves; see RowTable for what is asked of it. */
export function CallTable(props: CallTableProps) {
  const { t } = useTranslation();
  return (
    <RowTable
      {...props}
      id="call"
      label={t('calls.list')}
      rowStyle={line.row ?? ''}
      keyOf={callIdOf}
      onChoose={showCall}
      head={
        <>
          <span />
          <span>{t('calls.column.who')}</span>
          <span>{t('calls.column.code')}</span>
          <span />
          <span className={line.length}>{t('calls.column.length')}</span>
          <span className={line.when}>{t('calls.column.when')}</span>
        </>
      }
    >
      {(row) => <CallCells row={row} />}
    </RowTable>
  );
}

function callIdOf(row: CallRow): string {
  return row.callId;
}

function showCall(callId: string): void {
  goTo('calls', callId);
}
