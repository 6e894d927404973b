import { IconPhone } from '@tabler/icons-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SignInView } from '../../core/sign-in-api.ts';
import { Notices } from '../desk/notices.tsx';
import { useSeat } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { Field } from '../kit/field.tsx';
import { EmergencyCall } from './emergency-call.tsx';
import { EmergencyNumbers } from './emergency-numbers.tsx';
import { RefusalText } from './refusal-text.tsx';
import styles from './sign-in.module.css';
import { useEmergency } from './use-emergency.ts';
import { useEnter } from './use-enter.ts';

type SignInScreenProps = { readonly signedOut: Extract<SignInView, { kind: 'signed-out' }> };

/**
 * Who sits here? The whole page, while nobody is signed in and nothing is under way. As at any telephone, help can be called
 * without saying who one is: the numbers stand in the form's place, and so does the call.
 */
export function SignInScreen({ signedOut }: SignInScreenProps) {
  const { t } = useTranslation();
  const seat = useSeat((view) => view.seat);
  const help = useEmergency();
  const shows = help.call !== null ? 'call' : help.isOpen ? 'numbers' : 'form';
  return (
    <main
      className={styles.page}
      onKeyDown={(event) => {
        if (event.key === 'Escape') help.close();
      }}
    >
      <div className={styles.middle} data-shows={shows}>
        {help.call !== null && <EmergencyCall call={help.call} onHangUp={help.hangUp} />}
        {shows === 'numbers' && <EmergencyNumbers ended={help.ended} />}
        {shows === 'form' && <WhoSitsHere signedOut={signedOut} />}
        <p className={styles.away} role="status">
          {shows === 'form' && help.ended?.wasAnswered === true && t('emergency.ended', help.ended)}
        </p>
      </div>
      <div className={styles.foot}>
        {shows === 'form' && help.hasNumbers && (
          <ActionButton icon={<IconPhone aria-hidden="true" />} shortcut="F8" onPress={help.open}>
            {t('emergency.open')}
          </ActionButton>
        )}
        {shows === 'numbers' && (
          <ActionButton shortcut="Escape" onPress={help.close}>
            {t('emergency.back')}
          </ActionButton>
        )}
        <p className={styles.seat}>{t('signIn.seat', { seat })}</p>
      </div>
      <div className={styles.said}>
        <Notices />
      </div>
    </main>
  );
}

function WhoSitsHere({ signedOut: { lastLogin, isHubAway, why } }: SignInScreenProps) {
  const { t } = useTranslation();
  return (
    <>
      <h1>{t('signIn.title')}</h1>
      {why === 'ended' && <p className={styles.ended}>{t('signIn.ended')}</p>}
      <SignInForm lastLogin={lastLogin} />
      <p className={styles.away} role="status">
        {isHubAway && t('signIn.away')}
      </p>
    </>
  );
}

function SignInForm({ lastLogin }: { readonly lastLogin: string }) {
  const { t } = useTranslation();
  const [login, setLogin] = useState(lastLogin);
  const [pin, setPin] = useState('');
  const { enter, isEntering, refusal, waitUntil, waitIsOver } = useEnter();
  const form = useRef<HTMLFormElement>(null);
  const hasLogin = lastLogin !== '';
  useEffect(() => focusField(form.current, hasLogin ? 'pin' : 'login'), [hasLogin]);
  const isWaiting = waitUntil !== null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isWaiting) return;
    const missing = login.trim() === '' ? 'login' : pin === '' ? 'pin' : null;
    if (missing === null) {
      void enter({ login: login.trim(), pin });
      // Wrong or right, nobody corrects what he cannot see.
      setPin('');
    }
    focusField(form.current, missing ?? 'pin');
  };
  return (
    <form ref={form} className={styles.form} onSubmit={submit}>
      <Field
        label={t('signIn.login')}
        name="login"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={64}
        error={null}
        showError={false}
        value={login}
        onChange={setLogin}
      />
      <Field
        label={t('signIn.pin')}
        name="pin"
        type="password"
        autoComplete="off"
        maxLength={128}
        error={null}
        showError={false}
        value={pin}
        onChange={setPin}
      />
      <ActionButton type="submit" rank="primary" isDim={isEntering || isWaiting} onPress={submitByForm}>
        {isEntering ? t('signIn.entering') : t('signIn.enter')}
      </ActionButton>
      <div className={styles.refusal} role="alert">
        {refusal !== null && <RefusalText refusal={refusal} waitUntil={waitUntil} onOver={waitIsOver} />}
      </div>
    </form>
  );
}

function submitByForm(): void {
  // The form takes it: Enter in a field and a press of the button are one.
}

function focusField(form: HTMLFormElement | null, name: 'login' | 'pin'): void {
  form?.querySelector<HTMLInputElement>(`input[name=${name}]`)?.focus();
}
