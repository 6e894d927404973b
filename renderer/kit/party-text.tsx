import { useTranslation } from 'react-i18next';
import type { RemoteParty } from '../../core/call.ts';
import { grouped } from '../../core/phone-number.ts';
import styles from './text.module.css';

/** A phone number grouped for reading. What is copied from it is the number as it came. */
export function NumberText({ number }: { readonly number: string }) {
  return <span className={styles.number}>{grouped(number)}</span>;
}

/** Who somebody is in one line: the name, else the number, else that none was given. Untrusted text, shown as text. */
export function usePartyName(): (remote: RemoteParty) => string {
  const { t } = useTranslation();
  return (remote) => remote.displayName.trim() || grouped(remote.number) || t('card.unknownCaller');
}

/** One line that may be cut, with the whole in a title. */
export function CutText({ text, className = '' }: { readonly text: string; readonly className?: string }) {
  return (
    <span className={`${styles.cut} ${className}`} title={text}>
      {text}
    </span>
  );
}
