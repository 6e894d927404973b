import { IconHeadset, IconHistory, IconLayoutDashboard, IconSettings } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from './rail.module.css';
import { type Screen, useScreen } from './route.ts';

const icons = { desk: IconLayoutDashboard, calls: IconHistory, devices: IconHeadset, settings: IconSettings } as const;

/** The screens, always in the same place. */
export function Rail() {
  const { t } = useTranslation();
  return (
    <nav className={styles.rail} aria-label={t('rail.label')}>
      <RailLink screen="desk" />
      <RailLink screen="calls" />
      <RailLink screen="devices" />
      <div className={styles.space} />
      <RailLink screen="settings" />
    </nav>
  );
}

function RailLink({ screen }: { readonly screen: Screen }) {
  const { t } = useTranslation();
  const present = useScreen();
  const Icon = icons[screen];
  return (
    <a className={styles.link} href={`#/${screen}`} aria-current={present === screen ? 'page' : undefined}>
      <Icon size={20} stroke={1.75} aria-hidden="true" />
      <span>{t(`rail.${screen}`)}</span>
    </a>
  );
}
