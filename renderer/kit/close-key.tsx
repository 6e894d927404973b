import { IconX } from '@tabler/icons-react';
import styles from './close-key.module.css';

/** Puts away what it stands in; `label` says what that is. Large beside the keys of a panel, small in a line of words. */
export function CloseKey(props: {
  readonly label: string;
  readonly size?: 'small' | 'large';
  readonly onPress: () => void;
}) {
  const { label, size = 'small', onPress } = props;
  return (
    <button type="button" className={styles.close} data-size={size} aria-label={label} onClick={onPress}>
      <IconX size={16} aria-hidden="true" />
    </button>
  );
}
