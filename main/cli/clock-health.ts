import type { Finding } from '../store/health.ts';

/** What a clock is judged by. Times are wall-clock milliseconds. */
export interface ClockEvidence {
  readonly now: number;
  /** The newest time that stands in the log; null: nothing does. */
  readonly newestAt: number | null;
  /** The system's name of its time zone (`Asia/Shanghai`). */
  readonly timeZone: string;
  /** Whether the system keeps its clock right over the network; null: it does not say. */
  readonly isSynced: boolean | null;
}

/** No call was ever logged before this: an earlier clock has lost its battery. */
const earliestNow = Date.UTC(2026, 0, 1);
/** Nor is it so late: a clock beyond it has overflowed or was set wrong. */
const latestNow = Date.UTC(2037, 11, 31);
/** A clock that was set back so far did more than drift, in milliseconds. */
const setBackMaxMs = 2 * 60_000;
/** A log that says nothing for so long was left, or the clock has run ahead, in milliseconds. */
const silenceMaxMs = 60 * 24 * 3_600_000;

/** Looks at the clock against what the log says. The order of the log is never by time, so a wrong clock loses nothing. */
export function clockHealth({ now, newestAt, timeZone, isSynced }: ClockEvidence): readonly Finding[] {
  const part = 'clock';
  const finding = (state: Finding['state'], sentence: string): Finding => ({ part, state, sentence, mend: null });
  const at = new Date(now).toISOString().slice(0, 16).replace('T', ' ');
  const said = `It says ${at} UTC, time zone ${timeZone}`;
  const findings: Finding[] = [];
  if (now < earliestNow || now > latestNow)
    findings.push(finding('bad', `${said}, which can't be: set it. Times in the log are wrong until then.`));
  else if (newestAt !== null && newestAt > now + setBackMaxMs)
    findings.push(
      finding(
        'bad',
        `${said}; the newest line of the log is ${span(newestAt - now)} later. It was set back: check it.`,
      ),
    );
  else if (newestAt !== null && now - newestAt > silenceMaxMs)
    findings.push(
      finding('warning', `${said}; the newest line of the log is ${span(now - newestAt)} old. Is it right?`),
    );
  if (isSynced === false)
    findings.push(finding('warning', 'The system does not keep the clock right over the network (NTP).'));
  if (!isZone(timeZone)) findings.push(finding('warning', `The time zone "${timeZone}" is not known to this system.`));
  return findings.length > 0 ? findings : [finding('good', `${said}.`)];
}

function isZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch (cause) {
    if (cause instanceof RangeError) return false;
    throw cause;
  }
}

/** A span of time as a person says it. */
export function span(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
