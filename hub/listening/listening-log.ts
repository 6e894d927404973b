import { appendAudit } from '../audit/audit-table.ts';
import type { Actor, HubParts } from '../hub-parts.ts';
import type { RecordingPlace } from './recording-table.ts';

/** A player asks for a recording piece by piece: pauses up to this long, in milliseconds, are one listening. */
const pauseMaxMs = 5 * 60_000;
/** And a listening this long, in milliseconds, is written down again: no line stands for a whole day. */
const listeningMaxMs = 3_600_000;
/** How many listenings are remembered; the oldest is forgotten, and is one more line when it goes on. */
const rememberedMax = 10_000;

interface Listening {
  readonly beganAt: number;
  lastAt: number;
}

/** Who listens to what. */
export interface ListeningLog {
  /**
   * Before any byte of sound goes out: resolves when a line of the audit trail covers it. The same key on the same
   * recording within minutes is one listening; the listener can neither choose nor show that. Rejects when the line can't
   * be written: no sound then.
   */
  readonly listen: (actor: Actor, place: RecordingPlace, detail: { readonly isWhole: boolean }) => Promise<void>;
}

/** A log in the audit trail. Each hub process has its own memory: after a restart there is a line more, never one less. */
export function listeningLog({ database, now }: HubParts, monotonicMs: () => number): ListeningLog {
  const listenings = new Map<string, Listening>();
  return {
    listen: async (actor, place, { isWhole }) => {
      const name = JSON.stringify([actor.id, place.seat, place.recordingId, isWhole]);
      const at = monotonicMs();
      const known = listenings.get(name);
      if (known !== undefined && at - known.lastAt <= pauseMaxMs && at - known.beganAt <= listeningMaxMs) {
        known.lastAt = at;
        return;
      }
      await database.transaction((transaction) =>
        appendAudit(transaction, actor, now(), {
          action: 'recording-played',
          subject: `${place.seat}/${place.recordingId}`,
          detail: { isWhole: isWhole ? 1 : 0 },
        }),
      );
      listenings.delete(name);
      listenings.set(name, { beganAt: at, lastAt: at });
      const [oldest] = listenings.keys();
      if (listenings.size > rememberedMax && oldest !== undefined) listenings.delete(oldest);
    },
  };
}
