import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from './action-button.tsx';
import { EmptyState } from './empty-state.tsx';
import type { ListPage, ListPages, ListPagesState } from './list-pages.ts';
import styles from './list-screen.module.css';
import { RowTable } from './row-table.tsx';
import frame from './screen-frame.module.css';
import { SearchField } from './search-field.tsx';
import { useList } from './use-list.ts';

type ListScreenProps<Row, Page extends ListPage<Row>> = {
  /** Begins the ids of the search field, the list and its rows: `call` makes `call-search` and `call-list`. */
  readonly id: string;
  readonly pages: ListPages<Row, Page>;
  /** Another text: the list may have changed and is read anew. */
  readonly version: string;
  /** The key of the row that is chosen. */
  readonly chosen: string | null;
  readonly onChoose: (key: string) => void;
  /** The screen's heading. */
  readonly title: ReactNode;
  readonly words: {
    readonly search: string;
    readonly list: string;
    readonly failed: string;
    /** While there is nothing at all: what will be here, and the first step towards it. */
    readonly empty: string;
    readonly emptyStep?: string;
    readonly noneFound: (search: string) => string;
  };
  /** How many there are, in words, beside the search field. */
  readonly count: (state: ListPagesState<Row, Page>) => ReactNode;
  /** The screen's one action, at the end of its head. */
  readonly action?: ReactNode;
  readonly rowStyle: string;
  /** The head's cells, for the eye only. */
  readonly columns: ReactNode;
  readonly cells: (row: Row) => ReactNode;
  /** What stands under the list: the row that is chosen, if it is one of those that have come. */
  readonly children: (row: Row | null) => ReactNode;
};

/** The shape of every screen that is a list: heading, search, count; then that it failed, that it is empty, or its rows. */
export function ListScreen<Row, Page extends ListPage<Row>>(props: ListScreenProps<Row, Page>) {
  const { id, pages, version, chosen, onChoose, title, words, count, action, rowStyle, columns, cells } = props;
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const state = useList(pages, search, version);
  const chosenRow = state.rows.find((row) => pages.keyOf(row) === chosen) ?? null;
  return (
    <div className={frame.screen}>
      <div className={frame.head}>
        {title}
        <SearchField
          id={`${id}-search`}
          listId={`${id}-list`}
          label={words.search}
          value={search}
          onChange={setSearch}
        />
        <p className={styles.count} role="status">
          {state.total !== null && count(state)}
        </p>
        {action}
      </div>
      {state.hasFailed && (
        <p className={styles.failed}>
          {words.failed}
          <ActionButton onPress={() => pages.refresh()}>{t('calls.again')}</ActionButton>
        </p>
      )}
      {state.total === 0 && (
        <div className={styles.empty}>
          {state.search === '' ? (
            <EmptyState what={words.empty} step={words.emptyStep} />
          ) : (
            <EmptyState
              what={words.noneFound(state.search)}
              step={<ActionButton onPress={() => setSearch('')}>{t('calls.clear')}</ActionButton>}
            />
          )}
        </div>
      )}
      {state.total !== null && state.total > 0 && (
        <RowTable
          id={id}
          label={words.list}
          rowStyle={rowStyle}
          head={columns}
          keyOf={pages.keyOf}
          onChoose={onChoose}
          rows={state.rows}
          total={state.total}
          chosen={chosen}
          isFresh={state.search === search.trim()}
          onSee={pages.want}
        >
          {cells}
        </RowTable>
      )}
      {props.children(chosenRow)}
    </div>
  );
}
