/** A promise that did not hold: which one, in a word that stays the same while a history is made shorter, and how. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
  readonly promise: PromiseName;

  constructor(promise: PromiseName, detail: string) {
    super(`${promise}: ${detail}`);
    this.promise = promise;
  }
}

export type PromiseName =
  /** What a seat said is kept, or the hub said is on its disk, is there. */
  | 'nothing acknowledged is lost'
  | 'nothing is applied twice'
  | 'no gap'
  /** Lists and records are what the entries say, in the order in which the hub took them. */
  | 'the hub holds what was said'
  /** Where nobody else came between, a record is as whoever edited it last left it; what somebody made anew is there. */
  | 'a person finds his work where he left it'
  | 'a replica is never older than its own edits'
  /** What a seat shows was at the hub, or is its own. */
  | 'a replica makes nothing up'
  | 'a replica never goes back'
  | 'every replica ends equal'
  | 'everything arrives'
  /** What the desk is told of the hub is so. */
  | 'the agent is not lied to'
  /** The program under test threw where nobody listens, or never came to a stand. */
  | 'nothing breaks';
