/**
 * The forms in which switches print values: what a value looks like (a bounded piece of a regular expression without
 * groups that capture) and how it is read. A value that looks right and cannot be (month 13) is refused.
 */

/** A day as printed; `year` is null when it was not. */
export type PrintedDate = { readonly year: number | null; readonly month: number; readonly day: number };
/** Seconds since midnight. */
export type PrintedTime = { readonly seconds: number; readonly hasSeconds: boolean };

/** Which number of a date comes first; a setting at most switches. */
export type DateOrder = 'mdy' | 'dmy' | 'ymd';

export type FormValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'date'; readonly date: PrintedDate }
  | { readonly kind: 'time'; readonly time: PrintedTime }
  | { readonly kind: 'date-time'; readonly date: PrintedDate; readonly time: PrintedTime }
  | { readonly kind: 'seconds'; readonly seconds: number }
  | { readonly kind: 'money'; readonly amount: string; readonly currency: string | null };

export type ValueForm = {
  readonly looks: string;
  /** Takes as few characters as it can: the values after it decide where it ends. */
  readonly isLazy?: boolean;
  readonly read: (text: string, order: DateOrder) => FormValue | null;
};

/** Two-digit years as POSIX reads them (strptime %y): 69 is 1969, 68 is 2068. */
const centuryTurn = 69;

const text = (looks: string): ValueForm => ({ looks, read: (value) => ({ kind: 'text', text: value }) });

