import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { z } from 'zod';
import { missingWords } from '../../core/missing-words.ts';
import { lineAt, lineOfPath, pathText } from '../json-place.ts';
import { type CompiledProfile, compileProfile, type ProfileProblem } from './compile-profile.ts';
import { serialProfile } from './profile.ts';
import { runVectors } from './run-vectors.ts';

/** Something wrong with a profile: the line of the file, the place in it, and a sentence. */
export type ProfileFault = { readonly line: number; readonly path: string; readonly message: string };

export type ReadProfileOutcome =
  | { readonly kind: 'ok'; readonly compiled: CompiledProfile; readonly vectors: number }
  | { readonly kind: 'error'; readonly faults: readonly ProfileFault[] };

type Issue = z.core.$ZodIssue;

/** `standsAt`: where it stands in the file, when that is more than the path says. */
type PlacedProblem = ProfileProblem & { readonly standsAt?: ProfileProblem['path'] };

/** A profile with a hundred keys and vectors has 30 kB; more is not one. */
const textLengthMax = 512 * 1024;

/** Reads the text of a profile (JSON; comments are let pass) and runs its vectors. Never throws, whatever the text. */
export function readProfile(text: string): ReadProfileOutcome {
  const fault = (line: number, path: string, message: string): ReadProfileOutcome => ({
    kind: 'error',
    faults: [{ line, path, message }],
  });
  if (text.length > textLengthMax) return fault(1, '', `longer than ${textLengthMax} characters`);
  const deep = depthOf(text);
  if (deep > depthMax) return fault(1, '', `nested ${deep} deep; a profile needs no more than ${depthMax}`);
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    const words = printParseErrorCode(first.error).replaceAll(/([a-z])([A-Z])/g, '$1 $2');
    return fault(lineAt(text, first.offset), '', `not JSON: ${words.toLowerCase()}`);
  }
  if (tree === undefined) return fault(1, '', 'the file is empty');
  const at = (problem: PlacedProblem): ProfileFault => ({
    line: lineOfPath(text, tree, problem.standsAt ?? problem.path),
    path: pathText(problem.path),
    message: problem.message,
  });
  const doubled = doubledNames(text, tree, []);
  if (doubled.length > 0) return { kind: 'error', faults: doubled };
  const checked = serialProfile.safeParse(plainValue(tree), { error: missingWords });
  if (!checked.success) {
    return { kind: 'error', faults: checked.error.issues.flatMap(plainIssue).map(at) };
  }
  const compiled = compileProfile(checked.data);
  if (compiled.kind === 'error') return { kind: 'error', faults: compiled.problems.map(at) };
  const failed = runVectors(compiled.compiled);
  if (failed.length > 0) return { kind: 'error', faults: failed.map(at) };
  return { kind: 'ok', compiled: compiled.compiled, vectors: checked.data.tests.length };
}

/** Brackets that are open at once, those in texts counted as well. The parser calls itself once for each. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const char of text) {
    if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
const depthMax = 500;

/** Of the forms a value may have, the one it comes nearest to says what is wrong. */
function plainIssue(issue: Issue): readonly PlacedProblem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys') {
    // Of a long object the line of the word that was mistyped is wanted, not the one it begins on.
    return issue.keys.map((key) => ({ path, message: `Unrecognized key: "${key}"`, standsAt: [...path, key] }));
  }
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ path, message: issue.message }];
  const branches = issue.errors.map((branch) => branch.flatMap(plainIssue));
  // A form whose own names stand there is meant more likely than one that knows none of them.
  const strangeness = (branch: readonly PlacedProblem[]): number =>
    branch.reduce(
      (sum, { path: inner, message }) => sum + (inner.length === 0 ? 10 : 1) + (/^Unrec/.test(message) ? 5 : 0),
      0,
    );
  const [nearest = []] = branches.toSorted((a, b) => strangeness(a) - strangeness(b));
  return nearest.map(({ standsAt, ...problem }) => ({
    ...problem,
    path: [...path, ...problem.path],
    ...(standsAt !== undefined && { standsAt: [...path, ...standsAt] }),
  }));
}

/** Names that stand twice in one object: JSON lets the last one win, and the keys or tests in the other are gone unnoticed. */
function doubledNames(text: string, node: Node, path: ProfileProblem['path']): readonly ProfileFault[] {
  const seen = new Set<string>();
  return (node.children ?? []).flatMap((child, index): readonly ProfileFault[] => {
    if (node.type === 'array') return doubledNames(text, child, [...path, index]);
    const [name, value] = child.children ?? [];
    const word = String(name?.value);
    const inner = [...path, word];
    const isDoubled = seen.has(word);
    seen.add(word);
    const below = value === undefined ? [] : doubledNames(text, value, inner);
    if (!isDoubled) return below;
    const line = lineAt(text, child.offset);
    return [{ line, path: pathText(inner), message: `"${word}" stands here twice; only one would count` }, ...below];
  });
}

function plainValue(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(plainValue);
  if (node.type !== 'object') return node.value;
  return Object.fromEntries(
    (node.children ?? []).map(({ children }) => [
      String(children?.[0]?.value),
      children?.[1] && plainValue(children[1]),
    ]),
  );
}
