import type { DeviceInfo } from './device-api.ts';
import type { KeyCommand, PanelPage } from './key-command.ts';
import type { PanelLayout } from './key-face.ts';

/** A foot does one thing at a time: taking a call, talking (held down), muting. By the number of switches, left to right. */
const pedalCommands = {
  one: [{ do: 'talk' }],
  two: [{ do: 'answer' }, { do: 'talk' }],
  more: [{ do: 'answer' }, { do: 'talk' }, { do: 'mute' }, { do: 'hang-up' }, { do: 'hold' }],
} satisfies Record<string, readonly KeyCommand[]>;

/** What a hand reaches for first comes first: a panel of six keys has a whole call and the two states of every day. */
const panelCommands: readonly KeyCommand[] = [
  { do: 'answer' },
  { do: 'hang-up' },
  { do: 'hold' },
  { do: 'mute' },
  { do: 'ready' },
  { do: 'not-ready', reason: 'lunch' },
  { do: 'not-ready', reason: 'rest' },
  { do: 'decline' },
  { do: 'swap' },
  { do: 'redial' },
  { do: 'volume', change: 'down' },
  { do: 'volume', change: 'up' },
  { do: 'not-ready', reason: 'meeting' },
  { do: 'not-ready', reason: 'training' },
  { do: 'sign-out' },
];

/** A knob says each click of a turn as a key of this ending (native/panels). */
const turnedLeft = /-left$/;
const turnedRight = /-right$/;

/**
 * What the keys of a panel or a pedal do that nobody has bound: one page, keys row by row from the top left, the first
 * knob for the volume. Empty for a device without keys to bind. Keys beyond the list do nothing until they are bound.
 */
export function builtInPages(info: DeviceInfo): readonly PanelPage[] {
  if (info.layout === null || info.layout.keys.length === 0) return [];
  if (Object.keys(info.defaultKeys).length > 0) return [{ name: '', keys: info.defaultKeys }];
  const { plain, left, right } = sortedKeys(info.layout);
  const isPedal = info.kind === 'pedal';
  const bound = plain.flatMap((keyId, place): [string, KeyCommand][] => {
    const command = (isPedal ? pedalOrder(plain.length) : panelCommands)[place];
    return command === undefined ? [] : [[keyId, command]];
  });
  const turns: [string, KeyCommand][] = [
    ...left.slice(0, 1).map((keyId): [string, KeyCommand] => [keyId, { do: 'volume', change: 'down' }]),
    ...right.slice(0, 1).map((keyId): [string, KeyCommand] => [keyId, { do: 'volume', change: 'up' }]),
  ];
  return [{ name: '', keys: Object.fromEntries([...bound, ...turns]) }];
}

function pedalOrder(switches: number): readonly KeyCommand[] {
  if (switches === 1) return pedalCommands.one;
  return switches === 2 ? pedalCommands.two : pedalCommands.more;
}

function sortedKeys(layout: PanelLayout): { readonly [order in 'plain' | 'left' | 'right']: readonly string[] } {
  const ids = [...layout.keys]
    .sort((one, other) => one.row - other.row || one.column - other.column)
    .map((key) => key.keyId);
  return {
    plain: ids.filter((keyId) => !turnedLeft.test(keyId) && !turnedRight.test(keyId)),
    left: ids.filter((keyId) => turnedLeft.test(keyId)),
    right: ids.filter((keyId) => turnedRight.test(keyId)),
  };
}
