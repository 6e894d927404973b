import { useTranslation } from 'react-i18next';
import { useSeat } from '../desk/use-seat.ts';
import { useNow } from '../kit/clock.ts';
import { formatSince } from '../kit/when.ts';
import styles from './sign-in.module.css';

/** What somebody who works here has to know about his sign-in; nothing while all is well. */
export function SignInStrip() {
  const signIn = useSeat((view) => view.signIn);
  if (signIn.kind === 'signed-out') return <Strip says="waits" tone="amber" />;
  if (signIn.kind === 'not-needed' || signIn.standing === 'good') return null;
  return <Strip says={signIn.standing} until={signIn.untilAt} tone={signIn.standing === 'ended' ? 'red' : 'amber'} />;
}

type StripProps = {
  readonly says: 'waits' | 'running-out' | 'run-out' | 'ended';
  readonly tone: 'amber' | 'red';
  readonly until?: number;
};

const minuteMs = 60_000;

function Strip({ says, tone, until = 0 }: StripProps) {
  const { t, i18n } = useTranslation();
  const now = useNow(minuteMs);
  return (
    <div className={styles.strip} data-tone={tone} role="status">
      <p>
        <strong>{t('signIn.title')}</strong>
        {t(`signIn.strip.${says}`, { until: formatSince(until, now, i18n.language) })}
      </p>
    </div>
  );
}
