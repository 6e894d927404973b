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
};

/** What our own pages may have. */
const always: readonly string[] = ['speaker-selection', 'notifications', 'clipboard-sanitized-write'];

/**
 * A switch stands in the site's own network, and Chromium gates even WebSockets to private addresses since 147. The
 * content security policy narrows this to the one switch.
 */
const towardsSwitch: readonly string[] = ['local-network', 'local-network-access', 'loopback-network'];

/**
 * Decides on one permission: sound in, choosing where sound goes, notices and copying text, for the main frame of our
 * own pages; the local network when there is a switch to reach. Everything else, known or not yet invented, is refused.
 */
export function mayHavePermission(asked: PermissionAsked): boolean {
  if (asked.requester === undefined || !isOurs(asked.requester) || !asked.isMainFrame) return false;
  if (asked.permission === 'media') return asked.media.length > 0 && asked.media.every((kind) => kind === 'audio');
  return always.includes(asked.permission) || (asked.hasSwitch && towardsSwitch.includes(asked.permission));
}

/** No page ever gets a raw device: hardware belongs to the device process. For `setDevicePermissionHandler`. */
export function mayHaveDevice(): boolean {
  return false;
}

/** No page ever sees the screen. For `setDisplayMediaRequestHandler`, whose callback takes `null` as no. */
export const noScreen = null;
