import { describe, expect, it } from 'vitest';
import { parseReportDescriptor } from '../../../native/hid/report-descriptor.ts';
import { telephonyMap } from '../../../native/hid/telephony.ts';
import { keyUsages, lampUsages, rejectUsages } from '../../../native/hid/usages.ts';

/**
 * Descriptors built by the rules of HID 1.11 together with what they mean, by arithmetic of their own and never by the
 * parser: nested and several collections, ids or none, elements of any width, arrays, ranges, Push and Pop, usages with and
 * without their page, delimiters, long items, padding. Reading must give exactly what was built.
 */
type Control = {
  readonly name: string;
  readonly usage: number;
  readonly reportId: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly isRelative: boolean;
};
type Globals = { page: number; minimum: number; maximum: number; size: number; count: number; id: number };

const nameOfKey = new Map(keyUsages.map(({ usage, name }) => [usage, name]));
const nameOfReject = new Map(rejectUsages.map(({ usage, name }) => [usage, name]));
const nameOfLamp = new Map(lampUsages.map(({ usage, name }) => [usage, name]));
const others = [0xffa00001, 0xff000033, 0x0c00cd, 0x010030, 0x0d0020, 0x080001, 0x090001, 0x090007, 0x0b0007];
const collections = [0x0b0005, 0x0b0001, 0x0b0004, 0x0b0006, 0x0c0001, 0xffa00003, 0x010006];

class Builder {
  readonly bytes: number[] = [];
  readonly keys: Control[] = [];
  readonly lamps: Control[] = [];
  isTelephony = false;
  #seed: number;
  #globals: Globals = { page: -1, minimum: 0, maximum: 0, size: -1, count: -1, id: 0 };
  readonly #ends = new Map<string, number>();
  readonly #ids: readonly number[];

