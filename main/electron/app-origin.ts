/** The scheme our pages come from; never `file:`, which has rights no page should have. */
export const appScheme = 'app';

/** The only origin of ours. */
export const appOrigin = 'app://console';

/**
 * Rights of the scheme, for `protocol.registerSchemesAsPrivileged` before the app is ready. `corsEnabled` is what keeps
 * other origins from reading our files with fetch (CVE-2026-70604); content security policies apply as on the web.
 */
export const appSchemePrivileges = {
  standard: true,
  secure: true,
  supportFetchAPI: true,
  corsEnabled: true,
  bypassCSP: false,
  allowServiceWorkers: false,
  stream: false,
} as const;

/**
 * Whether an address, or an origin as Electron's handlers give it, is one of our pages. Compared by its parts: Node's
 * URL says the origin of every scheme it does not know is the text 'null', so comparing origins would let all of them in.
 */
export function isOurs(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : null;
  return (
    url !== null &&
    url.protocol === `${appScheme}:` &&
    url.host === 'console' &&
    url.username === '' &&
    url.password === ''
  );
}
