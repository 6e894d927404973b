import { join } from 'node:path';
import { type KeyBindings, keyBindings } from '../core/key-command.ts';
import type { Notice } from '../core/notice.ts';
import { readHandWritten, writeHandWritten } from './hand-written-file.ts';

/**
 * `keys.json` of a profile: what the keys of panels and pedals do. Optional; a file with a mistake is named with its line,
 * left as it is, and the built-in bindings hold.
 */
export async function readKeys(
  directory: string,
): Promise<{ readonly bindings: KeyBindings; readonly notices: readonly Notice[] }> {
  const read = await readHandWritten(keysPath(directory), keyBindings);
  if (read.kind === 'read') return { bindings: read.value, notices: [] };
  const bindings: KeyBindings = { panels: {} };
  if (read.kind === 'none') return { bindings, notices: [] };
  const detail = `keys.json:${read.line}: ${read.message}`.slice(0, 400);
  return { bindings, notices: [{ code: 'keys-file', detail }] };
}

/** Writes it so that a power cut leaves the old file or the new one, whole; a bad old file is kept beside it. */
export function writeKeys(directory: string, next: KeyBindings): Promise<void> {
  return writeHandWritten(keysPath(directory), keyBindings, next);
}

function keysPath(directory: string): string {
  return join(directory, 'keys.json');
}
