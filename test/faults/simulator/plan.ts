import { recordFieldsMax } from '../../../core/shared-record.ts';
import { type Dice, diceOf } from '../dice.ts';
import { type Road, roads } from './exchange.ts';

/**
 * What happens in one run, apart from what the network does with each message. All of it is made from the seed before the
 * run begins, so that a run that fails can be tried again with less happening.
 */
export type Happening = {
  readonly atMs: number;
} /** Entries of one call from one number up to another, written down together. */ & (
  | {
      readonly kind: 'call';
      readonly seat: string;
      readonly number: number;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'edit'; readonly seat: string; readonly record: string; readonly edit: EditWish }
  /** Somebody with a key of the hub edits the record there. */
  | { readonly kind: 'edit-at-hub'; readonly record: string; readonly edit: EditWish }
  /** An entry that the hub can't take: of a kind it does not know. */
  | { readonly kind: 'unknown-kind'; readonly seat: string }
  /** A call of this seat is in trouble: what is sent beside it goes slowly. */
  | { readonly kind: 'voice-suffers'; readonly seat: string; readonly forMs: number }
  /** The seat's machine woke, or has another address. */
  | { readonly kind: 'network-back'; readonly seat: string }
  | { readonly kind: 'road'; readonly seat: string; readonly road: Road; readonly forMs: number }
  /** The seat's process dies at its n-th write from now on (0: at once) and is started again. */
  | { readonly kind: 'seat-killed'; readonly seat: string; readonly atWrite: number; readonly downMs: number }
  /** The hub's power goes at its n-th statement from now on. */
  | { readonly kind: 'hub-killed'; readonly atStatement: number; readonly downMs: number }
  /** Somebody makes a copy of the hub's database. */
  | { readonly kind: 'hub-copied' }
  /** The hub's disk is gone, and the copy that was made last is put in its place. */
  | { readonly kind: 'hub-put-back'; readonly downMs: number }
  /** Somebody sets a clock; `who` is a seat or `hub`. */
  | { readonly kind: 'clock'; readonly who: string; readonly byMs: number }
);

/** Fields that are set, each to a value that no other edit has, or a deletion. */
export type EditWish =
  | { readonly kind: 'set'; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'delete' };

export type Plan = {
  readonly seed: number;
  readonly seats: readonly string[];
  /** In the order of time. */
  readonly happenings: readonly Happening[];
  /** From then on every road is good and nothing dies. */
  readonly healsAtMs: number;
};

/** Few enough that seats meet on them. */
const recordsMax = 5;
const fieldNames = ['name', 'phone', 'note'] as const;
const dayMs = 86_400_000;
const year1970 = -56 * 365 * dayMs;
const year2038 = 12 * 365 * dayMs;
const clockSteps = [-3_600_000, 3_600_000, -dayMs, dayMs, year1970, year2038] as const;

/** Makes the plan of a seed. */
export function planOf(seed: number): Plan {
  const dice = diceOf(seed, 'plan');
  const seats = Array.from({ length: dice.whole(2, 4) }, (_, index) => `seat-${index + 1}`);
  const healsAtMs = dice.whole(30_000, 180_000);
  const happenings = Array.from({ length: dice.whole(15, 45) }, (_, index) =>
    happening(dice, seats, index, dice.whole(0, healsAtMs - 1)),
  ).flatMap((one) => (one.kind === 'call' ? inTwo(one, dice.whole(one.atMs, healsAtMs - 1)) : [one]));
  if (dice.next() < putBackShare) happenings.push(...putBack(dice, healsAtMs));
  if (dice.next() < remadeShare) happenings.push(...remade(dice, seats, healsAtMs));
  return { seed, seats, healsAtMs, happenings: happenings.toSorted((a, b) => a.atMs - b.atMs) };
}

/** Of the runs, those in which the hub's disk is lost: what is looked at after every step is less from then on. */
const putBackShare = 0.15;

function putBack(dice: Dice, healsAtMs: number): readonly Happening[] {
  const copiedAtMs = dice.whole(0, healsAtMs - 2);
  const lostAtMs = dice.whole(copiedAtMs + 1, healsAtMs - 1);
  return [
    { atMs: copiedAtMs, kind: 'hub-copied' },
    { atMs: lostAtMs, kind: 'hub-put-back', downMs: dice.whole(100, 20_000) },
  ];
}

