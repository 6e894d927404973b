import { Menu } from '@mantine/core';
import {
  IconBell,
  IconCheck,
  IconChevronDown,
  IconCircleFilled,
  IconPencil,
  IconPhoneCall,
  IconPlayerPauseFilled,
  IconPower,
  IconSquareFilled,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type AgentActivity, type AgentChoice, notReadyReason } from '../../core/agent.ts';
import { Timer } from '../kit/timer.tsx';
import { activityTone } from './card-calls.ts';
import styles from './state-menu.module.css';
import { useAsk, useSeat } from './use-seat.ts';

/** A shape for each state, so that none is told by its colour alone. */
const icons = {
  'signed-out': IconPower,
  'not-ready': IconSquareFilled,
  ready: IconCircleFilled,
  ringing: IconBell,
  talking: IconPhoneCall,
  holding: IconPlayerPauseFilled,
  'after-call-work': IconPencil,
} as const;

/** The agent's state: shape, word and running time. */
export function StatePill({ activity, sinceAt }: { readonly activity: AgentActivity; readonly sinceAt: number }) {
  const word = useActivityWord()(activity);
  const Icon = icons[activity.kind];
  return (
    <>
      <Icon size={16} aria-hidden="true" />
      <span className={styles.word}>{word}</span>
      <Timer sinceAt={sinceAt} />
    </>
  );
}

/** The word for an activity: the reason where there is one. */
export function useActivityWord(): (activity: AgentActivity) => string {
  const { t } = useTranslation();
  return (activity) => (activity.kind === 'not-ready' ? t(`reason.${activity.reason}`) : t(`state.${activity.kind}`));
}

/** The pill in the top bar and the menu under it. What is chosen in a call takes effect after it, and says so. */
export function StateMenu() {
  const { t } = useTranslation();
  const agent = useSeat((view) => view.agent);
  const signIn = useSeat((view) => view.signIn);
  const word = useActivityWord()(agent.activity);
  const isLater = agent.activity.kind !== agent.choice.kind;
  return (
    <Menu position="bottom-start" offset={4} width={240} classNames={menuClasses} transitionProps={noTransition}>
      <Menu.Target>
        <button
          type="button"
          className={styles.pill}
          data-tone={activityTone(agent.activity.kind)}
          aria-label={t('stateMenu.open', { state: word })}
          title={t(`stateMenu.cause.${agent.cause}`)}
        >
          <StatePill activity={agent.activity} sinceAt={agent.sinceAt} />
          <IconChevronDown size={16} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {signIn.kind === 'signed-in' && <Menu.Label>{t('signIn.as', { name: signIn.person.name })}</Menu.Label>}
        {isLater && <Menu.Label>{t('stateMenu.afterThisCall')}</Menu.Label>}
        <Choice choice={{ kind: 'ready' }} chosen={agent.choice} />
        <Menu.Divider />
        <Menu.Label>{t('stateMenu.noCalls')}</Menu.Label>
        {notReadyReason.options.map((reason) => (
          <Choice key={reason} choice={{ kind: 'not-ready', reason }} chosen={agent.choice} />
        ))}
        <Menu.Divider />
        <Choice choice={{ kind: 'signed-out' }} chosen={agent.choice} />
      </Menu.Dropdown>
    </Menu>
  );
}

const noTransition = { duration: 0 };

const menuClasses = {
  dropdown: styles.menu ?? '',
  item: styles.item ?? '',
  itemLabel: styles.itemLabel ?? '',
  label: styles.label ?? '',
  divider: styles.divider ?? '',
};

type ChoiceProps = { readonly choice: AgentChoice; readonly chosen: AgentChoice };

function Choice({ choice, chosen }: ChoiceProps) {
  const { t } = useTranslation();
  const ask = useAsk();
  const isChosen = isSameChoice(choice, chosen);
  const Icon = icons[choice.kind];
  const word =
    choice.kind === 'not-ready'
      ? t(`reason.${choice.reason}`)
      : choice.kind === 'signed-out'
        ? t('stateMenu.signOut')
        : t('state.ready');
  return (
    <Menu.Item
      leftSection={
        <Icon size={14} className={styles.itemIcon} data-tone={activityTone(choice.kind)} aria-hidden="true" />
      }
      rightSection={isChosen ? <IconCheck size={16} aria-hidden="true" /> : undefined}
      aria-current={isChosen || undefined}
      onClick={() => ask({ kind: 'choose', choice })}
    >
      {word}
    </Menu.Item>
  );
}

function isSameChoice(a: AgentChoice, b: AgentChoice): boolean {
  if (a.kind === 'not-ready' && b.kind === 'not-ready') return a.reason === b.reason;
  return a.kind === b.kind;
}
