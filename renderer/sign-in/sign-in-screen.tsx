import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SignInView } from '../../core/sign-in-api.ts';
import { Notices } from '../desk/notices.tsx';
import { useSeat } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { Field } from '../kit/field.tsx';
import { RefusalText } from './refusal-text.tsx';
import styles from './sign-in.module.css';
import { useEnter } from './use-enter.ts';

type SignInScreenProps = { readonly signedOut: Extract<SignInView, { kind: 'signed-out' }> };

/** Who sits here? The whole page, while nobody is signed in and nothing is under way. */
export function SignInScreen({ signedOut }: SignInScreenProps) {
  const { t } = useTranslation();
  const seat = useSeat((view) => view.seat);
  const { lastLogin, isHubAway, why } = signedOut;
  return (
    <main className={styles.page}>
      <div className={styles.middle}>
        <h1>{t('signIn.title')}</h1>
        {why === 'ended' && <p className={styles.ended}>{t('signIn.ended')}</p>}
        <SignInForm lastLogin={lastLogin} />
        <p className={styles.away} role="status">
          {isHubAway && t('signIn.away')}
        </p>
      </div>
      <p className={styles.seat}>{t('signIn.seat', { seat })}</p>
      <Notices />
    </main>
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
