/**
 * What crosses a carrier of console-api besides oRPC's own frames. oRPC writes JSON objects, so its frames begin with
 * `{`; ours are one character and can never be mistaken for one. The same two frames serve on every carrier.
 *
 * A probe asks "have you read everything I sent?" and must be answered at once. Carriers keep order, so an answer also
 * says that each frame before the probe was read: the page finds a hung connection with it, and the seat process uses
 * it to never have more than a bounded amount on the way to a slow page.
 */
export const probeFrame = '?';

/** The answer to one probe. */
export const probeAnswerFrame = '!';

/** Which page speaks; what each may ask for is decided in main/carriers/page-rights.ts. */
export type ConsolePage = 'phone' | 'desk';

/**
 * How a page gets its MessagePort from an Electron preload, by window messages inside the page:
 * the page posts `portWanted` to itself, the preload (which heard it) asks the main process, and posts `portHere` with
 * exactly one port. Asking again gives a new port: that is how the page comes back after the seat process restarted.
 */
export const portWanted = 'hookline:port-wanted';

/** See portWanted. */
export const portHere = 'hookline:port-here';
