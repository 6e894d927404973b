import { useTranslation } from 'react-i18next';
import { useSeat } from '../desk/use-seat.ts';
import { AccountGroup } from './account-group.tsx';
import { CallsGroup, LookGroup } from './choices-groups.tsx';
import { EquipmentGroup } from './equipment-group.tsx';
import styles from './settings.module.css';
import { SoundGroup } from './sound-group.tsx';
import { type SaveState, useSaveSettings } from './use-save-settings.ts';

/** The screen Settings: one column; a choice is saved as it is made, the account when somebody says so. */
export default function SettingsScreen() {
  const { t } = useTranslation();
  const saving = useSaveSettings();
  const seat = useSeat((view) => view.seat);
  const version = useSeat((view) => view.version);
  return (
    <div className={styles.screen}>
      <div className={styles.head}>
        <h1>{t('settings.title')}</h1>
        <SaveStatus state={saving.state} />
      </div>
      <div className={styles.groups}>
        <AccountGroup saving={saving} />
        <SoundGroup saving={saving} />
        <CallsGroup saving={saving} />
        <EquipmentGroup saving={saving} />
        <LookGroup saving={saving} />
        <p className={styles.about}>{t('settings.about', { seat, version })}</p>
      </div>
    </div>
  );
}

function SaveStatus({ state }: { readonly state: SaveState }) {
  const { t } = useTranslation();
  return (
    <p className={styles.status} data-kind={state.kind} role="status">
      {state.kind === 'saving' && t('settings.saving')}
      {state.kind === 'saved' && t('settings.saved')}
      {state.kind === 'refused' && state.why}
    </p>
  );
}
