import { isOurs } from './app-origin.ts';

/** Whether an address is something our own page made: sound, a picture, a file to keep. */
export function isOwnBlob(address: string): boolean {
  return address.startsWith('blob:app://console/');
}

/**
 * Whether the session may fetch an address at all, whoever asks: our own files, sound and pictures made in the page,
 * and the switch. The net under the content security policy: it also holds for workers and for Chromium itself.
 */
export function mayRequest(address: string, switches: readonly string[]): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  switch (url.protocol) {
    case 'app:':
      return isOurs(address);
    case 'blob:':
      return isOwnBlob(address);
    case 'data:':
      return true;
    case 'wss:':
    case 'ws:':
      return switches.includes(`${url.protocol}//${url.host}`);
    // DevTools draws itself with these; in a release there are none (devTools: false).
    case 'devtools:':
      return true;
    default:
      return false;
  }
}

/** The origin of a switch as `mayRequest` and the content security policy take it; `null` for what is no switch. */
export function switchOrigin(server: string): string | null {
  if (!URL.canParse(server)) return null;
  const url = new URL(server);
  const isHere = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  return url.protocol === 'wss:' || (url.protocol === 'ws:' && isHere) ? `${url.protocol}//${url.host}` : null;
}
