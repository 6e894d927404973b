const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How a moment should be told: relative while fresh, absolute after a day. Counts are whole minutes or hours. */
export type When =
  | { readonly kind: 'now' }
  | { readonly kind: 'minutes'; readonly count: number }
  | { readonly kind: 'hours'; readonly count: number }
  | { readonly kind: 'absolute' };

/** Which of them fits a moment, both in wall-clock milliseconds. A moment in the future (a set-back clock) is absolute. */
export function whenOf(at: number, now: number): When {
  const ageMs = now - at;
  if (ageMs < -minuteMs || ageMs >= dayMs) return { kind: 'absolute' };
  if (ageMs < minuteMs) return { kind: 'now' };
  if (ageMs < hourMs) return { kind: 'minutes', count: Math.floor(ageMs / minuteMs) };
  return { kind: 'hours', count: Math.floor(ageMs / hourMs) };
}

/** Date and time for a row, without the year while it is this year. */
export function formatMoment(at: number, now: number, language: string): string {
  const thisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(language, {
    ...(thisYear ? {} : { year: 'numeric' }),
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);
}

/** Since when something is so: the time of day while it is today, with the date before. */
export function formatSince(at: number, now: number, language: string): string {
  if (new Date(at).toDateString() !== new Date(now).toDateString()) return formatMoment(at, now, language);
  return new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** The whole moment, to the second: for tooltips and details. */
export function formatExactly(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'medium', hourCycle: 'h23' }).format(at);
}

/** Time of day to the second. */
export function formatClock(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { timeStyle: 'medium', hourCycle: 'h23' }).format(at);
}
