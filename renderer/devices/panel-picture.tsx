import type { CSSProperties, ReactNode } from 'react';
import type { KeyFace, PanelLayout } from '../../core/key-face.ts';
import { Timer } from '../kit/timer.tsx';
import { keyIcons } from './key-icons.ts';
import styles from './panel-picture.module.css';

/** Panels wider than this are drawn with smaller keys, so that all of it is seen at once. */
const manyColumns = 8;

type PanelKey = PanelLayout['keys'][number];

type PanelPictureProps = {
  readonly layout: PanelLayout;
  /** Draws what stands in a key's place; `order` counts from 1, row by row. */
  readonly children: (key: PanelKey, order: number) => ReactNode;
};

/** The keys of a panel where they lie on it. What a key is (a button, a target) is up to who draws it. */
export function PanelPicture({ layout, children }: PanelPictureProps) {
  const across = Math.max(layout.columns, ...layout.keys.map((key) => key.column + key.width));
  const down = Math.max(layout.rows, ...layout.keys.map((key) => key.row + key.height));
  const share = (part: number, whole: number): string => `${(100 * part) / whole}%`;
  const frame = { '--across': across, aspectRatio: `${across} / ${down}` } satisfies CSSProperties &
    Record<string, unknown>;
  return (
    <div className={styles.frame} data-many={across > manyColumns || undefined}>
      <div className={styles.panel} style={frame}>
        {keysInOrder(layout).map((key, at) => (
          <div
            key={key.keyId}
            className={styles.place}
            style={{
              left: share(key.column, across),
              top: share(key.row, down),
              width: share(key.width, across),
              height: share(key.height, down),
            }}
          >
            {children(key, at + 1)}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Row by row from the top left: the order people count keys in. */
export function keysInOrder(layout: PanelLayout): readonly PanelKey[] {
  return [...layout.keys].sort((a, b) => a.row - b.row || a.column - b.column);
}

type KeyCapProps = {
  readonly shows: PanelKey['shows'];
  /** Null: a dark key. */
  readonly face: Pick<KeyFace, 'caption' | 'icon' | 'lamp' | 'tone' | 'isEnabled' | 'sinceAt'> | null;
};

/** What a key shows: picture, caption, timer, lamp. */
export function KeyCap({ shows, face }: KeyCapProps) {
  const Icon = face === null ? null : keyIcons[face.icon];
  return (
    <span
      className={styles.cap}
      data-shows={shows}
      data-tone={face?.tone}
      data-dim={face === null || !face.isEnabled || undefined}
    >
      {shows !== 'none' && <i className={styles.lamp} data-lamp={face?.lamp ?? 'off'} data-tone={face?.tone} />}
      {Icon !== null && <Icon className={styles.icon ?? ''} aria-hidden="true" />}
      <span className={styles.caption}>{face?.caption ?? ''}</span>
      {face?.sinceAt != null && shows === 'picture' && (
        <span className={styles.timer}>
          <Timer sinceAt={face.sinceAt} />
        </span>
      )}
    </span>
  );
}
