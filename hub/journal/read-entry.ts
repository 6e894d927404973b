import { z } from 'zod';
import { entryBytesMax, type SetAsideReason } from '../../core/hub-api.ts';
import { type JournalEntry, journalEntry, journalFact } from '../../core/journal.ts';

/** One place of a push: an entry, or something that only has a place and is set aside. */
export type ReadEntry =
  | { readonly kind: 'entry'; readonly seq: number; readonly entry: JournalEntry }
  | { readonly kind: 'poison'; readonly seq: number; readonly poison: Poison };

/** Something that can't be taken as an entry, whole, with the reason. */
export interface Poison {
  readonly reason: SetAsideReason;
  /** Names the place that is wrong, never what stands there. */
  readonly detail: string;
  readonly entryId: string | null;
  readonly raw: string;
}

/** A push that can't be read place by place at all. */
export type ReadPush =
  | { readonly kind: 'read'; readonly entries: readonly ReadEntry[] }
  /** An entry stands where another is expected. */
  | { readonly kind: 'gap'; readonly expectedSeq: number }
  | { readonly kind: 'wrong-seat'; readonly seq: number };

/**
 * Reads the entries of a push, each by itself. An entry that says its number must stand at it, and one that says its
 * seat must be of this seat: otherwise the push is mixed up, and taking part of it would do harm.
 */
export function readPush(seat: string, firstSeq: number, raws: readonly unknown[]): ReadPush {
  const entries: ReadEntry[] = [];
  for (const [index, raw] of raws.entries()) {
    const seq = firstSeq + index;
    if (isTooDeep(raw)) {
      entries.push({ kind: 'poison', seq, poison: tooDeep });
      continue;
    }
    const said = stamp.safeParse(raw);
    if (said.success && said.data.seq !== undefined && said.data.seq !== seq) return { kind: 'gap', expectedSeq: seq };
    if (said.success && said.data.seat !== undefined && said.data.seat !== seat) return { kind: 'wrong-seat', seq };
    entries.push(readEntry(seq, raw));
  }
  return { kind: 'read', entries };
}

/** Deeper than any entry is, and far from where reading or writing JSON overflows the stack. */
const depthMax = 64;

/** It can't be written out again either, so only the seat has it whole. */
const tooDeep: Poison = {
  reason: 'unreadable',
  detail: `nested deeper than ${depthMax}`,
  entryId: null,
  raw: '"nested too deep to be kept"',
};

function isTooDeep(raw: unknown): boolean {
  let level: readonly unknown[] = [raw];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > depthMax) return true;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return false;
}

/** As much as must fit together in a push, of whatever was sent. */
const stamp = z.object({
  seq: z.int().optional().catch(undefined),
  seat: z.string().optional().catch(undefined),
});

const kinds: ReadonlySet<unknown> = new Set(journalFact.options.map((option) => option.shape.kind.value));
const identity = z.object({ id: z.uuid() });
const kindOnly = z.object({ kind: z.string() });

function readEntry(seq: number, raw: unknown): ReadEntry {
  const text = JSON.stringify(raw);
  const poison = (reason: SetAsideReason, detail: string): ReadEntry => {
    const id = identity.safeParse(raw);
    return { kind: 'poison', seq, poison: { reason, detail, entryId: id.success ? id.data.id : null, raw: text } };
  };
  if (Buffer.byteLength(text) > entryBytesMax) return poison('too-large', `over ${entryBytesMax} bytes`);
  const kind = kindOnly.safeParse(raw);
  if (!kind.success) return poison('unreadable', 'no kind');
  if (!kinds.has(kind.data.kind)) return poison('unknown-kind', 'not a kind that this hub knows');
  const read = journalEntry.safeParse(raw);
  if (!read.success) return poison('bad-body', places(read.error));
  if ('callId' in read.data.body && !isPlainText(read.data.body.callId))
    return poison('bad-body', 'body.callId: not plain text');
  return { kind: 'entry', seq, entry: read.data };
}

/** How many places of a bad entry are named, and how many letters that may take. */
const placesMax = 5;
const detailLengthMax = 300;

/** Where it is wrong and with which kind of mistake. Names of fields may be the sender's own, so only known ones are told. */
function places(error: z.ZodError): string {
  return error.issues
    .slice(0, placesMax)
    .map(
      ({ path, code }) =>
        `${path.map((step) => (/^[A-Za-z]{1,24}$|^\d{1,4}$/.test(String(step)) ? String(step) : '?')).join('.')}: ${code}`,
    )
    .join('; ')
    .slice(0, detailLengthMax);
}

/** PostgreSQL keeps no NUL, and half a surrogate pair has no bytes in UTF-8. */
function isPlainText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
