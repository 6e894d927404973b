import type { Light } from '../../core/console-api.ts';
import styles from './light-dot.module.css';

/** A light as shape and colour: full disc good, triangle weak, crossed square down, hollow ring off. Decoration only. */
export function LightDot({ state }: { readonly state: Light['state'] }) {
  return (
    <svg className={styles.dot} data-state={state} viewBox="0 0 14 14" aria-hidden="true">
      {state === 'good' && <circle cx="7" cy="7" r="6" />}
      {state === 'weak' && <path d="M7 1 13.4 12.6H.6Z" />}
      {state === 'down' && (
        <>
          <rect x="0.5" y="0.5" width="13" height="13" rx="2.5" />
          <path className={styles.cross} d="m4 4 6 6m0-6-6 6" />
        </>
      )}
      {state === 'off' && <circle className={styles.ring} cx="7" cy="7" r="5" />}
    </svg>
  );
}
