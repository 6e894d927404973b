import { IconChevronRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Field, ListField } from '../kit/field.tsx';
import styles from './equipment.module.css';
import { equipmentErrors } from './equipment-draft.ts';
import type { DraftProps } from './equipment-form.tsx';

const parities = ['none', 'even', 'odd'] as const;
const flows = ['none', 'rtscts', 'xonxoff'] as const;

/** Speed and shape of a line, folded away under their short form (1200 7E1): most people keep what is usual. */
export function LineFields({ draft, change, say, wasTried }: DraftProps) {
  const { t } = useTranslation();
  const { line } = draft;
  const set = (part: Partial<typeof line>): void => change({ line: { ...line, ...part } });
  const short = `${line.baudRate} ${line.dataBits}${line.parity[0]?.toUpperCase() ?? ''}${line.stopBits}`;
  const error = say(equipmentErrors(draft).baudRate);
  return (
    <details className={styles.line} open={wasTried && error !== null}>
      <summary>
        <IconChevronRight size={16} aria-hidden="true" />
        {t('equipment.line', { short })}
      </summary>
      <div className={styles.lineFields}>
        <Field
          label={t('equipment.baud')}
          inputMode="numeric"
          value={line.baudRate}
          error={error}
          showError={wasTried}
          maxLength={7}
          autoComplete="off"
          onChange={(baudRate) => set({ baudRate })}
        />
        <ListField
          label={t('equipment.dataBits')}
          value={String(line.dataBits)}
          options={['7', '8'].map((bits) => ({ value: bits, label: bits }))}
          onChange={(bits) => set({ dataBits: bits === '7' ? 7 : 8 })}
        />
        <ListField
          label={t('equipment.parity')}
          value={line.parity}
          options={parities.map((parity) => ({ value: parity, label: t(`equipment.parityIs.${parity}`) }))}
          onChange={(chosen) => set({ parity: parities.find((each) => each === chosen) ?? 'none' })}
        />
        <ListField
          label={t('equipment.stopBits')}
          value={String(line.stopBits)}
          options={['1', '2'].map((bits) => ({ value: bits, label: bits }))}
          onChange={(bits) => set({ stopBits: bits === '2' ? 2 : 1 })}
        />
        <ListField
          label={t('equipment.flow')}
          value={line.flow}
          options={flows.map((flow) => ({ value: flow, label: t(`equipment.flowIs.${flow}`) }))}
          onChange={(chosen) => set({ flow: flows.find((each) => each === chosen) ?? 'none' })}
        />
      </div>
    </details>
  );
}
