import { ORPCError } from '@orpc/client';
import { ValidationError } from '@orpc/contract';
import { WrongCertificateKey } from './hub-agent.ts';
import { NoAnswer } from './hub-fetch.ts';
import { notTheHub } from './hub-link.ts';

/** Why a request to the hub came to nothing. `detail` is for a technician. */
export type HubFault =
  /** Nobody answered, or whoever did has no time. Nothing is known of what became of it: the same again finds out. */
  | { readonly kind: 'away'; readonly detail: string; readonly askedMs: number | null; readonly status: number | null }
  /** The certificate is not one this machine trusts, nor the one the enrolment names. */
  | { readonly kind: 'not-trusted'; readonly detail: string }
  /** The hub does not know our key, or does not let it do this. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** The body is larger than somebody on the way lets through. */
  | { readonly kind: 'too-large'; readonly detail: string }
  /** Not the hub's: the disk here, or a mistake of ours. */
  | { readonly kind: 'ours'; readonly detail: string }
  /** One of the contract's own refusals. */
  | { readonly kind: 'answer'; readonly code: string; readonly data: unknown; readonly detail: string };

/** What was thrown by a call of `HubLink.client`, or by what was done with its answer, told apart. */
export function readHubFault(cause: unknown): HubFault {
  if (cause instanceof NoAnswer) return noAnswer(cause);
  if (cause instanceof ORPCError) return refusal(cause.status, String(cause.code), cause.data);
  if (isOfClient(cause)) return { kind: 'away', detail: cause.message.slice(0, 200), askedMs: null, status: null };
  return { kind: 'ours', detail: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause) };
}

function noAnswer({ message, askedMs, status, cause }: NoAnswer): HubFault {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (cause instanceof WrongCertificateKey || certificateCodes.test(code))
    return { kind: 'not-trusted', detail: message };
  return { kind: 'away', detail: message, askedMs, status };
}

/** What OpenSSL and Node say of a certificate they do not take. */
const certificateCodes =
  /^(CERT_|ERR_TLS_CERT|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(GET|VERIFY)|HOSTNAME_MISMATCH|INVALID_CA)/;

function refusal(status: number, code: string, data: unknown): HubFault {
  const detail = `HTTP ${status} ${code}`;
  if (status === 413) return { kind: 'too-large', detail };
  // Somebody before the hub may refuse as well, and knows nothing of our key.
  if (code === notTheHub) return { kind: 'away', detail, askedMs: null, status };
  if (code === 'UNAUTHORIZED' || code === 'FORBIDDEN') return { kind: 'refused', detail };
  if (status >= 500) return { kind: 'away', detail, askedMs: null, status };
  return { kind: 'answer', code, data, detail };
}

/** What oRPC throws for an answer that it can't read: a page of somebody else's. It has no names for the last two. */
function isOfClient(cause: unknown): cause is Error {
  if (cause instanceof ValidationError) return true;
  return cause instanceof Error && /^(Cannot parse response body|Invalid OpenAPI response format)/.test(cause.message);
}
