import type { AtAnswer, AtCommand } from './at-engine.ts';

/** The modem as its driver sees it, over all openings of the port: while it is away every command is `dropped`. */
export type ModemLine = {
  ask(command: AtCommand): Promise<AtAnswer>;
  /** Breaks off a dialling or answering that is under way. */
  interrupt(): void;
};

/** Asks and says whether it was done. */
export async function isDone(line: ModemLine, text: string, more: Partial<AtCommand> = {}): Promise<boolean> {
  return (await line.ask({ text, ...more })).kind === 'ok';
}

/** Somebody stands at the telephone. */
export const urgent = { isUrgent: true } as const satisfies Partial<AtCommand>;

/** Dials or answers, at once; ends with how it went. */
export function askCall(line: ModemLine, text: string, deadlineMs: number): Promise<AtAnswer> {
  return line.ask({ text, isCall: true, deadlineMs, ...urgent });
}

/** Sends digits on the call that is up, one by one (V.253 and 27.007, +VTS). */
export function sendDigits(line: ModemLine, digits: string): void {
  for (const digit of digits) void isDone(line, `AT+VTS=${digit}`, urgent);
}

/** Asks for values: the lines of the answer that begin so, without it. Empty: none, or no answer. */
export async function valuesOf(line: ModemLine, text: string, start: string): Promise<readonly string[]> {
  const answer = await line.ask({ text, answers: [start] });
  if (answer.kind !== 'ok') return [];
  return answer.lines.filter((one) => one.startsWith(start)).map((one) => one.slice(start.length).replace(/^:\s*/, ''));
}
