import { IconPencilPlus } from '@tabler/icons-react';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TextRow } from '../../core/equipment-api.ts';
import { goTo, useChosen } from '../desk/route.ts';
import { useLineVersion } from '../desk/use-list-version.ts';
import { useSeatStore } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { ListPages } from '../kit/list-pages.ts';
import { ListScreen } from '../kit/list-screen.tsx';
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
  const [draft, setDraft] = useState<TextDraft | null>(null);
  const pages = useMemo(
    () =>
      new ListPages({
        fetch: (search: string, after: ListedText | null) =>
          store.console()?.equipment.texts({ search, before: after?.seq ?? null, limit: textsMax }) ?? null,
        keyOf: (row) => row.textId,
        pageMax: textsMax,
      }),
    [store],
  );
  const version = useLineVersion('texts');
  const chosen = useChosen();
  const onSent = useCallback(() => setDraft(null), []);
  return (
    <ListScreen
      id="text"
      pages={pages}
      version={version}
      chosen={chosen}
      onChoose={choose}
      title={<h1>{t('texts.title')}</h1>}
      words={{
        search: t('texts.search'),
        list: t('texts.list'),
        failed: t('texts.failed'),
        empty: t('texts.empty'),
        noneFound: (search) => t('texts.noneFound', { search }),
      }}
      count={({ total }) => t('texts.rows', { count: total ?? 0 })}
      action={<WriteButton isDim={draft !== null} onPress={() => setDraft({ to: '', text: '' })} />}
      rowStyle={styles.row ?? ''}
      columns={<Columns />}
      cells={(row) => <TextCells row={row} />}
    >
      {(row) => (
        <>
          {row !== null && (
            <TextDetail row={row} onClose={() => goTo('texts')} onAnswer={draft === null ? setDraft : null} />
          )}
          {draft !== null && (
            <ComposeText draft={draft} onChange={setDraft} onSent={onSent} onClose={() => setDraft(null)} />
          )}
        </>
      )}
    </ListScreen>
  );
}

function WriteButton({ isDim, onPress }: { readonly isDim: boolean; readonly onPress: () => void }) {
  const { t } = useTranslation();
  return (
    <ActionButton rank="primary" icon={<IconPencilPlus aria-hidden="true" />} isDim={isDim} onPress={onPress}>
      {t('texts.write')}
    </ActionButton>
  );
}

function Columns() {
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

function choose(textId: string): void {
  goTo('texts', textId);
}
