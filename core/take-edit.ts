import { type RecordEdit, type RecordFields, recordFields, type SharedRecord } from './shared-record.ts';

/** What an edit makes of a record. */
export interface EditOutcome {
  readonly after: SharedRecord;
  /** Values that this edit ended without its author having seen them, or its own where it came to nothing; kept in the history. */
  readonly lost: RecordFields;
}

/** An edit that was taken before another one of the same record. */
export interface EarlierEdit {
  /** Names of the fields it gave; null: a deletion. */
  readonly names: readonly string[] | null;
  /** It came from the same seat (or the same key) as the one that comes now. */
  readonly isOwn: boolean;
}

/**
 * Takes an edit: the one rule by which a shared record changes, at the hub and on top of a seat's replica. `since`: the
 * edits of this record that were taken after `edit.baseVersion`, oldest first. Edits count in the order in which the hub
 * takes them, which for each seat is the order of its journal; no clock is asked.
 *
 * What its author has seen is everything up to `baseVersion`, which the hub had told him, and every earlier edit of his
 * own, which his seat shows him from the moment he makes it. So no edit is out of date because of its author's own ones,
 * sent or not, and what others do meanwhile is unseen however many of his own lie before and behind it. An edit that was
 * set aside is in no history and shifts nothing.
 *
 * - Fields: one by one, the edit that is taken later wins. A value that somebody else gave unseen is told as lost by the
 *   edit that replaces it; one's own value never is.
 * - A deletion takes the whole record as it stands, and tells as lost what its author had not seen of it.
 * - An edit whose author had the record before him is a change of it. Where the record was deleted meanwhile the deletion
 *   wins, and the change is lost: some fields of a customer are no customer.
 * - An edit whose author had no record before him, because there never was one or because it was deleted (by himself just
 *   before, or by somebody else), is a whole record. It stands, however often others deleted the old one meanwhile; where
 *   others made the record again, it changes its fields as any other edit.
 *
 * So two seats that both delete a record and both make it again, away from the hub, end with the fields of both or with
 * those of the one that the hub took last, and never with nothing.
 */
export function takeEdit(before: SharedRecord | null, edit: RecordEdit, since: readonly EarlierEdit[]): EditOutcome {
  const { collection, recordId, fields } = edit;
  const version = (before?.version ?? 0) + 1;
  const made = (now: RecordFields, isDeleted: boolean): SharedRecord => ({
    collection,
    recordId,
    version,
    fields: now,
    isDeleted,
  });
  const standing = before?.fields ?? {};
  const unseen = unseenFields(since);
  if (fields === null) return { after: made({}, true), lost: picked(standing, unseen) };
  if (before?.isDeleted === true && isChange(edit, since)) return { after: made({}, true), lost: fields };
  const replaced = new Set(Object.keys(fields).filter((name) => unseen.has(name)));
  return { after: made({ ...standing, ...fields }, false), lost: picked(standing, replaced) };
}

/**
 * A record as a seat shows it: what the hub told (null: nothing) with the seat's own edits that are not in it, oldest
 * first, taken as if the hub took them next. One that makes the record larger than it may be is left out: the hub will
 * set it aside.
 */
export function withOwnEdits(told: SharedRecord | null, edits: readonly RecordEdit[]): SharedRecord | null {
  let shown = told;
  let last: EarlierEdit | null = null;
  for (const edit of edits) {
    const isGoneUnseen = told?.isDeleted === true && told.version > edit.baseVersion;
    // Whose deletion the hub told of is not known here; it is asked for edits of an older seat alone.
    const toldSince: readonly EarlierEdit[] = isGoneUnseen ? [{ names: null, isOwn: false }] : [];
    const { after } = takeEdit(shown, edit, last === null ? toldSince : [last]);
    if (!recordFields.safeParse(after.fields).success) continue;
    shown = after;
    last = { names: edit.fields === null ? null : Object.keys(edit.fields), isOwn: true };
  }
  return shown;
}

/** Fields whose value, if they have one now, somebody else gave unseen. */
function unseenFields(since: readonly EarlierEdit[]): ReadonlySet<string> {
  const unseen = new Set<string>();
  for (const { names, isOwn } of since) {
    if (names === null) unseen.clear();
    for (const name of names ?? []) {
      if (isOwn) unseen.delete(name);
      else unseen.add(name);
    }
  }
  return unseen;
}

/**
 * Whether an edit's author had the record before him. Where the edit does not say so, his own newest edit since tells it;
 * without one, a deletion since is one that he had not seen.
 */
function isChange({ sawRecord }: RecordEdit, since: readonly EarlierEdit[]): boolean {
  if (sawRecord !== undefined) return sawRecord;
  const own = since.findLast(({ isOwn }) => isOwn);
  return own === undefined ? since.some(({ names }) => names === null) : own.names !== null;
}

function picked(fields: RecordFields, names: ReadonlySet<string>): RecordFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.has(name)));
}
