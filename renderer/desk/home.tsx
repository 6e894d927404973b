import { IconArrowRight, IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Call } from '../../core/call.ts';
import type { CallRow } from '../../core/call-list.ts';
import line from '../calls/call-line.module.css';
import { CallCells, DialRowKey } from '../calls/call-line.tsx';
import { isMissed } from '../calls/call-outcome.tsx';
import { EmptyState } from '../kit/empty-state.tsx';
import text from '../kit/text.module.css';
import { WhenText } from '../kit/when-text.tsx';
import styles from './home.module.css';
import { MessageLamps } from './message-lamps.tsx';
import { goTo } from './route.ts';
import type { CallerHistory } from './use-caller-history.ts';
import { useCodeName } from './use-code-name.ts';
import { useLatestCalls } from './use-latest-calls.ts';
import { useAsk, useSeat } from './use-seat.ts';

type HomeProps = { readonly call: Call | null; readonly history: CallerHistory };

/** The desk's work area: with a call, what was said with this number before; without, whom to call back and the latest. */
export function Home({ call, history }: HomeProps) {
  const { t } = useTranslation();
  return (
    <>
      <div className={styles.home}>
        <h1 className={text.hidden}>{t('home.title')}</h1>
        {call === null ? <Between /> : <WithCaller history={history} />}
      </div>
      <MessageLamps call={call} />
    </>
  );
}

function WithCaller({ history }: { readonly history: CallerHistory }) {
  const { t } = useTranslation();
  const codeName = useCodeName();
  if (history === null) return null;
  if (history.length === 0) return <EmptyState what={t('home.noHistory')} icon={<IconHistory aria-hidden="true" />} />;
  return (
    <section aria-labelledby="history">
      <h2 id="history" className={styles.heading}>
        {t('home.history')}
      </h2>
      <ol className={styles.past}>
        {history.map((row) => (
          <li key={row.callId} className={styles.pastCall}>
            <span className={styles.pastWhen}>
              <WhenText at={row.offeredAt} />
            </span>
            <div>
              <a className={styles.pastCode} href={`#/calls/${encodeURIComponent(row.callId)}`}>
                {row.workCode !== null
                  ? codeName(row.workCode)
                  : row.cause !== null && row.answeredAt === null
                    ? t(`endCause.${row.cause}`)
                    : t('calls.uncoded')}
              </a>
              <p className={styles.pastNote}>{row.note === '' ? t('home.noNote') : row.note}</p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** How many of the latest calls the desk shows; all others are on the screen Calls. */
const latestShownMax = 12;

function Between() {
  const { t } = useTranslation();
  const rows = useLatestCalls();
  const isPractice = useSeat((view) => view.line.kind === 'practice');
  if (rows === null) return null;
  if (rows.length === 0) {
    return (
      <EmptyState
        what={t('home.empty')}
        step={<p>{isPractice ? t('home.emptyPractice') : t('home.emptyLine')}</p>}
        icon={<IconHistory aria-hidden="true" />}
      />
    );
  }
  const due = callBacksDue(rows);
  return (
    <>
      {due.length > 0 && <CallBacks rows={due} />}
      <section aria-labelledby="latest">
        <div className={styles.headingRow}>
          <h2 id="latest" className={styles.heading}>
            {t('home.latest')}
          </h2>
          <a className={styles.all} href="#/calls">
            {t('home.all')}
            <IconArrowRight size={16} aria-hidden="true" />
          </a>
        </div>
        <ol className={styles.list}>
          {rows.slice(0, latestShownMax).map((row) => (
            <li key={row.callId}>
              <button type="button" className={`${line.row} ${styles.row}`} onClick={() => goTo('calls', row.callId)}>
                <CallCells row={row} />
              </button>
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}

function CallBacks({ rows }: { readonly rows: readonly CallRow[] }) {
  const { t } = useTranslation();
  const ask = useAsk();
  return (
    <section aria-labelledby="call-back" className={styles.callBacks}>
      <h2 id="call-back" className={styles.heading}>
        {t('home.callBack')}
      </h2>
      <ol className={styles.list}>
        {rows.map((row) => (
          <li key={row.callId} className={styles.due}>
            <button type="button" className={`${line.row} ${styles.row}`} onClick={() => goTo('calls', row.callId)}>
              <CallCells row={row} />
            </button>
            <DialRowKey row={row} onDial={(number) => ask({ kind: 'dial', number })} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** At most so many call-backs stand over the latest calls; a longer list would push everything else away. */
const callBacksShownMax = 5;

/**
 * Missed calls nobody has spoken with since, one a number, newest first. Rows are newest first. The number must be known:
 * a hidden one can't be called back.
 */
export function callBacksDue(rows: readonly CallRow[]): readonly CallRow[] {
  const settled = new Set<string>();
  const due: CallRow[] = [];
  for (const row of rows) {
    const number = row.remote.number;
    if (number === '' || settled.has(number)) continue;
    if (isMissed(row)) due.push(row);
    if (isMissed(row) || row.answeredAt !== null) settled.add(number);
  }
  return due.slice(0, callBacksShownMax);
}
