import { IconKeyboard } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { DeviceInfo } from '../../core/device-api.ts';
import type { PanelLayout } from '../../core/key-face.ts';
import { useSeat } from '../desk/use-seat.ts';
import styles from './devices.module.css';
import { type KeyLights, useLitKeys } from './lit-keys.ts';
import { KeyCap, PanelPicture } from './panel-picture.tsx';
import { PedalPicture } from './small-pictures.tsx';
import { useTryLamp } from './use-try-lamp.ts';

type PanelFaceProps = { readonly device: DeviceInfo; readonly layout: PanelLayout; readonly lights: KeyLights };

/** A panel as it lies on the desk, with what its keys show now; a press of a key here tries its lamp. */
export function PanelFace({ device, layout, lights }: PanelFaceProps) {
  const { t } = useTranslation();
  const lit = useLitKeys(lights, device.deviceId);
  const { tried, tryLamp } = useTryLamp(device.deviceId);
  const panel = useSeat((view) => view.panels.find((each) => each.deviceId === device.deviceId));
  const hasLamps = layout.keys.some((key) => key.shows !== 'none');
  return (
    <div className={styles.panelFace}>
      {device.kind === 'pedal' ? (
        <PedalPicture layout={layout} lit={lit} />
      ) : (
        <PanelPicture layout={layout}>
          {(key, order) => {
            const face = panel?.faces.find((each) => each.keyId === key.keyId) ?? null;
            const isTried = tried.has(key.keyId);
            const name = face?.caption
              ? t('keysPage.keyIs', { order, what: face.caption })
              : t('keysPage.key', { order });
            const cap = (
              <KeyCap shows={key.shows} face={isTried ? { ...(face ?? darkFace), lamp: 'on', tone: 'good' } : face} />
            );
            if (key.shows === 'none') {
              return (
                <span className={styles.panelKey} data-pressed={lit.has(key.keyId) || undefined} title={name}>
                  {cap}
                </span>
              );
            }
            return (
              <button
                type="button"
                className={styles.panelKey}
                data-pressed={lit.has(key.keyId) || undefined}
                aria-label={t('devices.tryLamp', { lamp: name })}
                title={t('devices.tryLamp', { lamp: name })}
                onClick={() => tryLamp(key.keyId, 'on')}
              >
                {cap}
              </button>
            );
          }}
        </PanelPicture>
      )}
      <div className={styles.panelFoot}>
        <a className={styles.link} href={`#/keys/${encodeURIComponent(device.deviceId)}`}>
          <IconKeyboard size={16} aria-hidden="true" />
          {t('devices.bindKeys')}
        </a>
        {hasLamps && device.kind !== 'pedal' && <span className={styles.quiet}>{t('devices.tryAbout')}</span>}
      </div>
    </div>
  );
}

const darkFace = { caption: '', icon: 'none', lamp: 'off', tone: 'neutral', isEnabled: true, sinceAt: null } as const;
