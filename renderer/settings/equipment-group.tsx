import { IconFileInvoice, IconKeyboard, IconMailbox, IconPencil, IconRouter, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Equipment } from '../../core/equipment.ts';
import { useSeat } from '../desk/use-seat.ts';
import { useDeviceName } from '../devices/use-device-name.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { FieldGroup } from '../kit/field.tsx';
import { LightDot } from '../kit/light-dot.tsx';
import { CutText } from '../kit/party-text.tsx';
import styles from './equipment.module.css';
import { draftOf, type EquipmentDraft, newDraft, pieceOf, withPiece } from './equipment-draft.ts';
import { EquipmentForm } from './equipment-form.tsx';
import settings from './settings.module.css';
import type { SaveSettings } from './use-save-settings.ts';

const icons = {
  panel: IconKeyboard,
  'message-desk': IconMailbox,
  'call-records': IconFileInvoice,
  modem: IconRouter,
} as const;
const uses = ['panel', 'message-desk', 'call-records', 'modem'] as const;

/** The most pieces a seat may have (equipment.ts). */
const piecesMax = 32;

/** What stands on ports and sockets: listed, changed, removed, added. One is changed at a time. */
export function EquipmentGroup({ saving }: { readonly saving: SaveSettings }) {
  const { t } = useTranslation();
  const present = useSeat((view) => view.settings.equipment);
  const [open, setOpen] = useState<EquipmentDraft | null>(null);
  const isNew = open !== null && !present.some(({ id }) => id === open.id);
  const save = async (draft: EquipmentDraft): Promise<void> => {
    const piece = pieceOf(draft);
    // What was typed stays until it is saved.
    if (piece !== null && (await saving.save({ equipment: withPiece(present, piece) }))) setOpen(null);
  };
  const form = (draft: EquipmentDraft) => (
    <EquipmentForm
      key={draft.id}
      start={draft}
      isNew={isNew}
      refusal={saving.state.kind === 'refused' ? saving.state.why : null}
      onSave={(typed) => void save(typed)}
      onCancel={() => setOpen(null)}
    />
  );
  return (
    <FieldGroup title={t('equipment.title')} place="equipment">
      <p className={settings.quiet}>{t('equipment.about')}</p>
      {present.length > 0 && (
        <ul className={styles.list}>
          {present.map((piece) => (
            <li key={piece.id}>
              {open?.id === piece.id ? (
                form(open)
              ) : (
                <Piece
                  piece={piece}
                  onChange={() => setOpen(draftOf(piece))}
                  onRemove={() => void saving.save({ equipment: present.filter(({ id }) => id !== piece.id) })}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {open !== null && isNew && form(open)}
      {open === null && present.length < piecesMax && (
        <fieldset className={styles.add}>
          <legend>{t('equipment.add')}</legend>
          {uses.map((use) => {
            const Icon = icons[use];
            return (
              <ActionButton
                key={use}
                icon={<Icon aria-hidden="true" />}
                onPress={() => setOpen(newDraft(use, present))}
              >
                {t(`equipment.use.${use}`)}
              </ActionButton>
            );
          })}
        </fieldset>
      )}
    </FieldGroup>
  );
}

type PieceProps = { readonly piece: Equipment; readonly onChange: () => void; readonly onRemove: () => void };

function Piece({ piece, onChange, onRemove }: PieceProps) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const device = useSeat((view) => view.devices.find(({ deviceId }) => deviceId === piece.id));
  const deviceName = useDeviceName();
  const name = piece.name || (device === undefined ? t(`equipment.use.${piece.use}`) : deviceName(device));
  const state = device?.state.kind;
  const use = t(`equipment.use.${piece.use}`);
  const trouble = device?.state.kind === 'problem' ? t(`devices.problem.${device.state.problem}`) : '';
  const beside = [trouble || (name === use ? '' : use), whereOf(piece)].filter((part) => part !== '');
  return (
    <div className={styles.piece}>
      <LightDot state={state === 'open' ? 'good' : state === 'problem' ? 'down' : 'off'} />
      <div className={styles.what}>
        <strong>
          <CutText text={name} />
        </strong>
        <p className={settings.quiet}>{beside.join(' · ')}</p>
      </div>
      {isAsking ? (
        <>
          <ActionButton icon={<IconTrash aria-hidden="true" />} onPress={onRemove}>
            {t('equipment.removeReally')}
          </ActionButton>
          <ActionButton rank="quiet" onPress={() => setAsking(false)}>
            {t('equipment.keep')}
          </ActionButton>
        </>
      ) : (
        <>
          <ActionButton
            icon={<IconPencil aria-hidden="true" />}
            label={t('equipment.changeWhole', { name })}
            onPress={onChange}
          >
            {t('equipment.change')}
          </ActionButton>
          <ActionButton
            icon={<IconTrash aria-hidden="true" />}
            label={t('equipment.removeWhole', { name })}
            onPress={() => setAsking(true)}
          >
            {t('equipment.remove')}
          </ActionButton>
        </>
      )}
    </div>
  );
}

function whereOf(piece: Equipment): string {
  if (piece.use !== 'call-records') return piece.port.path;
  const { source } = piece;
  if (source.kind === 'port') return source.port.path;
  if (source.kind === 'connect') return `${source.host}:${source.port}`;
  return source.kind === 'listen' ? `:${source.port}` : source.path;
}
