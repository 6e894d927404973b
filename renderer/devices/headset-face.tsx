import { IconBulb } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { DeviceInfo } from '../../core/device-api.ts';
import type { LampName, Lamps } from '../../core/key.ts';
import { useSeat } from '../desk/use-seat.ts';
import text from '../kit/text.module.css';
import styles from './devices.module.css';
import { HeadsetPicture, lampColours } from './headset-picture.tsx';
import { type KeyLights, useLitKeys } from './lit-keys.ts';
import { type NamedKey, useNamedKeys } from './use-key-names.ts';
import { useTryLamp } from './use-try-lamp.ts';

type HeadsetFaceProps = { readonly device: DeviceInfo; readonly lights: KeyLights };

/** A headset's picture; beside it its keys, lit as they are pressed, and its lamps, each to be tried. */
export function HeadsetFace({ device, lights }: HeadsetFaceProps) {
  const { t } = useTranslation();
  const keys = useNamedKeys()(device.keys);
  const wished = useSeat((view) => view.lamps);
  const lit = useLitKeys(lights, device.deviceId);
  const { tried, tryLamp } = useTryLamp(device.deviceId);
  const isPressed = (key: NamedKey): boolean => key.word !== null && lit.has(key.word);
  const isLit = (lamp: LampName): boolean => tried.has(lamp) || isWished(lamp, wished);
  return (
    <div className={styles.face}>
      <HeadsetPicture
        keys={keys}
        lamps={device.lamps}
        isPressed={isPressed}
        isLit={isLit}
        isAway={device.presence === 'docked' || device.presence === 'off'}
      />
      <dl className={styles.can}>
        <dt>{t('devices.keys')}</dt>
        <dd className={styles.chips}>
          {keys.length === 0 && t('devices.none')}
          {keys.map((key) => (
            <span key={key.name} className={styles.key} data-pressed={isPressed(key) || undefined}>
              {key.name}
            </span>
          ))}
        </dd>
        <dt>{t('devices.lamps')}</dt>
        <dd className={styles.chips}>
          {device.lamps.length === 0 && t('devices.none')}
          {device.lamps.map((lamp) => (
            <button
              key={lamp}
              type="button"
              className={styles.lamp}
              data-colour={lampColours[lamp]}
              data-lit={isLit(lamp) || undefined}
              aria-label={t('devices.tryLamp', { lamp: t(`devices.lamp.${lamp}`) })}
              title={t('devices.tryLamp', { lamp: t(`devices.lamp.${lamp}`) })}
              onClick={() => tryLamp(lamp, 'on')}
            >
              <IconBulb size={14} aria-hidden="true" />
              {t(`devices.lamp.${lamp}`)}
            </button>
          ))}
        </dd>
      </dl>
      <p className={text.hidden} role="status">
        {keys.some(isPressed) && t('devices.pressed', { key: keys.find(isPressed)?.name })}
      </p>
    </div>
  );
}

/** Whether the seat wishes this lamp to be lit now. */
function isWished(lamp: LampName, lamps: Lamps): boolean {
  switch (lamp) {
    case 'ring':
    case 'ringer':
      return lamps.isRinging;
    case 'mute':
    case 'microphone':
      return lamps.isMuted && lamps.isOffHook;
    case 'hold':
      return lamps.isHeld;
    case 'off-hook':
      return lamps.isOffHook;
    case 'speaker':
    case 'on-line':
      return false;
  }
}
