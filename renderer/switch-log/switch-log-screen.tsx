import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { SwitchRecordRow } from '../../core/equipment-api.ts';
import { CallsTitle } from '../calls/calls-title.tsx';
import { goTo, useChosen } from '../desk/route.ts';
import { useLineVersion } from '../desk/use-list-version.ts';
import { useSeatStore } from '../desk/use-seat.ts';
import { ListPages } from '../kit/list-pages.ts';
import { ListScreen } from '../kit/list-screen.tsx';
import styles from './switch-log.module.css';
import { SwitchRecordDetail } from './switch-record-detail.tsx';
import { SwitchRecordCells } from './switch-record-line.tsx';

/** How many lines one page holds: what equipment-api gives at most. */
const linesMax = 200;

/** The other side of Calls: what the switch itself wrote down, line by line; what was not understood stands as it came. */
export default function SwitchLogScreen() {
  const { t } = useTranslation();
  const store = useSeatStore();
  const pages = useMemo(
    () =>
      new ListPages({
        fetch: (search: string, after: SwitchRecordRow | null) =>
          store.console()?.equipment.switchRecords({ search, before: after?.seq ?? null, limit: linesMax }) ?? null,
        keyOf: (row) => String(row.seq),
        pageMax: linesMax,
      }),
    [store],
  );
  const version = useLineVersion('switchLog');
  const chosen = useChosen();
  return (
    <ListScreen
      id="switch"
      pages={pages}
      version={version}
      chosen={chosen}
      onChoose={choose}
      title={<CallsTitle />}
      words={{
        search: t('switchLog.search'),
        list: t('switchLog.list'),
        failed: t('calls.failed'),
        empty: t('switchLog.empty'),
        emptyStep: t('switchLog.emptyStep'),
        noneFound: (search) => t('switchLog.noneFound', { search }),
      }}
      count={({ search, total, top }) => (
        <>
          {t(search === '' ? 'switchLog.rows' : 'switchLog.found', { count: total ?? 0 })}
          {top !== null && top.unread > 0 && (
            <span className={styles.unread}>{t('switchLog.unreadCount', { count: top.unread })}</span>
          )}
        </>
      )}
      rowStyle={styles.row ?? ''}
      columns={<Columns />}
      cells={(row) => <SwitchRecordCells row={row} />}
    >
      {(row) => row !== null && <SwitchRecordDetail row={row} onClose={() => goTo('switch-log')} />}
    </ListScreen>
  );
}

function Columns() {
  const { t } = useTranslation();
  return (
    <>
      <span />
      <span>{t('switchLog.column.when')}</span>
      <span>{t('switchLog.column.extension')}</span>
      <span>{t('switchLog.column.number')}</span>
      <span className={styles.end}>{t('switchLog.column.length')}</span>
      <span className={styles.end}>{t('switchLog.column.cost')}</span>
      <span />
    </>
  );
}

function choose(key: string): void {
  goTo('switch-log', key);
}
