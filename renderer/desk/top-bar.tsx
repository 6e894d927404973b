import { Tooltip } from '@mantine/core';
import { IconHeadset, IconHeadsetOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { DeviceInfo } from '../../core/device-api.ts';
import { hookSwitch } from '../devices/use-key-names.ts';
import { formatHours } from '../kit/duration.ts';
import { LightButton } from './light-button.tsx';
import { ModemChip } from './modem-chip.tsx';
import { goTo } from './route.ts';
import { StateMenu } from './state-menu.tsx';
import styles from './top-bar.module.css';
import { useSeat } from './use-seat.ts';

/** State, today's figures, the three lights, the headset: what must be readable from two metres. */
export function TopBar() {
  const { t } = useTranslation();
  return (
    <header className={styles.bar}>
      <StateMenu />
      <Figures />
      <ModemChip />
      <fieldset className={styles.lights} aria-label={t('lights.label')}>
        <LightButton name="signalling" />
        <LightButton name="media" />
        <LightButton name="data" />
      </fieldset>
      <Headset />
    </header>
  );
}

function Figures() {
  const { t } = useTranslation();
  const today = useSeat((view) => view.today);
  const share = today.signedInMs > 0 ? Math.round((100 * today.readyMs) / today.signedInMs) : 0;
  return (
    <dl className={styles.figures} aria-label={t('figures.label')}>
      <Figure label={t('figures.calls')} whole={t('figures.callsWhole')} value={String(today.calls)} />
      <Figure label={t('figures.talk')} whole={t('figures.talkWhole')} value={formatHours(today.talkMs)} />
      <Figure label={t('figures.ready')} whole={t('figures.readyWhole')} value={`${share} %`} />
    </dl>
  );
}

type FigureProps = { readonly label: string; readonly whole: string; readonly value: string };

function Figure({ label, whole, value }: FigureProps) {
  return (
    <div className={styles.figure} title={whole}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Headset() {
  const { t } = useTranslation();
  const devices = useSeat((view) => view.devices);
  const shown = headsetOf(devices);
  const said =
    shown === null
      ? t('headset.noneWhole')
      : shown.state.kind === 'problem'
        ? t('headset.problem', { name: shown.name })
        : t('headset.one', { name: shown.name });
  const Icon = shown === null ? IconHeadsetOff : IconHeadset;
  return (
    <Tooltip label={said} position="left">
      <button
        type="button"
        className={styles.headset}
        data-state={shown === null ? 'none' : shown.state.kind}
        aria-label={said}
        onClick={() => goTo('devices')}
      >
        <Icon size={20} stroke={1.75} aria-hidden="true" />
      </button>
    </Tooltip>
  );
}

/** The device the indicator speaks of: one in use; else one with a problem; else none. */
function headsetOf(devices: readonly DeviceInfo[]): DeviceInfo | null {
  return (
    devices.find((device) => device.state.kind === 'open' && device.keys.includes(hookSwitch)) ??
    devices.find((device) => device.state.kind === 'open' && ['headset', 'simulated'].includes(device.kind)) ??
    devices.find((device) => device.state.kind === 'problem' && ['headset', 'unknown'].includes(device.kind)) ??
    null
  );
}
