import { useEffect, useRef } from 'react';
import type { Peaks } from './peaks.ts';
import styles from './player.module.css';

/** One bar and the space after it, in CSS pixels. */
const barWidth = 2;
const barStep = 3;

type WaveformProps = {
  readonly peaks: Peaks;
  /** What has been played, 0..1. */
  readonly share: number;
};

/** Two lanes of sound: the agent above, the caller below. For the eye only; the seek bar beneath it says the position. */
export function Waveform({ peaks, share }: WaveformProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const place = canvas.current;
    if (place === null) return;
    const redraw = (): void => draw(place, peaks, share);
    redraw();
    const sizes = new ResizeObserver(redraw);
    sizes.observe(place);
    return () => sizes.disconnect();
  }, [peaks, share]);
  return <canvas ref={canvas} className={styles.canvas} />;
}

function draw(canvas: HTMLCanvasElement, peaks: Peaks, share: number): void {
  const scale = window.devicePixelRatio;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const ink = canvas.getContext('2d');
  if (ink === null) return;
  ink.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const playedColour = style.getPropertyValue('--blue-fill');
  const restColour = style.getPropertyValue('--line-strong');
  const laneHeight = height / peaks.length;
  for (const [lane, loudness] of peaks.entries()) {
    const middle = laneHeight * (lane + 0.5);
    for (let x = 0; x < width; x += barStep) {
      const loud = loudestIn(loudness, x / width, (x + barStep) / width);
      const half = Math.max(0.5, loud * (laneHeight / 2 - 3));
      ink.fillStyle = x / width < share ? playedColour : restColour;
      ink.fillRect(x, middle - half, barWidth, half * 2);
    }
  }
}

function loudestIn(loudness: Float32Array, from: number, to: number): number {
  let peak = 0;
  const end = Math.min(
    loudness.length,
    Math.max(Math.ceil(to * loudness.length), Math.floor(from * loudness.length) + 1),
  );
  for (let at = Math.floor(from * loudness.length); at < end; at++) peak = Math.max(peak, loudness[at] ?? 0);
  return peak;
}
