import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CloseKey } from './close-key.tsx';
import styles from './detail-panel.module.css';

type DetailPanelProps = {
  /** What it is of, for a screen reader. */
  readonly label: string;
  readonly title: ReactNode;
  /** What stands before the title, and after it. */
  readonly before?: ReactNode;
  readonly beside?: ReactNode;
  /** What can be done with it, at the end of the head. */
  readonly keys?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** One row of a list in full. It stands under the list, whose place does not change. */
export function DetailPanel({ label, title, before, beside, keys, onClose, children }: DetailPanelProps) {
  const { t } = useTranslation();
  return (
    <section className={styles.detail} aria-label={label}>
      <div className={styles.head}>
        {before}
        <h2 className={styles.name}>{title}</h2>
        {beside}
        <div className={styles.keys}>
          {keys}
          <CloseKey size="large" label={t('detail.close')} onPress={onClose} />
        </div>
      </div>
      {children}
    </section>
  );
}
