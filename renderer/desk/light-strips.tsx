import { useTranslation } from 'react-i18next';
import { CloseKey } from '../kit/close-key.tsx';
import { LightDot } from '../kit/light-dot.tsx';
import { Timer } from '../kit/timer.tsx';
import { formatExactly } from '../kit/when.ts';
import { HubStanding, WhatWaits } from '../site/hub-standing.tsx';
import styles from './light-strips.module.css';
import { type LightName, putStripAway, useStrip } from './shown-strips.ts';
import { useLightDetail, useLightSentence } from './use-light-sentence.ts';
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
  const shown = useStrip(name, light);
  const sentence = useLightSentence(name, light);
  const detail = useLightDetail(name, light);
  const isAsked = shown === 'asked';
  if (shown === 'none') return null;
  return (
    <div className={styles.strip} data-state={light.state}>
      <LightDot state={light.state} />
      <div className={styles.says}>
        <p>
          <strong>{t(`lights.${name}`)}</strong>
          {sentence}
          {name === 'data' && <WhatWaits />}
        </p>
        {isAsked && detail !== '' && <small className={styles.detail}>{t('lights.detail', { detail })}</small>}
        {isAsked && name === 'data' && <HubStanding />}
      </div>
      <span className={styles.since} title={formatExactly(light.sinceAt, i18n.language)}>
        <Timer sinceAt={light.sinceAt} />
      </span>
      {(isAsked || light.state === 'weak') && (
        <CloseKey label={t('lights.close')} onPress={() => putStripAway(name, light)} />
      )}
    </div>
  );
}
