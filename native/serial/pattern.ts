import { type Node, parsePattern, patternNodesMax } from './pattern-text.ts';

/** A compiled pattern. `match` answers the whole match and its groups, or undefined; its time grows with the text only. */
export type Pattern = { match(text: string): readonly (string | undefined)[] | undefined };

export type PatternOutcome =
  | { readonly kind: 'ok'; readonly pattern: Pattern; readonly groups: number }
  | { readonly kind: 'error'; readonly message: string };

/** Profiles come from anywhere; `x{99}` in `{99}` in `{99}` would fill the memory with one line. */
const stepsMax = 2000;

/**
 * Compiles a regular expression of the common kind: literals, `.`, classes, `\d \w \s \xHH`, groups, `|`, `* + ? {n,m}`, `^`
 * and `$`. No look-around and no back-references. It is run as a Pike machine (all ways at once), never by backtracking:
 * profiles are written by people we don't know, and no line from a port may make the device process hang.
 */
export function compilePattern(source: string): PatternOutcome {
  const parsed = parsePattern(source);
  if (parsed.kind === 'error') return parsed;
  const steps: Step[] = [];
  emit({ kind: 'group', index: 0, inner: parsed.node }, steps);
  if (steps.length > stepsMax) {
    return { kind: 'error', message: `the pattern is too large once its repeats are written out (${patternNodesMax})` };
  }
  steps.push({ op: 'match' });
  return { kind: 'ok', pattern: { match: (text) => run(steps, text, parsed.groups + 1) }, groups: parsed.groups };
}

type Step =
  | { readonly op: 'char'; readonly set: Uint8Array }
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'start' }
  | { readonly op: 'end' }
  | { readonly op: 'match' };

function emit(node: Node, steps: Step[]): void {
  if (steps.length > stepsMax) return;
  switch (node.kind) {
    case 'set':
      steps.push({ op: 'char', set: node.set });
      return;
    case 'start':
    case 'end':
      steps.push({ op: node.kind });
      return;
    case 'sequence':
      for (const part of node.parts) emit(part, steps);
      return;
    case 'group':
      steps.push({ op: 'save', slot: node.index * 2 });
      emit(node.inner, steps);
      steps.push({ op: 'save', slot: node.index * 2 + 1 });
      return;
    case 'either': {
      const split = { op: 'split' as const, first: steps.length + 1, second: 0 };
      steps.push(split);
      emit(node.left, steps);
      const jump = { op: 'jump' as const, to: 0 };
      steps.push(jump);
      split.second = steps.length;
      emit(node.right, steps);
      jump.to = steps.length;
      return;
    }
    case 'repeat':
      emitRepeat(node, steps);
      return;
  }
}

function emitRepeat(node: Extract<Node, { kind: 'repeat' }>, steps: Step[]): void {
  for (let count = 0; count < node.min; count += 1) emit(node.inner, steps);
  if (node.max === undefined) {
    const at = steps.length;
    const split = { op: 'split' as const, first: at + 1, second: 0 };
    steps.push(split);
    emit(node.inner, steps);
    steps.push({ op: 'jump', to: at });
    split.second = steps.length;
    return;
  }
  const open: { second: number }[] = [];
  for (let count = node.min; count < node.max && steps.length <= stepsMax; count += 1) {
    const split = { op: 'split' as const, first: steps.length + 1, second: 0 };
    steps.push(split);
    open.push(split);
    emit(node.inner, steps);
  }
  for (const split of open) split.second = steps.length;
}

type Thread = { readonly at: number; readonly saves: readonly number[] };

function run(steps: readonly Step[], text: string, groups: number): readonly (string | undefined)[] | undefined {
  let threads: Thread[] = [];
  let found: readonly number[] | undefined;
  for (let index = 0; index <= text.length; index += 1) {
    // One mark a step and position: a way that comes to a step second has lost against the first.
    const seen = new Uint8Array(steps.length);
    const here: Thread[] = [];
    for (const thread of threads) follow(steps, thread, index, text.length, seen, here);
    if (found === undefined) follow(steps, { at: 0, saves: [] }, index, text.length, seen, here);
    const next: Thread[] = [];
    for (const thread of here) {
      const step = steps[thread.at];
      if (step?.op === 'match') {
        found = thread.saves;
        break;
      }
      if (step?.op === 'char' && index < text.length && step.set[text.charCodeAt(index) & 0xff] === 1) {
        next.push({ at: thread.at + 1, saves: thread.saves });
      }
    }
    threads = next;
    if (threads.length === 0 && found !== undefined) break;
  }
  if (found === undefined) return undefined;
  const saves = found;
  return Array.from({ length: groups }, (_, group) => {
    const from = saves[group * 2];
    const to = saves[group * 2 + 1];
    return from === undefined || to === undefined ? undefined : text.slice(from, to);
  });
}

/** Follows every step that reads nothing, best way first. */
function follow(
  steps: readonly Step[],
  thread: Thread,
  index: number,
  length: number,
  seen: Uint8Array,
  here: Thread[],
): void {
  const waiting: Thread[] = [thread];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { at, saves } = next;
    if (seen[at] === 1) continue;
    seen[at] = 1;
    const step = steps[at];
    if (step === undefined) continue;
    if (step.op === 'jump') waiting.push({ at: step.to, saves });
    else if (step.op === 'split') waiting.push({ at: step.second, saves }, { at: step.first, saves });
    else if (step.op === 'save') waiting.push({ at: at + 1, saves: saved(saves, step.slot, index) });
    else if (step.op === 'start' || step.op === 'end') {
      if (index === (step.op === 'start' ? 0 : length)) waiting.push({ at: at + 1, saves });
    } else here.push({ at, saves });
  }
}

function saved(saves: readonly number[], slot: number, index: number): readonly number[] {
  const copy = [...saves];
  copy[slot] = index;
  return copy;
}
