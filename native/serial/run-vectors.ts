import { bytesOf, type CompiledProfile, type ProfileProblem } from './compile-profile.ts';
import { createDecoder } from './decoder.ts';
import { createLampPanel } from './lamp-panel.ts';
import type { LineStates } from './modem-lines.ts';
import type { OutputLine, SerialEvent, SerialProfile, VectorStep } from './profile.ts';

type Vector = SerialProfile['tests'][number];

/** Runs the test vectors a profile carries on the same decoder and lamps as a port; each starts afresh. */
export function runVectors(compiled: CompiledProfile): readonly ProfileProblem[] {
  const budget = { turns: turnsMax };
  return compiled.profile.tests.flatMap((vector: Vector, index) => {
    const session = startSession(compiled, budget);
    if (!('steps' in vector)) return session(vector).map((problem) => under(problem, ['tests', index]));
    return vector.steps.flatMap((step, at) =>
      session(step).map((problem) => under(problem, ['tests', index, 'steps', at])),
    );
  });
}

/** Moments all vectors of a profile may have together. A flash makes up to ten a second; checking stays a matter of seconds. */
const turnsMax = 100_000;

function startSession(
  compiled: CompiledProfile,
  budget: { turns: number },
): (step: VectorStep) => readonly ProfileProblem[] {
  const { profile, ack } = compiled;
  const events: SerialEvent[] = [];
  const sent: number[] = [];
  const pins: Record<OutputLine, boolean> = { ...profile.serial.open };
  const decoder = createDecoder(compiled, {
    onEvent: (event) => void events.push(event),
    onFrame: () => void sent.push(...(ack.reply ?? [])),
    onBadFrame: () => void sent.push(...(profile.checksum.onBad === 'nak' ? (ack.nak ?? []) : [])),
  });
  const panel = createLampPanel(compiled);
  let lines: LineStates = { cts: false, dsr: false, dcd: false };
  let nowMs = 0;
  decoder.lines(lines, nowMs);
  const render = (): void => {
    for (const write of panel?.render(nowMs) ?? []) {
      if (write.kind === 'bytes') sent.push(...write.bytes);
      else Object.assign(pins, write.pins);
    }
  };
  const pass = (ms: number): void => {
    const untilMs = nowMs + ms;
    while (budget.turns > 0) {
      budget.turns -= 1;
      const due = Math.min(decoder.dueMs() ?? untilMs, panel?.dueMs(nowMs) ?? untilMs);
      nowMs = Math.max(nowMs, Math.min(due, untilMs));
      decoder.tick(nowMs);
      render();
      if (nowMs >= untilMs) return;
    }
    nowMs = untilMs;
  };
  return (step) => {
    const problems: ProfileProblem[] = [];
    events.length = 0;
    sent.length = 0;
    const rx = step.rx === undefined ? undefined : bytesOf(step.rx);
    if (typeof rx === 'string') return [{ path: ['rx'], message: rx }];
    if (rx !== undefined) {
      decoder.push(rx, nowMs);
      decoder.end();
    }
    if (step.lines !== undefined) {
      lines = { ...lines, ...step.lines };
      decoder.lines(lines, nowMs);
    }
    for (const { n, state } of [...(step.lamp ? [step.lamp] : []), ...(step.lamps ?? [])]) {
      if (panel?.wish(n, state, nowMs) !== true) problems.push({ path: [], message: `there is no lamp ${n}` });
    }
    if (step.close === true) panel?.wishSafe(nowMs);
    pass(step.afterMs ?? (step.lines === undefined ? 0 : profile.keys.debounceMs));
    // Unless the vector says how long, wishes have had the time to go out together.
    if (step.afterMs === undefined && (step.lamp ?? step.lamps) !== undefined) pass(profile.lamps?.coalesceMs ?? 0);
    if (budget.turns <= 0) return [{ path: ['afterMs'], message: 'the tests let too much time pass to be run' }];
    return [...problems, ...compare(step, events, sent, pins)];
  };
}

function compare(
  step: VectorStep,
  events: readonly SerialEvent[],
  sent: readonly number[],
  pins: Readonly<Record<OutputLine, boolean>>,
): readonly ProfileProblem[] {
  const problems: ProfileProblem[] = [];
  // Bytes that come must be said to mean something, or nothing.
  const wanted = step.expect ?? (step.rx === undefined ? undefined : []);
  if (wanted !== undefined && !fits(wanted, events)) {
    problems.push({
      path: ['expect'],
      message: `expected ${JSON.stringify(wanted)}, the decoder says ${JSON.stringify(events)}`,
    });
  }
  const tx = step.tx === undefined ? undefined : bytesOf(step.tx);
  if (typeof tx === 'string') problems.push({ path: ['tx'], message: tx });
  else if (tx !== undefined && hex(tx) !== hex(sent)) {
    problems.push({ path: ['tx'], message: `expected ${hex(tx) || 'nothing'}, sent is ${hex(sent) || 'nothing'}` });
  }
  const lines: readonly OutputLine[] = ['dtr', 'rts'];
  for (const line of lines) {
    const want = step.pins?.[line];
    if (want !== undefined && want !== pins[line]) {
      problems.push({ path: ['pins', line], message: `expected ${want}, the line is ${pins[line]}` });
    }
  }
  return problems;
}

function fits(wanted: readonly Readonly<Record<string, string>>[], events: readonly SerialEvent[]): boolean {
  return (
    wanted.length === events.length &&
    wanted.every((want, index) => {
      const got = new Map<string, unknown>(Object.entries(events[index] ?? {}));
      return Object.entries(want).every(([name, value]) => got.get(name) === value);
    })
  );
}

/** Bytes as a technician reads them: `A0 01 01 A2`. */
export function hex(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
}

function under(problem: ProfileProblem, path: readonly (string | number)[]): ProfileProblem {
  return { ...problem, path: [...path, ...problem.path] };
}
