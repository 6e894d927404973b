import { IconArrowDownLeft, IconArrowUpRight } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { TextRow } from '../../core/equipment-api.ts';
import { grouped } from '../../core/phone-number.ts';
import { CutText } from '../kit/party-text.tsx';
import { WhenText } from '../kit/when-text.tsx';
import styles from './texts.module.css';

/** One text as cells: which way, whose, its beginning, how it stands, when. */
export const TextCells = memo(function TextCells({ row }: { readonly row: TextRow }) {
  const { t } = useTranslation();
  const Way = row.direction === 'inbound' ? IconArrowDownLeft : IconArrowUpRight;
  const way = t(`texts.direction.${row.direction}`);
  return (
    <>
      <span className={styles.way} title={way}>
        <Way size={16} aria-label={way} role="img" />
      </span>
      <CutText text={grouped(row.number)} className={styles.number ?? ''} />
      <CutText text={row.text.replaceAll(/\s+/g, ' ')} />
      <TextState row={row} />
      <span className={styles.when}>
        <WhenText at={row.at} />
      </span>
    </>
  );
});

/** How a text stands, in a word; a failed one is red. */
export function TextState({ row }: { readonly row: Pick<TextRow, 'state'> }) {
  const { t } = useTranslation();
  return (
    <span className={styles.state} data-state={row.state}>
      {t(`texts.state.${row.state}`)}
    </span>
  );
}
