import {
  IconHeadset,
  IconHistory,
  IconKeyboard,
  IconLayoutDashboard,
  IconMessage,
  IconSettings,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from './rail.module.css';
import { useScreen } from './route.ts';
import { useSeat } from './use-seat.ts';

const icons = {
  desk: IconLayoutDashboard,
  calls: IconHistory,
  texts: IconMessage,
  devices: IconHeadset,
  keys: IconKeyboard,
  settings: IconSettings,
} as const;

/** The screens, always in the same place. */
export function Rail() {
  const { t } = useTranslation();
  const hasTexts = useSeat((view) => view.settings.equipment.some((e) => e.use === 'modem' && e.kind === 'mobile'));
  return (
    <nav className={styles.rail} aria-label={t('rail.label')}>
      <RailLink screen="desk" />
      <RailLink screen="calls" />
      {hasTexts && <RailLink screen="texts" />}
      <RailLink screen="devices" />
      <RailLink screen="keys" />
      <div className={styles.space} />
      <RailLink screen="settings" />
    </nav>
  );
}

function RailLink({ screen }: { readonly screen: keyof typeof icons }) {
  const { t } = useTranslation();
  const shown = useScreen();
  // The switch's log is a side of Calls.
  const present = shown === 'switch-log' ? 'calls' : shown;
  const Icon = icons[screen];
  return (
    <a className={styles.link} href={`#/${screen}`} aria-current={present === screen ? 'page' : undefined}>
      <Icon size={20} stroke={1.75} aria-hidden="true" />
      <span>{t(`rail.${screen}`)}</span>
    </a>
  );
}