const forms = {
  /** Whatever stands there. Ends where the next value begins, neither begins nor ends with a space. */
  text: { ...text('[^ ](?:.{0,58}?[^ ])?'), isLazy: true },
  /** What stands between two commas. */
  cell: text('.{1,200}'),
  word: text('[^ ]{1,40}'),
  digits: text('[0-9]{1,24}'),
  /** All the digits that stand there: the next value does not begin in the middle of them. */
  'whole-digits': text('[0-9]{1,24}(?![0-9])'),
  digit: text('[0-9]'),
  letter: text('[A-Za-z]'),
  letters: text('[A-Za-z]{1,4}'),
  pair: text('[A-Z][A-Z0-9]'),
  mark: text('[^ ]'),
  /** A mark that is no part of a number or a word. */
  sign: text('[^ A-Za-z0-9]'),
  'two-marks': text('[^ ]{2}'),
  'long-text': text('.{1,480}'),
  'two-digits': text('[0-9]{2}'),
  'three-digits': text('[0-9]{3}'),
  'four-digits': text('[0-9]{4}'),
  'three-four-digits': text('[0-9]{3,4}'),
  'phone-number': text('[0-9]{7,15}'),
  'norstar-station': text('[0-9]{2,7}'),
  'samsung-extension': text('[0-9]{3,4}'),
  'dk-station': text('(?:[0-9]{3}|D-[0-9]{2})'),
  'dk-trunk': text('(?:[0-9]{2}|D)'),
  'line-number': text('[0-9]{2,4}'),
  /** A station: digits, perhaps after a mark (`*123` verified, `D001` door phone, `T001` tie line, `C-02`). */
  station: text('[*#A-Z]{0,3}-?[0-9]{1,8}'),
  /** What a telephone can dial, and what switches print in its place. */
  dialled: text('[0-9*#+A-DPFX=.?-]{1,32}'),
  account: text('[0-9*#.V]{1,15}'),
  /** Meridian: `T010 016` or `T010016` a trunk, `A001` attendant, `DN2343` or `2343` a station. */
  'meridian-party': text('(?:T[0-9]{3} ?[0-9]{3}|(?:DN|ATT|A|CF|C)?[0-9]{1,7})'),
  date: {
    looks: '[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}',
    read: (value, order) => dated(fullDate(value.split(/[/.-]/), order)),
  },
  'month-day': {
    looks: '[0-9]{1,2}[/.-][0-9]{1,2}',
    read: (value, order) => {
      const [a = '', b = ''] = value.split(/[/.-]/);
      return dated(order === 'dmy' ? day(null, b, a) : day(null, a, b));
    },
  },
  MMDD: { looks: '[0-9]{4}', read: (value) => dated(day(null, value.slice(0, 2), value.slice(2))) },
  'MM DD': { looks: '[0-9]{2} [0-9]{2}', read: (value) => dated(day(null, value.slice(0, 2), value.slice(3))) },
  MMDDYY: { looks: '[0-9]{6}', read: (value) => dated(compactDate(value)) },
  MMDDYYYY: { looks: '[0-9]{8}', read: (value) => dated(compactDate(value)) },
  time: { looks: '[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AaPp][Mm])?', read: (value) => timed(clock(value)) },
  HHMM: { looks: '[0-9]{4}', read: (value) => timed(compactTime(value)) },
  HHMMSS: { looks: '[0-9]{6}', read: (value) => timed(compactTime(value)) },
  'date-time': {
    looks: '[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4} [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AaPp][Mm])?',
    read: (value, order) => {
      const gap = value.indexOf(' ');
      return moment(fullDate(value.slice(0, gap).split(/[/.-]/), order), clock(value.slice(gap + 1)));
    },
  },
  MMDDhhmmss: {
    looks: '[0-9]{10}',
    read: (value) => moment(day(null, value.slice(0, 2), value.slice(2, 4)), compactTime(value.slice(4))),
  },
  /** Thousandths of a second behind it; they are left in the text. */
  YYYYMMDDhhmmssmmm: {
    looks: '[0-9]{17}',
    read: (value) =>
      moment(day(value.slice(0, 4), value.slice(4, 6), value.slice(6, 8)), compactTime(value.slice(8, 14))),
  },
  /** `HH:MM:SS`, `HH:MM'SS`, `HH:MM'SS"`, `HH:MM:SS.S`. */
  duration: {
    looks: '[0-9]{1,3}:[0-9]{2}[:\'][0-9]{2}(?:\\.[0-9]|")?',
    read: (value) => {
      const [hours, minutes, seconds] = numbers(value);
      return elapsed(hours, minutes, seconds);
    },
  },
  /** `M'SS`, `MM'SS"`, `MM:SS`. */
  'minutes-seconds': {
    looks: '[0-9]{1,3}[:\'][0-9]{2}"?',
    read: (value) => {
      const [minutes = 0, seconds] = numbers(value);
      return elapsed(Math.floor(minutes / 60), minutes % 60, seconds);
    },
  },
  'hours-minutes': {
    looks: '[0-9]{1,3}:[0-9]{2}',
    read: (value) => {
      const [hours, minutes] = numbers(value);
      return elapsed(hours, minutes, 0);
    },
  },
  /** Avaya: an hour, two digits of minutes, tenths of a minute. */
  'hour-minutes-tenths': {
    looks: '[0-9]{4}',
    read: (value) => elapsed(Number(value.slice(0, 1)), Number(value.slice(1, 3)), Number(value.slice(3)) * 6),
  },
  'HHMMSS-long': {
    looks: '[0-9]{6}',
    read: (value) => elapsed(Number(value.slice(0, 2)), Number(value.slice(2, 4)), Number(value.slice(4))),
  },
  /** `HH:MM:SS`, or `MM:SS` when there are two numbers. */
  'clock-duration': {
    looks: '[0-9]{1,3}:[0-9]{2}(?::[0-9]{2})?',
    read: (value) => {
      const parts = numbers(value);
      return parts.length === 3 ? elapsed(...parts) : elapsed(0, ...parts);
    },
  },
  'three-digit-seconds': { looks: '[0-9]{3}', read: (value) => ({ kind: 'seconds', seconds: Number(value) }) },
  seconds: { looks: '[0-9]{1,7}', read: (value) => ({ kind: 'seconds', seconds: Number(value) }) },
  money: {
    looks: '[^0-9 ]{0,4} ?[0-9]{1,9}(?:[.,][0-9]{1,4})?(?: ?[^0-9 ]{1,3})?',
    read: (value) => {
      const amount = /[0-9]+(?:[.,][0-9]+)?/.exec(value)?.[0] ?? '';
      const currency = value.replace(amount, '').replaceAll(' ', '');
      return { kind: 'money', amount: amount.replace(',', '.'), currency: currency === '' ? null : currency };
    },
  },
} as const satisfies Readonly<Record<string, ValueForm>>;

