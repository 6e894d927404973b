import { IconBattery1, IconBattery2, IconBattery3, IconBattery4, IconBatteryCharging } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { DeviceInfo } from '../../core/device-api.ts';
import { signFor } from '../../core/seat-sign.ts';
import { useSeat } from '../desk/use-seat.ts';
import { LightDot } from '../kit/light-dot.tsx';
import { CutText } from '../kit/party-text.tsx';
import { UnprovenMark } from '../kit/unproven-mark.tsx';
import { DeviceProblem, isOnPort } from './device-problem.tsx';
import styles from './devices.module.css';
import { HeadsetFace } from './headset-face.tsx';
import type { KeyLights } from './lit-keys.ts';
import { PanelFace } from './panel-face.tsx';
import { LightPicture, ModemPicture, PlugPicture } from './small-pictures.tsx';
import { useDeviceName } from './use-device-name.ts';

type DeviceCardProps = { readonly device: DeviceInfo; readonly lights: KeyLights };

/** One thing that is plugged in or set up: its name, how it stands, what mends it, its picture. */
export function DeviceCard({ device, lights }: DeviceCardProps) {
  const { t } = useTranslation();
  const name = useDeviceName()(device);
  const kind = t(`devices.kind.${device.kind}`);
  // What simply works needs no line of its own.
  const isPlain = device.state.kind === 'open' && !device.isBusyElsewhere && device.kind !== 'modem';
  const beside = [name === kind ? '' : kind, isPlain ? t('devices.ready') : ''].filter((part) => part !== '');
  return (
    <li className={styles.device}>
      <div className={styles.head}>
        <LightDot state={lightOf(device)} />
        <h3 className={styles.name}>
          <CutText text={name} />
        </h3>
        <span className={styles.kind}>{beside.join(' · ')}</span>
        <Told device={device} />
        <span className={styles.where}>
          <CutText text={device.path} />
        </span>
      </div>
      {!isPlain && (
        <p className={styles.says} data-trouble={lightOf(device) === 'down' || device.isBusyElsewhere || undefined}>
          <DeviceState device={device} />
        </p>
      )}
      {device.state.kind === 'problem' && <DeviceProblem device={device} state={device.state} />}
      {device.state.kind === 'open' && <Face device={device} lights={lights} />}
      <UnprovenMark what={device.unproven} />
    </li>
  );
}

function lightOf(device: DeviceInfo): 'good' | 'weak' | 'off' | 'down' {
  if (device.state.kind === 'problem') return device.state.problem === 'not-plugged-in' ? 'off' : 'down';
  if (device.isBusyElsewhere) return 'weak';
  return device.state.kind === 'open' ? 'good' : 'off';
}

/** What the device tells of itself: battery, presence, firmware. */
function Told({ device }: { readonly device: DeviceInfo }) {
  const { t } = useTranslation();
  const { battery, presence, firmware } = device;
  return (
    <span className={styles.told}>
      {presence !== 'unknown' && <span>{t(`devices.presence.${presence}`)}</span>}
      {battery !== null && <Battery percent={battery.percent} isCharging={battery.isCharging} />}
      {firmware !== null && <span>{t('devices.firmware', { version: firmware })}</span>}
    </span>
  );
}

function Battery({ percent, isCharging }: NonNullable<DeviceInfo['battery']>) {
  const { t } = useTranslation();
  const whole = Math.round(percent);
  const levels = [IconBattery1, IconBattery2, IconBattery3, IconBattery4] as const;
  const Icon = isCharging ? IconBatteryCharging : (levels[Math.min(3, Math.floor(whole / 25))] ?? IconBattery4);
  return (
    <span className={styles.battery} data-low={(whole < 20 && !isCharging) || undefined}>
      <Icon size={18} aria-hidden="true" />
      {isCharging ? t('devices.charging', { percent: whole }) : t('devices.battery', { percent: whole })}
    </span>
  );
}

function DeviceState({ device }: { readonly device: DeviceInfo }) {
  const { t } = useTranslation();
  const modem = useSeat((view) => view.modems.find((each) => each.id === device.deviceId));
  if (device.state.kind === 'problem') {
    const closed = device.state.problem === 'no-permission' ? whatIsClosed(device) : 'sound';
    return closed === 'sound' ? t(`devices.problem.${device.state.problem}`) : t(`devices.noPermission.${closed}`);
  }
  if (device.isBusyElsewhere) return t('devices.busyElsewhere');
  if (device.kind === 'modem' && modem !== undefined) {
    const bars = modem.signal === null ? null : Math.ceil(modem.signal * 4);
    const parts = [
      t(`modem.state.${modem.state}`),
      modem.operator,
      bars === null ? '' : t('modem.signal', { bars }),
      modem.detail,
    ];
    return parts.filter((part) => part !== '').join(' · ');
  }
  if (device.kind === 'pedal') return t('devices.typesPedal');
  return device.kind === 'keyboard' ? t('devices.typesKeyboard') : t('devices.notTelephony');
}

/** What does not work while a device may not be opened. */
function whatIsClosed({ kind, path }: DeviceInfo): 'port' | 'light' | 'keys' | 'sound' {
  if (isOnPort(path) || kind === 'modem' || kind === 'message-desk' || kind === 'call-records') return 'port';
  if (kind === 'light') return 'light';
  return kind === 'panel' || kind === 'pedal' ? 'keys' : 'sound';
}

/** A light and what it tells the people around the seat. */
function LightFace({ device }: { readonly device: DeviceInfo }) {
  const { t } = useTranslation();
  const agent = useSeat((view) => view.agent);
  const calls = useSeat((view) => view.calls);
  const isNetworkLost = useSeat((view) => view.lights.signalling.state === 'down');
  const sign = signFor({ agent, calls: calls.map((call) => ({ call })) }, isNetworkLost);
  return (
    <div className={styles.lightFace}>
      <LightPicture glow={device.glow} />
      <p>{t('devices.shows', { sign: t(`devices.sign.${sign}`) })}</p>
    </div>
  );
}

/** The picture, and what can be tried on it. */
function Face({ device, lights }: DeviceCardProps) {
  const modem = useSeat((view) => view.modems.find((each) => each.id === device.deviceId));
  switch (device.kind) {
    case 'light':
      return <LightFace device={device} />;
    case 'modem':
      return <ModemPicture modem={modem ?? null} />;
    case 'message-desk':
      return <PlugPicture hasPaper={false} />;
    case 'call-records':
      return <PlugPicture hasPaper />;
    case 'panel':
    case 'pedal':
      return device.layout === null ? null : <PanelFace device={device} layout={device.layout} lights={lights} />;
    default:
      return <HeadsetFace device={device} lights={lights} />;
  }
}
