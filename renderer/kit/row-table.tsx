import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './row-table.module.css';

/** The height of a row, and how many are kept ready above and below what is seen. */
const rowHeight = 40;
const rowsAhead = 12;

type RowTableProps<Row> = {
  /** Begins the ids of the list and of its rows: `call` makes `call-list` and `call-row-3`. */
  readonly id: string;
  readonly label: string;
  /** The style of a row of cells; the head has it too. */
  readonly rowStyle: string;
  /** The head's cells, for the eye only. */
  readonly head: ReactNode;
  readonly keyOf: (row: Row) => string;
  readonly children: (row: Row) => ReactNode;
  readonly onChoose: (key: string) => void;
  /** Rows from the top that have come so far. */
  readonly rows: readonly Row[];
  readonly total: number;
  readonly chosen: string | null;
  /** The rows answer what is being searched now; until they do, no key may choose one of the old ones. */
  readonly isFresh: boolean;
  /** Called with the last place in sight. */
  readonly onSee: (index: number) => void;
};

/** The list itself: only what is in sight is drawn. Arrows, Page Up and Down, Home, End and Enter walk it. */
export function RowTable<Row>(props: RowTableProps<Row>) {
  const { id, label, rowStyle, head, keyOf, children, onChoose, rows, total, chosen, isFresh, onSee } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const wished = useRef<number | null>(null);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: rowsAhead,
  });
  const cellsOf = (row: Row | undefined): ReactNode => (row === undefined ? null : children(row));
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => onSee(lastSeen), [onSee, lastSeen]);
  const chosenAt = rows.findIndex((row) => keyOf(row) === chosen);
  const choose = (index: number): void => {
    const at = Math.max(0, Math.min(total - 1, index));
    const row = rows[at];
    onSee(at);
    virtual.scrollToIndex(at, { align: 'auto' });
    wished.current = row === undefined ? at : null;
    if (row !== undefined) onChoose(keyOf(row));
  };
  // A jump to rows that have not come yet (End) is completed when they have.
  useEffect(() => {
    const row = wished.current === null ? undefined : rows[wished.current];
    if (row === undefined) return;
    wished.current = null;
    onChoose(keyOf(row));
  }, [rows, keyOf, onChoose]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const to = placeAfter(event.key, chosenAt, pageRows, total);
    if (to === null) return;
    event.preventDefault();
    if (isFresh) choose(to);
  };
  return (
    <>
      <div className={`${rowStyle} ${styles.head}`} aria-hidden="true">
        {head}
      </div>
      <div
        ref={scroller}
        id={`${id}-list`}
        className={styles.scroller}
        role="listbox"
        tabIndex={0}
        aria-label={label}
        aria-activedescendant={chosenAt >= 0 ? rowId(id, chosenAt) : undefined}
        onKeyDown={onKeyDown}
      >
        <div className={styles.sheet} role="presentation" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => (
            <TableRow
              key={item.key}
              index={item.index}
              top={item.start}
              id={rowId(id, item.index)}
              rowStyle={rowStyle}
              total={total}
              isChosen={item.index === chosenAt}
              onChoose={choose}
            >
              {cellsOf(rows[item.index])}
            </TableRow>
          ))}
        </div>
      </div>
    </>
  );
}

function rowId(id: string, index: number): string {
  return `${id}-row-${index}`;
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

type TableRowProps = {
  readonly id: string;
  readonly rowStyle: string;
  readonly index: number;
  readonly top: number;
  /** Null until its page has come. */
  readonly children: ReactNode;
  readonly total: number;
  readonly isChosen: boolean;
  readonly onChoose: (index: number) => void;
};

function TableRow({ id, rowStyle, index, top, children, total, isChosen, onChoose }: TableRowProps) {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and the keys, as a listbox should
    // biome-ignore lint/a11y/useFocusableInteractive: the list points at its row by aria-activedescendant
    <div
      id={id}
      role="option"
      aria-selected={isChosen}
      aria-setsize={total}
      aria-posinset={index + 1}
      className={`${rowStyle} ${styles.row}`}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onChoose(index)}
    >
      {children ?? <span className={styles.loading}>{t('calls.loading')}</span>}
    </div>
  );
}
