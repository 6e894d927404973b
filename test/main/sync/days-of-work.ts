import { openProfile } from '../../../main/open-profile.ts';
import { type Dice, diceOf } from '../../faults/dice.ts';
import { profileKey } from '../recordings/recorded.ts';
import { callFacts } from '../store/facts.ts';

/** How much was done away from the hub. */
export interface AmountOfWork {
  readonly calls: number;
  /** Of the calls, those that were recorded. */
  readonly recordings: number;
  readonly edits: number;
}

/** Three days of one seat, as issue 4 counts them. */
export const threeDays: AmountOfWork = { calls: 5_000, recordings: 2_000, edits: 3_000 };

/** Keeps the key of a profile of tests. */
export const testKeys = { key: () => Promise.resolve({ kind: 'key' as const, key: profileKey, isNew: false }) };

const customersMax = 300;
const soundBytes = [400, 4_000] as const;
const startedAt = Date.UTC(2026, 10, 19, 8);
const callEachMs = 45_000;

/**
 * Works in a new profile through its real store and vault, without a hub: the same seed writes the same calls, edits and
 * sound (names and keys are of their own each time).
 */
export async function workAway(directory: string, seed: number, amount: AmountOfWork): Promise<void> {
  const outcome = await openProfile({ directory, keys: testKeys, log: () => undefined });
  if (outcome.kind === 'refused') throw new Error(outcome.detail);
  const { profile } = outcome;
  const { store, vault } = profile;
  const dice = diceOf(seed, 'days of work');
  const done = { recordings: 0, edits: 0 };
  for (let call = 0; call < amount.calls; call += 1) {
    const at = startedAt + call * callEachMs;
    const isRecorded = done.recordings * amount.calls < amount.recordings * (call + 1);
    const facts = callFacts(call).filter(({ kind }) => isRecorded || !kind.startsWith('recording-'));
    kept(store.appendAll(facts.map((fact) => ({ fact, at }))).kind);
    if (isRecorded) {
      done.recordings += 1;
      await record(vault, dice, call, at);
    }
    for (; done.edits * amount.calls < amount.edits * (call + 1); done.edits += 1) {
      const recordId = `customer-${dice.whole(1, customersMax)}`;
      const fields = dice.next() < 0.03 ? null : { name: `name ${done.edits}`, [`note${dice.whole(1, 5)}`]: at };
      const body = store.hub.records.draft({ collection: 'customers', recordId, fields });
      kept(store.append({ kind: 'record-edited', body }, at).kind);
    }
  }
  await profile.close();
}

/** Some seconds of a call; the name is the one that the call's entries say. */
async function record(
  vault: { begin: Vault['begin']; append: Vault['append']; end: Vault['end'] },
  dice: Dice,
  call: number,
  at: number,
): Promise<void> {
  const recordingId = `recording-${call}`;
  kept((await vault.begin(recordingId, `call-${call}`, at)).kind);
  for (let second = 0; second < 2; second += 1) {
    const sound = dice.bytes(dice.whole(...soundBytes));
    kept((await vault.append(recordingId, { segment: 0, atMs: second * 1_000, durationMs: 1_000, sound })).kind);
  }
  await vault.end(recordingId);
}

type Vault = Extract<Awaited<ReturnType<typeof openProfile>>, { kind: 'open' }>['profile']['vault'];

function kept(kind: string): void {
  if (kind !== 'kept') throw new Error(`not written down: ${kind}`);
}