/** Of the runs, those in which somebody who is away deletes a record that others work on, and makes it again. */
const remadeShare = 0.4;

function remade(dice: Dice, seats: readonly string[], healsAtMs: number): readonly Happening[] {
  const seat = dice.pick(seats);
  const record = `record-${dice.whole(1, recordsMax)}`;
  const awayAtMs = dice.whole(1_000, Math.floor(healsAtMs / 2));
  const forMs = dice.whole(10_000, 60_000);
  const makesAtMs = dice.whole(awayAtMs + 2, healsAtMs - 1);
  const meanwhileAtMs = dice.whole(awayAtMs, healsAtMs - 1);
  const other = dice.pick(seats);
  const edit = editWish(dice, 'meanwhile');
  return [
    { atMs: dice.whole(0, awayAtMs - 1), kind: 'edit-at-hub', record, edit: { kind: 'set', fields: { name: 'old' } } },
    { atMs: awayAtMs, kind: 'road', seat, road: dice.pick(['refusing', 'black-hole', 'portal']), forMs },
    { atMs: dice.whole(awayAtMs, makesAtMs - 1), kind: 'edit', seat, record, edit: { kind: 'delete' } },
    { atMs: makesAtMs, kind: 'edit', seat, record, edit: { kind: 'set', fields: { phone: `${seat} again` } } },
    dice.next() < 0.5
      ? { atMs: meanwhileAtMs, kind: 'edit-at-hub', record, edit }
      : { atMs: meanwhileAtMs, kind: 'edit', seat: other, record, edit },
  ];
}

/** What a whole call says (callFacts). */
const callEntries = 6;

/** A call goes on: the rest of it is written down later. */
function inTwo(call: Extract<Happening, { kind: 'call' }>, laterMs: number): readonly Happening[] {
  if (call.to === callEntries) return [call];
  return [call, { ...call, atMs: laterMs, from: call.to, to: callEntries }];
}

function happening(dice: Dice, seats: readonly string[], index: number, atMs: number): Happening {
  const seat = dice.pick(seats);
  const record = `record-${dice.whole(1, recordsMax)}`;
  const kind = dice.whole(0, 99);
  if (kind < 20) return { atMs, kind: 'call', seat, number: index, from: 0, to: dice.whole(1, callEntries) };
  if (kind < 50) return { atMs, kind: 'edit', seat, record, edit: editWish(dice, `${seat} ${index}`) };
  if (kind < 57) return { atMs, kind: 'edit-at-hub', record, edit: editWish(dice, `hub ${index}`) };
  if (kind < 60) return { atMs, kind: 'unknown-kind', seat };
  if (kind < 62) return { atMs, kind: 'voice-suffers', seat, forMs: dice.whole(1_000, 60_000) };
  if (kind < 64) return { atMs, kind: 'network-back', seat };
  if (kind < 77) {
    const road = dice.pick<Road>([...roads, 'poor', 'poor', 'poor']);
    return { atMs, kind: 'road', seat, road, forMs: dice.whole(1_000, 60_000) };
  }
  if (kind < 87) return { atMs, kind: 'seat-killed', seat, atWrite: dice.whole(0, 6), downMs: dice.whole(100, 20_000) };
  if (kind < 95) return { atMs, kind: 'hub-killed', atStatement: dice.whole(1, 60), downMs: dice.whole(100, 20_000) };
  return { atMs, kind: 'clock', who: dice.pick([...seats, 'hub']), byMs: dice.pick(clockSteps) };
}

function editWish(dice: Dice, author: string): EditWish {
  if (dice.next() < 0.12) return { kind: 'delete' };
  // Two of these by two who have not seen each other make a record larger than it may be: the later is set aside.
  if (dice.next() < 0.06) return { kind: 'set', fields: manyFields(author) };
  const fields = fieldNames.filter(() => dice.next() < 0.5);
  const chosen = fields.length === 0 ? [dice.pick(fieldNames)] : fields;
  return { kind: 'set', fields: Object.fromEntries(chosen.map((name) => [name, `${author} ${name}`])) };
}

function manyFields(author: string): Readonly<Record<string, string>> {
  const count = Math.floor(recordFieldsMax / 2) + 1;
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${author} ${index}`, author]));
}
