import {
  IconArrowForwardUp,
  IconMicrophone,
  IconMicrophoneOff,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerRecord,
  IconUsersPlus,
} from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Call } from '../../core/call.ts';
import { SmallKey } from '../kit/small-key.tsx';
import styles from './card-keys.module.css';
import { KeypadKey } from './keypad-key.tsx';
import { useIsOnModem } from './use-modem.ts';
import { useAsk, useLight, useLostAt, useSeat } from './use-seat.ts';

/** What stands in the journal as the reason of a pause made by hand. */
const pausedByHand = 'agent';

/** The small keys, always in this order: hold, mute, transfer; conference, keypad, record-pause. */
export const CardKeys = memo(function CardKeys({ call }: { readonly call: Call | null }) {
  const { t } = useTranslation();
  const isLost = useLostAt() !== null;
  const kind = call?.state.kind ?? null;
  const whyNotAtAll = isLost ? t('why.noLink') : call === null || kind === 'ringing' ? t('why.noCall') : null;
  const isOnModem = useIsOnModem(call?.callId);
  const whyNotYet = whyNotAtAll ?? (kind === 'connecting' || kind === 'dialling' ? t('why.connecting') : null);
  const whyNotHere = whyNotAtAll ?? (isOnModem ? t('why.notOnModem') : whyNotYet);
  // A change of the call has to be agreed on with the switch; talking, muting and hanging up do not wait for it.
  const isLineAway = useLight('signalling').state !== 'good' && kind !== null;
  const whyNoChange = whyNotHere ?? (isLineAway ? t('why.lineAway') : null);
  return (
    <fieldset className={styles.keys} aria-label={t('keys.group')}>
      <HoldKey call={call} whyNot={whyNoChange} />
      <MuteKey call={call} whyNot={whyNotHere} />
      <SmallKey
        label={t('keys.transfer')}
        icon={<IconArrowForwardUp aria-hidden="true" />}
        whyNot={t('why.notOnThisLine')}
        onPress={nothing}
      />
      <SmallKey
        label={t('keys.conference')}
        icon={<IconUsersPlus aria-hidden="true" />}
        whyNot={t('why.notOnThisLine')}
        onPress={nothing}
      />
      <KeypadKey
        callId={call?.callId ?? null}
        whyNot={whyNotYet ?? (kind === 'talking' ? null : t('why.notTalking'))}
      />
      <RecordingKey call={call} whyNot={whyNotHere} />
    </fieldset>
  );
});

function nothing(): void {
  // Transfer and conference are dimmed on every line this version has: their place is kept, so that hands learn it once.
}

type KeyProps = { readonly call: Call | null; readonly whyNot: string | null };

function HoldKey({ call, whyNot }: KeyProps) {
  const { t } = useTranslation();
  const ask = useAsk();
  const isHeld = call?.state.kind === 'held';
  return (
    <SmallKey
      label={isHeld ? t('keys.resume') : t('keys.hold')}
      icon={isHeld ? <IconPlayerPlay aria-hidden="true" /> : <IconPlayerPause aria-hidden="true" />}
      whyNot={whyNot}
      isOn={isHeld}
      onColour="amber"
      shortcut="F9"
      onPress={() => {
        if (call !== null) ask({ kind: isHeld ? 'resume' : 'hold', callId: call.callId });
      }}
    />
  );
}

function MuteKey({ call, whyNot }: KeyProps) {
  const { t } = useTranslation();
  const ask = useAsk();
  const isMuted = call?.isMuted ?? false;
  return (
    <SmallKey
      label={isMuted ? t('keys.unmute') : t('keys.mute')}
      icon={isMuted ? <IconMicrophoneOff aria-hidden="true" /> : <IconMicrophone aria-hidden="true" />}
      whyNot={whyNot}
      isOn={isMuted}
      onColour="red"
      shortcut="F10"
      onPress={() => ask({ kind: 'mute', isMuted: !isMuted })}
    />
  );
}

function RecordingKey({ call, whyNot }: KeyProps) {
  const { t } = useTranslation();
  const ask = useAsk();
  const callId = call?.callId ?? '';
  const state = useSeat((view) => view.recording[callId]);
  const isPaused = state === 'paused';
  const whyNotNow =
    whyNot ?? (state === undefined ? t('why.notRecorded') : state === 'stopped' ? t('why.recordingStopped') : null);
  return (
    <SmallKey
      label={isPaused ? t('keys.resumeRecording') : t('keys.pauseRecording')}
      hint={isPaused ? t('keys.resumeRecordingWhole') : t('keys.pauseRecordingWhole')}
      icon={<IconPlayerRecord aria-hidden="true" />}
      whyNot={whyNotNow}
      isOn={isPaused}
      onColour="amber"
      onPress={() => {
        if (isPaused) ask({ kind: 'resume-recording', callId });
        else ask({ kind: 'pause-recording', callId, reason: pausedByHand });
      }}
    />
  );
}
