import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../kit/action-button.tsx';
import { ChoiceField, Field, ListField } from '../kit/field.tsx';
import { UnprovenMark } from '../kit/unproven-mark.tsx';
import styles from './equipment.module.css';
import { type EquipmentDraft, type EquipmentError, equipmentErrors } from './equipment-draft.ts';
import { LineFields } from './line-fields.tsx';
import { PortField } from './port-field.tsx';
import { useAnswer } from './use-answer.ts';

type EquipmentFormProps = {
  readonly start: EquipmentDraft;
  readonly isNew: boolean;
  /** Why the last saving was refused, in words. */
  readonly refusal: string | null;
  readonly onSave: (draft: EquipmentDraft) => void;
  readonly onCancel: () => void;
};

/** What each part of the form gets: the draft, how to change it, what is wrong and whether to say so. */
export type DraftProps = {
  readonly draft: EquipmentDraft;
  readonly change: (part: Partial<EquipmentDraft>) => void;
  readonly say: (error: EquipmentError | undefined) => string | null;
  readonly wasTried: boolean;
};

/** One piece of equipment being set up or changed. */
export function EquipmentForm({ start, isNew, refusal, onSave, onCancel }: EquipmentFormProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(start);
  const [wasTried, setWasTried] = useState(false);
  const [wasSaved, setWasSaved] = useState(false);
  const errors = equipmentErrors(draft);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setWasTried(true);
    if (Object.keys(errors).length > 0) return;
    setWasSaved(true);
    onSave(draft);
  };
  const props: DraftProps = {
    draft,
    change: (part) => setDraft({ ...draft, ...part }),
    say: (error) => (error === undefined ? null : t(`equipment.error.${error}`)),
    wasTried,
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate aria-label={t(`equipment.use.${draft.use}`)}>
      <h3>{isNew ? t(`equipment.new.${draft.use}`) : t(`equipment.use.${draft.use}`)}</h3>
      {draft.use === 'panel' && <PanelFields {...props} />}
      {draft.use === 'message-desk' && <MessageDeskFields {...props} />}
      {draft.use === 'call-records' && <CallRecordsFields {...props} />}
      {draft.use === 'modem' && <ModemFields {...props} />}
      <Field
        label={t('equipment.name')}
        hint={t('equipment.nameHint')}
        value={draft.name}
        error={null}
        showError={false}
        maxLength={60}
        autoComplete="off"
        onChange={(name) => props.change({ name })}
      />
      {wasSaved && refusal !== null && <p className={styles.bad}>{refusal}</p>}
      <div className={styles.buttons}>
        <ActionButton rank="primary" type="submit" onPress={submitted}>
          {isNew ? t('equipment.addIt') : t('equipment.save')}
        </ActionButton>
        <ActionButton onPress={onCancel}>{t('equipment.cancel')}</ActionButton>
      </div>
    </form>
  );
}

function submitted(): void {
  // The form's own submit does the work, so that Enter in a field does the same as the button.
}

function PanelFields(props: DraftProps) {
  const { t } = useTranslation();
  const { draft, change } = props;
  const { answer } = useAnswer((console) => console.equipment.profiles());
  return (
    <>
      <PortField {...props} />
      <FromList
        label={t('equipment.profile')}
        choices={answer}
        value={draft.profile}
        error={props.say(props.wasTried ? equipmentErrors(draft).profile : undefined)}
        onChange={(profile) => change({ profile })}
      />
    </>
  );
}

type FromListProps = {
  readonly label: string;
  /** Null until they have come. */
  readonly choices:
    | readonly {
        readonly id: string;
        readonly title: string;
        readonly unproven: readonly string[];
        readonly isShipped: boolean;
      }[]
    | null;
  readonly value: string;
  readonly error: string | null;
  readonly onChange: (id: string) => void;
};

/** A profile or a layout by its title; what is not proven says so, in the list and under it. */
function FromList({ label, choices, value, error, onChange }: FromListProps) {
  const { t } = useTranslation();
  const chosen = choices?.find(({ id }) => id === value);
  const titleOf = (choice: NonNullable<typeof choices>[number]): string =>
    [
      choice.title || choice.id,
      choice.isShipped ? '' : t('equipment.own'),
      choice.unproven.length > 0 ? t('unproven.mark') : '',
    ]
      .filter((part) => part !== '')
      .join(' · ');
  const isUnknown = value !== '' && choices !== null && chosen === undefined;
  return (
    <div>
      <ListField
        label={label}
        value={value}
        options={[
          { value: '', label: choices === null ? t('equipment.loading') : t('equipment.choose') },
          ...(choices ?? []).map((choice) => ({ value: choice.id, label: titleOf(choice) })),
          ...(isUnknown || choices === null ? [{ value, label: value }].filter((option) => option.value !== '') : []),
        ]}
        onChange={onChange}
      />
      {error !== null && <p className={styles.bad}>{error}</p>}
      {chosen !== undefined && chosen.unproven.length > 0 && (
        <div className={styles.unproven}>
          <UnprovenMark what={chosen.unproven} />
        </div>
      )}
    </div>
  );
}

