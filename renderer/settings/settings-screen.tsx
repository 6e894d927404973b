import { useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useChosen } from '../desk/route.ts';
import { useSeat } from '../desk/use-seat.ts';
import frame from '../kit/screen-frame.module.css';
import { AccountGroup } from './account-group.tsx';
import { CallsGroup, LookGroup } from './choices-groups.tsx';
import { EquipmentGroup } from './equipment-group.tsx';
import styles from './settings.module.css';
import { SiteGroup } from './site-group.tsx';
import { SoundGroup } from './sound-group.tsx';
import { type SaveState, useSaveSettings } from './use-save-settings.ts';

/** The screen Settings: one column; a choice is saved as it is made, the account when somebody says so. */
export default function SettingsScreen() {
  const { t } = useTranslation();
  const saving = useSaveSettings();
  const seat = useSeat((view) => view.seat);
  const version = useSeat((view) => view.version);
  const place = useChosen();
  const column = useRef<HTMLDivElement>(null);
  // An address may lead to a part: `#/settings/site`, from the data light.
  useLayoutEffect(() => {
    const group = place === null ? null : document.getElementById(`group-${place}`);
    // Only the column moves: scrollIntoView would move the page under it too.
    if (group !== null && column.current !== null) column.current.scrollTop = group.offsetTop;
  }, [place]);
  return (
    <div className={frame.screen}>
      <div className={frame.head}>
        <h1>{t('settings.title')}</h1>
        <SaveStatus state={saving.state} />
      </div>
      <div ref={column} className={styles.groups}>
        <AccountGroup saving={saving} />
        <SoundGroup saving={saving} />
        <CallsGroup saving={saving} />
        <SiteGroup />
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
