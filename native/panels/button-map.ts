import type { ReportDescriptor, ReportField } from '../hid/report-descriptor.ts';
import { type KeyControl, type TelephonyMap, telephonyMap } from '../hid/telephony.ts';

const buttonPage = 0x09;
const keyboardPage = 0x07;
const genericDevicePage = 0x06;
const telephonyPage = 0x0b;
const digitizerPage = 0x0d;
/** Application collections that are somebody's mouse, keyboard, keypad or touch pad: never a pedal. */
const otherPeoples = new Set([0x0001_0001, 0x0001_0002, 0x0001_0006, 0x0001_0007]);

/** A pedal has up to four switches and a switch box a dozen; a device of more buttons is something else. */
export const buttonsMax = 32;

/** With axes it is a game pad or a joystick, which have more buttons than a pedal of this kind has switches. */
export const pedalButtonsMax = 4;

/**
 * The buttons of a device (Button page, usages 1 to buttonsMax) as the report decoder reads them; `name` is the button's
 * number. `isPedal`: it has buttons and no other input a person could give, or as few buttons as a pedal beside the axes of a
 * joystick (some pedals say they are one); so it is no mouse, keyboard, headset or game pad.
 */
export type ButtonMap = {
  readonly map: TelephonyMap;
  readonly isPedal: boolean;
};

/** Finds the buttons of a parsed descriptor. Never throws; the work is bounded by buttonsMax a field. */
export function buttonMap(descriptor: ReportDescriptor): ButtonMap {
  const inputs = descriptor.fields.filter((field) => field.direction === 'input');
  const keys = new Map<string, KeyControl>();
  for (const field of inputs) {
    for (const control of buttonsOf(field)) {
      if (!keys.has(control.name) && keys.size < buttonsMax) keys.set(control.name, control);
    }
  }
  const sorted = [...keys.values()].sort((one, other) => one.usage - other.usage);
  return {
    map: { ...telephonyMap({ ...descriptor, fields: [] }), keys: sorted },
    isPedal:
      keys.size > 0 &&
      !descriptor.collections.some(({ usage, type }) => type === 1 && isOtherPeoples(usage)) &&
      (everyUsage(inputs, isHarmless) ||
        (keys.size <= pedalButtonsMax && everyUsage(inputs, (usage) => isHarmless(usage) || isAxis(usage)))),
  };
}

function everyUsage(fields: readonly ReportField[], holds: (usage: number) => boolean): boolean {
  return fields.every((field) => field.usages.every(({ first, last }) => holds(first) && holds(last)));
}

/** Generic Desktop X to Hat Switch. */
function isAxis(usage: number): boolean {
  return usage >= 0x0001_0030 && usage <= 0x0001_0039;
}

function isOtherPeoples(usage: number): boolean {
  return otherPeoples.has(usage) || [keyboardPage, telephonyPage, digitizerPage].includes(usage >>> 16);
}

/** A button, the state of a battery, or bytes of the maker's own. Axes make a game pad, keys a keyboard, consumer keys a remote control. */
function isHarmless(usage: number): boolean {
  const page = usage >>> 16;
  return page === buttonPage || page >= 0xff00 || page === genericDevicePage;
}

function buttonsOf(field: ReportField): readonly KeyControl[] {
  const { reportId, bitOffset, bitSize, count, isArray, isRelative, logicalMinimum, logicalMaximum } = field;
  const found: KeyControl[] = [];
  let start = 0;
  for (const { first, last } of field.usages) {
    for (let number = 1; number <= buttonsMax; number += 1) {
      const usage = (buttonPage << 16) | number;
      const index = start + usage - first;
      const limit = isArray ? logicalMaximum - logicalMinimum + 1 : count;
      if (usage < first || usage > last || index >= limit) continue;
      const lastValue = logicalMinimum + index;
      found.push({
        ...{ name: String(number), role: 'none', digit: '', usage, reportId, bitSize, isRelative },
        bitOffset: isArray ? bitOffset : bitOffset + index * bitSize,
        selector: isArray
          ? { count, value: lastValue, first: logicalMinimum, last: logicalMaximum, isSigned: logicalMinimum < 0 }
          : undefined,
      });
    }
    start += last - first + 1;
  }
  return found;
}
