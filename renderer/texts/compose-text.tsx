import { IconSend } from '@tabler/icons-react';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSeatStore } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import field from '../kit/field.module.css';
import { Field } from '../kit/field.tsx';
import styles from './texts.module.css';

/** A text that is being written. It stays until it was handed over. */
export type TextDraft = { readonly to: string; readonly text: string };

/** The longest text the seat takes (equipment-api). */
const textLengthMax = 2000;

type ComposeTextProps = {
  readonly draft: TextDraft;
  readonly onChange: (draft: TextDraft) => void;
  readonly onSent: () => void;
  readonly onClose: () => void;
};

/** Writes a text. Ctrl+Enter sends it; when it cannot be sent, what was written stays. */
export function ComposeText({ draft, onChange, onSent, onClose }: ComposeTextProps) {
  const { t } = useTranslation();
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const { send, trouble, isSending } = useSending(onSent);
  const [wasTried, setWasTried] = useState(false);
  const to = draft.to.replaceAll(/[\s-]/g, '');
  const isNumber = /^\+?[0-9*#]{1,39}$/.test(to);
  const canSend = isNumber && draft.text.trim() !== '';
  // A new text begins with whom it is for, an answer with what it says.
  useEffect(() => {
    const part = form.current?.querySelector<HTMLElement>(form.current.dataset.begin === 'text' ? 'textarea' : 'input');
    part?.focus();
  }, []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setWasTried(true);
    if (canSend && !isSending) void send({ to, text: draft.text });
  };
  return (
    <form
      ref={form}
      className={styles.compose}
      data-begin={draft.to === '' ? 'to' : 'text'}
      aria-label={t('texts.write')}
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
      }}
      noValidate
    >
      <Field
        label={t('texts.to')}
        inputMode="tel"
        value={draft.to}
        error={isNumber ? null : t('texts.toBad')}
        showError={wasTried}
        maxLength={40}
        autoComplete="off"
        onChange={(next) => onChange({ ...draft, to: next })}
      />
      <div className={field.field}>
        <label htmlFor={id}>{t('texts.text')}</label>
        <textarea
          id={id}
          className={`${field.input} ${styles.area}`}
          rows={3}
          value={draft.text}
          maxLength={textLengthMax}
          onChange={(event) => onChange({ ...draft, text: event.currentTarget.value })}
        />
      </div>
      <SendRow isDim={!canSend || isSending} trouble={trouble} used={draft.text.length} onClose={onClose} />
    </form>
  );
}

type Sending = {
  readonly send: (text: TextDraft) => Promise<void>;
  /** Why the last text was not sent, in words; empty: nothing is wrong. */
  readonly trouble: string;
  readonly isSending: boolean;
};

/** Hands a text to the seat, one at a time. */
function useSending(onSent: () => void): Sending {
  const { t } = useTranslation();
  const store = useSeatStore();
  const [trouble, setTrouble] = useState('');
  const [isSending, setSending] = useState(false);
  const send = async (text: TextDraft): Promise<void> => {
    setSending(true);
    try {
      const outcome = await store.console()?.equipment.sendText(text);
      if (outcome?.kind === 'begun') onSent();
      else setTrouble(t('texts.notSent', { why: outcome === undefined ? t('why.noLink') : outcome.why }));
    } catch (error) {
      setTrouble(t('texts.notSent', { why: String(error) }));
    } finally {
      setSending(false);
    }
  };
  return { send, trouble, isSending };
}

type SendRowProps = {
  readonly isDim: boolean;
  readonly trouble: string;
  /** Characters written. */
  readonly used: number;
  readonly onClose: () => void;
};

function SendRow({ isDim, trouble, used, onClose }: SendRowProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.sendRow}>
      <ActionButton
        rank="primary"
        type="submit"
        icon={<IconSend aria-hidden="true" />}
        isDim={isDim}
        onPress={submitted}
      >
        {t('texts.send')}
      </ActionButton>
      <ActionButton onPress={onClose}>{t('texts.discard')}</ActionButton>
      <p className={styles.bad} role="status">
        {trouble}
      </p>
      <span className={styles.quiet}>{t('texts.length', { used, most: textLengthMax })}</span>
    </div>
  );
}

function submitted(): void {
  // The form's own submit does the work, so that Ctrl+Enter does the same as the button.
}
