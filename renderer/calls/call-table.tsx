import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallRow } from '../../core/call-list.ts';
import { goTo } from '../desk/route.ts';
import line from './call-line.module.css';
import { CallCells } from './call-line.tsx';
import styles from './call-table.module.css';

/** The height of a row, and how many are kept ready above and below what is seen. */
const rowHeight = 40;
const rowsAhead = 12;

type CallTableProps = {
  /** Rows from the top that have come so far. */
  readonly rows: readonly CallRow[];
  readonly total: number;
  readonly chosen: string | null;
  /** The rows answer what is being searched now; until they do, no key may choose one of the old ones. */
  readonly isFresh: boolean;
  /** Called with the last place in sight. */
  readonly onSee: (index: number) => void;
};

/** The list itself: only what is in sight is drawn. Arrows, Page Up and Down, Home, End and Enter walk it. */
export function CallTable({ rows, total, chosen, isFresh, onSee }: CallTableProps) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const wished = useRef<number | null>(null);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: rowsAhead,
  });
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => onSee(lastSeen), [onSee, lastSeen]);
  const chosenAt = rows.findIndex((row) => row.callId === chosen);
  const choose = (index: number): void => {
    const at = Math.max(0, Math.min(total - 1, index));
    const row = rows[at];
    onSee(at);
    virtual.scrollToIndex(at, { align: 'auto' });
    wished.current = row === undefined ? at : null;
    if (row !== undefined) goTo('calls', row.callId);
  };
  // A jump to rows that have not come yet (End) is completed when they have.
  useEffect(() => {
    const row = wished.current === null ? undefined : rows[wished.current];
    if (row === undefined) return;
    wished.current = null;
    goTo('calls', row.callId);
  }, [rows]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const to = placeAfter(event.key, chosenAt, pageRows, total);
    if (to === null) return;
    event.preventDefault();
    if (isFresh) choose(to);
  };
  return (
    <>
      <HeadRow />
      <div
        ref={scroller}
        id="call-list"
        className={styles.scroller}
        role="listbox"
        tabIndex={0}
        aria-label={t('calls.list')}
        aria-activedescendant={chosenAt >= 0 ? rowId(chosenAt) : undefined}
        onKeyDown={onKeyDown}
      >
        <div className={styles.sheet} role="presentation" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => (
            <TableRow
              key={item.key}
              index={item.index}
              top={item.start}
              row={rows[item.index]}
              total={total}
              isChosen={item.index === chosenAt}
              onChoose={choose}
            />
          ))}
        </div>
      </div>
    </>
  );
}

function rowId(index: number): string {
  return `call-row-${index}`;
}

/** Where a key leads from a place (-1: none chosen); null for keys that lead nowhere. */
function placeAfter(key: string, from: number, pageRows: number, total: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return from + 1;
    case 'ArrowUp':
      return Math.max(0, from - 1);
    case 'PageDown':
      return from + pageRows;
    case 'PageUp':
      return Math.max(0, from - pageRows);
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    case 'Enter':
      return from === -1 ? 0 : from;
    default:
      return null;
  }
}

function HeadRow() {
  const { t } = useTranslation();
  return (
    <div className={`${line.row} ${styles.head}`} aria-hidden="true">
      <span />
      <span>{t('calls.column.who')}</span>
      <span>{t('calls.column.code')}</span>
      <span />
      <span className={line.length}>{t('calls.column.length')}</span>
      <span className={line.when}>{t('calls.column.when')}</span>
    </div>
  );
}

type TableRowProps = {
  readonly index: number;
  readonly top: number;
  /** Undefined until its page has come. */
  readonly row: CallRow | undefined;
  readonly total: number;
  readonly isChosen: boolean;
  readonly onChoose: (index: number) => void;
};

function TableRow({ index, top, row, total, isChosen, onChoose }: TableRowProps) {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and the keys, as a listbox should
    // biome-ignore lint/a11y/useFocusableInteractive: the list points at its row by aria-activedescendant
    <div
      id={rowId(index)}
      role="option"
      aria-selected={isChosen}
      aria-setsize={total}
      aria-posinset={index + 1}
      className={`${line.row} ${styles.row}`}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onChoose(index)}
    >
      {row === undefined ? <span className={styles.loading}>{t('calls.loading')}</span> : <CallCells row={row} />}
    </div>
  );
}
