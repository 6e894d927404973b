import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './copy-line.module.css';

/** How long the copy sign says that it was copied. */
const copiedMs = 2_000;

/** A line somebody types elsewhere, with a key that copies it. It can be chosen by hand where copying is not allowed. */
export function CopyLine({ text }: { readonly text: string }) {
  const { t } = useTranslation();
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), copiedMs);
    } catch {
      // The page may not write the clipboard here: the line stays there to be chosen by hand.
    }
  };
  const label = isCopied ? t('copy.done') : t('copy.copy');
  return (
    <span className={styles.line}>
      <code>{text}</code>
      <button type="button" aria-label={label} title={label} onClick={() => void copy()}>
        {isCopied ? <IconCheck size={16} aria-hidden="true" /> : <IconCopy size={16} aria-hidden="true" />}
      </button>
    </span>
  );
}
