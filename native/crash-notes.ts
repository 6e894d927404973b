import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { type CrashCount, crashed, devicesMax } from './roster.ts';

/** How long after opening a device a death of the process may be its doing: its first reads and writes are in it. */
export const youngMs = 2_000;

/** By which a device process is given the file of its notes. */
export const notesFlag = '--notes=';

const deviceId = z.string().max(200);
const notes = z.object({
  /** Devices that native code was at work on. */
  inHand: z.array(z.tuple([deviceId, z.enum(['opening', 'young'])])).max(2 * devicesMax),
  crashes: z.array(z.tuple([deviceId, z.number().int().min(1)])).max(devicesMax),
});
type Notes = z.infer<typeof notes>;

/** A device in the hands of native code: first opening, then `opened` and young, then it `survived`. `letGo` ends it early. */
export type Hold = { opened(): void; survived(): void; letGo(): void };

/**
 * What a device process leaves to its successor: which devices failed, and which it had in hand when it died. Written
 * before native code is entered, since after a crash in it nothing can be written any more.
 */
export type CrashNotes = {
  /** Failures so far, those included of which a process died. */
  crashes(): CrashCount;
  setCrashes(crashes: CrashCount): void;
  /** The last process may have died of it: to be opened while nothing else is in hand, so that the next death tells. */
  isSuspect(deviceId: string): boolean;
  isAnyInHand(): boolean;
  takeInHand(deviceId: string): Hold;
  /** The process ends in order: nothing is left. */
  forget(): void;
};

/** For where nobody comes after: tests, tools. */
export function noCrashNotes(): CrashNotes {
  return notesKept({ inHand: [], crashes: [] }, () => undefined);
}

/**
 * Notes in a file. One that cannot be read counts as empty, one that cannot be written is told once: devices work
 * without notes.
 */
export function crashNotesFile(path: string, onTrouble: (detail: string) => void): CrashNotes {
  let hasTrouble = false;
  const write = (left: Notes): void => {
    try {
      writeFileSync(path, JSON.stringify(left), { mode: 0o600 });
    } catch (error) {
      if (!hasTrouble) onTrouble(error instanceof Error ? error.message : String(error));
      hasTrouble = true;
    }
  };
  return { ...notesKept(notesLeft(path), write), forget: () => rmSync(path, { force: true }) };
}

function notesKept(left: Notes, write: (notes: Notes) => void): CrashNotes {
  const suspects = new Set(blamed(left));
  let counts: CrashCount = [...suspects].reduce(crashed, new Map(left.crashes) as CrashCount);
  const inHand = new Map<symbol, Notes['inHand'][number]>();
  const save = (): void => write({ inHand: [...inHand.values()], crashes: [...counts].slice(0, devicesMax) });
  save();
  return {
    crashes: () => counts,
    setCrashes: (crashes) => {
      counts = crashes;
      for (const id of suspects) if (!counts.has(id)) suspects.delete(id);
      save();
    },
    isSuspect: (id) => suspects.has(id),
    isAnyInHand: () => inHand.size > 0,
    takeInHand: (id) => {
      const hold = Symbol(id);
      const letGo = (): void => {
        if (inHand.delete(hold)) save();
      };
      inHand.set(hold, [id, 'opening']);
      save();
      return {
        letGo,
        opened: () => {
          if (inHand.has(hold)) inHand.set(hold, [id, 'young']);
          save();
        },
        survived: () => {
          // It was with the guilty one when the last process died.
          if (inHand.has(hold) && suspects.delete(id)) counts = pardoned(counts, id);
          letGo();
        },
      };
    },
    forget: () => undefined,
  };
}

/** Who is to blame for a death: what was being opened; if nothing was, what had just been. */
function blamed({ inHand }: Notes): readonly string[] {
  const opening = inHand.filter(([, how]) => how === 'opening');
  return (opening.length > 0 ? opening : inHand).map(([id]) => id);
}

function pardoned(counts: CrashCount, id: string): CrashCount {
  const left = (counts.get(id) ?? 0) - 1;
  return new Map([...counts].filter(([other]) => other !== id).concat(left > 0 ? [[id, left]] : []));
}

function notesLeft(path: string): Notes {
  const nothing: Notes = { inHand: [], crashes: [] };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return nothing; // The first process of this seat: nobody left a note.
  }
  const left = notes.safeParse(jsonOf(text));
  return left.success ? left.data : nothing;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Cut off by the crash.
  }
}
