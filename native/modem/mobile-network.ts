import type { Clock } from '../clock.ts';
import { fieldsOf, type ModemNotice } from './at-codes.ts';
import { isDone, type ModemLine, valuesOf } from './modem-line.ts';

/** Registration, operator and signal of a mobile modem. */
export type MobileNetwork = {
  isRegistered(): boolean;
  /** Why not, in words. */
  detail(): string;
  operator(): string;
  /** 0..1; null: not told. */
  signal(): number | null;
  /** Asks for everything. False: the modem does not answer. */
  ask(): Promise<boolean>;
  onNotice(notice: ModemNotice): void;
  /** Nothing is known any more. */
  reset(): void;
};

/** +CREG's <stat> (27.007 section 7.2): 1 at home, 5 roaming, 9 and 10 the same on LTE without CS; 6 and 7 carry texts alone. */
const registeredStatuses: ReadonlySet<number> = new Set([1, 5, 6, 7, 9, 10]);
const statusWords: Readonly<Record<number, string>> = {
  0: 'not registered, not searching',
  2: 'searching for a network',
  3: 'the network refuses this SIM',
  4: 'no network',
};
/** +CSQ: 0..31, 99 is unknown. */
const signalMax = 31;

/** Makes the view of a network; `onChange` when what it says has changed. */
export function createMobileNetwork(line: ModemLine, clock: Clock, onChange: () => void): MobileNetwork {
  const statuses = new Map<string, number>();
  let operator = '';
  let signal: number | null = null;
  let isAsked = false;
  let cancelAsk = (): void => undefined;

  // A modem that tells nothing of it at all may do: dialling will show.
  const isRegistered = (): boolean =>
    statuses.size === 0 ? isAsked : [...statuses.values()].some((status) => registeredStatuses.has(status));
  const readSignal = (level: number): void => {
    signal = level <= signalMax ? level / signalMax : null;
  };
  const askRegistration = async (name: '+CREG' | '+CEREG'): Promise<void> => {
    const [values] = await valuesOf(line, `AT${name}?`, name);
    const status = values === undefined ? undefined : fieldsOf(values)[1];
    if (status !== undefined && /^\d{1,2}$/.test(status)) statuses.set(name, Number(status));
  };
  const askOperator = async (): Promise<void> => {
    const [values] = await valuesOf(line, 'AT+COPS?', '+COPS');
    operator = (values === undefined ? '' : (fieldsOf(values)[2] ?? '')).slice(0, 60);
  };
  const ask = async (): Promise<boolean> => {
    const answer = await line.ask({ text: 'AT+CSQ', answers: ['+CSQ'] });
    if (answer.kind === 'late' || answer.kind === 'dropped') return false;
    const told = answer.kind === 'ok' ? answer.lines.find((one) => one.startsWith('+CSQ')) : undefined;
    const level = /^\+CSQ:\s*(\d+)/.exec(told ?? '')?.[1];
    if (level !== undefined) readSignal(Number(level));
    await askRegistration('+CREG');
    await askRegistration('+CEREG');
    isAsked = true;
    if (isRegistered()) await askOperator();
    else operator = '';
    onChange();
    return true;
  };
  return {
    isRegistered,
    detail: () => (isRegistered() ? '' : (statusWords[statuses.get('+CREG') ?? 4] ?? 'no network')),
    operator: () => operator,
    signal: () => signal,
    ask,
    onNotice: (notice) => {
      if (notice.kind === 'signal') {
        readSignal(notice.level);
        onChange();
      } else if (notice.kind === 'registration') {
        // Whether CREG or CEREG said so is lost in the notice: ask, once for a burst of them.
        cancelAsk();
        cancelAsk = clock.after(registrationSettleMs, () => void ask());
      }
    },
    reset: () => {
      cancelAsk();
      statuses.clear();
      isAsked = false;
      operator = '';
      signal = null;
    },
  };
}

const registrationSettleMs = 500;

/** Registration, callers, no waiting of ATD for the far side, waiting callers, operators by name, digits (SIMCom). */
const wishes = [
  'AT+CREG=1',
  'AT+CEREG=1',
  'AT+CLIP=1',
  'AT+CRC=0',
  'AT+COLP=0',
  'AT+CCWA=1',
  'AT+COPS=3,0',
  'AT+DDET=1',
];

/** Sets up what comes unasked: registration, callers, texts and their reports, in PDU form. */
export async function setUpNotices(line: ModemLine): Promise<void> {
  // The ones a modem does not know are not worth a word: the answers are asked for besides.
  for (const text of wishes) {
    await isDone(line, text);
  }
  await isDone(line, 'AT+CMGF=0');
  // Texts kept in the memory and named; reports handed over at once, or kept too, or not at all.
  for (const text of ['AT+CNMI=2,1,0,1,0', 'AT+CNMI=2,1,0,2,0', 'AT+CNMI=2,1,0,0,0', 'AT+CNMI=1,1']) {
    if (await isDone(line, text)) return;
  }
}
