import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '../kit/clock.ts';
import { formatDuration } from '../kit/duration.ts';
import type { ShownRefusal } from './use-enter.ts';

type RefusalTextProps = {
  readonly refusal: ShownRefusal;
  readonly waitUntil: number | null;
  /** The wait is over. */
  readonly onOver: () => void;
};

/** Why nobody was signed in, and what to do. */
export function RefusalText({ refusal, waitUntil, onOver }: RefusalTextProps) {
  const { t } = useTranslation();
  if (refusal.why === 'run-out') return <p>{t('signIn.refused.run-out', { count: refusal.offlineHours })}</p>;
  if (refusal.why !== 'wait') return <p>{t(`signIn.refused.${refusal.why}`)}</p>;
  return (
    <p>
      {t('signIn.refused.wait')} {waitUntil !== null && <Countdown until={waitUntil} onOver={onOver} />}
    </p>
  );
}

/** Not read out as it counts down: that would never end. */
function Countdown({ until, onOver }: { readonly until: number; readonly onOver: () => void }) {
  const { t } = useTranslation();
  const leftMs = until - useNow();
  const isOver = leftMs <= 0;
  useEffect(() => {
    if (isOver) onOver();
  }, [isOver, onOver]);
  return <span aria-live="off">{t('signIn.again', { time: formatDuration(leftMs) })}</span>;
}
