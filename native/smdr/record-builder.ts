import type { CallRecordLeg } from '../../core/call-record.ts';
import { trimAscii } from './ascii-trim.ts';
import type { LayoutCondition, LayoutRule, LayoutShape, SmdrLayout } from './layout.ts';
import type { LineValues } from './shape-reader.ts';
import type { SwitchCalendar } from './switch-calendar.ts';
import { type FormValue, fullYear, type PrintedDate, type PrintedTime } from './value-form.ts';

/** Names of values that have their own place in a record; all others go to `details`. */
const placed = new Set([
  ...['date', 'time', 'endDate', 'endTime', 'year', 'endYear', 'duration', 'ring', 'hold', 'extension', 'trunk'],
  ...['number', 'name', 'account', 'authorization', 'cost', 'condition', 'callId'],
]);

type Said = Pick<CallRecordLeg, 'kind' | 'direction' | 'isAnswered' | 'isTransferred'> & {
  readonly meaning: string | null;
};

/** Whether the values of a line are as a rule or a join asks. */
export function holds(condition: LayoutCondition, { texts, values }: LineValues): boolean {
  const text = texts.get(condition.value) ?? '';
  if (condition.isThere !== undefined && (text !== '') !== condition.isThere) return false;
  if (condition.equals !== undefined && !condition.equals.includes(text)) return false;
  if (condition.startsWith !== undefined && !text.startsWith(condition.startsWith)) return false;
  if (condition.contains !== undefined && !text.includes(condition.contains)) return false;
  if (condition.isZero !== undefined) {
    const value = values.get(condition.value);
    if (value?.kind !== 'seconds' || (value.seconds === 0) !== condition.isZero) return false;
  }
  return true;
}

/** Makes the record of a line that fitted a shape. Changes `found` as the rules say. */
export function buildLeg(
  { encoding }: SmdrLayout,
  shape: LayoutShape,
  found: LineValues,
  calendar: SwitchCalendar,
  source: { readonly line: number; readonly text: string },
): CallRecordLeg {
  const decode = textDecoding(encoding);
  let said: Said = { kind: 'call', direction: 'unknown', isAnswered: null, isTransferred: false, meaning: null };
  for (const rule of shape.rules) {
    if (!rule.when.every((condition) => holds(condition, found))) continue;
    move(rule, found);
    said = {
      kind: rule.kind ?? said.kind,
      direction: rule.direction ?? said.direction,
      isAnswered: rule.isAnswered ?? said.isAnswered,
      isTransferred: rule.isTransferred ?? said.isTransferred,
      meaning: rule.meaning ?? said.meaning,
    };
  }
  const { texts, values } = found;
  const text = (name: string): string | null => {
    const printed = texts.get(name);
    return printed === undefined || printed === '' ? null : decode(printed);
  };
  const cost = values.get('cost');
  const code = text('condition');
  const details: Record<string, string> = {};
  for (const [name, printed] of texts) if (!placed.has(name) && printed !== '') details[name] = decode(printed);
  const durationSeconds = secondsOf(values, 'duration');
  return {
    kind: said.kind,
    shape: shape.name,
    isUnproven: shape.unproven,
    direction: said.direction,
    ...moments(shape, found, calendar, durationSeconds ?? 0),
    durationSeconds,
    ringSeconds: secondsOf(values, 'ring'),
    holdSeconds: secondsOf(values, 'hold'),
    isAnswered: said.isAnswered,
    isTransferred: said.isTransferred,
    extension: text('extension'),
    trunk: text('trunk'),
    number: text('number'),
    name: text('name'),
    account: text('account'),
    authorization: text('authorization'),
    cost: cost?.kind === 'money' ? { amount: cost.amount, currency: cost.currency && decode(cost.currency) } : null,
    condition: code === null && said.meaning === null ? null : { code: code ?? '', meaning: said.meaning },
    callId: text('callId'),
    details,
    ...source,
  };
}

/** The date a date record tells; null when the shape names none. */
export function toldDate({ values }: LineValues): PrintedDate | null {
  const date = values.get('date');
  return date?.kind === 'date' ? date.date : null;
}

function move(rule: LayoutRule, { texts, values }: LineValues): void {
  const name = rule.when[0]?.value;
  if (name !== undefined) {
    let text = texts.get(name) ?? '';
    if (rule.cut !== undefined && text.startsWith(rule.cut)) text = trimAscii(text.slice(rule.cut.length));
    if (rule.moveBefore !== undefined) {
      const at = text.indexOf(rule.moveBefore.mark);
      if (at !== -1) {
        texts.set(rule.moveBefore.to, trimAscii(text.slice(0, at)));
        text = text.slice(at);
      }
    }
    if (rule.splitName === true) {
      const digits = /[0-9]*$/.exec(text)?.[0] ?? '';
      const spoken = trimAscii(text.slice(0, text.length - digits.length));
      // What is only marks and digits (`*12`, `123..XX`, `S003`) is no name.
      if (/^[A-Za-z\x80-\xff].*[A-Za-z\x80-\xff]/.test(spoken)) {
        texts.set('name', spoken);
        text = digits;
      }
    }
    texts.set(name, text);
  }
  for (const { from, to } of rule.copy) {
    texts.set(to, texts.get(from) ?? '');
    const value = values.get(from);
    if (value !== undefined) values.set(to, value);
  }
}

function moments(
  { timeIs }: LayoutShape,
  { texts, values }: LineValues,
  calendar: SwitchCalendar,
  durationSeconds: number,
): Pick<CallRecordLeg, 'startedAt' | 'endedAt'> {
  const place = (dateName: string, timeName: string, yearName: string, lastsSeconds: number) => {
    const at = momentOf(values.get(dateName), values.get(timeName));
    if (at.time === null) return null;
    const year = texts.get(yearName);
    const date =
      at.date !== null && at.date.year === null && year !== undefined ? { ...at.date, year: fullYear(year) } : at.date;
    return calendar.place(date, at.time, lastsSeconds);
  };
  const first = place('date', 'time', 'year', timeIs === 'start' ? durationSeconds : 0);
  const last = place('endDate', 'endTime', 'endYear', 0);
  return timeIs === 'start' ? { startedAt: first, endedAt: last } : { startedAt: null, endedAt: first };
}

function momentOf(
  date: FormValue | undefined,
  time: FormValue | undefined,
): { readonly date: PrintedDate | null; readonly time: PrintedTime | null } {
  if (time?.kind === 'date-time') return { date: time.date, time: time.time };
  return { date: date?.kind === 'date' ? date.date : null, time: time?.kind === 'time' ? time.time : null };
}

function secondsOf(values: ReadonlyMap<string, FormValue>, name: string): number | null {
  const value = values.get(name);
  return value?.kind === 'seconds' ? value.seconds : null;
}

const decoders = new Map(['utf-8', 'gb18030'].map((label) => [label, new TextDecoder(label)]));

/** Turns printed bytes into text; bytes that are none in the encoding become U+FFFD (the line itself is kept too). */
export function textDecoding(encoding: SmdrLayout['encoding']): (latin1: string) => string {
  const decoder = decoders.get(encoding);
  if (decoder === undefined) return (latin1) => latin1;
  // ASCII, nearly always, is the same in all of them.
  return (latin1) => (/^[\x20-\x7e]*$/.test(latin1) ? latin1 : decoder.decode(Buffer.from(latin1, 'latin1')));
}
