import { IconArrowBackUp, IconPhone, IconRepeat } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TextRow } from '../../core/equipment-api.ts';
import { useAsk, useSeat } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { DetailPanel } from '../kit/detail-panel.tsx';
import { NumberText } from '../kit/party-text.tsx';
import { WhenText } from '../kit/when-text.tsx';
import type { TextDraft } from './compose-text.tsx';
import { TextState } from './text-line.tsx';
import styles from './texts.module.css';

type TextDetailProps = {
  readonly row: TextRow;
  readonly onClose: () => void;
  /** Null while another text is being written. */
  readonly onAnswer: ((draft: TextDraft) => void) | null;
};

/** One text in full, and what can be done about it: answer, call back, send a failed one again. */
export function TextDetail({ row, onClose, onAnswer }: TextDetailProps) {
  const { t } = useTranslation();
  const ask = useAsk();
  const isFree = useSeat((view) => view.calls.length === 0);
  const isFailed = row.state === 'failed';
  const answer = (): void => onAnswer?.({ to: row.number, text: isFailed ? row.text : '' });
  return (
    <DetailPanel
      label={t('texts.with', { number: row.number })}
      title={<NumberText number={row.number} />}
      beside={
        <>
          <TextState row={row} />
          <span className={styles.quiet}>
            <WhenText at={row.at} />
          </span>
        </>
      }
      keys={
        <>
          <ActionButton
            icon={isFailed ? <IconRepeat aria-hidden="true" /> : <IconArrowBackUp aria-hidden="true" />}
            isDim={onAnswer === null}
            onPress={answer}
          >
            {isFailed ? t('texts.sendAgain') : row.direction === 'inbound' ? t('texts.answer') : t('texts.writeMore')}
          </ActionButton>
          <ActionButton
            icon={<IconPhone aria-hidden="true" />}
            isDim={!isFree}
            onPress={() => ask({ kind: 'dial', number: row.number })}
          >
            {t('detail.dial')}
          </ActionButton>
        </>
      }
      onClose={onClose}
    >
      {isFailed && (
        <p className={styles.bad}>
          {t('texts.failedWhy')}
          {row.detail !== '' && <small>{row.detail}</small>}
        </p>
      )}
      <p className={styles.text}>{row.text}</p>
    </DetailPanel>
  );
}
