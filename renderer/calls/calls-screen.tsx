import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallRow } from '../../core/call-list.ts';
import { goTo, useChosen } from '../desk/route.ts';
import { useListVersion } from '../desk/use-list-version.ts';
import { useSeatStore } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { EmptyState } from '../kit/empty-state.tsx';
import type { ListPages } from '../kit/list-pages.ts';
import { SearchField } from '../kit/search-field.tsx';
import { useList } from '../kit/use-list.ts';
import { CallDetail } from './call-detail.tsx';
import { callPages } from './call-pages.ts';
import { CallTable } from './call-table.tsx';
import styles from './calls-screen.module.css';
import { CallsTitle } from './calls-title.tsx';

/** The screen Calls: search, the list, and under it the call that is chosen. */
export default function CallsScreen() {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const pages = usePages();
  const state = useList(pages, search);
  const chosen = useChosen();
  const row = state.rows.find((each) => each.callId === chosen) ?? null;
  return (
    <div className={styles.screen}>
      <div className={styles.head}>
        <CallsTitle />
        <SearchField
          id="call-search"
          listId="call-list"
          label={t('calls.search')}
          value={search}
          onChange={setSearch}
        />
        <p className={styles.count} role="status">
          {state.total !== null &&
            (state.search === '' ? t('calls.rows', { count: state.total }) : t('calls.found', { count: state.total }))}
        </p>
      </div>
      {state.hasFailed && <Failed onAgain={() => pages.refresh()} />}
      {state.total === 0 && <NoCalls search={state.search} onClear={() => setSearch('')} />}
      {state.total !== null && state.total > 0 && (
        <CallTable
          rows={state.rows}
          total={state.total}
          chosen={chosen}
          isFresh={state.search === search.trim()}
          onSee={pages.want}
        />
      )}
      {row !== null && <CallDetail key={row.callId} row={row} onClose={() => goTo('calls')} />}
    </div>
  );
}

/** The pages of this screen, read anew when the log changed. */
function usePages(): ListPages<CallRow> {
  const store = useSeatStore();
  const pages = useMemo(() => callPages(store.console), [store]);
  const version = useListVersion();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is why the list is read anew
  useEffect(() => pages.refresh(), [pages, version]);
  return pages;
}

function NoCalls({ search, onClear }: { readonly search: string; readonly onClear: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={styles.empty}>
      {search === '' ? (
        <EmptyState what={t('calls.empty')} />
      ) : (
        <EmptyState
          what={t('calls.noneFound', { search })}
          step={<ActionButton onPress={onClear}>{t('calls.clear')}</ActionButton>}
        />
      )}
    </div>
  );
}

function Failed({ onAgain }: { readonly onAgain: () => void }) {
  const { t } = useTranslation();
  return (
    <p className={styles.failed}>
      {t('calls.failed')}
      <ActionButton onPress={onAgain}>{t('calls.again')}</ActionButton>
    </p>
  );
}
