import { IconFileImport } from '@tabler/icons-react';
import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import { ActionButton } from './action-button.tsx';
import styles from './file-drop.module.css';
import text from './text.module.css';

type FileDropProps = {
  readonly label: string;
  readonly accept: string;
  /** A longer file is not read at all, in bytes. */
  readonly bytesMax: number;
  readonly onText: (text: string) => void;
  readonly onTooLong: () => void;
  /** What stands before the button: a sentence, or a field that takes the same by hand. */
  readonly children: ReactNode;
};

/** A place that takes a text file: dropped on it, or picked with its button. */
export function FileDrop({ label, accept, bytesMax, onText, onTooLong, children }: FileDropProps) {
  const picker = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const open = (file: File | undefined): void => {
    if (file === undefined) return;
    if (file.size > bytesMax) onTooLong();
    // A file that is gone by now reads like an empty one: whoever takes the text says that it is not what was meant.
    else file.text().then(onText, () => onText(''));
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    open(event.dataTransfer.files[0]);
  };
  return (
    <fieldset
      className={styles.drop}
      data-over={isOver || undefined}
      aria-label={label}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      {children}
      <input
        ref={picker}
        className={text.hidden}
        type="file"
        tabIndex={-1}
        aria-label={label}
        accept={accept}
        onChange={(event) => {
          open(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
      <ActionButton icon={<IconFileImport aria-hidden="true" />} onPress={() => picker.current?.click()}>
        {label}
      </ActionButton>
    </fieldset>
  );
}
