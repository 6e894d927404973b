import type { KeyCommand } from '../../core/key-command.ts';
import { commandFromText } from '../../core/key-command-text.ts';
import type { PanelLayout } from '../../core/key-face.ts';
import { lampNumberOf } from '../serial/compile-profile.ts';
import { type SerialProfile, seatLamps } from '../serial/profile.ts';

/** A panel has no more keys than a page can draw (panelLayout). */
export const panelKeysMax = 256;
/** Longest name of a key on the way to the seat. */
export const keyIdLengthMax = 64;
/** Where the profile says nothing of how keys lie. */
const columnsUnknown = 6;
const sideMax = 64;

/**
 * The keys of a panel and how they lie: as the profile's `layout` says, then the rest of what it names, then keys that
 * were `seen` and stand nowhere. A lamp with a name of its own (`door`) is one too: it can be bound and tried. Null when
 * there is none.
 */
export function panelLayoutOf(profile: SerialProfile, seen: Iterable<string>): PanelLayout | null {
  const placed = (profile.layout ?? []).flatMap((row, y) =>
    row.flatMap((keyId, x) => (keyId === null ? [] : [{ keyId, column: x, row: y }])),
  );
  const known = new Set(placed.map(({ keyId }) => keyId));
  const others = [...new Set([...namedKeys(profile), ...seen])].filter((keyId) => !known.has(keyId));
  const firstRow = profile.layout?.length ?? 0;
  const columns = Math.max(
    ...(profile.layout ?? []).map((row) => row.length),
    profile.layout === undefined ? Math.min(columnsUnknown, others.length) : 1,
  );
  const rest = others.map((keyId, index) => ({
    keyId,
    column: index % columns,
    row: firstRow + Math.floor(index / columns),
  }));
  const keys = [...placed, ...rest]
    .filter(({ row }) => row < sideMax)
    .slice(0, panelKeysMax)
    .map((key) => ({ ...key, width: 1, height: 1, shows: hasLamp(profile, key.keyId) ? 'lamp' : 'none' }) as const);
  if (keys.length === 0) return null;
  return { columns, rows: Math.max(...keys.map(({ row }) => row)) + 1, keys };
}

/** What the profile says its keys do, and the action words that are no command of the console. */
export function defaultKeysOf({ keys }: SerialProfile): {
  readonly defaultKeys: Record<string, KeyCommand>;
  readonly unknown: readonly string[];
} {
  const read = Object.entries(keys.map).map(([keyId, text]) => ({ keyId, text, command: commandFromText(text) }));
  return {
    defaultKeys: Object.fromEntries(
      read.flatMap(({ keyId, command }) => (command === undefined ? [] : [[keyId, command] as const])),
    ),
    unknown: read.filter(({ command }) => command === undefined).map(({ keyId, text }) => `${keyId}: ${text}`),
  };
}

/** Whether a key has a lamp: one of its name, or of its number. */
function hasLamp(profile: SerialProfile, keyId: string): boolean {
  return lampNumberOf(profile, keyId) !== undefined;
}

/** Every key a profile names outright: bound, told by a rule without a placeholder, in its tests, or a lamp of its own. */
function namedKeys({ keys, events, tests, lamps }: SerialProfile): readonly string[] {
  const told = events.flatMap(({ emit }) => ('key' in emit && !/[{(]/.test(emit.key) ? [emit.key] : []));
  const tested = tests
    .flatMap((vector) => ('steps' in vector ? vector.steps : [vector]))
    .flatMap(({ expect }) => (expect ?? []).flatMap(({ key }) => (key === undefined ? [] : [key])));
  const own = Object.keys(lamps?.map ?? {}).filter((name) => !(seatLamps as readonly string[]).includes(name));
  return [...Object.keys(keys.map), ...told, ...tested, ...own].filter((keyId) => keyId.length <= keyIdLengthMax);
}