  constructor(seed: number) {
    this.#seed = seed;
    this.#ids = this.#chance(0.3) ? [0] : Array.from({ length: this.#upTo(1, 4) }, () => this.#upTo(1, 255));
    for (let n = this.#upTo(1, 4); n > 0; n -= 1) this.#collection(0, false);
  }

  #dice(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#seed / 2 ** 32;
  }
  #chance(share: number): boolean {
    return this.#dice() < share;
  }
  #upTo(first: number, last: number): number {
    return first + Math.floor(this.#dice() * (last - first + 1));
  }
  #one<T>(list: readonly T[]): T {
    const item = list[this.#upTo(0, list.length - 1)];
    if (item === undefined) throw new Error('an empty list');
    return item;
  }

  #item(prefix: number, value: number, size = value === 0 ? 0 : value <= 0xff ? 1 : value <= 0xffff ? 2 : 4): void {
    this.bytes.push(prefix | (size === 4 ? 3 : size));
    for (let byte = 0; byte < size; byte += 1) this.bytes.push((value >>> (8 * byte)) & 0xff);
  }
  #page(page: number): void {
    if (page !== this.#globals.page || this.#chance(0.2)) this.#item(0x04, page);
    this.#globals.page = page;
  }
  #usage(usage: number, page: number): void {
    if (usage >>> 16 === page && this.#chance(0.6)) this.#item(0x08, usage & 0xffff, (usage & 0xffff) > 0xff ? 2 : 1);
    else this.#item(0x08, usage, 4);
  }

  #collection(depth: number, isInTelephony: boolean): void {
    const usage = this.#one(collections);
    this.#page(usage >>> 16);
    this.#item(0x08, usage & 0xffff);
    this.#item(0xa0, this.#one([0, 1, 2]), 1);
    const isTelephony = isInTelephony || usage >>> 16 === 0x0b;
    for (let n = this.#upTo(1, 5); n > 0; n -= 1) {
      if (depth < 3 && this.#chance(0.15)) this.#collection(depth + 1, isTelephony);
      else this.#field(isTelephony);
    }
    this.bytes.push(0xc0);
  }

  #field(isTelephony: boolean): void {
    const pushed = this.#chance(0.15) ? { ...this.#globals } : undefined;
    if (pushed !== undefined) this.bytes.push(0xa4);
    const id = this.#one(this.#ids);
    if (id !== this.#globals.id) this.#item(0x84, id, 1);
    this.#globals.id = id;
    if (this.#chance(0.1)) this.bytes.push(0xfe, 3, 0x42, 0x85, 0x00, 0xc0); // A long item, passed over whole.
    const kind = this.#upTo(0, 5);
    const main = this.#one([0x80, 0x80, 0x80, 0x90, 0x90, 0xb0]);
    if (kind === 0) this.#padding(main);
    else if (kind === 1 && main === 0x80) this.#array(isTelephony);
    else this.#variable(main, isTelephony);
    if (pushed === undefined) return;
    this.bytes.push(0xb4);
    this.#globals = pushed;
  }

  #shape(minimum: number, maximum: number, size: number, count: number): void {
    const { minimum: lastMinimum, maximum: lastMaximum } = this.#globals;
    if (minimum !== lastMinimum) this.#item(0x14, minimum, 1);
    if (maximum !== lastMaximum) this.#item(0x24, maximum, 2);
    if (size !== this.#globals.size) this.#item(0x74, size);
    if (count !== this.#globals.count) this.#item(0x94, count);
    Object.assign(this.#globals, { minimum, maximum, size, count });
  }
  #startOf(main: number, bits: number): number {
    const key = `${main}:${this.#globals.id}`;
    const start = this.#ends.get(key) ?? 0;
    this.#ends.set(key, start + bits);
    return start;
  }

  #padding(main: number): void {
    const [size, count] = [this.#upTo(1, 7), this.#upTo(1, 9)];
    this.#shape(0, 1, size, count);
    this.#item(main, this.#one([1, 3, 0x13]), this.#one([1, 2]));
    this.#startOf(main, size * count);
  }

  #array(isTelephony: boolean): void {
    const usages = [...new Set(Array.from({ length: this.#upTo(2, 6) }, () => this.#one([...nameOfKey.keys()])))];
    const [minimum, size, count] = [this.#one([0, 1]), this.#one([4, 8, 12, 16]), this.#upTo(1, 2)];
    this.#shape(minimum, minimum + usages.length - 1, size, count);
    for (const usage of usages) this.#usage(usage, -1);
    const isRelative = this.#chance(0.3);
    this.#item(0x80, isRelative ? 4 : 0);
    const start = this.#startOf(0x80, size * count);
    for (const usage of usages) this.#mean(0x80, usage, start, size, isRelative, isTelephony);
  }

  #variable(main: number, isTelephony: boolean): void {
    const known = [...(main === 0x80 ? nameOfKey : nameOfLamp).keys()];
    const usages = this.#chance(0.25) ? this.#range(this.#one(known)) : this.#list(known);
    const [size, count] = [this.#one([1, 1, 1, 1, 2, 8, 12, 16]), this.#upTo(1, 6)];
    this.#shape(this.#one([0, 0, 0xff]), this.#one([1, 127, 200]), size, count);
    const isRelative = this.#chance(0.4);
    this.#item(main, 2 | (isRelative ? 4 : 0) | (this.#chance(0.1) ? 1 : 0), this.#one([1, 2]));
    const start = this.#startOf(main, size * count);
    for (let index = 0; index < count; index += 1) {
      const usage = usages[Math.min(index, usages.length - 1)] ?? 0;
      this.#mean(main, usage, start + index * size, size, isRelative, isTelephony);
    }
  }
  #range(first: number): readonly number[] {
    const usages = Array.from({ length: this.#upTo(1, 6) }, (_, index) => first + index);
    const last = usages.at(-1) ?? first;
    this.#page(first >>> 16);
    const ends: (readonly [number, number])[] = [
      [0x18, first],
      [0x28, last],
    ];
    const [isWide, isTurned] = [this.#chance(0.3), this.#chance(0.5)];
    for (const [prefix, usage] of isTurned ? ends.toReversed() : ends) {
      this.#item(prefix, isWide ? usage : usage & 0xffff, isWide ? 4 : 2);
    }
    return usages;
  }
  #list(known: readonly number[]): readonly number[] {
    const usages = Array.from({ length: this.#upTo(1, 6) }, () => this.#one(this.#chance(0.7) ? known : others));
    const page = this.#one(usages) >>> 16;
    // The page counts that is in force at the Main item, wherever it was given.
    const isLate = this.#chance(0.5);
    if (!isLate) this.#page(page);
    for (const usage of usages) {
      const isDelimited = this.#chance(0.1);
      if (isDelimited) this.#item(0xa8, 1);
      this.#usage(usage, page);
      if (!isDelimited) continue;
      this.#item(0x08, 0x0b0024, 4);
      this.#item(0xa8, 0, 1);
    }
    if (isLate) this.#page(page);
    return usages;
  }

  #mean(main: number, usage: number, bit: number, bitSize: number, isRelative: boolean, isTelephony: boolean): void {
    const control = { usage, reportId: this.#globals.id, bitOffset: bit, bitSize, isRelative };
    const lamp = main === 0x90 ? nameOfLamp.get(usage) : undefined;
    if (lamp !== undefined) this.lamps.push({ name: lamp, ...control });
    const key = nameOfKey.get(usage) ?? (isTelephony ? nameOfReject.get(usage) : undefined);
    if (main === 0x80 && key !== undefined) this.keys.push({ name: key, ...control });
    const isCallKey = main === 0x80 && key !== undefined && usage >>> 16 === 0x0b;
    this.isTelephony ||= isCallKey || (lamp !== undefined && isTelephony);
  }
}

const textOf = (controls: readonly Control[]): readonly string[] =>
  controls
    .map(({ name, usage, reportId, bitOffset, bitSize, isRelative }) =>
      [name, usage.toString(16), reportId, bitOffset, bitSize, isRelative].join(' '),
    )
    .sort();

describe('descriptors built by the rules', () => {
  it('are read as they were built', () => {
    for (let seed = 1; seed <= 5_000; seed += 1) {
      const built = new Builder(seed);
      const descriptor = parseReportDescriptor(Uint8Array.from(built.bytes));
      if (descriptor.kind === 'error') throw new Error(`seed ${seed}: ${descriptor.message}`);
      const map = telephonyMap(descriptor);
      expect({ seed, isTelephony: map.isTelephony, keys: textOf(map.keys), lamps: textOf(map.lamps) }).toEqual({
        seed,
        isTelephony: built.isTelephony,
        keys: textOf(built.keys),
        lamps: textOf(built.lamps),
      });
    }
  });
});
