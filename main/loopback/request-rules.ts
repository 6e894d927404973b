import type { IncomingMessage } from 'node:http';

/**
 * Who may speak to the loopback host (facts/security.md section 2). Any web page the agent opens, and any program of
 * another user, can reach a port of 127.0.0.1; each rule here shuts one of the ways, and none trusts another to hold.
 */

/** The two names of this machine's loopback as an address writes them; nothing else is ever answered. */
const loopbackNames = ['127.0.0.1', '[::1]'] as const;

/** A rule's outcome: null lets the request go on, else the HTTP status and a line for the log. */
export type Refusal = { readonly status: number; readonly why: string } | null;

/** What the rules look at. `rawHeaders` as Node gives them: names and values in turns, repeated ones included. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
}

/** A request's head as the rules want it. */
export function headOf(request: IncomingMessage): RequestHead {
  return { method: request.method ?? '', url: request.url ?? '', rawHeaders: request.rawHeaders };
}

/**
 * Exact match of the Host header, once: against DNS rebinding, where a foreign name is made to point to 127.0.0.1.
 * `localhost` is refused too, since what it points to is a matter of a file others may change.
 */
export function refuseHost(head: RequestHead, port: number): Refusal {
  const hosts = headerValues(head, 'host');
  const isOurs = hosts.length === 1 && loopbackNames.some((name) => hosts[0] === `${name}:${port}`);
  return isOurs ? null : { status: 421, why: 'the Host header is not this host' };
}

/**
 * Exact match of the Origin header with the Host header, on everything that may change something: every method but
 * GET and HEAD. (The page of another port of 127.0.0.1 is "same site" to a browser, cookies and all.)
 */
export function refuseOrigin(head: RequestHead): Refusal {
  if (head.method === 'GET' || head.method === 'HEAD') {
    const origins = headerValues(head, 'origin');
    // A browser sends it on a GET of ours only within our own origin; a foreign one is somebody's script.
    return origins.length === 0 || isOwnOrigin(head) ? null : { status: 403, why: 'a foreign Origin' };
  }
  return isOwnOrigin(head) ? null : { status: 403, why: 'the Origin header is missing or foreign' };
}

/** Exact match of the Origin header on a WebSocket upgrade; a missing one is refused: every browser sends it. */
export function refuseUpgradeOrigin(head: RequestHead): Refusal {
  return isOwnOrigin(head) ? null : { status: 403, why: 'the Origin header is missing or foreign' };
}

/**
 * Sec-Fetch-Site, which a page cannot forge. `same-origin` may do anything. `none` is a person or our own launch: it
 * may open a document. `cross-site` may only open the start page, which is harmless and is where a launch arrives from
 * a file. `same-site` is another port of this machine: never. A client that sends none is no browser: the other rules
 * (Host, Origin, cookie) stand alone then.
 */
export function refuseFetchSite(head: RequestHead, startPath: string): Refusal {
  const sites = headerValues(head, 'sec-fetch-site');
  const [site] = sites;
  if (site === undefined || (sites.length === 1 && site === 'same-origin')) {
    return null;
  }
  const isOpeningDocument =
    sites.length === 1 &&
    head.method === 'GET' &&
    headerValues(head, 'sec-fetch-mode').join() === 'navigate' &&
    headerValues(head, 'sec-fetch-dest').join() === 'document';
  if (isOpeningDocument && (site === 'none' || (site === 'cross-site' && pathOf(head) === startPath))) {
    return null;
  }
  return { status: 403, why: `Sec-Fetch-Site ${site}` };
}

/** The request's path exactly as it was written, without its query. Never decoded: see main/app-files.ts. */
export function pathOf(head: Pick<RequestHead, 'url'>): string {
  const end = head.url.indexOf('?');
  return end === -1 ? head.url : head.url.slice(0, end);
}

/** All values of a header, in order; Node's `headers` would hide that one was sent twice. */
export function headerValues(head: Pick<RequestHead, 'rawHeaders'>, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < head.rawHeaders.length; index += 2) {
    const value = head.rawHeaders[index + 1];
    if (head.rawHeaders[index]?.toLowerCase() === name && value !== undefined) {
      values.push(value);
    }
  }
  return values;
}

function isOwnOrigin(head: RequestHead): boolean {
  const origins = headerValues(head, 'origin');
  return origins.length === 1 && origins[0] === `http://${headerValues(head, 'host')[0]}`;
}
