import { Tooltip } from '@mantine/core';
import { type ReactNode, type Ref, useState } from 'react';
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

/** From the group's edge to what a key says: out of the card, whose keys begin 16 px from its edge. */
const gap = 24;

/** One of the small keys under the hook. It keeps its place and its focus, possible or not. */
export function SmallKey(props: SmallKeyProps) {
  const { label, icon, whyNot, isOn = false, onColour = 'blue', hint, shortcut, expands, onPress, ref } = props;
  const said = [hint ?? label, whyNot ?? shortcut].filter(Boolean).join(' · ');
  const [besideGroup, setBesideGroup] = useState(gap);
  // What it says stands beside the whole group, at the key's height: over it would lie the hook, beside it other keys.
  const measure = ({ currentTarget: key }: { readonly currentTarget: HTMLElement }): void => {
    const group = key.closest('fieldset') ?? key;
    setBesideGroup(key.getBoundingClientRect().left - group.getBoundingClientRect().left + gap);
  };
  return (
    <Tooltip label={said} position="left" offset={besideGroup}>
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
        onPointerEnter={measure}
        onFocus={measure}
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
