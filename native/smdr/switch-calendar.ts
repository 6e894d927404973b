import type { WallTime } from '../../core/call-record.ts';
import type { PrintedDate, PrintedTime } from './value-form.ts';

/** Going back by more than this is not a call that lasted long: midnight has passed. */
const rollOverSeconds = 12 * 3600;
const daySeconds = 24 * 3600;

/** The receiver's clock on the wall at the moment a record comes. `seconds`: of the day. */
export type WallMoment = { readonly date: PrintedDate; readonly seconds: number };

/**
 * Keeps the day for a stream of records that print it in part or not at all. The day comes from the record, from a date
 * record before it, or from the receiver's calendar: for a log that is read afterwards `today`, the day of its first
 * record, turned on at each midnight; for a log that is heard live the day it is `now`. Without any it stays null.
 */
export class SwitchCalendar {
  readonly #startDay: PrintedDate | null;
  readonly #now: (() => WallMoment) | undefined;
  #day: PrintedDate | null;
  #dayFrom: 'date-record' | 'receiver';
  #lastSeconds: number | null = null;
  #hasRolled = false;
  /** The last day whose year was found by the one before: a log that is read afterwards may go on for years. */
  #dayReached: PrintedDate | null = null;

  constructor(today: PrintedDate | null, now?: () => WallMoment) {
    this.#startDay = today;
    this.#now = now;
    this.#day = today;
    this.#dayFrom = 'receiver';
  }

  get #today(): PrintedDate | null {
    return this.#now?.().date ?? this.#dayReached ?? this.#startDay;
  }

  /** A date record: the day of the records that follow. */
  turnTo(date: PrintedDate): void {
    this.#day = this.#withYear(date);
    this.#dayFrom = 'date-record';
    this.#lastSeconds = null;
    this.#hasRolled = false;
  }

  /**
   * The moment a record tells. `date` is null when it prints only the time. `lastsSeconds`: how long it went on from
   * there: a call that ran past midnight is told after the first calls of the new day, and still began on the old one.
   */
  place(date: PrintedDate | null, time: PrintedTime, lastsSeconds: number): WallTime {
    const printed = clockText(time);
    if (date !== null) {
      const dateFrom = date.year === null && this.#today !== null ? 'receiver' : 'record';
      return { date: dateText(this.#withYear(date)), time: printed, dateFrom };
    }
    if (this.#now !== undefined && this.#dayFrom === 'receiver') {
      return { date: dateText(nearestDay(this.#now(), time.seconds)), time: printed, dateFrom: 'receiver' };
    }
    if (this.#day === null) return { date: null, time: printed, dateFrom: 'nobody' };
    if (this.#hasRolled && time.seconds + lastsSeconds >= daySeconds) {
      return { date: dateText(dayAfter(this.#day, -1)), time: printed, dateFrom: this.#dayFrom };
    }
    if (this.#lastSeconds !== null && this.#lastSeconds - time.seconds > rollOverSeconds) {
      this.#day = dayAfter(this.#day, 1);
      this.#hasRolled = true;
    }
    this.#lastSeconds = time.seconds;
    return { date: dateText(this.#day), time: printed, dateFrom: this.#dayFrom };
  }

  /** The year nearest to the receiver's day, or to the day the log has reached: in January a record of December is last year's. */
  #withYear(date: PrintedDate): PrintedDate {
    const today = this.#today;
    if (date.year !== null || today === null || today.year === null) return date;
    const months = date.month - today.month;
    const year = today.year + (months > 6 ? -1 : months < -6 ? 1 : 0);
    this.#dayReached = { ...date, year };
    return this.#dayReached;
  }
}

/** The day on which it is `seconds` nearest to now: around midnight a call of yesterday comes, or one of a fast clock's tomorrow. */
function nearestDay({ date, seconds: nowSeconds }: WallMoment, seconds: number): PrintedDate {
  const ahead = seconds - nowSeconds;
  return dayAfter(date, ahead > rollOverSeconds ? -1 : ahead < -rollOverSeconds ? 1 : 0);
}

function dayAfter(date: PrintedDate, days: number): PrintedDate {
  // A year nobody told is taken as one without 29 February.
  const next = new Date(Date.UTC(date.year ?? 2001, date.month - 1, date.day) + days * daySeconds * 1000);
  const year = date.year === null ? null : next.getUTCFullYear();
  return { year, month: next.getUTCMonth() + 1, day: next.getUTCDate() };
}

function dateText({ year, month, day }: PrintedDate): string {
  return `${year === null ? '-' : String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;
}

function clockText({ seconds, hasSeconds }: PrintedTime): string {
  const minutes = `${twoDigits(Math.floor(seconds / 3600))}:${twoDigits(Math.floor(seconds / 60) % 60)}`;
  return hasSeconds ? `${minutes}:${twoDigits(seconds % 60)}` : minutes;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
