import type { ReactNode } from 'react';
import styles from './empty-state.module.css';

type EmptyStateProps = {
  /** What will be here. */
  readonly what: string;
  /** The first step towards it, if there is one. */
  readonly step?: ReactNode;
  readonly icon?: ReactNode;
};

/** A place with nothing in it yet: says what will be here and offers the first step. */
export function EmptyState({ what, step, icon }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      {icon !== undefined && <div className={styles.icon}>{icon}</div>}
      <p className={styles.what}>{what}</p>
      {step !== undefined && <div className={styles.step}>{step}</div>}
    </div>
  );
}
