import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { findNodeAtLocation, type Node, type ParseError, parse, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { z } from 'zod';
import { missingWords } from '../core/missing-words.ts';

/**
 * A JSON file of a profile that a technician may write by hand (comments and trailing commas allowed). Read leniently and
 * honestly: a mistake is named with its line and what is wrong, and the file is left as it is.
 */

/** What reading gave. `line` counts from 1. */
export type HandWritten<T> = { readonly kind: 'read'; readonly value: T } | { readonly kind: 'none' } | BadFile;
type BadFile = { readonly kind: 'bad'; readonly line: number; readonly message: string };

/** Longer files are not read: what a person writes by hand is a few kilobytes. */
const handWrittenMax = 256 * 1024;

/** Reads such a file; never throws for what stands in it. */
export async function readHandWritten<T>(path: string, schema: z.ZodType<T>): Promise<HandWritten<T>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'none' };
    return { kind: 'bad', line: 1, message: `cannot be read: ${String(error)}` };
  }
  return checkHandWritten(text, schema);
}

/** The same for a text already read. */
export function checkHandWritten<T>(written: string, schema: z.ZodType<T>): Exclude<HandWritten<T>, { kind: 'none' }> {
  const text = written.replace(/^\uFEFF/, '');
  if (text.length > handWrittenMax) return { kind: 'bad', line: 1, message: 'the file is too long' };
  try {
    return checkText(text, schema);
  } catch (error) {
    // The parser calls itself for every bracket: a file of nothing but brackets is deeper than any stack.
    if (error instanceof RangeError) return { kind: 'bad', line: 1, message: 'not JSON: brackets too deep' };
    throw error;
  }
}

function checkText<T>(text: string, schema: z.ZodType<T>): Exclude<HandWritten<T>, { kind: 'none' }> {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const first = errors[0];
  if (first) return { kind: 'bad', line: lineAt(text, first.offset), message: parseErrorWords(first.error) };
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const twice = tree && nameGivenTwice(tree);
  if (twice) return { kind: 'bad', line: lineAt(text, twice.offset), message: `${twice.value} stands here twice` };
  const checked = schema.safeParse(value, { error: missingWords });
  if (checked.success) return { kind: 'read', value: checked.data };
  return firstMistake(text, tree, checked.error.issues);
}

/** The mistake that stands first in the file: what a person mends first. */
function firstMistake(text: string, tree: Node | undefined, issues: readonly z.core.$ZodIssue[]): BadFile {
  const mistakes = issues.map((issue) => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? step.toString() : step));
    const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const named = unknownKey === undefined ? path : [...path, unknownKey];
    const message = [named.join('.'), issue.message].filter((part) => part !== '').join(': ');
    return { message, offset: offsetOf(tree, named) };
  });
  const [first = { message: 'not valid', offset: 0 }] = mistakes.toSorted((one, other) => one.offset - other.offset);
  return { kind: 'bad', line: lineAt(text, first.offset), message: first.message };
}

/** JSON.parse and its kin take the last of two alike names and say nothing: half of what somebody wrote would be gone. */
function nameGivenTwice(node: Node): Node | undefined {
  const names = new Set<unknown>();
  for (const child of node.children ?? []) {
    const name = node.type === 'object' ? child.children?.[0] : undefined;
    if (name !== undefined && names.has(name.value)) return name;
    if (name !== undefined) names.add(name.value);
    const inside = nameGivenTwice(child);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/**
 * Writes such a file for a person who changed it on the screen: a power cut leaves the old file or the new one, whole. A
 * file with a mistake is kept beside it, for somebody wrote it.
 */
export async function writeHandWritten<T>(path: string, schema: z.ZodType<T>, next: T): Promise<void> {
  if ((await readHandWritten(path, schema)).kind === 'bad') await rename(path, `${path}.bad`);
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
  const folder = await open(dirname(path), 'r');
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

/** `CommaExpected` as a person says it. */
function parseErrorWords(code: ParseError['error']): string {
  return `not JSON: ${printParseErrorCode(code)
    .replaceAll(/\B[A-Z]/g, ' $&')
    .toLowerCase()}`;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
