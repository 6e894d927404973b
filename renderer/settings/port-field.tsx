import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FoundPort } from '../../core/equipment.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { Field, ListField } from '../kit/field.tsx';
import styles from './equipment.module.css';
import { choiceOf, equipmentErrors } from './equipment-draft.ts';
import type { DraftProps } from './equipment-form.tsx';
import { useAnswer } from './use-answer.ts';

/** The value of the list for a port that is typed: no path begins with a space. */
const typed = ' typed';

/** The port a thing is on: one that is plugged in, by its name, or one that is typed. */
export function PortField({ draft, change, say, wasTried }: DraftProps) {
  const { t } = useTranslation();
  const { answer, askAgain } = useAnswer((console) => console.equipment.ports());
  const [isTyping, setTyping] = useState(false);
  const ports = answer ?? [];
  const { path } = draft.port;
  const isMissing = !isTyping && path !== '' && !ports.some((port) => port.path === path);
  const error = say(equipmentErrors(draft).port);
  const options = [
    { value: '', label: answer === null ? t('equipment.loading') : t('equipment.choosePort') },
    ...ports.map((port) => ({ value: port.path, label: labelOf(port) })),
    ...(isMissing ? [{ value: path, label: t('settings.sound.missing', { label: path }) }] : []),
    { value: typed, label: t('equipment.otherPort') },
  ];
  return (
    <>
      <div className={styles.port}>
        <ListField
          label={t('equipment.port')}
          value={isTyping ? typed : path}
          options={options}
          onChange={(chosen) => {
            setTyping(chosen === typed);
            const found = ports.find((port) => port.path === chosen);
            change({ port: found === undefined ? bare(chosen === typed ? '' : chosen) : choiceOf(found) });
          }}
        />
        <ActionButton icon={<IconRefresh aria-hidden="true" />} onPress={askAgain}>
          {t('equipment.lookAgain')}
        </ActionButton>
      </div>
      {!isTyping && wasTried && error !== null && <p className={styles.bad}>{error}</p>}
      {isTyping && (
        <Field
          label={t('equipment.portPath')}
          hint={t('equipment.portHint')}
          value={path}
          error={error}
          showError={wasTried}
          maxLength={300}
          spellCheck={false}
          autoComplete="off"
          onChange={(next) => change({ port: bare(next) })}
        />
      )}
    </>
  );
}

function bare(path: string) {
  return { path, vendorId: null, productId: null, serialNumber: null };
}

function labelOf(port: FoundPort): string {
  return [port.path, port.manufacturer, port.serialNumber ?? ''].filter((part) => part !== '').join(' · ');
}
