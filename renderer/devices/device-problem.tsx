import { IconLockOpen, IconShieldPlus } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceInfo } from '../../core/device-api.ts';
import { useSeatStore } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { CopyLine } from '../kit/copy-line.tsx';
import { Field } from '../kit/field.tsx';
import styles from './devices.module.css';

type Problem = Extract<DeviceInfo['state'], { kind: 'problem' }>;

/** What mends a problem, where something on the screen can; and what it said, for a technician. */
export function DeviceProblem({ device, state }: { readonly device: DeviceInfo; readonly state: Problem }) {
  // What a port that is empty says for itself adds nothing to the sentence above.
  const detail = state.problem === 'not-plugged-in' ? '' : state.detail;
  if (detail === '' && state.problem !== 'no-permission' && state.problem !== 'needs-pin') return null;
  return (
    <div className={styles.mend}>
      {state.problem === 'no-permission' && <Permission path={device.path} />}
      {state.problem === 'needs-pin' && <UnlockModem id={device.deviceId} />}
      {detail !== '' && (
        <p className={styles.detail} data-plain={state.problem === 'bad-profile' || undefined}>
          {detail}
        </p>
      )}
    </div>
  );
}

/** Whether a device stands on a serial port of Linux or a Mac, which no udev rule of ours opens. */
export function isOnPort(path: string): boolean {
  return /^\/dev\/(tty|cu|serial)/.test(path);
}

/** How Linux is told to let us open it: a HID device by a udev rule, a serial port by the group that owns it (Debian's). */
function Permission({ path }: { readonly path: string }) {
  const { t } = useTranslation();
  if (path.startsWith('/dev/hidraw')) return <InstallRules />;
  if (!isOnPort(path)) return null;
  return (
    <div className={styles.byHand}>
      <p>{t('devices.portGroup')}</p>
      <CopyLine text={'sudo usermod -aG dialout "$USER"'} />
    </div>
  );
}

/** What a mend has come to; `why` is the seat's own sentence. */
type Mending =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly why: string };

function InstallRules() {
  const { t } = useTranslation();
  const store = useSeatStore();
  const [mending, setMending] = useState<Mending>({ kind: 'idle' });
  const install = async (): Promise<void> => {
    setMending({ kind: 'running' });
    setMending(await outcomeOf(store.console()?.equipment.installRules(), t('why.noLink')));
  };
  return (
    <>
      <div className={styles.row}>
        <ActionButton
          icon={<IconShieldPlus aria-hidden="true" />}
          isDim={mending.kind === 'running'}
          onPress={() => void install()}
        >
          {t('devices.rules.install')}
        </ActionButton>
        <p className={styles.quiet} role="status">
          {mending.kind === 'idle' && t('devices.rules.about')}
          {mending.kind === 'running' && t('devices.rules.running')}
          {mending.kind === 'done' && t('devices.rules.done')}
        </p>
      </div>
      {mending.kind === 'refused' && (
        <div className={styles.byHand}>
          <p>{t('devices.rules.refused', { why: mending.why })}</p>
          <CopyLine text="sudo hookline device rules --install" />
        </div>
      )}
    </>
  );
}

/** Four to eight digits (3GPP TS 31.101). */
const pinShape = /^\d{4,8}$/;

function UnlockModem({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const store = useSeatStore();
  const [pin, setPin] = useState('');
  const [mending, setMending] = useState<Mending>({ kind: 'idle' });
  const isWhole = pinShape.test(pin);
  const unlock = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!isWhole || mending.kind === 'running') return;
    setMending({ kind: 'running' });
    setMending(await outcomeOf(store.console()?.equipment.unlockModem({ id, pin }), t('why.noLink')));
    setPin('');
  };
  return (
    <form className={styles.pin} onSubmit={(event) => void unlock(event)} noValidate>
      <Field
        label={t('devices.pin.label')}
        type="password"
        inputMode="numeric"
        autoComplete="off"
        value={pin}
        error={pin !== '' && !isWhole ? t('devices.pin.bad') : null}
        showError={false}
        maxLength={8}
        onChange={(typed) => setPin(typed.replace(/\D/g, ''))}
      />
      <ActionButton
        type="submit"
        icon={<IconLockOpen aria-hidden="true" />}
        isDim={!isWhole || mending.kind === 'running'}
        onPress={submitted}
      >
        {t('devices.pin.unlock')}
      </ActionButton>
      <p className={styles.quiet} role="status">
        {mending.kind === 'done' && t('devices.pin.sent')}
        {mending.kind === 'refused' && t('devices.pin.refused', { why: mending.why })}
      </p>
    </form>
  );
}

function submitted(): void {
  // The form's own submit does the work, so that Enter in the field does the same as the button.
}

type Answer = { readonly kind: 'done' | 'begun' } | { readonly kind: 'refused'; readonly why: string };

async function outcomeOf(asked: Promise<Answer> | undefined, whyAway: string): Promise<Mending> {
  if (asked === undefined) return { kind: 'refused', why: whyAway };
  try {
    const answer = await asked;
    return answer.kind === 'refused' ? answer : { kind: 'done' };
  } catch (error) {
    return { kind: 'refused', why: error instanceof Error ? error.message : String(error) };
  }
}
