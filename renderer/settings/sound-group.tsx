import { IconEar } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { SoundChoice, SoundSettings } from '../../core/settings.ts';
import { useAsk, useSeat } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { FieldGroup, LevelField, ListField } from '../kit/field.tsx';
import styles from './settings.module.css';
import type { SaveSettings } from './use-save-settings.ts';

/** Microphone, the three loudspeakers, two volumes, and the line test. */
export function SoundGroup({ saving }: { readonly saving: SaveSettings }) {
  const { t } = useTranslation();
  const sound = useSeat((view) => view.settings.sound);
  const inputs = useSeat((view) => view.soundDevices.inputs);
  const outputs = useSeat((view) => view.soundDevices.outputs);
  const save = (change: Partial<SoundSettings>): void => void saving.save({ sound: { ...sound, ...change } });
  const said = (value: number): string => t('settings.sound.percent', { value });
  const place = (name: 'microphone' | 'ring' | 'talk' | 'interface', devices: readonly SoundChoice[]) => (
    <SoundPlace
      label={t(`settings.sound.${name}`)}
      devices={devices}
      value={sound[name]}
      onChange={(choice) => save({ [name]: choice })}
    />
  );
  return (
    <FieldGroup title={t('settings.sound.title')}>
      {place('microphone', inputs)}
      {place('talk', outputs)}
      <LevelField
        label={t('settings.sound.talkVolume')}
        value={sound.talkVolume}
        said={said}
        onChange={(talkVolume) => save({ talkVolume })}
      />
      {place('ring', outputs)}
      <LevelField
        label={t('settings.sound.ringVolume')}
        value={sound.ringVolume}
        said={said}
        onChange={(ringVolume) => save({ ringVolume })}
      />
      {place('interface', outputs)}
      <LineTest />
    </FieldGroup>
  );
}

type SoundPlaceProps = {
  readonly label: string;
  readonly devices: readonly SoundChoice[];
  readonly value: SoundChoice | null;
  readonly onChange: (choice: SoundChoice | null) => void;
};

/** One sound device out of those there are. One that was chosen and is not plugged in stays in the list, and says so. */
function SoundPlace({ label, devices, value, onChange }: SoundPlaceProps) {
  const { t } = useTranslation();
  const isMissing = value !== null && !devices.some((device) => device.deviceId === value.deviceId);
  const options = [
    { value: '', label: t('settings.sound.system') },
    ...devices.map((device) => ({ value: device.deviceId, label: device.label || device.deviceId })),
    ...(isMissing ? [{ value: value.deviceId, label: t('settings.sound.missing', { label: value.label }) }] : []),
  ];
  return (
    <ListField
      label={label}
      value={value?.deviceId ?? ''}
      options={options}
      onChange={(chosen) => onChange(devices.find((device) => device.deviceId === chosen) ?? null)}
    />
  );
}

function LineTest() {
  const { t } = useTranslation();
  const ask = useAsk();
  const test = useSeat((view) => view.lineTest);
  const isBusy = useSeat((view) => view.calls.length > 0);
  const isRunning = test.kind === 'running';
  return (
    <div>
      <div className={styles.row}>
        <ActionButton
          icon={<IconEar aria-hidden="true" />}
          isDim={isBusy || isRunning}
          onPress={() => ask({ kind: 'test-line' })}
        >
          {t('settings.sound.test')}
        </ActionButton>
        <p className={styles.quiet} role="status">
          {test.kind === 'idle' && t('settings.sound.testAbout')}
          {isRunning && t('settings.sound.testRunning')}
          {test.kind === 'failed' && t('settings.sound.testFailed', { why: test.why })}
          {test.kind === 'done' && <TestResult test={test} />}
        </p>
      </div>
    </div>
  );
}

type TestResultProps = {
  readonly test: {
    readonly report: { readonly mos: number; readonly codec: string; readonly lossPercent: number };
    readonly wasEchoHeard: boolean;
  };
};

function TestResult({ test }: TestResultProps) {
  const { t } = useTranslation();
  return (
    <>
      <span className={test.wasEchoHeard ? styles.good : styles.bad}>
        {test.wasEchoHeard ? t('settings.sound.testEcho') : t('settings.sound.testNoEcho')}
      </span>
      <br />
      {t('settings.sound.testDone', {
        mos: test.report.mos.toFixed(1),
        codec: test.report.codec,
        loss: test.report.lossPercent.toFixed(1),
      })}
    </>
  );
}
