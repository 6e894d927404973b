import { IconHeadset } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { DeviceInfo } from '../../core/device-api.ts';
import { useSeat } from '../desk/use-seat.ts';
import { CopyLine } from '../kit/copy-line.tsx';
import { EmptyState } from '../kit/empty-state.tsx';
import { DeviceCard } from './device-card.tsx';
import styles from './devices.module.css';
import { useKeyLights } from './lit-keys.ts';
import { PracticeHeadset } from './practice-headset.tsx';
import { useKeyMoments } from './use-key-moments.ts';

/** The order of the kinds: what a hand is on first. Within a kind the order of the seat's list stays. */
const order: readonly DeviceInfo['kind'][] = [
  'headset',
  'panel',
  'pedal',
  'light',
  'modem',
  'message-desk',
  'call-records',
  'volume',
  'keyboard',
  'unknown',
];

/** The screen Devices: all that is plugged in, drawn as it is, what each can do, what is wrong with it and what mends it. */
export default function DevicesScreen() {
  const { t } = useTranslation();
  const lights = useKeyLights();
  useKeyMoments((event) => lights.take(event));
  const devices = useSeat((view) => view.devices);
  const hasPractice = devices.some((device) => device.kind === 'simulated');
  const real = devices.filter((device) => device.kind !== 'simulated');
  const sorted = real.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return (
    <div className={styles.screen}>
      <h1 className={styles.title}>{t('devices.title')}</h1>
      {hasPractice && <PracticeHeadset />}
      <section className={styles.plugged} aria-labelledby="plugged">
        <h2 id="plugged" className={styles.heading}>
          {t('devices.plugged')}
        </h2>
        {sorted.length === 0 ? (
          <EmptyState
            what={t('devices.empty')}
            step={<p>{t('devices.emptyStep')}</p>}
            icon={<IconHeadset aria-hidden="true" />}
          />
        ) : (
          <ul>
            {sorted.map((device) => (
              <DeviceCard key={device.deviceId} device={device} lights={lights} />
            ))}
          </ul>
        )}
      </section>
      <Report />
    </div>
  );
}

/** What to attach to an issue when a device does not do what it should. */
function Report() {
  const { t } = useTranslation();
  return (
    <section className={styles.report} aria-labelledby="report">
      <h2 id="report" className={styles.heading}>
        {t('devices.report.title')}
      </h2>
      <p className={styles.says}>{t('devices.report.about')}</p>
      <CopyLine text="hookline device record NAME -o device.json" />
    </section>
  );
}
