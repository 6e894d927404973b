import type { DeviceInfo } from '../../core/device-api.ts';
import type { ModemView } from '../../core/equipment-api.ts';
import type { LitKeys } from './lit-keys.ts';
import styles from './pictures.module.css';

/** A light on its base, in the colour it shows now. Decoration: the words beside it say what it means. */
export function LightPicture({ glow }: { readonly glow: DeviceInfo['glow'] }) {
  const isDark = glow === null || glow.colour === '#000000';
  return (
    <svg className={styles.small} viewBox="78 18 154 90" aria-hidden="true">
      <path
        className={styles.dome}
        data-dark={isDark || undefined}
        data-flash={isDark ? undefined : glow.flash}
        fill={isDark ? undefined : glow.colour}
        d="M88 82V58a36 36 0 0 1 72 0v24z"
      />
      <rect className={styles.body} x="80" y="82" width="88" height="14" rx="6" />
      <path className={styles.cord} d="M168 89h34c16 0 12 16 28 16" />
    </svg>
  );
}

/** The switches of a pedal side by side, as they lie; pressed ones are lit. */
export function PedalPicture({
  layout,
  lit,
}: {
  readonly layout: NonNullable<DeviceInfo['layout']>;
  readonly lit: LitKeys;
}) {
  const keys = [...layout.keys].sort((a, b) => a.column - b.column);
  const width = Math.min(64, 208 / Math.max(1, keys.length));
  const left = 124 - (keys.length * width) / 2;
  return (
    <svg className={styles.picture} viewBox="0 0 248 112" aria-hidden="true">
      <rect className={styles.body} x={left - 10} y="76" width={keys.length * width + 20} height="22" rx="6" />
      {keys.map((key, at) => {
        const x = left + at * width + 4;
        return (
          <g key={key.keyId} className={styles.key} data-pressed={lit.has(key.keyId) || undefined}>
            <path d={`M${x + 4} 18h${width - 16}l4 60h-${width - 8}z`} />
            <path d={`M${x + 6} 36h${width - 20}M${x + 5} 48h${width - 18}M${x + 4} 60h${width - 16}`} />
          </g>
        );
      })}
    </svg>
  );
}

/** A modem with its aerial and how well it is heard: four bars, filled by the signal. */
export function ModemPicture({ modem }: { readonly modem: ModemView | null }) {
  const bars = modem?.signal == null ? 0 : Math.ceil(modem.signal * 4);
  return (
    <svg className={styles.small} viewBox="60 12 128 84" aria-hidden="true">
      <path className={styles.cord} d="M84 62V22" />
      <circle className={styles.solid} cx="84" cy="20" r="4" />
      <rect className={styles.body} x="68" y="56" width="112" height="36" rx="8" />
      <circle
        className={styles.lamp}
        data-colour={modem?.state === 'ready' || modem?.state === 'busy' ? 'green' : 'amber'}
        data-lit={modem !== null && modem.state !== 'absent' ? true : undefined}
        cx="86"
        cy="74"
        r="5"
      />
      {[0, 1, 2, 3].map((bar) => (
        <rect
          key={bar}
          className={styles.bar}
          data-filled={bar < bars || undefined}
          x={128 + bar * 11}
          y={80 - bar * 5}
          width="7"
          height={6 + bar * 5}
          rx="1.5"
        />
      ))}
    </svg>
  );
}

/** A nine-pin plug with its cable: equipment whose face we do not know. */
export function PlugPicture({ hasPaper }: { readonly hasPaper: boolean }) {
  return (
    <svg className={styles.small} viewBox={hasPaper ? '18 12 204 84' : '18 12 124 84'} aria-hidden="true">
      <path className={styles.cord} d="M20 56h44" />
      <path className={styles.body} d="M64 40h18v32H64z" />
      <path className={styles.body} d="M82 32h54l-6 48H88z" />
      {[0, 1, 2, 3, 4].map((pin) => (
        <circle key={pin} className={styles.solid} cx={94 + pin * 7.5} cy="48" r="2.2" />
      ))}
      {[0, 1, 2, 3].map((pin) => (
        <circle key={pin} className={styles.solid} cx={98 + pin * 7.5} cy="62" r="2.2" />
      ))}
      {hasPaper && (
        <g className={styles.shape}>
          <path className={styles.body} d="M164 16h52v76l-6.5-6-6.5 6-6.5-6-6.5 6-6.5-6-6.5 6-6.5-6-6.5 6z" />
          <path d="M172 30h36M172 42h28M172 54h36M172 66h20" />
        </g>
      )}
    </svg>
  );
}
