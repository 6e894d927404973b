import { IconPlayerPauseFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { LightDot } from '../kit/light-dot.tsx';
import { askStrip, type LightName, useStrip } from './shown-strips.ts';
import styles from './top-bar.module.css';
import { useLight, useSeat } from './use-seat.ts';

/** A light in the top bar; pressed, its sentence and since when stand over the work area (never over the card). */
export function LightButton({ name }: { readonly name: LightName }) {
  const { t } = useTranslation();
  const light = useLight(name);
  const isAsked = useStrip(name, light) === 'asked';
  // A pause is somebody's own doing and easily forgotten: it is seen without asking.
  const isPaused = useSeat((view) => name === 'data' && view.uploads.state === 'paused');
  const said = t('lights.whole', { name: t(`lights.${name}`), state: t(`lights.${light.state}`) });
  return (
    <button
      type="button"
      className={styles.light}
      data-state={light.state}
      aria-label={isPaused ? t('lights.wholePaused', { light: said }) : said}
      aria-expanded={isAsked}
      onClick={() => askStrip(isAsked ? null : name)}
    >
      <LightDot state={light.state} />
      <span aria-hidden="true">{t(`lights.${name}`)}</span>
      {isPaused && <IconPlayerPauseFilled size={12} aria-hidden="true" className={styles.paused} />}
    </button>
  );
}
