import { IconPencil } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CallRow } from '../../core/call-list.ts';
import type { WorkCode } from '../../core/work-code.ts';
import { CutText, NumberText, usePartyName } from '../kit/party-text.tsx';
import { Timer } from '../kit/timer.tsx';
import styles from './after-call.module.css';
import band from './state-band.module.css';
import type { AfterCallWork } from './use-after-call.ts';
import { useCodeName } from './use-code-name.ts';

/** Whose after-call work it is. */
export function AfterCallHead({ row }: { readonly row: CallRow }) {
  const { t } = useTranslation();
  const name = usePartyName()(row.remote);
  return (
    <>
      <div className={band.band} data-state="after">
        <IconPencil size={20} aria-hidden="true" />
        <span className={band.bandWord}>{t('card.after.title')}</span>
        {row.endedAt !== null && <Timer sinceAt={row.endedAt} />}
      </div>
      <div className={styles.who}>
        <h2>
          <CutText text={name} />
        </h2>
        {row.remote.displayName.trim() !== '' && <NumberText number={row.remote.number} />}
      </div>
    </>
  );
}

/** The work codes. Keys 1–9 choose where nobody types; arrows walk the list; Enter on one saves. */
export function CodeList({ work }: { readonly work: AfterCallWork }) {
  const { t } = useTranslation();
  return (
    <fieldset className={styles.codes}>
      <legend>{t('card.after.codes')}</legend>
      <div className={styles.list}>
        {work.codes.map((code, place) => (
          <CodeChoice key={code.code} code={code} place={place} work={work} />
        ))}
      </div>
    </fieldset>
  );
}

type CodeChoiceProps = { readonly code: WorkCode; readonly place: number; readonly work: AfterCallWork };

function CodeChoice({ code, place, work }: CodeChoiceProps) {
  const name = useCodeName()(code.code);
  return (
    <label className={styles.code} title={name}>
      <input
        type="radio"
        name="work-code"
        value={code.code}
        checked={work.chosen === code.code}
        onChange={() => work.choose(code.code)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') work.finish();
        }}
      />
      {place < 9 && (
        <span className={styles.place} aria-hidden="true">
          {place + 1}
        </span>
      )}
      <span className={styles.codeName}>{name}</span>
    </label>
  );
}

/** The work that waits while another call is on the card. */
export function AfterCallWaits({ row }: { readonly row: CallRow }) {
  const { t } = useTranslation();
  const name = usePartyName()(row.remote);
  return (
    <p className={styles.waits}>
      <IconPencil size={16} aria-hidden="true" />
      <CutText text={t('card.after.waits', { who: name })} />
    </p>
  );
}
