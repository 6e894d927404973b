import type { ReactNode } from 'react';
import styles from './facts.module.css';

type FactsProps = {
  /** Columns as wide as there is room for; `two` in a form's column; `narrow` where facts are short. */
  readonly columns?: 'wide' | 'narrow' | 'two';
  readonly children: ReactNode;
};

/** What is known of one thing: names over values, side by side. */
export function Facts({ columns = 'wide', children }: FactsProps) {
  return (
    <dl className={styles.facts} data-columns={columns}>
      {children}
    </dl>
  );
}

type FactProps = {
  readonly name: string;
  /** Two columns, or the whole line. */
  readonly span?: 'one' | 'two' | 'all';
  readonly children: ReactNode;
};

/** One of them. */
export function Fact({ name, span = 'one', children }: FactProps) {
  return (
    <div data-span={span}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
