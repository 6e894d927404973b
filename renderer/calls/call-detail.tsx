import { IconPhone } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CallRow } from '../../core/call-list.ts';
import { useCodeName } from '../desk/use-code-name.ts';
import { useAsk, useSeat } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { DetailPanel } from '../kit/detail-panel.tsx';
import { Fact, Facts } from '../kit/facts.tsx';
import { CutText, NumberText, usePartyName } from '../kit/party-text.tsx';
import { formatClock, formatExactly } from '../kit/when.ts';
import { OutcomeIcon } from './call-outcome.tsx';
import styles from './call-recording.module.css';
import { CallRecording } from './call-recording.tsx';

type CallDetailProps = { readonly row: CallRow; readonly onClose: () => void };

/** One call of the list in full, with its recording. It stands under the list, whose place does not change. */
export function CallDetail({ row, onClose }: CallDetailProps) {
  const { t } = useTranslation();
  const ask = useAsk();
  const isFree = useSeat((view) => view.calls.length === 0);
  const name = usePartyName()(row.remote);
  const hasName = row.remote.displayName.trim() !== '';
  return (
    <DetailPanel
      label={t('detail.title', { who: name })}
      before={<OutcomeIcon row={row} />}
      title={<CutText text={name} />}
      beside={hasName && row.remote.number !== '' && <NumberText number={row.remote.number} />}
      keys={
        row.remote.number !== '' && (
          <ActionButton
            icon={<IconPhone aria-hidden="true" />}
            isDim={!isFree}
            onPress={() => ask({ kind: 'dial', number: row.remote.number })}
          >
            {t('detail.dial')}
          </ActionButton>
        )
      }
      onClose={onClose}
    >
      {row.recordingId === null ? (
        <p className={styles.gone}>{t('detail.noRecording')}</p>
      ) : (
        <CallRecording recordingId={row.recordingId} end={row.recordingEnd} />
      )}
      <CallFacts row={row} />
    </DetailPanel>
  );
}

function CallFacts({ row }: { readonly row: CallRow }) {
  const { t, i18n } = useTranslation();
  const codeName = useCodeName();
  const ended =
    row.endedAt === null || row.cause === null
      ? t('calls.live')
      : `${formatClock(row.endedAt, i18n.language)} · ${t(`endCause.${row.cause}`)}`;
  return (
    <Facts>
      <Fact name={t('detail.rang')}>{formatExactly(row.offeredAt, i18n.language)}</Fact>
      <Fact name={t('detail.answered')}>
        {row.answeredAt === null ? t('detail.notAnswered') : formatClock(row.answeredAt, i18n.language)}
      </Fact>
      <Fact name={t('detail.ended')}>{ended}</Fact>
      <Fact name={t('detail.line')}>{t(`detail.lineIs.${row.line}`)}</Fact>
      <Fact name={t('detail.code')}>{row.workCode === null ? t('calls.uncoded') : codeName(row.workCode)}</Fact>
      {row.quality !== null && (
        <Fact name={t('detail.quality')}>
          {t('detail.qualityWhole', {
            mos: row.quality.mos.toFixed(1),
            codec: row.quality.codec,
            loss: row.quality.lossPercent.toFixed(1),
          })}
        </Fact>
      )}
      {row.note !== '' && (
        <Fact name={t('detail.note')} span="all">
          {row.note}
        </Fact>
      )}
    </Facts>
  );
}
