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

/** A burst of registration notices is over by then. */
const registrationSettleMs = 500;

/** Makes the view of a network; `onChange` when what it says has changed. */
export function createMobileNetwork(line: ModemLine, clock: Clock, onChange: () => void): MobileNetwork {
  return new Network(line, clock, onChange);
}

class Network implements MobileNetwork {
  readonly #line: ModemLine;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  /** <stat> of +CREG and +CEREG, of those the modem tells. */
  readonly #statuses = new Map<string, number>();
  #operator = '';
  #signal: number | null = null;
  #isAsked = false;
  #cancelAsk = (): void => undefined;

  constructor(line: ModemLine, clock: Clock, onChange: () => void) {
    this.#line = line;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  isRegistered(): boolean {
    // A modem that tells nothing of it at all may do: dialling will show.
    if (this.#statuses.size === 0) return this.#isAsked;
    return [...this.#statuses.values()].some((status) => registeredStatuses.has(status));
  }

  detail(): string {
    return this.isRegistered() ? '' : (statusWords[this.#statuses.get('+CREG') ?? 4] ?? 'no network');
  }

  operator(): string {
    return this.#operator;
  }

  signal(): number | null {
    return this.#signal;
  }

  async ask(): Promise<boolean> {
    const answer = await this.#line.ask({ text: 'AT+CSQ', answers: ['+CSQ'] });
    if (answer.kind === 'late' || answer.kind === 'dropped') return false;
    const told = answer.kind === 'ok' ? answer.lines.find((one) => one.startsWith('+CSQ')) : undefined;
    const level = /^\+CSQ:\s*(\d+)/.exec(told ?? '')?.[1];
    if (level !== undefined) this.#readSignal(Number(level));
    await this.#askRegistration('+CREG');
    await this.#askRegistration('+CEREG');
    this.#isAsked = true;
    if (this.isRegistered()) await this.#askOperator();
    else this.#operator = '';
    this.#onChange();
    return true;
  }

  onNotice(notice: ModemNotice): void {
    if (notice.kind === 'signal') {
      this.#readSignal(notice.level);
      this.#onChange();
    } else if (notice.kind === 'registration') {
      // Whether CREG or CEREG said so is lost in the notice: ask, once for a burst of them.
      this.#cancelAsk();
      this.#cancelAsk = this.#clock.after(registrationSettleMs, () => void this.ask());
    }
  }

  reset(): void {
    this.#cancelAsk();
    this.#statuses.clear();
    this.#isAsked = false;
    this.#operator = '';
    this.#signal = null;
  }

  async #askRegistration(name: '+CREG' | '+CEREG'): Promise<void> {
    const [values] = await valuesOf(this.#line, `AT${name}?`, name);
    const status = values === undefined ? undefined : fieldsOf(values)[1];
    if (status !== undefined && /^\d{1,2}$/.test(status)) this.#statuses.set(name, Number(status));
  }

  async #askOperator(): Promise<void> {
    const [values] = await valuesOf(this.#line, 'AT+COPS?', '+COPS');
    this.#operator = (values === undefined ? '' : (fieldsOf(values)[2] ?? '')).slice(0, 60);
  }

  #readSignal(level: number): void {
    this.#signal = level <= signalMax ? level / signalMax : null;
  }
}

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
