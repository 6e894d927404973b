import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { LightDot } from '../kit/light-dot.tsx';
import { Timer } from '../kit/timer.tsx';
import { formatExactly } from '../kit/when.ts';
import { closeAskedLight, type LightName, useAskedLight } from './light-button.tsx';
import styles from './light-strips.module.css';
import { useLightSentence } from './use-light-sentence.ts';
import { useLight } from './use-seat.ts';

/** What the lights have to say: each that is weak or down by itself, any other when somebody asked. */
export function LightStrips() {
  return (
    <div className={styles.strips} role="status">
      <LightStrip name="signalling" />
      <LightStrip name="media" />
      <LightStrip name="data" />
    </div>
  );
}

function LightStrip({ name }: { readonly name: LightName }) {
  const { t, i18n } = useTranslation();
  const light = useLight(name);
  const isAsked = useAskedLight() === name;
  const sentence = useLightSentence(name, light);
  const isTrouble = light.state === 'weak' || light.state === 'down';
  if (!isTrouble && !isAsked) return null;
  return (
    <div className={styles.strip} data-state={light.state}>
      <LightDot state={light.state} />
      <p>
        <strong>{t(`lights.${name}`)}</strong>
        {sentence}
        {isAsked && light.detail !== '' && (
          <small className={styles.detail}>{t('lights.detail', { detail: light.detail })}</small>
        )}
      </p>
      <span className={styles.since} title={formatExactly(light.sinceAt, i18n.language)}>
        <Timer sinceAt={light.sinceAt} />
      </span>
      {isAsked && (
        <button type="button" className={styles.close} aria-label={t('lights.close')} onClick={closeAskedLight}>
          <IconX size={16} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}
