import { IconPhone, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallRow } from '../../core/call-list.ts';
import { useCodeName } from '../desk/use-code-name.ts';
import { useAsk, useSeat } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { CutText, NumberText, usePartyName } from '../kit/party-text.tsx';
import { formatClock, formatExactly } from '../kit/when.ts';
import styles from './call-detail.module.css';
import { OutcomeIcon } from './call-outcome.tsx';
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
    <section className={styles.detail} aria-label={t('detail.title', { who: name })}>
      <div className={styles.head}>
        <OutcomeIcon row={row} />
        <h2 className={styles.name}>
          <CutText text={name} />
        </h2>
        {hasName && row.remote.number !== '' && <NumberText number={row.remote.number} />}
        <div className={styles.keys}>
          {row.remote.number !== '' && (
            <ActionButton
              icon={<IconPhone aria-hidden="true" />}
              isDim={!isFree}
              onPress={() => ask({ kind: 'dial', number: row.remote.number })}
            >
              {t('detail.dial')}
            </ActionButton>
          )}
          <button type="button" className={styles.close} aria-label={t('detail.close')} onClick={onClose}>
            <IconX size={16} aria-hidden="true" />
          </button>
        </div>
      </div>
      {row.recordingId === null ? (
        <p className={styles.quiet}>{t('detail.noRecording')}</p>
      ) : (
        <CallRecording recordingId={row.recordingId} end={row.recordingEnd} />
      )}
      <Facts row={row} />
    </section>
  );
}

function Facts({ row }: { readonly row: CallRow }) {
  const { t, i18n } = useTranslation();
  const codeName = useCodeName();
  const ended =
    row.endedAt === null || row.cause === null
      ? t('calls.live')
      : `${formatClock(row.endedAt, i18n.language)} · ${t(`endCause.${row.cause}`)}`;
  return (
    <dl className={styles.facts}>
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
        <Fact name={t('detail.note')} isWide>
          {row.note}
        </Fact>
      )}
    </dl>
  );
}

type FactProps = { readonly name: string; readonly isWide?: boolean; readonly children: ReactNode };

function Fact({ name, isWide = false, children }: FactProps) {
  return (
    <div className={styles.fact} data-wide={isWide || undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
