import {
  IconArrowBackUp,
  IconBolt,
  IconHash,
  IconMicrophoneOff,
  IconMinus,
  IconPhone,
  IconPhoneOff,
  IconPhoneX,
  IconPlayerPause,
  IconPlus,
  IconPoint,
} from '@tabler/icons-react';
import type { LampName } from '../../core/key.ts';
import styles from './pictures.module.css';
import type { KeyWord, NamedKey } from './use-key-names.ts';

const icons = {
  hook: IconPhone,
  mute: IconMicrophoneOff,
  flash: IconBolt,
  hold: IconPlayerPause,
  redial: IconArrowBackUp,
  reject: IconPhoneX,
  drop: IconPhoneOff,
  'line-busy': IconPoint,
  'volume-up': IconPlus,
  'volume-down': IconMinus,
  digit: IconHash,
} as const satisfies Record<KeyWord, typeof IconPhone>;

/** The colour a lamp has on most headsets; a lamp is told by its name too. */
export const lampColours = {
  'off-hook': 'green',
  ring: 'amber',
  ringer: 'amber',
  mute: 'red',
  hold: 'amber',
  microphone: 'red',
  speaker: 'green',
  'on-line': 'green',
} as const satisfies Record<LampName, 'green' | 'amber' | 'red'>;

const keysInRow = 4;
const keyPitch = 28;
const podLeft = 118;
const podWidth = 122;

type HeadsetPictureProps = {
  readonly keys: readonly NamedKey[];
  readonly lamps: readonly LampName[];
  readonly isPressed: (key: NamedKey) => boolean;
  readonly isLit: (lamp: LampName) => boolean;
  /** On its dock or off the head: drawn dimmed. */
  readonly isAway: boolean;
};

/** A headset with the keys and lamps it says it has, on its control box. Decoration: names and states stand beside it. */
export function HeadsetPicture({ keys, lamps, isPressed, isLit, isAway }: HeadsetPictureProps) {
  const rows = Math.max(1, Math.ceil(keys.length / keysInRow));
  const lampRoom = lamps.length > 0 ? 18 : 0;
  const podHeight = 10 + lampRoom + rows * keyPitch;
  const height = Math.max(112, podHeight + 16);
  const podTop = (height - podHeight) / 2;
  return (
    <svg className={styles.picture} viewBox={`0 0 248 ${height}`} aria-hidden="true">
      <g className={styles.shape} data-away={isAway || undefined} transform={`translate(0 ${(height - 112) / 2})`}>
        <path d="M20 56a36 38 0 0 1 72 0" />
        <rect className={styles.solid} x="11" y="52" width="18" height="32" rx="8" />
        <rect className={styles.solid} x="83" y="52" width="18" height="32" rx="8" />
        <path d="M20 84c0 12 6 16 22 16" />
        <rect className={styles.solid} x="40" y="95" width="16" height="10" rx="5" />
      </g>
      <path
        className={styles.cord}
        d={`M101 ${height / 2 + 12}C112 ${height / 2 + 12} 108 ${height / 2} 118 ${height / 2}`}
      />
      <rect className={styles.body} x={podLeft} y={podTop} width={podWidth} height={podHeight} rx="12" />
      {lamps.map((lamp, at) => (
        <circle
          key={lamp}
          className={styles.lamp}
          data-colour={lampColours[lamp]}
          data-lit={isLit(lamp) || undefined}
          cx={podLeft + 19 + at * Math.min(16, 84 / Math.max(1, lamps.length - 1))}
          cy={podTop + 14}
          r="5"
        />
      ))}
      {keys.map((key, at) => {
        const x = podLeft + 19 + (at % keysInRow) * keyPitch;
        const y = podTop + 5 + lampRoom + Math.floor(at / keysInRow) * keyPitch + keyPitch / 2;
        const Icon = key.word === null ? IconPoint : icons[key.word];
        return (
          <g key={key.name} className={styles.key} data-pressed={isPressed(key) || undefined}>
            <circle cx={x} cy={y} r="11.5" />
            <Icon x={x - 7} y={y - 7} width={14} height={14} />
          </g>
        );
      })}
    </svg>
  );
}
