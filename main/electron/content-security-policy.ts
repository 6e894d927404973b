/**
 * The policy every page of ours is served with. `switches` are origins from `switchOrigin`; nothing else on the network
 * can be reached. Trusted Types are the net under our own escaping of callers' names: the one policy, `default`, is
 * renderer/kit/trusted-types.ts. Scripts and styles come from our files alone.
 */
export function contentSecurityPolicy(switches: readonly string[]): string {
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
