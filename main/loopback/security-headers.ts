/** Which answer the headers are for: a document of ours, or anything else (files, refusals). */
export type AnswerKind = 'phone-page' | 'desk-page' | 'start-page' | 'other';

/**
 * The headers of every answer. There are no CORS headers at all, on purpose: no other origin may read anything.
 * `port` is the host's own; `switches` are the addresses of switches the phone page may reach (see below).
 */
export function securityHeaders(kind: AnswerKind, port: number, switches: readonly string[]): Record<string, string> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(kind, port, switches),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': kind === 'desk-page' ? 'SAMEORIGIN' : 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Permissions-Policy': permissionsPolicy,
    'X-DNS-Prefetch-Control': 'off',
  };
}

/**
 * Where the phone page may connect to besides its own host. The account, and with it the switch, may change while the
 * page is open, in the middle of a call even, and a policy cannot change without loading the page anew. So every
 * `wss:` is allowed, and `ws:` to this machine only (the same rule as core/settings.ts). The desk page, which draws
 * what strangers wrote, may reach nothing but its own host.
 */
export const anySwitch: readonly string[] = ['wss:', 'ws://127.0.0.1:*', 'ws://localhost:*'];

/**
 * The policy of one kind of answer (facts/security.md section 1.2, row 7). Scripts and styles come from our files only;
 * text becomes markup nowhere (Trusted Types: the one policy, `default`, is renderer/kit/trusted-types.ts and refuses
 * markup). The desk is a frame inside the phone page, of the same origin, and nobody else may frame anything.
 */
function contentSecurityPolicy(kind: AnswerKind, port: number, switches: readonly string[]): string {
  // Not every browser counts a WebSocket to its own host as 'self'. (A policy has no way to write an IPv6 address.)
  const own = ["'self'", `ws://127.0.0.1:${port}`];
  const trustedTypes = ["require-trusted-types-for 'script'", 'trusted-types default'];
  const shut = ["base-uri 'none'", "form-action 'none'", "object-src 'none'", ...trustedTypes];
  const page = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "media-src 'self' blob:",
    "worker-src 'self'",
    "manifest-src 'self'",
  ];
  switch (kind) {
    case 'phone-page':
      return policy(
        page,
        [['connect-src', ...own, ...switches], ["frame-src 'self'"], ["frame-ancestors 'none'"]],
        shut,
      );
    case 'desk-page':
      return policy(page, [['connect-src', ...own], ["frame-src 'none'"], ["frame-ancestors 'self'"]], shut);
    case 'start-page':
      return policy(
        ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"],
        [],
        shut,
      );
    default:
      return policy(["default-src 'none'", "frame-ancestors 'none'"], [], shut);
  }
}

function policy(first: readonly string[], middle: readonly (readonly string[])[], last: readonly string[]): string {
  return [...first, ...middle.map((words) => words.join(' ')), ...last].join('; ');
}

/** What a page may ever ask the browser for: the sound of a telephone, and nothing else. Headsets are main's matter. */
const permissionsPolicy = [
  'microphone=(self)',
  'speaker-selection=(self)',
  'autoplay=(self)',
  'clipboard-write=(self)',
  ...[
    'accelerometer',
    'camera',
    'clipboard-read',
    'display-capture',
    'geolocation',
    'gyroscope',
    'hid',
    'local-fonts',
    'magnetometer',
    'midi',
    'payment',
    'serial',
    'usb',
  ].map((name) => `${name}=()`),
].join(', ');
