import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { settings as settingsSchema } from '../../core/settings.ts';
import { useSeat } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { ChoiceField, FieldGroup } from '../kit/field.tsx';
import styles from './settings.module.css';
import type { SaveSettings } from './use-save-settings.ts';

type GroupProps = { readonly saving: SaveSettings };

/** Recording, the hook key while another call waits, notifications. */
export function CallsGroup({ saving }: GroupProps) {
  const { t } = useTranslation();
  const recording = useSeat((view) => view.settings.recording);
  const hook = useSeat((view) => view.settings.hookWhileWaiting);
  return (
    <FieldGroup title={t('settings.calls.title')}>
      <ChoiceField
        label={t('settings.calls.recording')}
        value={recording}
        options={[
          { value: 'every-call', label: t('settings.calls.every-call') },
          { value: 'never', label: t('settings.calls.never') },
        ]}
        onChange={(chosen) => void saving.save({ recording: chosen === 'never' ? 'never' : 'every-call' })}
      />
      <ChoiceField
        label={t('settings.calls.hook')}
        hint={t('settings.calls.hookAbout')}
        value={hook}
        options={[
          { value: 'ignore', label: t('settings.calls.ignore') },
          { value: 'hold-and-answer', label: t('settings.calls.hold-and-answer') },
        ]}
        onChange={(chosen) =>
          void saving.save({ hookWhileWaiting: chosen === 'hold-and-answer' ? 'hold-and-answer' : 'ignore' })
        }
      />
      <Notifications />
    </FieldGroup>
  );
}

/** Asks for the permission only when somebody presses the button: a question out of nowhere is refused by most people. */
function Notifications() {
  const { t } = useTranslation();
  const [permission, setPermission] = useState(() => ('Notification' in window ? Notification.permission : 'denied'));
  return (
    <div className={styles.row}>
      {permission === 'default' ? (
        <ActionButton onPress={() => void Notification.requestPermission().then(setPermission)}>
          {t('settings.calls.notifyAllow')}
        </ActionButton>
      ) : (
        <strong>{t('settings.calls.notify')}</strong>
      )}
      <p className={styles.quiet}>
        {permission === 'granted' && t('settings.calls.notifyOn')}
        {permission === 'denied' && t('settings.calls.notifyOff')}
        {permission === 'default' && t('settings.calls.notifyAbout')}
      </p>
    </div>
  );
}

/** Language names stand in their own language, so that somebody in the wrong one finds the way out. */
const languageNames = { 'zh-CN': '\u4e2d\u6587', en: 'English' } as const;

/** Language and theme. */
export function LookGroup({ saving }: GroupProps) {
  const { t } = useTranslation();
  const language = useSeat((view) => view.settings.language);
  const theme = useSeat((view) => view.settings.theme);
  return (
    <FieldGroup title={t('settings.look.title')}>
      <ChoiceField
        label={t('settings.look.language')}
        value={language}
        options={[
          { value: 'auto', label: t('settings.look.auto') },
          { value: 'zh-CN', label: languageNames['zh-CN'] },
          { value: 'en', label: languageNames.en },
        ]}
        onChange={(chosen) => {
          const parsed = settingsSchema.shape.language.safeParse(chosen);
          if (parsed.success) void saving.save({ language: parsed.data });
        }}
      />
      <ChoiceField
        label={t('settings.look.theme')}
        value={theme}
        options={[
          { value: 'auto', label: t('settings.look.auto') },
          { value: 'light', label: t('settings.look.light') },
          { value: 'dark', label: t('settings.look.dark') },
          { value: 'high-contrast', label: t('settings.look.high-contrast') },
        ]}
        onChange={(chosen) => {
          const parsed = settingsSchema.shape.theme.safeParse(chosen);
          if (parsed.success) void saving.save({ theme: parsed.data });
        }}
      />
    </FieldGroup>
  );
}
