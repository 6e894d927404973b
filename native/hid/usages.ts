/**
 * The HID usages a telephone call can use, as data. A usage is written as one number: page << 16 | id.
 *
 * Names follow the USB HID Usage Tables (Telephony page 0x0B, LED page 0x08, Button page 0x09, Consumer page 0x0C) as
 * quoted in facts/hid.md section 1; what each is used for was read off real descriptors and host programs named there.
 */

export const telephonyPage = 0x0b;

/**
 * What an input usage does for the headset model. `send`: the green key of a handset, which answers and takes the line
 * and never ends anything. `extra`: a key the seat binds like one of a panel; its `digit` is the keyId. `none`: known and
 * listed, and no call follows from it.
 */
export type KeyRole =
  | 'hook'
  | 'mute'
  | 'consumer-mute'
  | 'flash'
  | 'hold'
  | 'redial'
  | 'reject'
  | 'drop'
  | 'send'
  | 'line-busy'
  | 'volume-up'
  | 'volume-down'
  | 'digit'
  | 'extra'
  | 'none';

/** What an output usage shows. The last four are listed; the seat has no wish for them and they stay dark. */
export type LampRole = 'off-hook' | 'ring' | 'ringer' | 'mute' | 'hold' | 'microphone' | 'speaker' | 'on-line' | 'none';

export type KeyUsage = {
  readonly usage: number;
  readonly name: string;
  readonly role: KeyRole;
  readonly digit: string;
};
export type LampUsage = { readonly usage: number; readonly name: string; readonly role: LampRole };

const key = (usage: number, name: string, role: KeyRole, digit = ''): KeyUsage => ({ usage, name, role, digit });
const lamp = (usage: number, name: string, role: LampRole): LampUsage => ({ usage, name, role });

/** Input usages that are keys wherever they stand. */
export const keyUsages: readonly KeyUsage[] = [
  key(0x000b0020, 'Hook Switch', 'hook'),
  key(0x000b0021, 'Flash', 'flash'),
  key(0x000b0023, 'Hold', 'hold'),
  key(0x000b0024, 'Redial', 'redial'),
  key(0x000b0026, 'Drop', 'drop'),
  key(0x000b002a, 'Line', 'none'),
  key(0x000b002b, 'Speaker Phone', 'none'),
  key(0x000b002f, 'Phone Mute', 'mute'),
  key(0x000b0031, 'Send', 'send'),
  key(0x000b0050, 'Speed Dial', 'none'),
  key(0x000b0070, 'Voice Mail', 'none'),
  key(0x000b0074, 'Answer On/Off', 'none'),
  key(0x000b0097, 'Line Busy Tone', 'line-busy'),
  key(0x000b009e, 'Ringer', 'none'),
  ...[...'0123456789'].map((digit, index) => key(0x000b00b0 + index, `Phone Key ${digit}`, 'digit', digit)),
  key(0x000b00ba, 'Phone Key Star', 'digit', '*'),
  key(0x000b00bb, 'Phone Key Pound', 'digit', '#'),
  key(0x000b00bc, 'Phone Key A', 'none'),
  key(0x000b00bd, 'Phone Key B', 'none'),
  key(0x000b00be, 'Phone Key C', 'none'),
  key(0x000b00bf, 'Phone Key D', 'none'),
  key(0x000c00e9, 'Volume Up', 'volume-up'),
  key(0x000c00ea, 'Volume Down', 'volume-down'),
  key(0x000c00e2, 'Mute', 'consumer-mute'),
];

/**
 * One idiom in three readings (facts/hid.md section 1, "Reject"): Usage 07 given on the Telephony page before the page
 * turns to Button, sometimes followed by Button 1. Parsers disagree on which comes out, so all three mean reject, and
 * only inside a telephony collection: elsewhere Button 1 is a mouse button.
 */
export const rejectUsages: readonly KeyUsage[] = [
  key(0x000b0007, 'Reject', 'reject'),
  key(0x00090007, 'Reject', 'reject'),
  key(0x00090001, 'Reject', 'reject'),
];

/** Output usages that are call lamps. */
export const lampUsages: readonly LampUsage[] = [
  lamp(0x00080009, 'Mute', 'mute'),
  lamp(0x00080017, 'Off-Hook', 'off-hook'),
  lamp(0x00080018, 'Ring', 'ring'),
  lamp(0x00080019, 'Message Waiting', 'none'),
  lamp(0x0008001e, 'Speaker', 'speaker'),
  lamp(0x00080020, 'Hold', 'hold'),
  lamp(0x00080021, 'Microphone', 'microphone'),
  lamp(0x00080024, 'Send Calls', 'none'),
  lamp(0x0008002a, 'On-Line', 'on-line'),
  // The one output of the Logitech MX Brio webcam.
  lamp(0x000b002a, 'Line', 'none'),
  lamp(0x000b009e, 'Ringer', 'ringer'),
];

/** A usage as a technician reads it: `0x000b0020`. */
export function usageText(usage: number): string {
  return `0x${usage.toString(16).padStart(8, '0')}`;
}
