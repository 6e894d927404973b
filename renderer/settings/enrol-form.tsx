import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../kit/action-button.tsx';
import { Field } from '../kit/field.tsx';
import { FileDrop } from '../kit/file-drop.tsx';
import styles from './site-group.module.css';
import { type Enrol, enrolmentLengthMax } from './use-enrol.ts';

/**
 * One field for all that an enrolment may come as: a scanner types its code here and presses Enter, a person pastes it, a
 * file is dropped or picked. What is typed stays when it is refused.
 */
export function EnrolForm({ enrol }: { readonly enrol: Enrol }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const { state, join } = enrol;
  const isJoining = state.kind === 'joining';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void join(text);
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate aria-busy={isJoining}>
      <FileDrop
        label={t('site.file')}
        accept=".json,.enrol,application/json"
        bytesMax={enrolmentLengthMax}
        onText={(read) => void join(read)}
        onTooLong={() => void join(' ')}
      >
        <div className={styles.code}>
          <Field
            label={t('site.code')}
            hint={t('site.codeHint')}
            value={text}
            error={null}
            showError={false}
            maxLength={enrolmentLengthMax}
            spellCheck={false}
            autoComplete="off"
            onChange={setText}
          />
        </div>
      </FileDrop>
      {state.kind === 'refused' && (
        <p className={styles.bad} role="alert">
          {t(`site.refused.${state.why}`)}
          {state.detail !== '' && <small>{t('lights.detail', { detail: state.detail })}</small>}
        </p>
      )}
      <div>
        <ActionButton rank="primary" type="submit" isDim={isJoining || text.trim() === ''} onPress={submitted}>
          {t(isJoining ? 'site.joining' : 'site.join')}
        </ActionButton>
      </div>
    </form>
  );
}

function submitted(): void {
  // The form's own submit does the work, so that Enter (a scanner's last key) does the same as the button.
}
