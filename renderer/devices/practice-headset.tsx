import {
  IconArrowBackUp,
  IconBolt,
  IconMicrophoneOff,
  IconMinus,
  IconPhone,
  IconPhoneOff,
  IconPhoneX,
  IconPlus,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeyPress } from '../../core/key.ts';
import { useSeat, useSeatStore } from '../desk/use-seat.ts';
import text from '../kit/text.module.css';
import styles from './practice-headset.module.css';

/** The headset of the practice line: real key presses to the seat, and the lamps it would show. */
export function PracticeHeadset() {
  const { t } = useTranslation();
  const lamps = useSeat((view) => view.lamps);
  return (
    <section className={styles.headset} aria-labelledby="practice-headset">
      <div className={styles.head}>
        <h2 id="practice-headset">{t('devices.practice.title')}</h2>
        <p>{t('devices.practice.about')}</p>
      </div>
      <ul className={styles.lamps}>
        <Lamp name={t('devices.lamp.ring')} isLit={lamps.isRinging} colour="amber" />
        <Lamp name={t('devices.lamp.off-hook')} isLit={lamps.isOffHook} colour="green" />
        <Lamp name={t('devices.lamp.mute')} isLit={lamps.isMuted} colour="red" />
        <Lamp name={t('devices.lamp.hold')} isLit={lamps.isHeld} colour="amber" />
      </ul>
      <div className={styles.keys}>
        {lamps.isOffHook ? (
          <PracticeKey
            press={{ key: 'hook', to: 'on-hook' }}
            label={t('devices.practice.putDown')}
            icon={<IconPhoneOff aria-hidden="true" />}
          />
        ) : (
          <PracticeKey
            press={{ key: 'hook', to: 'off-hook' }}
            label={t('devices.practice.lift')}
            icon={<IconPhone aria-hidden="true" />}
          />
        )}
        <PracticeKey
          press={{ key: 'mute', to: 'toggle' }}
          label={t('devices.key.mute')}
          icon={<IconMicrophoneOff aria-hidden="true" />}
        />
        <PracticeKey press={{ key: 'flash' }} label={t('devices.key.flash')} icon={<IconBolt aria-hidden="true" />} />
        <PracticeKey
          press={{ key: 'redial' }}
          label={t('devices.key.redial')}
          icon={<IconArrowBackUp aria-hidden="true" />}
        />
        <PracticeKey
          press={{ key: 'reject' }}
          label={t('devices.key.reject')}
          icon={<IconPhoneX aria-hidden="true" />}
        />
        <PracticeKey
          press={{ key: 'volume', to: 'down' }}
          label={t('devices.practice.quieter')}
          icon={<IconMinus aria-hidden="true" />}
        />
        <PracticeKey
          press={{ key: 'volume', to: 'up' }}
          label={t('devices.practice.louder')}
          icon={<IconPlus aria-hidden="true" />}
        />
      </div>
    </section>
  );
}

type LampProps = { readonly name: string; readonly isLit: boolean; readonly colour: 'amber' | 'green' | 'red' };

function Lamp({ name, isLit, colour }: LampProps) {
  const { t } = useTranslation();
  const whole = isLit ? t('devices.practice.lampOn', { lamp: name }) : t('devices.practice.lampOff', { lamp: name });
  return (
    <li className={styles.lamp} data-lit={isLit || undefined} data-colour={colour} title={whole}>
      <i aria-hidden="true" />
      {name}
      <span className={text.hidden}>{whole}</span>
    </li>
  );
}

type PracticeKeyProps = { readonly press: KeyPress; readonly label: string; readonly icon: ReactNode };

function PracticeKey({ press, label, icon }: PracticeKeyProps) {
  const store = useSeatStore();
  return (
    <button
      type="button"
      onClick={() => {
        store.console()?.desk.pressKey(press).catch(nothingPressed);
      }}
    >
      {icon}
      {label}
    </button>
  );
}

function nothingPressed(): void {
  // The press did not arrive, as when a headset's cable is out: a key moment is never repeated. The data light says why.
}
