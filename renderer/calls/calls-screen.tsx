import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { goTo, useChosen } from '../desk/route.ts';
import { useListVersion } from '../desk/use-list-version.ts';
import { useSeatStore } from '../desk/use-seat.ts';
import { ListScreen } from '../kit/list-screen.tsx';
import { CallDetail } from './call-detail.tsx';
import line from './call-line.module.css';
import { CallCells } from './call-line.tsx';
import { callPages } from './call-pages.ts';
import { CallsTitle } from './calls-title.tsx';

/** The screen Calls: search, the list, and under it the call that is chosen. */
export default function CallsScreen() {
  const { t } = useTranslation();
  const store = useSeatStore();
  const pages = useMemo(() => callPages(store.console), [store]);
  const version = useListVersion();
  const chosen = useChosen();
  return (
    <ListScreen
      id="call"
      pages={pages}
      version={version}
      chosen={chosen}
      onChoose={choose}
      title={<CallsTitle />}
      words={{
        search: t('calls.search'),
        list: t('calls.list'),
        failed: t('calls.failed'),
        empty: t('calls.empty'),
        noneFound: (search) => t('calls.noneFound', { search }),
      }}
      count={({ search, total }) => t(search === '' ? 'calls.rows' : 'calls.found', { count: total ?? 0 })}
      rowStyle={line.row ?? ''}
      columns={<Columns />}
      cells={(row) => <CallCells row={row} />}
    >
      {(row) => row !== null && <CallDetail key={row.callId} row={row} onClose={() => goTo('calls')} />}
    </ListScreen>
  );
}

function Columns() {
  const { t } = useTranslation();
  return (
    <>
      <span />
      <span>{t('calls.column.who')}</span>
      <span>{t('calls.column.code')}</span>
      <span />
      <span className={line.length}>{t('calls.column.length')}</span>
      <span className={line.when}>{t('calls.column.when')}</span>
    </>
  );
}

function choose(callId: string): void {
  goTo('calls', callId);
}
