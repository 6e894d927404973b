import { IconKeyboard } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceInfo } from '../../core/device-api.ts';
import type { PanelLayout } from '../../core/key-face.ts';
import { goTo, useChosen } from '../desk/route.ts';
import { useSeat } from '../desk/use-seat.ts';
import { useKeyLights } from '../devices/lit-keys.ts';
import { useDeviceName } from '../devices/use-device-name.ts';
import { useKeyMoments } from '../devices/use-key-moments.ts';
import { EmptyState } from '../kit/empty-state.tsx';
import field from '../kit/field.module.css';
import frame from '../kit/screen-frame.module.css';
import styles from './keys.module.css';
import { KeysFile } from './keys-file.tsx';
import { PanelKeys } from './panel-keys.tsx';
import { type KeysSaving, useBindings } from './use-bindings.ts';

/** A device whose keys can be bound. */
export type Panel = DeviceInfo & { readonly layout: PanelLayout };

function isPanel(device: DeviceInfo): device is Panel {
  return device.layout !== null && device.layout.keys.length > 0;
}

/** The screen Keys: what each key of a panel or a pedal does. Saved as it is changed, and every change can be undone. */
export default function KeysScreen() {
  const { t } = useTranslation();
  const devices = useSeat((view) => view.devices);
  const panels = devices.filter(isPanel);
  const wished = useChosen();
  const panel = panels.find((each) => each.deviceId === wished) ?? panels[0];
  const lights = useKeyLights();
  const saving = useBindings();
  // The key somebody presses on any panel is the key they mean; `times` tells a second press of it.
  const [pressed, setPressed] = useState<{ readonly deviceId: string; readonly keyId: string } | null>(null);
  useKeyMoments((event) => {
    lights.take(event);
    const { deviceId, press } = event;
    if (press.key !== 'panel' || !press.isDown || !panels.some((each) => each.deviceId === deviceId)) return;
    if (deviceId !== panel?.deviceId) goTo('keys', deviceId);
    setPressed({ deviceId, keyId: press.keyId });
  });
  useUndoKey(saving.undo);
  return (
    <div className={frame.screen}>
      <div className={styles.head}>
        <h1>{t('keysPage.title')}</h1>
        {panel !== undefined && <PanelChoice panels={panels} panel={panel} />}
        <KeysStatus state={saving.state} />
        <KeysFile saving={saving} />
      </div>
      {panel === undefined ? (
        <div className={styles.empty}>
          <EmptyState
            what={t('keysPage.empty')}
            step={<p>{t('keysPage.emptyStep')}</p>}
            icon={<IconKeyboard aria-hidden="true" />}
          />
        </div>
      ) : (
        <PanelKeys
          key={panel.deviceId}
          panel={panel}
          lights={lights}
          saving={saving}
          pressed={pressed?.deviceId === panel.deviceId ? pressed : null}
        />
      )}
    </div>
  );
}

function PanelChoice({ panels, panel }: { readonly panels: readonly Panel[]; readonly panel: Panel }) {
  const { t } = useTranslation();
  const nameOf = useDeviceName();
  if (panels.length === 1) return <p className={styles.panelName}>{nameOf(panel)}</p>;
  return (
    <select
      className={`${field.input} ${styles.panelChoice}`}
      aria-label={t('keysPage.panel')}
      value={panel.deviceId}
      onChange={(event) => goTo('keys', event.currentTarget.value)}
    >
      {panels.map((each) => (
        <option key={each.deviceId} value={each.deviceId}>
          {nameOf(each)}
        </option>
      ))}
    </select>
  );
}

function KeysStatus({ state }: { readonly state: KeysSaving }) {
  const { t } = useTranslation();
  return (
    <p className={styles.status} data-kind={state.kind} role="status">
      {state.kind === 'saving' && t('settings.saving')}
      {state.kind === 'saved' && t('settings.saved')}
      {state.kind === 'undone' && t('keysPage.undone')}
      {state.kind === 'refused' && state.why}
    </p>
  );
}

/** Ctrl+Z (Command on a Mac) anywhere but in a field, which has an undo of its own. */
function useUndoKey(undo: () => Promise<boolean>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (event.key.toLowerCase() !== 'z' || event.shiftKey || !(event.ctrlKey || event.metaKey) || isTyping) return;
      event.preventDefault();
      void undo();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  });
}
