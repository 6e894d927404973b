import { IconArrowDownLeft, IconArrowUpRight, IconMicrophoneOff } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Call } from '../../core/call.ts';
import { CutText, NumberText, usePartyName } from '../kit/party-text.tsx';
import { WhenText } from '../kit/when-text.tsx';
import { ArrivalLine } from './arrival-line.tsx';
import styles from './call-info.module.css';
import { QualityMeter } from './quality-meter.tsx';
import { RecordingState } from './recording-state.tsx';
import { StateBand } from './state-band.tsx';
import type { CallerHistory } from './use-caller-history.ts';
import { useLineName } from './use-line-name.ts';
import { useIsOnModem } from './use-modem.ts';

type CallInfoProps = {
  readonly call: Call;
  readonly history: CallerHistory;
  /** The room is shared with a note somebody is writing: name and number only. */
  readonly isShort: boolean;
};

/** Who is on the call and how they came. */
export const CallInfo = memo(function CallInfo({ call, history, isShort }: CallInfoProps) {
  const { t } = useTranslation();
  const name = usePartyName()(call.remote);
  const isOnModem = useIsOnModem(call.callId);
  const seatLine = useLineName();
  const lineName = isOnModem ? t('card.line.modem') : seatLine;
  const hasName = call.remote.displayName.trim() !== '';
  const Way = call.direction === 'inbound' ? IconArrowDownLeft : IconArrowUpRight;
  return (
    <>
      <StateBand call={call} />
      <div className={styles.who}>
        <h2 className={styles.name} title={name}>
          {name}
        </h2>
        {hasName && call.remote.number !== '' && (
          <p className={styles.number}>
            <NumberText number={call.remote.number} />
          </p>
        )}
        <p className={styles.how}>
          <Way size={16} aria-hidden="true" />
          <CutText text={t(`card.via.${call.direction}`, { line: lineName })} />
        </p>
        <ArrivalLine callId={call.callId} />
        {!isShort && <Before history={history} />}
        {!isShort && isOnModem && <p className={styles.modem}>{t('card.modem')}</p>}
      </div>
    </>
  );
});

/** What the seat knows of the number. Its line is kept free, so that nothing jumps when the answer comes. */
function Before({ history }: { readonly history: CallerHistory }) {
  const { t } = useTranslation();
  const last = history?.[0];
  return (
    <p className={styles.before}>
      {history !== null && last === undefined && t('card.before.first')}
      {history !== null && last !== undefined && (
        <>
          {t('card.before.again', { count: history.length })}
          <span aria-hidden="true"> · </span>
          <WhenText at={last.offeredAt} />
        </>
      )}
    </p>
  );
}

/** How the call stands: recorded, audible, muted. At the foot of the card's upper part. */
export function CallHealth({ call }: { readonly call: Call }) {
  const { t } = useTranslation();
  const isOnModem = useIsOnModem(call.callId);
  // A call on the modem has no sound here: nothing to record, to measure or to mute.
  if (call.state.kind === 'ringing' || call.state.kind === 'dialling' || isOnModem) return null;
  return (
    <div className={styles.health}>
      <RecordingState callId={call.callId} />
      <QualityMeter callId={call.callId} />
      {call.isMuted && (
        <p className={styles.muted}>
          <IconMicrophoneOff size={16} aria-hidden="true" />
          {t('card.muted')}
        </p>
      )}
    </div>
  );
}
