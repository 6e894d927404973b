import { idleLamps, type KeyPress, type LampName, type Lamps } from '../../../core/key.ts';
import { dueAtMs, stepHeadset } from '../../../native/hid/headset-model.ts';
import { type HeadsetState, openedHeadset } from '../../../native/hid/headset-state.ts';
import type { HeadsetQuirks } from '../../../native/hid/lamp-plan.ts';
import { parseReportDescriptor } from '../../../native/hid/report-descriptor.ts';
import { type TelephonyMap, telephonyMap } from '../../../native/hid/telephony.ts';
import { noQuirks } from '../../../native/models/headset-rows.ts';
import { bytesOf } from './recorded-descriptors.ts';

/** The headset model on a bench: a clock moved by hand, writes that end at once, reports and lamps in hex. */
export class HeadsetBench {
  state: HeadsetState;
  nowMs = 1_000_000;
  writes: string[] = [];
  writeTimes: number[] = [];
  presses: string[] = [];
  /** What else it told, as JSON. */
  told: string[] = [];

  constructor(device: Uint8Array | TelephonyMap, quirks: HeadsetQuirks = noQuirks) {
    this.state = openedHeadset(device instanceof Uint8Array ? mapOf(device) : device, quirks, idleLamps, this.nowMs);
    this.#step({ kind: 'due' });
    this.pass(2_000);
    this.forget();
  }

  /** Forgets writes and presses so far. */
  forget(): this {
    this.writes = [];
    this.writeTimes = [];
    this.presses = [];
    this.told = [];
    return this;
  }

  /** Lets time pass; what falls due happens at its time. */
  pass(ms: number): this {
    const endMs = this.nowMs + ms;
    for (let due = dueAtMs(this.state); due !== undefined && due <= endMs; due = dueAtMs(this.state)) {
      this.nowMs = Math.max(this.nowMs, due);
      this.#step({ kind: 'due' });
    }
    this.nowMs = endMs;
    return this;
  }

  show(lamps: Partial<Lamps>): this {
    this.#step({ kind: 'show', lamps: { ...idleLamps, ...lamps } });
    return this;
  }

  report(hex: string): this {
    this.#step({ kind: 'report', bytes: bytesOf(hex) });
    return this;
  }

  /** The device answers a question for a feature report. */
  feature(hex: string): this {
    this.#step({ kind: 'feature', bytes: bytesOf(hex) });
    return this;
  }

  try(lamp: LampName): this {
    this.#step({ kind: 'try', lamp });
    return this;
  }

  /** The presses since the last forget, then forgets them. */
  took(): readonly string[] {
    const taken = this.presses;
    this.presses = [];
    return taken;
  }

  #step(input: Parameters<typeof stepHeadset>[1]): void {
    const [state, effects] = stepHeadset(this.state, input, this.nowMs);
    this.state = state;
    for (const effect of effects) {
      if (effect.kind === 'told') this.told.push(JSON.stringify(effect.told));
      if (effect.kind === 'press') this.presses.push(pressText(effect.press));
      if (effect.kind === 'write') {
        this.writes.push(Buffer.from(effect.report).toString('hex'));
        this.writeTimes.push(this.nowMs);
        this.#step({ kind: 'written' });
      }
    }
  }
}

/** The map of a descriptor. */
export function mapOf(descriptor: Uint8Array): TelephonyMap {
  const parsed = parseReportDescriptor(descriptor);
  if (parsed.kind === 'error') throw new Error(parsed.message);
  return telephonyMap(parsed);
}

function pressText(press: KeyPress): string {
  switch (press.key) {
    case 'hook':
    case 'mute':
    case 'volume':
      return `${press.key} ${press.to}`;
    case 'digit':
      return `digit ${press.digit}`;
    case 'line-busy':
      return `line-busy ${press.isBusy}`;
    case 'panel':
      return `panel ${press.keyId} ${press.isDown ? 'down' : 'up'}`;
    default:
      return press.key;
  }
}
