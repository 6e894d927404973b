import {
  IconMicrophone,
  IconMicrophoneOff,
  IconPhone,
  IconPhoneOff,
  IconPlayerPause,
  IconPlayerPlay,
} from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { CutText, usePartyName } from '../kit/party-text.tsx';
import { Timer } from '../kit/timer.tsx';
import { useAccess } from '../sign-in/use-access.ts';
import { activityTone, cardCalls, hookMeaning } from './card-calls.ts';
import styles from './slim-bar.module.css';
import { useActivityWord } from './state-menu.tsx';
import { useHook } from './use-hook.ts';
import { useKeyboard } from './use-keyboard.ts';
import { useIsOnModem } from './use-modem.ts';
import { useAsk, useLostAt, useSeat } from './use-seat.ts';

/** The bar that stays on top of other windows, 480 x 64: state, who, timer, hook, hold, mute. */
export function SlimBar() {
  const { t } = useTranslation();
  const ask = useAsk();
  const calls = useSeat((view) => view.calls);
  const { first } = useMemo(() => cardCalls(calls), [calls]);
  const isLost = useLostAt() !== null;
  const access = useAccess();
  const pressHook = useHook(first, '', nothingTyped);
  const isHeld = first?.state.kind === 'held';
  const isOnModem = useIsOnModem(first?.callId);
  const canMute = !isLost && !isOnModem && (isHeld || first?.state.kind === 'talking');
  // A call for help with nobody signed in is not put on hold.
  const canHold = canMute && (isHeld || access !== 'locked');
  const isMuted = first?.isMuted ?? false;
  const hold = (): void => {
    if (first !== null && canHold) ask({ kind: isHeld ? 'resume' : 'hold', callId: first.callId });
  };
  const mute = (): void => {
    if (canMute) ask({ kind: 'mute', isMuted: !isMuted });
  };
  useKeyboard((wish) => {
    if (wish.kind === 'hook') pressHook();
    if (wish.kind === 'hold') hold();
    if (wish.kind === 'mute') mute();
    return wish.kind === 'hook' || wish.kind === 'hold' || wish.kind === 'mute';
  });
  const meaning = hookMeaning(first, '').kind;
  return (
    <main className={styles.bar} data-lost={isLost || undefined}>
      <BarState />
      <button
        type="button"
        className={styles.hook}
        data-meaning={meaning}
        aria-disabled={first === null || isLost || undefined}
        onClick={pressHook}
      >
        {meaning === 'hang-up' ? (
          <IconPhoneOff size={20} aria-hidden="true" />
        ) : (
          <IconPhone size={20} aria-hidden="true" />
        )}
        {meaning === 'hang-up' ? t('keys.hangUp') : t('keys.answer')}
      </button>
      <button
        type="button"
        className={styles.key}
        aria-label={isHeld ? t('keys.resume') : t('keys.hold')}
        aria-disabled={!canHold || undefined}
        data-on={isHeld || undefined}
        onClick={hold}
      >
        {isHeld ? <IconPlayerPlay size={20} aria-hidden="true" /> : <IconPlayerPause size={20} aria-hidden="true" />}
      </button>
      <button
        type="button"
        className={styles.key}
        aria-label={isMuted ? t('keys.unmute') : t('keys.mute')}
        aria-disabled={!canMute || undefined}
        data-on={isMuted || undefined}
        onClick={mute}
      >
        {isMuted ? <IconMicrophoneOff size={20} aria-hidden="true" /> : <IconMicrophone size={20} aria-hidden="true" />}
      </button>
    </main>
  );
}

function nothingTyped(): void {
  // The bar has no dial field: there is nothing to clear.
}

/** State and who: the call while there is one, else the agent's own state. */
function BarState() {
  const partyName = usePartyName();
  const word = useActivityWord();
  const agent = useSeat((view) => view.agent);
  const calls = useSeat((view) => view.calls);
  const { first } = useMemo(() => cardCalls(calls), [calls]);
  const since =
    first?.state.kind === 'talking' && first.answeredAt !== null ? first.answeredAt : (first?.sinceAt ?? agent.sinceAt);
  return (
    <h1 className={styles.state} data-tone={activityTone(agent.activity.kind)}>
      <span className={styles.text}>
        <span className={styles.word}>{word(agent.activity)}</span>
        {first !== null && <CutText text={partyName(first.remote)} className={styles.who ?? ''} />}
      </span>
      <Timer sinceAt={since} />
    </h1>
  );
}
