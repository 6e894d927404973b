import { isDeepStrictEqual } from 'node:util';
import { type RecordEdit, recordFields, type SharedRecord } from '../../../core/shared-record.ts';
import { takeEdit } from '../../../core/take-edit.ts';
import { BrokenPromise } from './broken-promise.ts';
import type { HubEdit } from './hub-look.ts';
import type { LeftWork } from './ledger.ts';

/** One edit of a record's history at the hub, with what is known of it from elsewhere. */
export type HistoryStep = {
  readonly edit: HubEdit;
  /** The record before it; null: there was none. */
  readonly past: SharedRecord | null;
  /** The edits of this record before it, oldest first. */
  readonly earlier: readonly HubEdit[];
  /** As its entry told it; undefined: no entry did. */
  readonly said: RecordEdit | undefined;
  /** As its author remembers it; null: nobody does. */
  readonly work: LeftWork | null;
  /** Whether every edit of this record that its author made before it was applied. */
  readonly isWorkWhole: boolean;
};

/**
 * The record after one more edit: from what its author told and knew, and not from what the hub worked out. Throws
 * `BrokenPromise` when the hub's history says something else, or the record is not as its author may expect.
 */
export function recordAfter(step: HistoryStep): SharedRecord {
  const { edit, past, earlier, said, work } = step;
  const { collection, recordId, version, by } = edit;
  if (said === undefined && by.startsWith('seat '))
    throw new BrokenPromise('the hub holds what was said', `${by} edited ${recordId}, and told nothing of the kind`);
  if (said !== undefined && !isDeepStrictEqual(edit.fields, said.fields))
    throw new BrokenPromise(
      'the hub holds what was said',
      `${by}: ${recordId} ${version} has other fields than its entry`,
    );
  const { toldVersion, sawRecord } = knowledgeOf(step);
  const since = earlier.slice(toldVersion).map((each) => ({
    names: each.fields === null ? null : Object.keys(each.fields),
    isOwn: handOf(each.by) === handOf(by),
  }));
  const fields = edit.fields === null ? null : recordFields.parse(edit.fields);
  const told = { collection, recordId, fields, baseVersion: toldVersion, sawRecord };
  const { after, lost } = takeEdit(past, told, since);
  if (!isDeepStrictEqual(edit.lost, lost))
    throw new BrokenPromise(
      'the hub holds what was said',
      `${recordId} ${version} lost ${JSON.stringify(edit.lost)}, by its edits ${JSON.stringify(lost)}`,
    );
  if (work !== null) checkWork(step, work, after);
  return after;
}

/** What an edit's author knew: as he remembers it, else as he said. Somebody at the hub edits only what he has seen. */
function knowledgeOf({ edit, said, work }: HistoryStep): Pick<LeftWork, 'toldVersion'> & Pick<RecordEdit, 'sawRecord'> {
  if (work !== null) return work;
  return { toldVersion: said?.baseVersion ?? edit.version - 1, sawRecord: said?.sawRecord };
}

/** By what a person may expect of his own work, not by the rule. */
function checkWork(step: HistoryStep, work: LeftWork, after: SharedRecord): void {
  const { edit, earlier, isWorkWhole } = step;
  const fault = () =>
    new BrokenPromise(
      'a person finds his work where he left it',
      `${edit.by} left ${JSON.stringify(work)}, the record is ${JSON.stringify(after)}`,
    );
  const isAlone = earlier.slice(work.toldVersion).every(({ by }) => handOf(by) === handOf(edit.by));
  const isAsLeft = after.isDeleted === work.shown.isDeleted && isDeepStrictEqual(after.fields, work.shown.fields);
  if (isAlone && isWorkWhole && !isAsLeft) throw fault();
  if (edit.fields === null && !after.isDeleted) throw fault();
  const isThere = Object.entries(edit.fields ?? {}).every(([name, value]) =>
    isDeepStrictEqual(after.fields[name], value),
  );
  if (edit.fields !== null && !work.sawRecord && !isThere) throw fault();
}

/** Who made an edit: a seat, in whichever entry, or somebody with a key. */
function handOf(by: string): string {
  const [kind, seat] = by.split(' ');
  return kind === 'seat' && seat !== undefined ? `seat ${seat}` : by;
}
