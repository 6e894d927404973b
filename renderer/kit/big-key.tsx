import type { ReactNode } from 'react';
import styles from './keys.module.css';

/** What the big key would do, which is also its colour. */
export type BigKeyMeaning = 'answer' | 'hang-up' | 'dial' | 'finish';

type BigKeyProps = {
  readonly meaning: BigKeyMeaning;
  readonly label: string;
  readonly icon: ReactNode;
  /** The key on the keyboard that does the same. */
  readonly shortcut: string;
  /** Null when it can be pressed, else why not. */
  readonly whyNot: string | null;
  readonly isRinging?: boolean;
  readonly onPress: () => void;
};

/** The hook: one key in one place, whatever it means now. */
export function BigKey({ meaning, label, icon, shortcut, whyNot, isRinging = false, onPress }: BigKeyProps) {
  return (
    <button
      type="button"
      className={styles.big}
      data-meaning={meaning}
      data-ringing={isRinging || undefined}
      aria-disabled={whyNot !== null || undefined}
      aria-keyshortcuts={shortcut}
      title={whyNot ?? undefined}
      onClick={() => {
        if (whyNot === null) onPress();
      }}
    >
      {icon}
      <span>{label}</span>
      <span className={styles.shortcut} aria-hidden="true">
        {shortcut}
      </span>
    </button>
  );
}
