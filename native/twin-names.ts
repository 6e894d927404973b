import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { FoundHid } from './hid/hid-bus.ts';
import { deviceIdOf, devicesMax, placeOf } from './roster.ts';

/** By which a device process is given the file of these names. */
export const twinsFlag = '--twins=';

/** Its name in a profile. */
export const twinsFileName = 'alike-devices.json';

/**
 * Which of two alike devices without serial numbers is which. Which came first decides their ids, and after a restart or a
 * pulled hub they come in another order: the left pedal would have the keys of the right one. So once two were seen
 * together, each is known by its socket.
 */
export type TwinNames = {
  /** The id of the device that was last at this socket; undefined when it never had a twin, or no socket is told. */
  of(device: FoundHid): string | undefined;
  /** Takes note of all devices there are now. */
  note(devices: readonly { readonly found: FoundHid; readonly deviceId: string }[]): void;
};

const named = z.array(z.tuple([z.string().max(300), z.string().max(300)])).max(devicesMax);
type Named = z.infer<typeof named>;

/** Names that last as long as this process: tests, tools. */
export function twinNames(first: Named = [], save: (names: Named) => void = () => undefined): TwinNames {
  let names = new Map(first);
  return {
    of: (device) => {
      const place = placeOf(device);
      const kept = place === undefined ? undefined : names.get(place);
      // A file somebody changed cannot give a device another's name.
      return kept === place || kept === deviceIdOf(device, new Set()) ? kept : undefined;
    },
    note: (devices) => {
      const next = new Map(names);
      for (const { place, deviceId } of twinsIn(devices)) {
        for (const [other, id] of next) if (id === deviceId && other !== place) next.delete(other);
        // The newest stand last: the oldest are the ones that are forgotten.
        if (next.get(place) !== deviceId) next.delete(place);
        next.set(place, deviceId);
      }
      const entries = [...next].slice(-devicesMax);
      if (JSON.stringify(entries) === JSON.stringify([...names])) return;
      names = new Map(entries);
      save(entries);
    },
  };
}

/** The same, kept in a file. One that cannot be read counts as empty; one that cannot be written is told once. */
export function twinNamesFile(path: string, onTrouble: (detail: string) => void): TwinNames {
  let hasTrouble = false;
  return twinNames(namesLeft(path), (names) => {
    try {
      // Whole or not at all: with half a file the left pedal would have the keys of the right one.
      writeFileSync(`${path}.new`, JSON.stringify(names), { mode: 0o600, flush: true });
      renameSync(`${path}.new`, path);
    } catch (error) {
      if (!hasTrouble) onTrouble(error instanceof Error ? error.message : String(error));
      hasTrouble = true;
    }
  });
}

/** The ids of devices found at once, in the order they are given; who is known by its socket is named first. */
export function namesOf(found: readonly FoundHid[], twins: TwinNames): ReadonlyMap<FoundHid, string> {
  const ids = new Map<FoundHid, string>();
  for (const device of knownFirst(found, twins)) {
    ids.set(device, deviceIdOf(device, new Set(ids.values()), twins.of(device)));
  }
  return ids;
}

/** Who is known by its socket first, before its twin can take its name. */
export function knownFirst(found: readonly FoundHid[], twins: TwinNames): readonly FoundHid[] {
  const isKnown = (device: FoundHid): boolean => twins.of(device) !== undefined;
  return [...found].sort((a, b) => Number(isKnown(b)) - Number(isKnown(a)));
}

type Twin = { readonly place: string; readonly deviceId: string };

function twinsIn(devices: readonly { readonly found: FoundHid; readonly deviceId: string }[]): readonly Twin[] {
  const alike = new Map<string, Twin[]>();
  for (const { found, deviceId } of devices) {
    const place = placeOf(found);
    if (place === undefined) continue;
    const identity = deviceIdOf(found, new Set());
    alike.set(identity, [...(alike.get(identity) ?? []), { place, deviceId }]);
  }
  return [...alike.values()].filter((twins) => twins.length > 1).flat();
}

function namesLeft(path: string): Named {
  try {
    const left = named.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return left.success ? left.data : [];
  } catch {
    return []; // No twins were seen yet, or the file was cut off: they are told apart by their order, as at first.
  }
}
