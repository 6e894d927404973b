import { IconFileImport } from '@tabler/icons-react';
import { type DragEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../kit/action-button.tsx';
import styles from './settings.module.css';
import type { SaveSettings } from './use-save-settings.ts';

/** The longest seat file the seat reads, in characters (console-api). */
const seatFileLengthMax = 20_000;

/** Opens a seat file: dropped, or picked. What is wrong with it is said by the seat, in words. */
export function SeatFileDrop({ saving }: { readonly saving: SaveSettings }) {
  const { t } = useTranslation();
  const picker = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [isTooLong, setTooLong] = useState(false);
  const open = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setTooLong(file.size > seatFileLengthMax);
    if (file.size <= seatFileLengthMax) await saving.openSeatFile(await file.text());
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void open(event.dataTransfer.files[0]);
  };
  return (
    <fieldset
      className={styles.drop}
      data-over={isOver || undefined}
      aria-label={t('settings.account.file')}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <p className={isTooLong ? styles.bad : styles.quiet}>
        {isTooLong ? t('settings.account.fileTooLong') : t('settings.account.fileAbout')}
      </p>
      <input
        ref={picker}
        className={styles.file}
        type="file"
        tabIndex={-1}
        aria-label={t('settings.account.file')}
        accept=".json,.seat,application/json"
        onChange={(event) => {
          void open(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
      <ActionButton icon={<IconFileImport aria-hidden="true" />} onPress={() => picker.current?.click()}>
        {t('settings.account.file')}
      </ActionButton>
    </fieldset>
  );
}
