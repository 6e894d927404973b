/** See set-up.mjs, which is plain JavaScript because it runs before anything is installed. */
export function setUp(options: { readonly for: 'start' | 'test' }): Promise<void>;
/** The first Chromium of this machine, or null. */
export function findChromium(): string | null;
