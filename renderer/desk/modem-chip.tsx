import { IconRouter } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CutText } from '../kit/party-text.tsx';
import { goTo } from './route.ts';
import styles from './top-bar.module.css';
import { useModemInUse } from './use-modem.ts';

/** That calls go by the modem: only while one is on it, or while the switch is away. */
export function ModemChip() {
  const { t } = useTranslation();
  const modem = useModemInUse();
  if (modem === null) return null;
  const bars = modem.signal === null ? '' : t('modem.signal', { bars: Math.ceil(modem.signal * 4) });
  const said = modem.operator === '' ? t('modem.inUse') : t('modem.inUseBy', { operator: modem.operator });
  return (
    <button
      type="button"
      className={styles.modem}
      title={[said, bars].filter((part) => part !== '').join(' · ')}
      onClick={() => goTo('devices')}
    >
      <IconRouter size={18} aria-hidden="true" />
      <CutText text={said} />
    </button>
  );
}
