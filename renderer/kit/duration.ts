const secondMs = 1000;

/** A running time for reading: `mm:ss`, over an hour `h:mm:ss`. Never negative, for clocks that were set back. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / secondMs));
  const h = Math.floor(seconds / 3600);
  const mm = String(Math.floor((seconds % 3600) / 60)).padStart(2, '0');
  const ss = String(seconds % 60).padStart(2, '0');
  return h > 0 ? `${h}:${mm}:${ss}` : `${mm}:${ss}`;
}

/** A day's sum in hours and minutes, `hh:mm`: the seconds of a sum help nobody. */
export function formatHours(durationMs: number): string {
  const minutes = Math.max(0, Math.floor(durationMs / (60 * secondMs)));
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** The same time as ISO 8601 duration, for `<time datetime>`. */
export function isoDuration(durationMs: number): string {
  return `PT${Math.max(0, Math.floor(durationMs / secondMs))}S`;
}
