import { Tooltip } from '@mantine/core';
import type { ReactNode, Ref } from 'react';
import styles from './keys.module.css';

type SmallKeyProps = {
  readonly label: string;
  readonly icon: ReactNode;
  /** Null when it can be pressed, else why not: the key is dimmed in place and its tooltip says this. */
  readonly whyNot: string | null;
  /** Lit: what it does is in force now. */
  readonly isOn?: boolean;
  /** Amber asks for attention, blue says chosen. */
  readonly onColour?: 'amber' | 'blue' | 'red';
  readonly hint?: string;
  readonly shortcut?: string;
  readonly expands?: boolean;
  readonly onPress: () => void;
  readonly ref?: Ref<HTMLButtonElement>;
};

/** One of the small keys under the hook. It keeps its place and its focus, possible or not. */
export function SmallKey(props: SmallKeyProps) {
  const { label, icon, whyNot, isOn = false, onColour = 'blue', hint, shortcut, expands, onPress, ref } = props;
  const said = whyNot ?? [hint ?? label, shortcut].filter(Boolean).join(' · ');
  return (
    <Tooltip label={said}>
      <button
        ref={ref}
        type="button"
        className={styles.small}
        data-on={isOn || undefined}
        data-colour={onColour}
        aria-pressed={expands === undefined ? isOn : undefined}
        aria-expanded={expands}
        aria-haspopup={expands === undefined ? undefined : 'dialog'}
        aria-disabled={whyNot !== null || undefined}
        aria-keyshortcuts={shortcut}
        aria-description={whyNot ?? undefined}
        onClick={() => {
          if (whyNot === null) onPress();
        }}
      >
        {icon}
        <span className={styles.smallLabel}>{label}</span>
      </button>
    </Tooltip>
  );
}
