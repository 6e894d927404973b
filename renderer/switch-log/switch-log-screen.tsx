import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SwitchRecordRow } from '../../core/equipment-api.ts';
import screen from '../calls/calls-screen.module.css';
import { CallsTitle } from '../calls/calls-title.tsx';
import { goTo, useChosen } from '../desk/route.ts';
import { useSeatStore } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { EmptyState } from '../kit/empty-state.tsx';
import { ListPages } from '../kit/list-pages.ts';
import { RowTable } from '../kit/row-table.tsx';
import { SearchField } from '../kit/search-field.tsx';
import { useFreshList, useList } from '../kit/use-list.ts';
import styles from './switch-log.module.css';
import { SwitchRecordDetail } from './switch-record-detail.tsx';
import { SwitchRecordCells } from './switch-record-line.tsx';

/** How many lines one page holds: what equipment-api gives at most. */
const linesMax = 200;

/** The other side of Calls: what the switch itself wrote down, line by line; what was not understood stands as it came. */
export default function SwitchLogScreen() {
  const { t } = useTranslation();
  const store = useSeatStore();
  const [search, setSearch] = useState('');
  const pages = useMemo(
    () =>
      new ListPages({
        fetch: (words: string, after: SwitchRecordRow | null) =>
          store.console()?.equipment.switchRecords({ search: words, before: after?.seq ?? null, limit: linesMax }) ??
          null,
        keyOf,
        pageMax: linesMax,
      }),
    [store],
  );
  const state = useList(pages, search);
  useFreshList(pages);
  const chosen = useChosen();
  const row = state.rows.find((each) => keyOf(each) === chosen) ?? null;
  const unread = state.top?.unread ?? 0;
  return (
    <div className={screen.screen}>
      <div className={screen.head}>
        <CallsTitle />
        <SearchField
          id="switch-search"
          listId="switch-list"
          label={t('switchLog.search')}
          value={search}
          onChange={setSearch}
        />
        <p className={screen.count} role="status">
          {state.total !== null &&
            (state.search === ''
              ? t('switchLog.rows', { count: state.total })
              : t('switchLog.found', { count: state.total }))}
          {unread > 0 && <span className={styles.unread}>{t('switchLog.unreadCount', { count: unread })}</span>}
        </p>
      </div>
      {state.hasFailed && (
        <p className={screen.failed}>
          {t('calls.failed')}
          <ActionButton onPress={() => pages.refresh()}>{t('calls.again')}</ActionButton>
        </p>
      )}
      {state.total === 0 && (
        <div className={screen.empty}>
          {state.search === '' ? (
            <EmptyState what={t('switchLog.empty')} step={<p>{t('switchLog.emptyStep')}</p>} />
          ) : (
            <EmptyState
              what={t('switchLog.noneFound', { search: state.search })}
              step={<ActionButton onPress={() => setSearch('')}>{t('calls.clear')}</ActionButton>}
            />
          )}
        </div>
      )}
      {state.total !== null && state.total > 0 && (
        <RowTable
          id="switch"
          label={t('switchLog.list')}
          rowStyle={styles.row ?? ''}
          head={<Head />}
          keyOf={keyOf}
          onChoose={choose}
          rows={state.rows}
          total={state.total}
          chosen={chosen}
          isFresh={state.search === search.trim()}
          onSee={pages.want}
        >
          {(each) => <SwitchRecordCells row={each} />}
        </RowTable>
      )}
      {row !== null && <SwitchRecordDetail row={row} onClose={() => goTo('switch-log')} />}
    </div>
  );
}

function Head() {
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

function keyOf(row: SwitchRecordRow): string {
  return String(row.seq);
}

function choose(key: string): void {
  goTo('switch-log', key);
}