function MessageDeskFields(props: DraftProps) {
  const { t } = useTranslation();
  const { draft, change } = props;
  return (
    <>
      <PortField {...props} />
      <LineFields {...props} />
      <ChoiceField
        label={t('equipment.role')}
        hint={draft.role === 'desk' ? t('equipment.roleDeskAbout') : t('equipment.roleSwitchAbout')}
        value={draft.role}
        options={[
          { value: 'desk', label: t('equipment.roleDesk') },
          { value: 'switch', label: t('equipment.roleSwitch') },
        ]}
        onChange={(role) => change({ role: role === 'switch' ? 'switch' : 'desk' })}
      />
      <ChoiceField
        label={t('equipment.digits')}
        value={String(draft.digits)}
        options={[5, 7, 10].map((digits) => ({ value: String(digits), label: String(digits) }))}
        onChange={(digits) => change({ digits: digits === '5' ? 5 : digits === '10' ? 10 : 7 })}
      />
      <Field
        label={t('equipment.keepAlive')}
        hint={t('equipment.keepAliveHint')}
        inputMode="numeric"
        value={draft.keepAliveNumber}
        error={props.say(equipmentErrors(draft).keepAliveNumber)}
        showError={props.wasTried}
        maxLength={10}
        autoComplete="off"
        onChange={(keepAliveNumber) => change({ keepAliveNumber })}
      />
    </>
  );
}

const sources = ['port', 'connect', 'listen', 'file'] as const;
const dateOrders = ['layout', 'day-first', 'month-first'] as const;

function CallRecordsFields(props: DraftProps) {
  const { t } = useTranslation();
  const { draft, change, say, wasTried } = props;
  const { answer } = useAnswer((console) => console.equipment.layouts());
  return (
    <>
      <FromList
        label={t('equipment.layout')}
        choices={answer}
        value={draft.layout}
        error={say(wasTried ? equipmentErrors(draft).layout : undefined)}
        onChange={(layout) => change({ layout })}
      />
      <ListField
        label={t('equipment.source')}
        value={draft.source}
        options={sources.map((source) => ({ value: source, label: t(`equipment.sourceIs.${source}`) }))}
        onChange={(source) => change({ source: sources.find((each) => each === source) ?? 'port' })}
      />
      <SourceFields {...props} />
      <ListField
        label={t('equipment.dateOrder')}
        value={draft.dateOrder}
        options={dateOrders.map((order) => ({ value: order, label: t(`equipment.dateOrderIs.${order}`) }))}
        onChange={(order) => change({ dateOrder: dateOrders.find((each) => each === order) ?? 'layout' })}
      />
    </>
  );
}

/** Where the chosen source of call records is found. */
function SourceFields(props: DraftProps) {
  const { t } = useTranslation();
  const { draft, change, say, wasTried } = props;
  const errors = equipmentErrors(draft);
  const field = { showError: wasTried, spellCheck: false, autoComplete: 'off' } as const;
  return (
    <>
      {draft.source === 'port' && <PortField {...props} />}
      {draft.source === 'port' && <LineFields {...props} />}
      {draft.source === 'connect' && (
        <Field
          {...field}
          label={t('equipment.host')}
          value={draft.host}
          error={say(errors.host)}
          maxLength={255}
          onChange={(host) => change({ host })}
        />
      )}
      {(draft.source === 'connect' || draft.source === 'listen') && (
        <Field
          {...field}
          label={t('equipment.tcpPort')}
          inputMode="numeric"
          value={draft.tcpPort}
          error={say(errors.tcpPort)}
          maxLength={5}
          onChange={(tcpPort) => change({ tcpPort })}
        />
      )}
      {draft.source === 'file' && (
        <Field
          {...field}
          label={t('equipment.file')}
          value={draft.file}
          error={say(errors.file)}
          maxLength={500}
          onChange={(file) => change({ file })}
        />
      )}
    </>
  );
}

function ModemFields(props: DraftProps) {
  const { t } = useTranslation();
  const { draft, change } = props;
  return (
    <>
      <PortField {...props} />
      <LineFields {...props} />
      <ChoiceField
        label={t('equipment.modemKind')}
        hint={draft.kind === 'mobile' ? t('equipment.mobileAbout') : t('equipment.analogAbout')}
        value={draft.kind}
        options={[
          { value: 'mobile', label: t('equipment.mobile') },
          { value: 'analog', label: t('equipment.analog') },
        ]}
        onChange={(kind) => change({ kind: kind === 'analog' ? 'analog' : 'mobile' })}
      />
      <ChoiceField
        label={t('equipment.fallback')}
        hint={t('equipment.fallbackAbout')}
        value={draft.isFallback ? 'yes' : 'no'}
        options={[
          { value: 'yes', label: t('equipment.fallbackYes') },
          { value: 'no', label: t('equipment.fallbackNo') },
        ]}
        onChange={(chosen) => change({ isFallback: chosen === 'yes' })}
      />
    </>
  );
}
