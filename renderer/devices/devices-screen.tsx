import { IconHeadset } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { DeviceInfo } from '../../core/device-api.ts';
import { useSeat } from '../desk/use-seat.ts';
import { EmptyState } from '../kit/empty-state.tsx';
import { LightDot } from '../kit/light-dot.tsx';
import { CutText } from '../kit/party-text.tsx';
import styles from './devices.module.css';
import { PracticeHeadset } from './practice-headset.tsx';
import { useKeyNames } from './use-key-names.ts';

/** The screen Devices: what is plugged in, what each can do, what is wrong with it; on practice the headset on the screen. */
export default function DevicesScreen() {
  const { t } = useTranslation();
  const devices = useSeat((view) => view.devices);
  const simulated = devices.find((device) => device.kind === 'simulated');
  const real = devices.filter((device) => device.kind !== 'simulated');
  return (
    <div className={styles.screen}>
      <h1 className={styles.title}>{t('devices.title')}</h1>
      {simulated !== undefined && <PracticeHeadset />}
      <section className={styles.plugged} aria-labelledby="plugged">
        <h2 id="plugged" className={styles.heading}>
          {t('devices.plugged')}
        </h2>
        {real.length === 0 ? (
          <EmptyState
            what={t('devices.empty')}
            step={<p>{t('devices.emptyStep')}</p>}
            icon={<IconHeadset aria-hidden="true" />}
          />
        ) : (
          <ul>
            {real.map((device) => (
              <Device key={device.deviceId} device={device} />
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

const lightOf = { open: 'good', 'not-telephony': 'off', problem: 'down' } as const;

function Device({ device }: { readonly device: DeviceInfo }) {
  const { t } = useTranslation();
  const keyNames = useKeyNames();
  const light = device.isBusyElsewhere ? 'weak' : lightOf[device.state.kind];
  return (
    <li className={styles.device}>
      <LightDot state={light} />
      <div className={styles.about}>
        <p className={styles.name}>
          <CutText text={device.name || t(`devices.kind.${device.kind}`)} />
        </p>
        <p
          className={styles.says}
          data-trouble={device.state.kind === 'problem' || device.isBusyElsewhere || undefined}
        >
          <DeviceState device={device} />
        </p>
        {device.state.kind === 'open' && device.kind !== 'light' && (
          <dl className={styles.can}>
            <dt>{t('devices.keys')}</dt>
            <dd>{keyNames(device.keys).join(' · ') || t('devices.none')}</dd>
            <dt>{t('devices.lamps')}</dt>
            <dd>{device.lamps.map((lamp) => t(`devices.lamp.${lamp}`)).join(' · ') || t('devices.none')}</dd>
          </dl>
        )}
      </div>
      <span className={styles.where} title={device.state.kind === 'problem' ? device.state.detail : undefined}>
        {device.path}
      </span>
    </li>
  );
}

function DeviceState({ device }: { readonly device: DeviceInfo }) {
  const { t } = useTranslation();
  if (device.state.kind === 'problem') return t(`devices.problem.${device.state.problem}`);
  if (device.isBusyElsewhere) return t('devices.busyElsewhere');
  return device.state.kind === 'open' ? t('devices.ready') : t('devices.notTelephony');
}
