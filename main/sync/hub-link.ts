import type { Agent as HttpAgent } from 'node:http';
import { createORPCClient, isORPCErrorJson, ORPCError } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { ResponseValidationPlugin } from '@orpc/contract/plugins';
import { OpenAPILink } from '@orpc/openapi-client/fetch';
import { hubApi } from '../../core/hub-api.ts';
import { hubAgent } from './hub-agent.ts';
import { type HubFetch, hubFetch, stallMs as stallMsOfRequests } from './hub-fetch.ts';

/** core/hub-api.ts as a caller sees it. */
export type HubClient = ContractRouterClient<typeof hubApi>;

/** The way to one hub, as one seat. What any call of it throws is told apart by `readHubFault`. */
export interface HubLink {
  /** Without a slash at its end. */
  readonly address: string;
  readonly hubId: string;
  /** The name that stands in the seat's journal. */
  readonly seat: string;
  /** `authorization`, for requests that are not made with `client`. */
  keyHeader(): Readonly<Record<string, string>>;
  /** Each request has a deadline and is checked by the contract's schemas; it takes a `signal`. */
  readonly client: HubClient;
  /** Connections that know the hub's certificate, for requests that are not made with `client`. */
  readonly agent: HttpAgent;
  /** The network is another one: every connection is ended, requests under way fail at once. The next begin anew. */
  reset(): void;
  /** Ends every connection for good. */
  close(): void;
}

export interface HubLinkOptions {
  readonly address: string;
  /** Keys of the hub's certificate; none: what this machine trusts. */
  readonly pins: readonly string[];
  readonly hubId: string;
  readonly seat: string;
  /** Null for enrolling, which needs none. */
  readonly key: string | null;
  /** Wall-clock milliseconds. */
  readonly now: () => number;
  /** Milliseconds; given by tests alone. */
  readonly stallMs?: number;
  /** How requests are sent, where that is not HTTP on a socket: in the simulator. */
  readonly fetch?: HubFetch;
}

/** What answered is no hub: its refusal does not look like one of ours. */
export const notTheHub = 'NOT_THE_HUB';

/** Opens the way to a hub; nothing is asked yet. */
export function openHubLink(options: HubLinkOptions): HubLink {
  const { address, pins, hubId, seat, key, now, stallMs } = options;
  const agent = hubAgent(address, pins);
  const header: Readonly<Record<string, string>> = key === null ? {} : { authorization: `Bearer ${key}` };
  const link = new OpenAPILink(hubApi, {
    url: address,
    headers: header,
    fetch: options.fetch ?? hubFetch({ agent, stallMs: stallMs ?? stallMsOfRequests, now }),
    // The page before a hotel's network answers 200 to everything.
    plugins: [new ResponseValidationPlugin(hubApi)],
    customErrorResponseBodyDecoder: (body, { status }) =>
      typeof body === 'object' && body !== null && isORPCErrorJson({ status, ...body })
        ? null
        : new ORPCError(notTheHub, { status }),
  });
  return {
    address,
    hubId,
    seat,
    keyHeader: () => header,
    client: createORPCClient(link),
    agent,
    reset: () => agent.destroy(),
    close: () => agent.destroy(),
  };
}
