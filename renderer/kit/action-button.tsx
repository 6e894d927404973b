import type { ReactNode } from 'react';
import styles from './action-button.module.css';

type ActionButtonProps = {
  readonly children: ReactNode;
  readonly onPress: () => void;
  /** `primary` once a screen at most. */
  readonly rank?: 'primary' | 'plain' | 'quiet';
  readonly icon?: ReactNode;
  readonly isDim?: boolean;
  readonly label?: string;
  /** The key on the keyboard that does the same. */
  readonly shortcut?: string;
  readonly type?: 'button' | 'submit';
};

/** A button in the work area. It says what happens. Dimmed, it stays in place and keeps the focus. */
export function ActionButton(props: ActionButtonProps) {
  const { children, onPress, rank = 'plain', icon, isDim = false, label, shortcut, type = 'button' } = props;
  return (
    <button
      type={type}
      className={styles.button}
      data-rank={rank}
      aria-disabled={isDim || undefined}
      aria-label={label}
      aria-keyshortcuts={shortcut}
      onClick={(event) => {
        if (isDim) event.preventDefault();
        else onPress();
      }}
    >
      {icon}
      {children}
      {shortcut !== undefined && (
        <span className={styles.shortcut} aria-hidden="true">
          {shortcut}
        </span>
      )}
    </button>
  );
}
