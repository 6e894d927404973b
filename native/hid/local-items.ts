import { type DescriptorError, failure, type ShortItem } from './descriptor-item.ts';

/**
 * Local items of a HID report descriptor (USB HID 1.11, 6.2.2.8): the usages that the next Main item will bind.
 */

/** Usages from `first` to `last`, both included, each page << 16 | id. A single usage has `first === last`. */
export type UsageRange = { readonly first: number; readonly last: number };

/** A usage as given: a short one takes the page in force at the Main item. */
type GivenUsage = { readonly value: number; readonly hasPage: boolean };

/** What the Local items since the last Main item have said. */
export type LocalItems = {
  readonly usages: { readonly first: GivenUsage; readonly last: GivenUsage }[];
  minimum: GivenUsage | undefined;
  maximum: GivenUsage | undefined;
  /** Inside a delimited set only the first alternative counts. */
  delimiter: 'none' | 'open' | 'taken';
};

/** The state after a Main item: Local items never outlive it. */
export function noLocalItems(): LocalItems {
  return { usages: [], minimum: undefined, maximum: undefined, delimiter: 'none' };
}

/** The usages a Main item binds while `page` is in force. A range that runs backwards or across pages names nothing. */
export function boundUsages(locals: LocalItems, page: number): readonly UsageRange[] {
  const bind = (usage: GivenUsage): number => (usage.hasPage ? usage.value : page * 0x10000 + usage.value);
  return locals.usages.flatMap(({ first, last }) => {
    const range = { first: bind(first), last: bind(last) };
    return range.last < range.first || range.first >>> 16 !== range.last >>> 16 ? [] : [range];
  });
}

/** Takes one Local item into `locals`. */
export function takeLocalItem(locals: LocalItems, item: ShortItem, offset: number): DescriptorError | undefined {
  const given: GivenUsage = { value: item.unsigned, hasPage: item.size === 4 };
  switch (item.tag) {
    case 0x0:
      addUsage(locals, given, given);
      return undefined;
    case 0x1:
      locals.minimum = given;
      addPendingRange(locals);
      return undefined;
    case 0x2:
      locals.maximum = given;
      addPendingRange(locals);
      return undefined;
    case 0xa:
      return takeDelimiter(locals, item.unsigned, offset);
    default:
      // Designators and strings.
      return undefined;
  }
}

function addPendingRange(locals: LocalItems): void {
  const { minimum, maximum } = locals;
  if (minimum === undefined || maximum === undefined) return;
  locals.minimum = undefined;
  locals.maximum = undefined;
  addUsage(locals, minimum, maximum);
}

function addUsage(locals: LocalItems, first: GivenUsage, last: GivenUsage): void {
  if (locals.delimiter === 'taken') return;
  if (locals.delimiter === 'open') locals.delimiter = 'taken';
  // Where one end of a range carries its page, the other lies on it.
  const paged = first.hasPage ? first : last.hasPage ? last : undefined;
  const onPage = (usage: GivenUsage): GivenUsage =>
    paged === undefined || usage.hasPage
      ? usage
      : { value: Math.floor(paged.value / 0x10000) * 0x10000 + usage.value, hasPage: true };
  locals.usages.push({ first: onPage(first), last: onPage(last) });
}

function takeDelimiter(locals: LocalItems, value: number, offset: number): DescriptorError | undefined {
  const isOpen = locals.delimiter !== 'none';
  if (value > 1 || isOpen === (value === 1)) {
    return failure('bad-delimiter', `The delimiter at byte ${offset} does not pair with another.`, offset);
  }
  locals.delimiter = value === 1 ? 'open' : 'none';
  return undefined;
}
