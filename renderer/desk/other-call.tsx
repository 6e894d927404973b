import { IconBell, IconPlayerPauseFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Call } from '../../core/call.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { CutText, NumberText, usePartyName } from '../kit/party-text.tsx';
import { Timer } from '../kit/timer.tsx';
import { ArrivalLine } from './arrival-line.tsx';
import styles from './other-call.module.css';
import { useAsk } from './use-seat.ts';

type OtherCallProps = { readonly call: Call; readonly first: Call | null };

/** A second call, smaller, over the hook of the first: it waits to be answered, or it is on hold. */
export function OtherCall({ call, first }: OtherCallProps) {
  const { t } = useTranslation();
  const ask = useAsk();
  const name = usePartyName()(call.remote);
  const isWaiting = call.state.kind === 'ringing';
  const Icon = isWaiting ? IconBell : IconPlayerPauseFilled;
  const take = (): void => {
    if (isWaiting) ask({ kind: 'answer', callId: call.callId });
    else if (first?.state.kind === 'ringing') ask({ kind: 'resume', callId: call.callId });
    else ask({ kind: 'swap' });
  };
  return (
    <section className={styles.other} data-waiting={isWaiting || undefined} aria-label={t('card.other.label')}>
      <div className={styles.head}>
        <Icon size={16} aria-hidden="true" />
        <span>{isWaiting ? t('card.other.waiting') : t('card.other.held')}</span>
        <ArrivalLine callId={call.callId} isSmall />
        <Timer sinceAt={call.sinceAt} />
      </div>
      <div className={styles.who}>
        <CutText text={name} className={styles.name ?? ''} />
        {call.remote.displayName.trim() !== '' && <NumberText number={call.remote.number} />}
      </div>
      <div className={styles.keys}>
        <ActionButton onPress={take}>
          {isWaiting
            ? t('card.other.answer')
            : first?.state.kind === 'ringing'
              ? t('keys.resume')
              : t('card.other.swap')}
        </ActionButton>
        <ActionButton
          onPress={() =>
            isWaiting
              ? ask({ kind: 'decline', callId: call.callId, how: 'elsewhere' })
              : ask({ kind: 'hang-up', callId: call.callId })
          }
        >
          {isWaiting ? t('card.other.decline') : t('card.other.hangUp')}
        </ActionButton>
      </div>
    </section>
  );
}
