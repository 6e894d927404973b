import { IconX } from '@tabler/icons-react';
import styles from './close-key.module.css';

/** Puts away what it stands in; `label` says what that is. */
export function CloseKey({ label, onPress }: { readonly label: string; readonly onPress: () => void }) {
  return (
    <button type="button" className={styles.close} aria-label={label} onClick={onPress}>
      <IconX size={16} aria-hidden="true" />
    </button>
  );
}
