import { IconArrowBackUp, IconFileExport, IconFileImport } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../kit/action-button.tsx';
import text from '../kit/text.module.css';
import { readBindings } from './bindings.ts';
import styles from './keys.module.css';
import type { SaveBindings } from './use-bindings.ts';

/** The longest file of keys that is read, in bytes: thirty panels of eighty keys are half of it. */
const fileBytesMax = 1_000_000;

/** The name a file of keys has in a profile. */
const fileName = 'keys.json';

/** Undo; every panel's keys as one file, out and in. */
export function KeysFile({ saving }: { readonly saving: SaveBindings }) {
  const { t } = useTranslation();
  const picker = useRef<HTMLInputElement>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const open = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    if (file.size > fileBytesMax) {
      setTrouble(t('keysPage.file.tooLong'));
      return;
    }
    const read = readBindings(await file.text());
    if (read.kind === 'bad') {
      setTrouble(
        read.where === null ? t('keysPage.file.notJson') : t('keysPage.file.bad', { where: read.where || fileName }),
      );
      return;
    }
    setTrouble(null);
    await saving.change(() => read.bindings);
  };
  const save = async (): Promise<void> => {
    const bindings = await saving.present();
    if (bindings !== null) handOut(fileName, `${JSON.stringify(bindings, null, 2)}\n`);
  };
  return (
    <div className={styles.file}>
      {trouble !== null && (
        <p className={styles.trouble} role="alert">
          {trouble}
        </p>
      )}
      <ActionButton
        icon={<IconArrowBackUp aria-hidden="true" />}
        isDim={saving.undoable === 0}
        onPress={() => void saving.undo()}
      >
        {t('keysPage.undo')}
      </ActionButton>
      <ActionButton
        icon={<IconFileExport aria-hidden="true" />}
        label={t('keysPage.file.saveWhole')}
        onPress={() => void save()}
      >
        {t('keysPage.file.save')}
      </ActionButton>
      <input
        ref={picker}
        className={text.hidden}
        type="file"
        tabIndex={-1}
        aria-label={t('keysPage.file.openWhole')}
        accept=".json,application/json"
        onChange={(event) => {
          void open(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
      <ActionButton
        icon={<IconFileImport aria-hidden="true" />}
        label={t('keysPage.file.openWhole')}
        onPress={() => picker.current?.click()}
      >
        {t('keysPage.file.open')}
      </ActionButton>
    </div>
  );
}

/** Hands a text to the person as a file to keep. */
function handOut(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
