import { journalFact } from '../../core/journal.ts';
import type { LooseEntry } from './journal-table.ts';
import { readablePages } from './recover-pages.ts';
import { indexLeaf, readableRows, rowsOfPage, type Value } from './recover-rows.ts';

/** What was read out of a damaged file and its write-ahead log. */
export interface Salvaged {
  readonly entries: readonly LooseEntry[];
  /** The highest number of each seat that the index names: its entry may be lost. */
  readonly lastSeqs: ReadonlyMap<string, number>;
  /** Small values by name (setting-table.ts). */
  readonly settings: ReadonlyMap<string, string>;
  /** Pages that do not open with the key. */
  readonly damagedPages: number;
}

/**
 * Reads every page that can still be read and takes the journal's entries and the settings out of it; the lists are not
 * looked for, they are folded again. Changes nothing. An entry that is not a fact of ours is left out.
 */
export function salvage(path: string, key: Uint8Array): Salvaged {
  const pages = readablePages(path, key);
  try {
    const entries = new Map<string, LooseEntry>();
    const settings = new Map<string, string>();
    const lastSeqs = new Map<string, number>();
    for (const { ways, isNewest } of readableRows(pages, columnsRead)) {
      for (const values of ways) {
        const setting = isNewest ? settingOf(values) : null;
        if (setting !== null && !settings.has(setting[0])) settings.set(...setting);
        const number = indexedNumberOf(values);
        if (number !== null) lastSeqs.set(number[0], Math.max(number[1], lastSeqs.get(number[0]) ?? 0));
        const entry = looseEntryOf(values);
        if (entry === null || entries.has(entry.id)) continue;
        if (isFact(entry)) entries.set(entry.id, entry);
      }
    }
    return { entries: [...entries.values()], lastSeqs, settings, damagedPages: pages.damaged() };
  } finally {
    pages.close();
  }
}

/** The settings alone, of every page that can still be read: much less work than reading the entries too. */
export function salvageSettings(path: string, key: Uint8Array): ReadonlyMap<string, string> {
  const pages = readablePages(path, key);
  try {
    const settings = new Map<string, string>();
    for (const number of pages.numbers) {
      if (!pages.mayBegin(number, indexLeaf)) continue;
      for (const { ways, isNewest } of rowsOfPage(pages, number, new Set([2]))) {
        for (const values of ways) {
          const setting = isNewest ? settingOf(values) : null;
          if (setting !== null && !settings.has(setting[0])) settings.set(...setting);
        }
      }
    }
    return settings;
  } finally {
    pages.close();
  }
}

/** How many columns the rows have that are looked for: a setting, the index of the numbers, an entry. */
const columnsRead: ReadonlySet<number> = new Set([2, 3, 7]);

/** Whether an entry says something a journal of ours can say. */
export function isFact({ kind, body }: LooseEntry): boolean {
  try {
    return journalFact.safeParse({ kind, body: JSON.parse(body) }).success;
  } catch {
    // Its body is no JSON: two pages that do not belong together.
    return false;
  }
}

/** A row of `journal`: position (null, it is the row's number), seat, seq, id, at, kind, body. */
export function looseEntryOf(values: readonly Value[]): LooseEntry | null {
  const [position, seat, seq, id, at, kind, body] = values;
  if (values.length !== 7 || position !== null) return null;
  if (typeof seat !== 'string' || typeof seq !== 'number' || typeof id !== 'string' || id.length !== 36) return null;
  if (typeof at !== 'number' || typeof kind !== 'string' || typeof body !== 'string') return null;
  return { seat, seq, id, at, kind, body };
}

/** A row of `setting`: name, value. */
function settingOf(values: readonly Value[]): [string, string] | null {
  const [name, value] = values;
  if (values.length !== 2 || typeof name !== 'string' || typeof value !== 'string') return null;
  return /^[a-z][a-z0-9-]{0,99}$/.test(name) ? [name, value] : null;
}

/** A row of the index that keeps (seat, seq) unique: seat, seq, position. */
export function indexedNumberOf(values: readonly Value[]): [string, number] | null {
  const [seat, seq, position] = values;
  if (values.length !== 3 || typeof seat !== 'string' || typeof seq !== 'number') return null;
  return typeof position === 'number' ? [seat, seq] : null;
}
