import { type Settings, settings } from '../core/settings.ts';
import { checkHandWritten, type HandWritten, readHandWritten, writeHandWritten } from './hand-written-file.ts';

/**
 * `settings.json` of a profile: plain JSON a technician may edit (comments allowed). Read leniently and honestly: a
 * mistake is named with its line and what is wrong, the file is left as it is, and the console starts on its defaults.
 */

/** What reading gave. `line` counts from 1. */
export type SettingsRead =
  | { readonly kind: 'read'; readonly settings: Settings }
  | { readonly kind: 'none'; readonly settings: Settings }
  | { readonly kind: 'bad'; readonly settings: Settings; readonly line: number; readonly message: string };

/** Reads the settings of a profile; never throws for what stands in the file. */
export async function readSettings(path: string): Promise<SettingsRead> {
  return withDefaults(await readHandWritten(path, settings));
}

/** The same for a text already read. */
export function checkSettings(text: string): SettingsRead {
  return withDefaults(checkHandWritten(text, settings));
}

/** Writes settings so that a power cut leaves the old file or the new one, whole; a bad old file is kept beside it. */
export function writeSettings(path: string, next: Settings): Promise<void> {
  return writeHandWritten(path, settings, next);
}

function withDefaults(read: HandWritten<Settings>): SettingsRead {
  return read.kind === 'read' ? { kind: 'read', settings: read.value } : { ...read, settings: settings.parse({}) };
}
