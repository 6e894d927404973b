import { windowAddress } from './page-windows.ts';

/**
 * The policy an address of ours is served with. Only the phone reaches the switch: the desk draws what strangers wrote,
 * and reaches nothing. `switches` are origins from `switchOrigin`.
 */
export function policyOf(address: string, switches: readonly string[]): string {
  return contentSecurityPolicy(pathOf(address) === pathOf(windowAddress.phone) ? switches : []);
}

/**
 * Scripts, styles and all else come from our files alone; nothing else on the network can be reached. Trusted Types are the net under our own escaping of callers' names: the one policy, `default`, is
 * renderer/kit/trusted-types.ts.
 */
function contentSecurityPolicy(switches: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "media-src 'self' blob:",
    ['connect-src', "'self'", ...switches].join(' '),
    "worker-src 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ');
}

function pathOf(address: string): string | undefined {
  return address.split(/[?#]/, 1)[0];
}
