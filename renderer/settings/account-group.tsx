import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSeat } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { ChoiceField, Field, FieldGroup } from '../kit/field.tsx';
import { type AccountDraft, type AccountError, accountErrors, accountOf, draftOf } from './account-draft.ts';
import { SeatFileDrop } from './seat-file-drop.tsx';
import styles from './settings.module.css';
import type { SaveSettings } from './use-save-settings.ts';

/** Which line the seat is on: the practice line, or an account typed here or read from a seat file. */
export function AccountGroup({ saving }: { readonly saving: SaveSettings }) {
  const { t } = useTranslation();
  const present = useSeat((view) => view.settings.account);
  const [kind, setKind] = useState(present.kind);
  return (
    <FieldGroup title={t('settings.account.title')}>
      <ChoiceField
        label={t('settings.account.kind')}
        value={kind}
        options={[
          { value: 'practice', label: t('settings.account.practice') },
          { value: 'sip', label: t('settings.account.sip') },
        ]}
        onChange={(chosen) => setKind(chosen === 'sip' ? 'sip' : 'practice')}
      />
      {kind === 'practice' && <p className={styles.quiet}>{t('settings.account.practiceAbout')}</p>}
      {kind === 'practice' && present.kind === 'sip' && (
        <div>
          <ActionButton rank="primary" onPress={() => void saving.save({ account: { kind: 'practice' } })}>
            {t('settings.account.usePractice')}
          </ActionButton>
        </div>
      )}
      {kind === 'sip' && <AccountForm key={JSON.stringify(present)} saving={saving} />}
      {kind === 'sip' && <SeatFileDrop saving={saving} />}
    </FieldGroup>
  );
}

function AccountForm({ saving }: { readonly saving: SaveSettings }) {
  const { t } = useTranslation();
  const present = useSeat((view) => view.settings.account);
  const isStored = useSeat((view) => view.hasPassword);
  const [draft, setDraft] = useState<AccountDraft>(() => draftOf(present));
  const [wasTried, setWasTried] = useState(false);
  // A stored password belongs to its user on its server; for another one it must be typed.
  const isSameUser =
    present.kind === 'sip' && present.user === draft.user.trim() && present.server === draft.server.trim();
  const hasPassword = isStored && isSameUser;
  const errors = accountErrors(draft, hasPassword);
  const change = (part: Partial<AccountDraft>): void => setDraft({ ...draft, ...part });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setWasTried(true);
    const account = accountOf(draft);
    if (account === null || Object.values(errors).some((error) => error !== null)) return;
    void saving.save({ account }, draft.password === '' ? null : draft.password);
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <ServerFields draft={draft} errors={errors} wasTried={wasTried} change={change} />
      <UserFields draft={draft} errors={errors} wasTried={wasTried} change={change} hasPassword={hasPassword} />
      <div>
        <ActionButton rank="primary" type="submit" onPress={submitted}>
          {t('settings.account.save')}
        </ActionButton>
      </div>
    </form>
  );
}

function submitted(): void {
  // The form's own submit does the work, so that Enter in a field does the same as the button.
}

type AccountFieldsProps = {
  readonly draft: AccountDraft;
  readonly errors: ReturnType<typeof accountErrors>;
  readonly wasTried: boolean;
  readonly change: (part: Partial<AccountDraft>) => void;
};

const plain = { spellCheck: false, autoComplete: 'off' } as const;

function useErrorWords(): (error: AccountError | null) => string | null {
  const { t } = useTranslation();
  return (error) => (error === null ? null : t(`settings.account.error.${error}`));
}

/** Where the switch is. */
function ServerFields({ draft, errors, wasTried, change }: AccountFieldsProps) {
  const { t } = useTranslation();
  const say = useErrorWords();
  const field = { ...plain, showError: wasTried };
  return (
    <>
      <Field
        {...field}
        label={t('settings.account.server')}
        hint={t('settings.account.serverHint')}
        value={draft.server}
        error={say(errors.server)}
        maxLength={200}
        onChange={(server) => change({ server })}
      />
      <Field
        {...field}
        label={t('settings.account.otherServers')}
        hint={t('settings.account.otherServersHint')}
        value={draft.otherServers}
        error={say(errors.otherServers)}
        maxLength={820}
        onChange={(otherServers) => change({ otherServers })}
      />
    </>
  );
}

/** Who the seat is there. */
function UserFields({ draft, errors, wasTried, change, hasPassword }: AccountFieldsProps & { hasPassword: boolean }) {
  const { t } = useTranslation();
  const say = useErrorWords();
  const field = { ...plain, showError: wasTried };
  return (
    <>
      <Field
        {...field}
        label={t('settings.account.user')}
        value={draft.user}
        error={say(errors.user)}
        maxLength={64}
        onChange={(user) => change({ user })}
      />
      <Field
        {...field}
        label={t('settings.account.domain')}
        value={draft.domain}
        error={say(errors.domain)}
        maxLength={128}
        onChange={(domain) => change({ domain })}
      />
      <Field
        {...field}
        label={t('settings.account.password')}
        hint={hasPassword ? t('settings.account.passwordKept') : undefined}
        type="password"
        autoComplete="new-password"
        value={draft.password}
        error={say(errors.password)}
        maxLength={256}
        onChange={(password) => change({ password })}
      />
      <Field
        {...field}
        label={t('settings.account.displayName')}
        hint={t('settings.account.optional')}
        value={draft.displayName}
        error={null}
        maxLength={60}
        onChange={(displayName) => change({ displayName })}
      />
    </>
  );
}
