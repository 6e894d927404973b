import { isOurs } from './app-origin.ts';

/** Who asks for what, as both of Electron's permission handlers can tell it. */
export type PermissionAsked = {
  /** The name Electron gives; it grows with Chromium, so any text may come. */
  readonly permission: string;
  /** Origin or address of the frame that asks, never of the window around it. */
  readonly requester: string | undefined;
  readonly isMainFrame: boolean;
  /** For `media`: what is asked for; anything but sound alone is refused. */
  readonly media: readonly string[];
  /** Whether the seat has an account on a switch, which a practice seat has not. */
  readonly hasSwitch: boolean;
  /** Whether this system has no other way to learn what a headset's reports mean: every one but Linux. */
  readonly readsHid: boolean;
};

/** What our own pages may have. */
const always: readonly string[] = ['speaker-selection', 'notifications', 'clipboard-sanitized-write'];

/**
 * A switch stands in the site's own network, and Chromium gates even WebSockets to private addresses since 147. The
 * content security policy narrows this to the one switch.
 */
const towardsSwitch: readonly string[] = ['local-network', 'local-network-access', 'loopback-network'];

/**
 * Decides on one permission: sound in, choosing where sound goes, notices, copying text and looking at headsets (each of
 * which mayHaveDevice judges), for the main frame of our own pages; the local network when there is a switch to reach.
 * Everything else, known or not yet invented, is refused.
 */
export function mayHavePermission(asked: PermissionAsked): boolean {
  if (asked.requester === undefined || !isOurs(asked.requester) || !asked.isMainFrame) return false;
  if (asked.permission === 'media') return asked.media.length > 0 && asked.media.every((kind) => kind === 'audio');
  if (asked.permission === 'hid') return asked.readsHid;
  return always.includes(asked.permission) || (asked.hasSwitch && towardsSwitch.includes(asked.permission));
}

/** What Electron tells of a device a page asks for. A HID device has `collections`, WebHID's HIDCollectionInfo. */
export type DeviceAsked = {
  readonly deviceType: string;
  readonly origin: string;
  readonly device: object;
};

/**
 * A page may look at headsets, by WebHID, and at nothing else: off Linux only Chromium can say what a headset's reports
 * mean. It reads their description (renderer/phone/webhid.ts) and opens none; that is the device process's. For
 * `setDevicePermissionHandler`.
 */
export function mayHaveDevice({ deviceType, origin, device }: DeviceAsked, readsHid: boolean): boolean {
  return readsHid && deviceType === 'hid' && isOurs(origin) && collectionsOf(device, 'collections').some(isForCalls);
}

/** The device a page gets that asks a person to choose one: a headset, if there is one. For `select-hid-device`. */
export function chosenDevice(
  origin: string,
  devices: readonly (object & { readonly deviceId: string })[],
  readsHid: boolean,
): string | null {
  return devices.find((device) => mayHaveDevice({ deviceType: 'hid', origin, device }, readsHid))?.deviceId ?? null;
}

/** HID Usage Tables: Telephony Device 0x0B, Consumer 0x0C (volume, mute). */
const callPages: readonly unknown[] = [0x0b, 0x0c];

function isForCalls(collection: object): boolean {
  const usagePage = 'usagePage' in collection ? collection.usagePage : undefined;
  return callPages.includes(usagePage) || collectionsOf(collection, 'children').some(isForCalls);
}

/** Electron's typings say nothing of what stands in a child. */
function collectionsOf(holder: object, name: 'collections' | 'children'): readonly object[] {
  const list: unknown = name in holder ? Reflect.get(holder, name) : undefined;
  return Array.isArray(list) ? list.filter((each) => typeof each === 'object' && each !== null) : [];
}

/** No page ever sees the screen. For `setDisplayMediaRequestHandler`, whose callback takes `null` as no. */
export const noScreen = null;
