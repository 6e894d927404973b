import type { CommandOutcome, ModemState } from '../../core/equipment-event.ts';
import type { Clock } from '../clock.ts';
import type { ModemNotice } from './at-codes.ts';
import type { ModemCommand, ModemEvent } from './modem-event.ts';
import type { ModemLine } from './modem-line.ts';

/** How a modem stands, as the driver sees it; the port's being away is not its matter. */
export type ModemStanding = {
  readonly state: Exclude<ModemState, 'absent'>;
  readonly operator: string;
  /** 0..1; null: not told. */
  readonly signal: number | null;
  readonly detail: string;
  /** Maker and model, empty until told. */
  readonly model: string;
  readonly firmware: string;
};

/** What a modem of one kind does. It outlives the port: PINs that were refused and texts that came are not forgotten with a cable. */
export type ModemDriver = {
  /**
   * The port is open: sets the modem up. Called again for every opening. Resolves to false when the modem does not
   * answer; the port is then opened anew.
   */
  start(): Promise<boolean>;
  onNotice(notice: ModemNotice): void;
  onEvent(code: string): void;
  command(command: ModemCommand): CommandOutcome;
  /** The port is gone: a call is over, line lost; texts that wait have failed. May come twice. */
  onLost(): void;
  /** Ends a call that is up, if the modem is still there. */
  close(): Promise<void>;
};

export type ModemDriverParts = {
  readonly clock: Clock;
  /** Wall-clock milliseconds. */
  readonly now: () => number;
  readonly newCallId: () => string;
  readonly line: ModemLine;
  readonly tell: (event: ModemEvent) => void;
  readonly onStanding: (standing: ModemStanding) => void;
  readonly onTrouble: (doing: string, detail: string) => void;
};

export const startingStanding: ModemStanding = {
  state: 'starting',
  operator: '',
  signal: null,
  detail: '',
  model: '',
  firmware: '',
};

/** An autobauding modem needs one or two commands before it hears the speed. */
const helloTries = 3;
const helloDeadlineMs = 1_500;

/** Whether the modem answers at all; sets it to terse words, no echo, no answering by itself. */
export async function hello(line: ModemLine): Promise<boolean> {
  for (let attempt = 0; attempt < helloTries; attempt += 1) {
    const answer = await line.ask({ text: 'AT', deadlineMs: helloDeadlineMs });
    if (answer.kind === 'dropped') return false;
    if (answer.kind !== 'late') break;
    if (attempt === helloTries - 1) return false;
  }
  const answer = await line.ask({ text: 'ATE0V1' });
  if (answer.kind === 'late' || answer.kind === 'dropped') return false;
  await line.ask({ text: 'ATS0=0' });
  return true;
}

/** Maker, model and firmware: `AT+CGMI` and on of a mobile modem (27.007 section 5), `AT+GMI` of any (V.250 section 6.1). */
export async function identity(
  line: ModemLine,
  start: 'AT+C' | 'AT+',
): Promise<{ readonly model: string; readonly firmware: string }> {
  const one = async (name: string): Promise<string> => {
    const text = `${start}${name}`;
    const answer = await line.ask({ text, answers: [text.slice(2)] });
    // The name stands alone; only noise has no letter or digit.
    const first = answer.kind === 'ok' ? (answer.lines.find((words) => /[a-z0-9]/i.test(words)) ?? '') : '';
    return first
      .replace(`${text.slice(2)}:`, '')
      .replaceAll('"', '')
      .trim()
      .slice(0, 60);
  };
  const maker = await one('GMI');
  const model = await one('GMM');
  const firmware = (await one('GMR')).replace(/^Revision:\s*/i, '');
  const isNamed = model.toLowerCase().startsWith(maker.toLowerCase());
  return { model: (isNamed ? model : `${maker} ${model}`).trim(), firmware };
}
