import type { FoundHid } from '../../native/hid/hid-bus.ts';
import { mapOfAnswer } from '../../native/hid/read-map.ts';
import { type DecoderState, decodeReport, noReportsYet } from '../../native/hid/report-decoder.ts';
import { parseReportDescriptor, type ReportDescriptor } from '../../native/hid/report-descriptor.ts';
import type { KeyControl, LampControl, TelephonyMap } from '../../native/hid/telephony.ts';
import { usageText } from '../../native/hid/usages.ts';
import { lightModelOf } from '../../native/lights/known-lights.ts';
import { headsetRow } from '../../native/models/headset-rows.ts';

/**
 * What a device said while a person pressed its keys as asked: the file of `hookline device record`. Its `vid`, `pid`,
 * `vendor`, `product` and `descriptor_hex` are those of test/recordings/hid, so it can be plugged into the test bed as it
 * is. Without a serial number and without a path (on Windows a path contains one) unless they are asked for.
 */

/** Ten minutes of a busy headset, or five seconds of one that babbles; what comes after is counted, not kept. */
export const recordedReportsMax = 20_000;
/** What a person types about a key is a few words. */
const saidMax = 200;
/** Usage page Keyboard/Keypad (HID Usage Tables, 10). */
const keyboardPage = 0x07;

type RecordedReport = {
  /** Since the recording began, monotonic. */
  readonly atMs: number;
  readonly hex: string;
  /** The call keys in it that changed, by our own reading of the descriptor. */
  readonly keys: readonly { readonly name: string; readonly isSet: boolean }[];
};
type Step = { readonly asked: string; said: string | null; readonly reports: RecordedReport[] };

/** How a recording ended. */
export type RecordingEnd = 'finished' | 'time' | 'unplugged' | 'failed';

/** Takes a device's reports down, step by step. */
export class DeviceRecording {
  readonly #found: FoundHid;
  readonly #descriptor: Uint8Array | null;
  readonly #map: TelephonyMap | null;
  readonly #steps: Step[] = [];
  #decoder: DecoderState = noReportsYet;
  #kept = 0;
  #dropped = 0;

  /** `descriptor` null: it cannot be read here, and the reports are kept without a reading. */
  constructor(found: FoundHid, descriptor: Uint8Array | null) {
    this.#found = found;
    this.#descriptor = descriptor;
    this.#map = recordedMap(found, descriptor);
  }

  /** The call keys it has by its descriptor, each name once: what a person is asked to press. */
  keyNames(): readonly string[] {
    return [...new Set(this.#map?.keys.map((key) => key.name) ?? [])];
  }

  /** From now on reports belong to this request. */
  ask(asked: string): void {
    this.#steps.push({ asked, said: null, reports: [] });
  }

  /** What the person said to the present request. */
  say(said: string): void {
    const step = this.#steps.at(-1);
    if (step !== undefined) step.said = said.slice(0, saidMax);
  }

  /** A report that came. */
  take(report: Uint8Array, atMs: number): void {
    const step = this.#steps.at(-1);
    if (step === undefined) return;
    if (this.#kept >= recordedReportsMax) {
      this.#dropped += 1;
      return;
    }
    this.#kept += 1;
    const hex = Buffer.from(report).toString('hex');
    step.reports.push({ atMs: Math.round(atMs * 10) / 10, hex, keys: this.#keysIn(report) });
  }

  /** How many reports the present request has brought. */
  reportsNow(): number {
    return this.#steps.at(-1)?.reports.length ?? 0;
  }

  /** The file's text. */
  text(end: RecordingEnd, options: { readonly withSerial: boolean; readonly version: string }): string {
    const { vendorId, productId, name, interfaceNumber, serialNumber, path } = this.#found;
    const map = this.#map;
    const recording = {
      format: 'hookline device recording 1',
      hookline: options.version,
      system: `${process.platform} ${process.arch}`,
      vendor: '',
      product: name,
      vid: hexOf(vendorId),
      pid: hexOf(productId),
      interface: interfaceNumber,
      ...(options.withSerial ? { serial: serialNumber, path } : {}),
      light: lightModelOf(this.#found)?.name ?? null,
      descriptor_hex: this.#descriptor === null ? null : Buffer.from(this.#descriptor).toString('hex'),
      map: map === null ? null : { isTelephony: map.isTelephony, keys: map.keys.map(row), lamps: map.lamps.map(row) },
      steps: this.#steps,
      reportsDropped: this.#dropped,
      end,
    };
    return `${JSON.stringify(recording, null, 2)}\n`;
  }

  #keysIn(report: Uint8Array): RecordedReport['keys'] {
    if (this.#map === null) return [];
    const [next, keys] = keysRead(this.#map, this.#decoder, report);
    this.#decoder = next;
    return keys;
  }
}

/** Our reading of a recorded device, its model's row included; null: its keys are not known. */
export function recordedMap(
  found: Pick<FoundHid, 'vendorId' | 'productId'>,
  descriptor: Uint8Array | null,
): TelephonyMap | null {
  const answer =
    descriptor === null ? ({ kind: 'unavailable', detail: '' } as const) : ({ kind: 'ok', bytes: descriptor } as const);
  const reading = mapOfAnswer(answer, headsetRow(found.vendorId, found.productId));
  return reading.kind === 'ok' ? reading.map : null;
}

/** The keys a report moves, as a recording says them. */
export function keysRead(
  map: TelephonyMap,
  before: DecoderState,
  report: Uint8Array,
): readonly [DecoderState, RecordedReport['keys']] {
  const [next, readings] = decodeReport(map, before, report);
  const keys = readings
    .filter(({ hasChanged, isSet, control }) => hasChanged || (control.isRelative && isSet))
    .map(({ control, isSet }) => ({ name: control.name, isSet }));
  return [next, keys];
}

/** Whether what is typed on the device would be in the recording. */
export function isKeyboard(descriptor: Uint8Array): boolean {
  const parsed = parseReportDescriptor(descriptor);
  return parsed.kind === 'ok' && hasKeyboardField(parsed);
}

function hasKeyboardField({ fields }: ReportDescriptor): boolean {
  return fields.some(
    (field) => field.direction === 'input' && field.usages.some(({ first }) => first >>> 16 === keyboardPage),
  );
}

function row(control: KeyControl | LampControl): object {
  const { name, usage, reportId, bitOffset, bitSize, isRelative } = control;
  return { name, usage: usageText(usage), reportId, bitOffset, bitSize, relative: isRelative };
}

function hexOf(value: number): string {
  return value.toString(16).padStart(4, '0');
}
