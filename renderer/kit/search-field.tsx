import styles from './search-field.module.css';

type SearchFieldProps = {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (search: string) => void;
  /** The list an arrow down leads to. */
  readonly listId: string;
};

/** The longest search the seat takes (console-api). */
const searchLengthMax = 100;

/** The search over a list. Arrow down goes to the list, Escape clears it. */
export function SearchField({ id, label, value, onChange, listId }: SearchFieldProps) {
  return (
    <input
      id={id}
      className={styles.search}
      type="search"
      value={value}
      maxLength={searchLengthMax}
      placeholder={label}
      aria-label={label}
      aria-keyshortcuts="/"
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown') document.getElementById(listId)?.focus();
        if (event.key === 'Escape') onChange('');
      }}
    />
  );
}
