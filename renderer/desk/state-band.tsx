import { IconBell, IconDots, IconPhoneCall, IconPlayerPauseFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Call } from '../../core/call.ts';
import { Timer } from '../kit/timer.tsx';
import styles from './state-band.module.css';

const bandIcons = {
  ringing: IconBell,
  dialling: IconDots,
  connecting: IconDots,
  talking: IconPhoneCall,
  held: IconPlayerPauseFilled,
  ended: IconDots,
} as const;

/** How a call stands and since when: on top of its card. */
export function StateBand({ call }: { readonly call: Call }) {
  const { t } = useTranslation();
  const kind = call.state.kind;
  const Icon = bandIcons[kind];
  const word =
    call.state.kind === 'dialling' && call.state.isAlerting
      ? t('card.state.alerting')
      : kind === 'talking' && call.isHeldThere
        ? t('card.state.heldThere')
        : t(`card.state.${kind}`);
  return (
    <div className={styles.band} data-state={kind}>
      <Icon size={20} aria-hidden="true" />
      <span className={styles.bandWord}>{word}</span>
      <Timer sinceAt={timedFrom(call)} />
    </div>
  );
}

/** A talk is timed from its answer, so that hold and resume don't start it anew; a hold by itself: it is what gets too long. */
function timedFrom(call: Call): number {
  return call.state.kind === 'talking' && call.answeredAt !== null ? call.answeredAt : call.sinceAt;
}
