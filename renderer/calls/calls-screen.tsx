import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { goTo, useChosen } from '../desk/route.ts';
import { useListVersion } from '../desk/use-list-version.ts';
import { useSeatStore } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { EmptyState } from '../kit/empty-state.tsx';
import { CallDetail } from './call-detail.tsx';
import { CallPages } from './call-pages.ts';
import { CallTable } from './call-table.tsx';
import styles from './calls-screen.module.css';

/** How long typing must rest before the list is searched. */
const searchRestMs = 150;

/** The longest search the seat takes (console-api). */
const searchLengthMax = 100;

/** The screen Calls: search, the list, and under it the call that is chosen. */
export default function CallsScreen() {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const pages = usePages(search);
  const state = useSyncExternalStore(pages.watch, pages.state);
  const chosen = useChosen();
  const row = state.rows.find((each) => each.callId === chosen) ?? null;
  return (
    <div className={styles.screen}>
      <div className={styles.head}>
        <h1>{t('calls.title')}</h1>
        <SearchField value={search} onChange={setSearch} />
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

/** The pages of this screen, searched a moment after the last key, read anew when the log changed. */
function usePages(search: string): CallPages {
  const store = useSeatStore();
  const pages = useMemo(() => new CallPages(store.console), [store]);
  const version = useListVersion();
  useEffect(() => {
    const timer = setTimeout(() => pages.search(search.trim()), search === '' ? 0 : searchRestMs);
    return () => clearTimeout(timer);
  }, [pages, search]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is why the list is read anew
  useEffect(() => pages.refresh(), [pages, version]);
  return pages;
}

type SearchFieldProps = { readonly value: string; readonly onChange: (search: string) => void };

function SearchField({ value, onChange }: SearchFieldProps) {
  const { t } = useTranslation();
  return (
    <input
      id="call-search"
      className={styles.search}
      type="search"
      value={value}
      maxLength={searchLengthMax}
      placeholder={t('calls.search')}
      aria-label={t('calls.search')}
      aria-keyshortcuts="/"
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown') document.getElementById('call-list')?.focus();
        if (event.key === 'Escape') onChange('');
      }}
    />
  );
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