export type FormName = keyof typeof forms;

/** Whether a layout may name this form. */
export function isFormName(name: string): name is FormName {
  return Object.hasOwn(forms, name);
}

/** The form of this name. */
export function valueForm(name: FormName): ValueForm {
  return forms[name];
}

function dated(date: PrintedDate | null): FormValue | null {
  return date === null ? null : { kind: 'date', date };
}

function timed(time: PrintedTime | null): FormValue | null {
  return time === null ? null : { kind: 'time', time };
}

function moment(date: PrintedDate | null, time: PrintedTime | null): FormValue | null {
  return date === null || time === null ? null : { kind: 'date-time', date, time };
}

function fullDate([a = '', b = '', c = '']: readonly string[], order: DateOrder): PrintedDate | null {
  // A year of four digits says by itself where it stands.
  if (a.length === 4 || (order === 'ymd' && c.length < 3)) return day(a, b, c);
  return order === 'dmy' ? day(c, b, a) : day(c, a, b);
}

function compactDate(value: string): PrintedDate | null {
  return day(value.slice(4), value.slice(0, 2), value.slice(2, 4));
}

function day(year: string | null, month: string, dayOfMonth: string): PrintedDate | null {
  const date = { year: year === null ? null : fullYear(year), month: Number(month), day: Number(dayOfMonth) };
  if (Number.isNaN(date.year) || date.month < 1 || date.month > 12 || date.day < 1) return null;
  // Without a year any day that some year has is possible.
  const daysMax = new Date(Date.UTC(date.year ?? 2000, date.month, 0)).getUTCDate();
  return date.day <= daysMax ? date : null;
}

/** The year of two or four digits; NaN for any other number of them. */
export function fullYear(year: string): number {
  if (year.length === 4) return Number(year);
  if (year.length !== 2) return Number.NaN;
  return Number(year) + (Number(year) < centuryTurn ? 2000 : 1900);
}

function clock(value: string): PrintedTime | null {
  const [hours = 0, minutes = 0, seconds] = numbers(value);
  const half = /[ap]m$/i.exec(value)?.[0].toLowerCase();
  if (half !== undefined && (hours < 1 || hours > 12)) return null;
  const hour = half === undefined ? hours : (hours % 12) + (half === 'pm' ? 12 : 0);
  return timeOfDay(hour, minutes, seconds);
}

function compactTime(value: string): PrintedTime | null {
  const seconds = value.length === 6 ? Number(value.slice(4)) : undefined;
  return timeOfDay(Number(value.slice(0, 2)), Number(value.slice(2, 4)), seconds);
}

function timeOfDay(hour: number, minutes: number, seconds: number | undefined): PrintedTime | null {
  if (hour > 23 || minutes > 59 || (seconds ?? 0) > 59) return null;
  return { seconds: hour * 3600 + minutes * 60 + (seconds ?? 0), hasSeconds: seconds !== undefined };
}

function elapsed(hours = 0, minutes = 0, seconds = 0): FormValue | null {
  if (minutes > 59 || seconds > 59) return null;
  return { kind: 'seconds', seconds: hours * 3600 + minutes * 60 + seconds };
}

function numbers(value: string): readonly number[] {
  return value.match(/[0-9]+/g)?.map(Number) ?? [];
}
