import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findNodeAtLocation, type Node, type ParseError, parse, parseTree, printParseErrorCode } from 'jsonc-parser';
import { type Settings, settings } from '../core/settings.ts';

/**
 * `settings.json` of a profile: plain JSON a technician may edit (comments allowed). Read leniently and honestly: a
 * mistake is named with its line and what is wrong, the file is left as it is, and the console starts on its defaults.
 */

/** What reading gave. `line` counts from 1. */
export type SettingsRead =
  | { readonly kind: 'read'; readonly settings: Settings }
  | { readonly kind: 'none'; readonly settings: Settings }
  | { readonly kind: 'bad'; readonly settings: Settings; readonly line: number; readonly message: string };

/** Longer files are not read: settings are a few hundred bytes. */
const settingsBytesMax = 256 * 1024;

/** Reads the settings of a profile; never throws for what stands in the file. */
export async function readSettings(path: string): Promise<SettingsRead> {
  const defaults = settings.parse({});
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return { kind: 'none', settings: defaults };
    return { kind: 'bad', settings: defaults, line: 1, message: `cannot be read: ${String(error)}` };
  }
  return checkSettings(text);
}

/** The same for a text already read. */
export function checkSettings(text: string): SettingsRead {
  const defaults = settings.parse({});
  if (text.length > settingsBytesMax)
    return { kind: 'bad', settings: defaults, line: 1, message: 'the file is too long' };
  const errors: ParseError[] = [];
  const value: unknown = parse(text.replace(/^\uFEFF/, ''), errors, { allowTrailingComma: true });
  const first = errors[0];
  if (first)
    return {
      kind: 'bad',
      settings: defaults,
      line: lineAt(text, first.offset),
      message: printParseErrorCode(first.error),
    };
  const checked = settings.safeParse(value);
  if (checked.success) return { kind: 'read', settings: checked.data };
  const issue = checked.error.issues[0];
  const path = (issue?.path ?? []).map((step) => (typeof step === 'symbol' ? step.toString() : step));
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const offset = offsetOf(tree, unknownKey === undefined ? path : [...path, unknownKey]);
  const name = [...path, ...(unknownKey === undefined ? [] : [unknownKey])].join('.');
  return {
    kind: 'bad',
    settings: defaults,
    line: lineAt(text, offset),
    message: `${name}: ${issue?.message ?? 'not valid'}`,
  };
}

/** Writes settings so that a power cut leaves the old file or the new one, whole; a bad old file is kept beside it. */
export async function writeSettings(path: string, next: Settings): Promise<void> {
  if ((await readSettings(path)).kind === 'bad') await rename(path, `${path}.bad`);
  const draft = `${path}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(next, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  if (process.platform === 'win32') return; // directories cannot be synced there; the rename itself is journalled
  const folder = await open(join(dirname(path)), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function offsetOf(tree: Node | undefined, path: (string | number)[]): number {
  // The nearest thing that is there: a missing value is shown at its parent.
  for (let length = path.length; tree && length > 0; length -= 1) {
    const found = findNodeAtLocation(tree, path.slice(0, length));
    if (found) return found.offset;
  }
  return tree?.offset ?? 0;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
