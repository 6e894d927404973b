import type { CallRecord, CallRecordLeg } from '../../core/call-record.ts';
import type { SmdrLayout } from './layout.ts';
import { holds } from './record-builder.ts';
import type { LineValues } from './shape-reader.ts';

/** More calls than a large switch has at once; the oldest is given out incomplete when one more begins. */
export const openCallsMax = 1_000;
/** A call handed on more often than this is given out in parts. */
export const legsMax = 32;
/** So many records later the rest of a call has been lost (the printer was off), and it is given out incomplete. */
export const recordsWaitMax = 10_000;

/** No call goes on from one day over the next into a third; on a quiet switch so many records take weeks. */
export const daysWaitMax = 2;

/** `alike`: what its lines have told so far of the values that all must tell alike. */
type OpenCall = {
  readonly legs: CallRecordLeg[];
  readonly alike: ReadonlyMap<string, string>;
  readonly since: number;
};

/** Joins the lines that tell one call. Lines of a layout without a join pass straight through. */
export class RecordJoiner {
  readonly #layout: SmdrLayout;
  /** In the order in which they began. */
  readonly #open = new Map<string, OpenCall>();
  #records = 0;
  /** The day the last record printed. */
  #printedDay: string | null | undefined;

  constructor(layout: SmdrLayout) {
    this.#layout = layout;
  }

  /** The calls that are whole, or given up, with this line. */
  add(leg: CallRecordLeg, found: LineValues): readonly CallRecord[] {
    const { id, join } = this.#layout;
    if (join === null) return [joined(id, [leg], true)];
    this.#records += 1;
    const out = [...this.#giveUp(), ...this.#giveUpOld(leg)];
    const key = join.by.map((name) => found.texts.get(name) ?? '').join('\u0000');
    const alike = alikeOf(join.alike, found);
    const open = this.#sameCall(key, alike, out);
    if (holds(join.opens, found)) {
      if (open === undefined) {
        this.#open.set(key, { legs: [leg], alike, since: this.#records });
        return out;
      }
      open.legs.push(leg);
      if (open.legs.length >= legsMax) {
        this.#open.delete(key);
        out.push(joined(id, open.legs, false));
      }
      return out;
    }
    if (join.closes !== undefined && !holds(join.closes, found)) out.push(joined(id, [leg], true));
    else if (open === undefined) {
      // The end of something that was never begun; without `closes` a line alone is simply a call of one line.
      out.push(joined(id, [leg], join.closes === undefined));
    } else {
      this.#open.delete(key);
      out.push(joined(id, [...open.legs, leg], true));
    }
    return out;
  }

  /** What was begun and not ended, oldest first. */
  end(): readonly CallRecord[] {
    const left = [...this.#open.values()].map(({ legs }) => joined(this.#layout.id, legs, false));
    this.#open.clear();
    return left;
  }

  /** The call that is open under this key; one whose lines tell something else is given out: its end was lost. */
  #sameCall(key: string, alike: ReadonlyMap<string, string>, out: CallRecord[]): OpenCall | undefined {
    const open = this.#open.get(key);
    if (open === undefined || [...alike].every(([name, text]) => (open.alike.get(name) ?? text) === text)) return open;
    this.#open.delete(key);
    out.push(joined(this.#layout.id, open.legs, false));
    return undefined;
  }

  /** With each new day: what was begun days ago will not be ended any more. */
  #giveUpOld(leg: CallRecordLeg): CallRecord[] {
    const printed = (leg.endedAt ?? leg.startedAt)?.date;
    if (printed === this.#printedDay) return [];
    this.#printedDay = printed;
    const day = dayOf(leg);
    if (day === null) return [];
    const old = [...this.#open].filter(([, { legs }]) => {
      const last = legs.map(dayOf).findLast((one) => one !== null) ?? day;
      return day - last >= daysWaitMax;
    });
    for (const [key] of old) this.#open.delete(key);
    return old.map(([, { legs }]) => joined(this.#layout.id, legs, false));
  }

  #giveUp(): CallRecord[] {
    const out: CallRecord[] = [];
    for (const [key, { legs, since }] of this.#open) {
      if (this.#open.size < openCallsMax && this.#records - since < recordsWaitMax) break;
      this.#open.delete(key);
      out.push(joined(this.#layout.id, legs, false));
    }
    return out;
  }
}

/** Days since 1970; null where no whole date was printed. */
function dayOf({ startedAt, endedAt }: CallRecordLeg): number | null {
  const printed = Date.parse(`${(endedAt ?? startedAt)?.date ?? ''}T00:00:00Z`);
  return Number.isNaN(printed) ? null : printed / 86_400_000;
}

const nothingAlike: ReadonlyMap<string, string> = new Map();

/** What a line tells of these values; one that was not printed says nothing. */
function alikeOf(names: readonly string[], { texts }: LineValues): ReadonlyMap<string, string> {
  if (names.length === 0) return nothingAlike;
  return new Map(
    names.flatMap((name) => {
      const text = texts.get(name) ?? '';
      return text === '' ? [] : [[name, text] as const];
    }),
  );
}

/**
 * One call of its legs: it starts as the first, ends as the last, lasts as long as all; who called is the first that
 * says so, who had it in the end the last.
 */
function joined(layout: string, legs: readonly CallRecordLeg[], isComplete: boolean): CallRecord {
  const [first] = legs;
  const last = legs.at(-1);
  if (first === undefined || last === undefined) throw new Error('A call has at least one leg.');
  if (legs.length === 1) return { ...first, layout, legs: [], isComplete };
  const firstOf = <Name extends keyof CallRecordLeg>(name: Name): CallRecordLeg[Name] =>
    (legs.find((leg) => leg[name] !== null) ?? first)[name];
  const lastOf = <Name extends keyof CallRecordLeg>(name: Name): CallRecordLeg[Name] =>
    (legs.findLast((leg) => leg[name] !== null) ?? last)[name];
  return {
    ...first,
    layout,
    isUnproven: legs.some((leg) => leg.isUnproven),
    endedAt: last.endedAt,
    durationSeconds: total(legs, 'durationSeconds'),
    ringSeconds: firstOf('ringSeconds'),
    holdSeconds: total(legs, 'holdSeconds'),
    isAnswered: legs.some((leg) => leg.isAnswered === true) ? true : last.isAnswered,
    isTransferred: legs.some((leg) => leg.isTransferred),
    extension: lastOf('extension'),
    trunk: firstOf('trunk'),
    number: firstOf('number'),
    name: firstOf('name'),
    account: lastOf('account'),
    authorization: lastOf('authorization'),
    cost: lastOf('cost'),
    condition: lastOf('condition'),
    legs: [...legs],
    isComplete,
  };
}

function total(legs: readonly CallRecordLeg[], name: 'durationSeconds' | 'holdSeconds'): number | null {
  if (legs.every((leg) => leg[name] === null)) return null;
  return legs.reduce((sum, leg) => sum + (leg[name] ?? 0), 0);
}
