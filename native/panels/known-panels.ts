import { type DeviceInfo, plainDevice } from '../../core/device-api.ts';
import type { DescriptorSource } from '../hid/descriptor-source.ts';
import type { FoundHid } from '../hid/hid-bus.ts';
import { parseReportDescriptor } from '../hid/report-descriptor.ts';
import { buttonMap } from './button-map.ts';
import { buttonPedalMake } from './button-pedal.ts';
import type { PanelMake } from './panel-make.ts';
import { streamDeckMake } from './stream-deck.ts';
import { xkeysMake } from './x-keys.ts';

/**
 * What panel or pedal a found device is; undefined when it is none. Stream Decks and X-keys go by their numbers, pedals by
 * their descriptor, which must not be that of a headset: ask for those first. Never rejects.
 */
export async function panelMakeOf(found: FoundHid, descriptors: DescriptorSource): Promise<PanelMake | undefined> {
  const deck = streamDeckMake(found);
  if (deck !== undefined) return deck;
  const answer = await descriptors.descriptorOf(found.path, found);
  if (answer.kind === 'unavailable') return xkeysMake(found);
  const descriptor = answer.kind === 'fields' ? answer.descriptor : parseReportDescriptor(answer.bytes);
  if (descriptor.kind === 'error') return xkeysMake(found);
  return xkeysMake(found, descriptor) ?? buttonPedalMake(found, buttonMap(descriptor));
}

/** A panel or pedal as people and screens read it. */
export function panelInfoOf(found: FoundHid, deviceId: string, make: PanelMake): DeviceInfo {
  const { vendorId, productId, path } = found;
  return {
    ...plainDevice,
    ...{ deviceId, name: (found.name || make.name).slice(0, 120), kind: make.kind, vendorId, productId, path },
    keys: make.layout.keys.map(({ keyId }) => keyId),
    lamps: [],
    state: { kind: 'open' },
    isBusyElsewhere: false,
    layout: make.layout,
    unproven: [...make.unproven],
  };
}
