import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { type CrashCount, crashed, devicesMax } from './roster.ts';

/** How long after opening a device a death of the process counts as its doing: its first reads and writes are in it. */
export const inHandMs = 2_000;

/** By which a device process is given the file of its notes. */
export const notesFlag = '--notes=';

const idMax = 200;
const notes = z.object({
  /** Devices that native code is at work on. */
  inHand: z.array(z.string().max(idMax)).max(devicesMax),
  crashes: z.array(z.tuple([z.string().max(idMax), z.number().int().min(1)])).max(devicesMax),
});

/**
 * What a device process leaves to its successor: which devices failed, and which it was opening when it died. Written
 * before native code is entered, since after a crash in it nothing can be written any more.
 */
export type CrashNotes = {
  /** Failures so far, those included of which the process died. */
  crashes(): CrashCount;
  setCrashes(crashes: CrashCount): void;
  /** Native code is at work on this device from now on, until the answer is called. */
  takeInHand(deviceId: string): () => void;
  /** The process ends in order: nothing is left. */
  forget(): void;
};

/** For where nobody comes after: tests, tools. */
export function noCrashNotes(): CrashNotes {
  let counts: CrashCount = new Map();
  return {
    crashes: () => counts,
    setCrashes: (crashes) => {
      counts = crashes;
    },
    takeInHand: () => () => undefined,
    forget: () => undefined,
  };
}

/**
 * Notes in a file. One that cannot be read counts as empty, one that
 * cannot be written is told once: devices work without notes.
 */
export function crashNotesFile(path: string, onTrouble: (detail: string) => void): CrashNotes {
  const inHand = new Map<symbol, string>();
  let hasTrouble = false;
  let counts = crashesLeft(path);
  const write = (): void => {
    const left: z.infer<typeof notes> = {
      inHand: [...new Set(inHand.values())].slice(0, devicesMax),
      crashes: [...counts].slice(0, devicesMax),
    };
    try {
      writeFileSync(path, JSON.stringify(left), { mode: 0o600 });
    } catch (error) {
      if (!hasTrouble) onTrouble(error instanceof Error ? error.message : String(error));
      hasTrouble = true;
    }
  };
  write();
  return {
    crashes: () => counts,
    setCrashes: (crashes) => {
      counts = crashes;
      write();
    },
    takeInHand: (deviceId) => {
      const hold = Symbol(deviceId);
      inHand.set(hold, deviceId.slice(0, idMax));
      write();
      return () => {
        if (inHand.delete(hold)) write();
      };
    },
    forget: () => rmSync(path, { force: true }),
  };
}

function crashesLeft(path: string): CrashCount {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return new Map(); // The first process of this seat: nobody left a note.
  }
  const left = notes.safeParse(jsonOf(text));
  if (!left.success) return new Map();
  const { inHand, crashes } = left.data;
  return inHand.reduce((counts, deviceId) => crashed(counts, deviceId), new Map(crashes) as CrashCount);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Cut off by the crash.
  }
}
