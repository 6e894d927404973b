import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FileDrop } from '../kit/file-drop.tsx';
import styles from './settings.module.css';
import type { SaveSettings } from './use-save-settings.ts';

/** The longest seat file the seat reads (console-api), in characters; no character is less than a byte. */
const seatFileBytesMax = 20_000;

/** Opens a seat file: dropped, or picked. What is wrong with it is said by the seat, in words. */
export function SeatFileDrop({ saving }: { readonly saving: SaveSettings }) {
  const { t } = useTranslation();
  const [isTooLong, setTooLong] = useState(false);
  const open = (text: string): void => {
    setTooLong(false);
    void saving.openSeatFile(text);
  };
  return (
    <FileDrop
      label={t('settings.account.file')}
      accept=".json,.seat,application/json"
      bytesMax={seatFileBytesMax}
      onText={open}
      onTooLong={() => setTooLong(true)}
    >
      <p className={isTooLong ? styles.bad : styles.quiet}>
        {isTooLong ? t('settings.account.fileTooLong') : t('settings.account.fileAbout')}
      </p>
    </FileDrop>
  );
}
