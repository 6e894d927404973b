import { IconTrash } from '@tabler/icons-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeyCommand } from '../../core/key-command.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { Field } from '../kit/field.tsx';
import { useCommandWords } from './command-words.ts';
import { commandOf, draftOf, type TypedCommand, type TypedDraft } from './key-template.ts';
import styles from './keys.module.css';

type KeyEditorProps = {
  readonly order: number;
  readonly command: KeyCommand | undefined;
  /** A command that was put on the key and still wants its number. */
  readonly wanted: TypedCommand | null;
  readonly onSave: (command: KeyCommand) => void;
  readonly onClear: () => void;
};

/** The chosen key: what it does; its number and name where it has them. What is typed is saved when a field is left. */
export function KeyEditor({ order, command, wanted, onSave, onClear }: KeyEditorProps) {
  const { t } = useTranslation();
  const words = useCommandWords();
  const draft: TypedDraft | null =
    wanted !== null ? { do: wanted, number: '', name: '' } : command === undefined ? null : draftOf(command);
  const what =
    wanted !== null ? t(`keysPage.do.${wanted}`) : command === undefined ? t('keysPage.nothing') : words(command).whole;
  return (
    <section className={styles.editor} aria-label={t('keysPage.key', { order })}>
      <div className={styles.editorHead}>
        <h2>{t('keysPage.keyIs', { order, what })}</h2>
        {(command !== undefined || wanted !== null) && (
          <ActionButton icon={<IconTrash aria-hidden="true" />} onPress={onClear}>
            {t('keysPage.clear')}
          </ActionButton>
        )}
      </div>
      {draft !== null && (
        <TypedForm
          key={`${draft.do} ${wanted === null ? draft.number : ''}`}
          draft={draft}
          isNew={wanted !== null}
          onSave={onSave}
        />
      )}
      {draft === null && command === undefined && <p className={styles.quiet}>{t('keysPage.nothingAbout')}</p>}
    </section>
  );
}

type TypedFormProps = {
  readonly draft: TypedDraft;
  readonly isNew: boolean;
  readonly onSave: (command: KeyCommand) => void;
};

function TypedForm({ draft: start, isNew, onSave }: TypedFormProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(start);
  const [wasTried, setWasTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const hasName = start.do !== 'digits';
  const command = commandOf(draft);
  // A command that was just put on the key asks for its number at once.
  useEffect(() => {
    if (isNew) form.current?.querySelector('input')?.focus();
  }, [isNew]);
  const save = (): void => {
    const isChanged = draft.number.trim() !== start.number || draft.name.trim() !== start.name;
    if (command !== null && isChanged) onSave(command);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setWasTried(true);
    save();
  };
  return (
    <form
      ref={form}
      className={styles.typed}
      noValidate
      onSubmit={submit}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) save();
      }}
    >
      <Field
        label={t(start.do === 'digits' ? 'keysPage.digits' : 'keysPage.number')}
        value={draft.number}
        error={command === null ? t(`keysPage.bad.${start.do}`) : null}
        showError={wasTried}
        maxLength={start.do === 'message-waiting' ? 10 : 64}
        spellCheck={false}
        autoComplete="off"
        onChange={(number) => setDraft({ ...draft, number })}
      />
      {hasName && (
        <Field
          label={t('keysPage.name')}
          hint={t('keysPage.nameHint')}
          value={draft.name}
          error={null}
          showError={false}
          maxLength={40}
          autoComplete="off"
          onChange={(name) => setDraft({ ...draft, name })}
        />
      )}
      <button type="submit" hidden />
    </form>
  );
}

type PageEditorProps = {
  readonly name: string;
  readonly page: number;
  readonly pages: number;
  readonly onName: (name: string) => void;
  readonly onRemove: () => void;
};

/** The page that is looked at, while no key is chosen: its name, and away with it. */
export function PageEditor({ name, page, pages, onName, onRemove }: PageEditorProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(name);
  const save = (): void => {
    if (typed.trim() !== name) onName(typed.trim());
  };
  return (
    <section className={styles.editor} aria-label={t('keysPage.page', { page: page + 1 })}>
      <form
        className={styles.pageForm}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
        onBlur={save}
      >
        <Field
          label={t('keysPage.pageName', { page: page + 1 })}
          value={typed}
          error={null}
          showError={false}
          maxLength={40}
          autoComplete="off"
          onChange={setTyped}
        />
        {pages > 1 && (
          <ActionButton icon={<IconTrash aria-hidden="true" />} onPress={onRemove}>
            {t('keysPage.removePage')}
          </ActionButton>
        )}
      </form>
    </section>
  );
}
