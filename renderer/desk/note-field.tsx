import { useTranslation } from 'react-i18next';
import styles from './note-field.module.css';

/** The longest note (console-api). */
const noteLengthMax = 4000;

type NoteFieldProps = {
  readonly note: string;
  readonly onWrite: (note: string) => void;
  readonly onTyping: (isTyping: boolean) => void;
  /** Ctrl+Enter: done with it. */
  readonly onDone: () => void;
};

/** The note of a call, from its first word to its after-call work: one field, which keeps the focus through the hang-up. */
export function NoteField({ note, onWrite, onTyping, onDone }: NoteFieldProps) {
  const { t } = useTranslation();
  return (
    <label className={styles.note}>
      <span>{t('card.after.note')}</span>
      <textarea
        value={note}
        maxLength={noteLengthMax}
        placeholder={t('card.after.notePlaceholder')}
        onChange={(event) => onWrite(event.currentTarget.value)}
        onFocus={() => onTyping(true)}
        onBlur={() => onTyping(false)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing) onDone();
        }}
      />
    </label>
  );
}
