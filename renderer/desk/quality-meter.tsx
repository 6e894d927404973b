import { useTranslation } from 'react-i18next';
import styles from './meters.module.css';
import { useSeat } from './use-seat.ts';

/** From these estimates on a call counts as good or fair; below, people begin to ask each other to repeat (ITU-T G.107 annex B). */
const goodFromMos = 4.0;
const fairFromMos = 3.6;

/** The grade of an estimated mean opinion score, 1.0 .. 4.5. */
export function gradeOf(mos: number): 'good' | 'fair' | 'poor' {
  if (mos >= goodFromMos) return 'good';
  return mos >= fairFromMos ? 'fair' : 'poor';
}

const barsLit = { good: 3, fair: 2, poor: 1 } as const;

/** How the call sounds, estimated: bars, a word, the figure; all of it in the title. Nothing until the first sample. */
export function QualityMeter({ callId }: { readonly callId: string }) {
  const { t } = useTranslation();
  const report = useSeat((view) => view.quality[callId]);
  if (report === undefined) return <p className={styles.line} />;
  const grade = gradeOf(report.mos);
  const whole = t('card.quality.whole', {
    mos: report.mos.toFixed(1),
    codec: report.codec,
    loss: report.lossPercent.toFixed(1),
    jitter: Math.round(report.jitterMs),
    trip: report.roundTripMs === null ? t('card.quality.noTrip') : `${Math.round(report.roundTripMs)} ms`,
  });
  return (
    <p className={styles.line} title={whole}>
      <svg className={styles.bars} data-grade={grade} viewBox="0 0 14 14" aria-hidden="true">
        {[1, 2, 3].map((bar) => (
          <rect
            key={bar}
            data-lit={bar <= barsLit[grade] || undefined}
            x={bar * 5 - 5}
            y={14 - bar * 4.5}
            width="3.5"
            height={bar * 4.5}
            rx="1"
          />
        ))}
      </svg>
      <span className={styles.quiet}>{t('card.quality.label')}</span>
      <span>{t(`card.quality.${grade}`)}</span>
      <span className={styles.figure}>{report.mos.toFixed(1)}</span>
    </p>
  );
}
