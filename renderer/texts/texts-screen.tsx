import { IconPencilPlus } from '@tabler/icons-react';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TextRow } from '../../core/equipment-api.ts';
import screen from '../calls/calls-screen.module.css';
import { goTo, useChosen } from '../desk/route.ts';
import { useSeatStore } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { EmptyState } from '../kit/empty-state.tsx';
import { ListPages } from '../kit/list-pages.ts';
import { RowTable } from '../kit/row-table.tsx';
import { SearchField } from '../kit/search-field.tsx';
import { useFreshList, useList } from '../kit/use-list.ts';
import { ComposeText, type TextDraft } from './compose-text.tsx';
import { TextDetail } from './text-detail.tsx';
import { TextCells } from './text-line.tsx';
import styles from './texts.module.css';

/** How many texts one page holds: what equipment-api gives at most. */
const textsMax = 200;

type ListedText = TextRow & { readonly seq: number };

/** The screen Texts: what came in and went out by the modem, newest first; one chosen is read whole and answered. */
export default function TextsScreen() {
  const { t } = useTranslation();
  const store = useSeatStore();
  const [search, setSearch] = useState('');
  const [draft, setDraft] = useState<TextDraft | null>(null);
  const pages = useMemo(
    () =>
      new ListPages({
        fetch: (words: string, after: ListedText | null) =>
          store.console()?.equipment.texts({ search: words, before: after?.seq ?? null, limit: textsMax }) ?? null,
        keyOf,
        pageMax: textsMax,
      }),
    [store],
  );
  const state = useList(pages, search);
  useFreshList(pages);
  const chosen = useChosen();
  const row = state.rows.find((each) => keyOf(each) === chosen) ?? null;
  const onSent = useCallback(() => {
    setDraft(null);
    pages.refresh();
  }, [pages]);
  return (
    <div className={screen.screen}>
      <div className={screen.head}>
        <h1 className={styles.title}>{t('texts.title')}</h1>
        <SearchField
          id="text-search"
          listId="text-list"
          label={t('texts.search')}
          value={search}
          onChange={setSearch}
        />
        <p className={screen.count} role="status">
          {state.total !== null && t('texts.rows', { count: state.total })}
        </p>
        <ActionButton
          rank="primary"
          icon={<IconPencilPlus aria-hidden="true" />}
          isDim={draft !== null}
          onPress={() => setDraft({ to: '', text: '' })}
        >
          {t('texts.write')}
        </ActionButton>
      </div>
      {state.hasFailed && (
        <p className={screen.failed}>
          {t('texts.failed')}
          <ActionButton onPress={() => pages.refresh()}>{t('calls.again')}</ActionButton>
        </p>
      )}
      {state.total === 0 && (
        <div className={styles.none}>
          <EmptyState
            what={state.search === '' ? t('texts.empty') : t('texts.noneFound', { search: state.search })}
            step={
              state.search === '' ? undefined : (
                <ActionButton onPress={() => setSearch('')}>{t('calls.clear')}</ActionButton>
              )
            }
          />
        </div>
      )}
      {state.total !== null && state.total > 0 && (
        <RowTable
          id="text"
          label={t('texts.list')}
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
          {(each) => <TextCells row={each} />}
        </RowTable>
      )}
      {row !== null && (
        <TextDetail
          row={row}
          onClose={() => goTo('texts')}
          onAnswer={draft === null ? (next) => setDraft(next) : null}
        />
      )}
      {draft !== null && (
        <ComposeText draft={draft} onChange={setDraft} onSent={onSent} onClose={() => setDraft(null)} />
      )}
    </div>
  );
}

function Head() {
  const { t } = useTranslation();
  return (
    <>
      <span />
      <span>{t('texts.column.number')}</span>
      <span>{t('texts.column.text')}</span>
      <span>{t('texts.column.state')}</span>
      <span className={styles.when}>{t('texts.column.when')}</span>
    </>
  );
}

function keyOf(row: ListedText): string {
  return row.textId;
}

function choose(textId: string): void {
  goTo('texts', textId);
}
