import { fieldsOf } from './at-codes.ts';
import { isDone, type ModemLine, valuesOf } from './modem-line.ts';
import type { TextPlace } from './text-inbox.ts';

/** A message read from the memory. */
export type StoredPdu = { readonly pdu: string; readonly place: TextPlace };

/** The memory in which a modem keeps messages (3GPP TS 27.005). */
export type TextMemory = {
  /** Chooses the memory new texts go to. Again after each opening. */
  open(): Promise<void>;
  /** Everything received that is in it. */
  list(): Promise<readonly StoredPdu[]>;
  /** Undefined: it is not there. */
  read(place: TextPlace): Promise<string | undefined>;
  /** Deletes; what fails (the SIM is busy) is tried again with the next one. */
  remove(places: readonly TextPlace[]): void;
  /** Tries again what failed. */
  sweep(): void;
};

/** Messages that could not be deleted yet; a memory holds no more. */
const leftMax = 255;

/** A full SIM on a slow line. */
const listDeadlineMs = 30_000;

/** Makes the memory of a modem. */
export function createTextMemory(line: ModemLine): TextMemory {
  return new Memory(line);
}

class Memory implements TextMemory {
  readonly #line: ModemLine;
  /** The one that is read from; empty: the modem named none. */
  #current = '';
  /** Still to be deleted. */
  #left: readonly TextPlace[] = [];
  #isSweeping = false;

  constructor(line: ModemLine) {
    this.#line = line;
  }

  async open(): Promise<void> {
    this.#current = '';
    this.#left = [];
    const [values] = await valuesOf(this.#line, 'AT+CPMS?', '+CPMS');
    const fields = fieldsOf(values ?? '');
    this.#current = fields[0] ?? '';
    await this.#use(fields[6] ?? '');
  }

  async list(): Promise<readonly StoredPdu[]> {
    // 4: all, also those sent and unsent, which are not ours to touch; 0 and 1 are unread and read.
    const answer = await this.#line.ask({ text: 'AT+CMGL=4', answers: ['+CMGL'], deadlineMs: listDeadlineMs });
    if (answer.kind !== 'ok') return [];
    return answer.lines.flatMap((header, at) => {
      const found = /^\+CMGL:\s*(\d+)\s*,\s*([01])\s*,/.exec(header);
      const pdu = answer.lines[at + 1];
      if (found === null || pdu === undefined) return [];
      return [{ pdu, place: { memory: this.#current, index: Number(found[1]) } }];
    });
  }

  async read(place: TextPlace): Promise<string | undefined> {
    if (!(await this.#use(place.memory))) return undefined;
    const answer = await this.#line.ask({ text: `AT+CMGR=${place.index}`, answers: ['+CMGR'] });
    if (answer.kind !== 'ok') return undefined;
    return answer.lines[answer.lines.findIndex((one) => one.startsWith('+CMGR')) + 1];
  }

  remove(places: readonly TextPlace[]): void {
    this.#left = [...this.#left, ...places].slice(-leftMax);
    this.sweep();
  }

  sweep(): void {
    void this.#sweep();
  }

  async #sweep(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    const tried = this.#left;
    const failed: TextPlace[] = [];
    for (const place of tried) {
      const isGone = (await this.#use(place.memory)) && (await isDone(this.#line, `AT+CMGD=${place.index}`));
      if (!isGone) failed.push(place);
    }
    this.#left = [...failed, ...this.#left.filter((place) => !tried.includes(place))].slice(-leftMax);
    this.#isSweeping = false;
    if (this.#left.length > failed.length) await this.#sweep();
  }

  async #use(memory: string): Promise<boolean> {
    // A modem that names none has one.
    if (memory === '' || memory === this.#current) return true;
    if (!/^[A-Z]{2}$/.test(memory)) return false;
    // Read from, write to, and put new ones into the same: else +CMTI would name what +CMGR does not read.
    const isUsed =
      (await isDone(this.#line, `AT+CPMS="${memory}","${memory}","${memory}"`)) ||
      (await isDone(this.#line, `AT+CPMS="${memory}"`));
    if (isUsed) this.#current = memory;
    return isUsed;
  }
}
