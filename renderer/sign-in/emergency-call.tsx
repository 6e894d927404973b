import { IconMicrophone, IconMicrophoneOff, IconPhoneOff, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Call } from '../../core/call.ts';
import { StateBand } from '../desk/state-band.tsx';
import { useIsOnModem } from '../desk/use-modem.ts';
import { useAsk, useLostAt } from '../desk/use-seat.ts';
import { BigKey } from '../kit/big-key.tsx';
import { SmallKey } from '../kit/small-key.tsx';
import styles from './emergency.module.css';
import { useEmergencyName } from './use-emergency-name.ts';

/** A call for help: how it stands and since when, whom, and the keys to be heard and to hang up. Nothing else is here. */
export function EmergencyCall({ call, onHangUp }: { readonly call: Call; readonly onHangUp: () => void }) {
  const { t } = useTranslation();
  const ask = useAsk();
  const isLost = useLostAt() !== null;
  const name = useEmergencyName()(call.remote.number);
  const { callId, isMuted } = call;
  const isOnModem = useIsOnModem(callId);
  const place = useRef<HTMLElement>(null);
  // Not on a key: an Enter pressed twice must not hang up on whoever answers.
  useEffect(() => place.current?.focus(), []);
  const isHeld = call.state.kind === 'held';
  return (
    <section ref={place} className={styles.call} tabIndex={-1} aria-labelledby="emergency">
      <StateBand call={call} />
      <div className={styles.who}>
        <h1 id="emergency" aria-label={t('emergency.call', { number: call.remote.number })}>
          {call.remote.number}
        </h1>
        <p>{name ?? t('emergency.open')}</p>
        {isOnModem && <p className={styles.modem}>{t('card.modem')}</p>}
      </div>
      <div className={styles.keys}>
        <BigKey
          meaning="hang-up"
          label={t('keys.hangUp')}
          icon={<IconPhoneOff aria-hidden="true" />}
          shortcut="F8"
          whyNot={isLost ? t('why.noLink') : null}
          onPress={onHangUp}
        />
        <fieldset aria-label={t('keys.group')}>
          <SmallKey
            label={isMuted ? t('keys.unmute') : t('keys.mute')}
            icon={isMuted ? <IconMicrophoneOff aria-hidden="true" /> : <IconMicrophone aria-hidden="true" />}
            whyNot={isLost ? t('why.noLink') : isOnModem ? t('why.notOnModem') : null}
            isOn={isMuted}
            onColour="red"
            shortcut="F10"
            onPress={() => ask({ kind: 'mute', isMuted: !isMuted })}
          />
          {isHeld && (
            <SmallKey
              label={t('keys.resume')}
              icon={<IconPlayerPlay aria-hidden="true" />}
              whyNot={isLost ? t('why.noLink') : null}
              onPress={() => ask({ kind: 'resume', callId })}
            />
          )}
        </fieldset>
      </div>
    </section>
  );
}
