import { z } from 'zod';

/**
 * How a seat is told of its hub: a file that somebody opens, or a line that a QR code holds and a scanner types. Both
 * name the address, the code that serves once and, where the hub's certificate is of the site's own making, its key.
 */

/** Plain HTTP shows the seat's key to everybody on the way, so it goes to this machine itself only. */
const plainAddress = /^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/;
const secureAddress =
  /^https:\/\/([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?(\/[\w.~%-]+)*$/;

/** The address of a hub without a slash at its end: https, or http to this machine itself. */
export const hubAddress = z
  .string()
  .max(300)
  .transform(withLowerHost)
  .refine((address) => secureAddress.test(address) || plainAddress.test(address), 'https://…, or http to this machine');

/** SHA-256 of a certificate's SubjectPublicKeyInfo, in base64 (as RFC 7469 writes it). */
export const certificatePin = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'base64 of a SHA-256');

/** Pins of one hub: the key of now and those to come. */
const pinsMax = 4;

/** The file, written by `hookline hub enrol-code --file`. */
export const enrolmentFile = z.object({
  hookline: z.literal(1),
  kind: z.literal('enrolment'),
  hub: hubAddress,
  code: z.string().trim().min(1).max(64),
  pin: z.union([certificatePin, z.array(certificatePin).max(pinsMax)]).optional(),
});

/** What an enrolment says. Without pins the certificate must be one that this machine trusts. */
export type Enrolment = { readonly address: string; readonly code: string; readonly pins: readonly string[] };

/** What came of reading one. */
export type EnrolmentReading =
  | { readonly kind: 'read'; readonly enrolment: Enrolment }
  /** `why` is for a technician. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** What the QR code holds. */
export function enrolmentUri({ address, code, pins }: Enrolment): string {
  const parts = [['hub', address] as const, ['code', code] as const, ...pins.map((pin) => ['pin', pin] as const)];
  return `hookline:enrol?${parts.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}

/** What the file holds. */
export function enrolmentFileText({ address, code, pins }: Enrolment): string {
  const pin = pins.length === 0 ? {} : { pin: pins };
  return `${JSON.stringify({ hookline: 1, kind: 'enrolment', hub: address, code, ...pin }, null, 2)}\n`;
}

/** Reads the text of an enrolment file, of a scanned code, or an address and a code with a space between them. */
export function readEnrolmentText(text: string): EnrolmentReading {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed.startsWith('{')) return readFile(trimmed);
  // A scanner on a keyboard with Caps Lock types the scheme in capitals.
  const scanned = /^hookline:(?:\/\/)?enrol\/?\?(\S*)$/i.exec(trimmed)?.[1];
  if (scanned !== undefined) return readUri(scanned);
  const [hub, code, ...rest] = trimmed.split(/\s+/);
  if (hub === undefined || code === undefined || rest.length > 0) return unreadable('no enrolment file and no code');
  return checked({ hub, code });
}

function readFile(text: string): EnrolmentReading {
  try {
    return checkedFile(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof SyntaxError) return unreadable('no JSON');
    throw cause;
  }
}

function readUri(query: string): EnrolmentReading {
  const named = new Map<string, string[]>();
  try {
    for (const part of query.split('&')) {
      const [, name = '', value = ''] = /^([^=]*)=?(.*)$/.exec(part) ?? [];
      named.set(name.toLowerCase(), [...(named.get(name.toLowerCase()) ?? []), decodeURIComponent(value)]);
    }
  } catch (cause) {
    if (cause instanceof URIError) return unreadable('the scanned code is damaged');
    throw cause;
  }
  return checked({ hub: named.get('hub')?.[0], code: named.get('code')?.[0], pin: named.get('pin') ?? [] });
}

function checked(parts: { readonly hub: unknown; readonly code: unknown; readonly pin?: unknown }): EnrolmentReading {
  return checkedFile({ hookline: 1, kind: 'enrolment', ...parts });
}

function checkedFile(value: unknown): EnrolmentReading {
  const read = enrolmentFile.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    return unreadable(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'no enrolment'}`.slice(0, 300));
  }
  const { hub, code, pin = [] } = read.data;
  return { kind: 'read', enrolment: { address: hub, code, pins: typeof pin === 'string' ? [pin] : pin } };
}

function unreadable(why: string): EnrolmentReading {
  return { kind: 'unreadable', why };
}

/** The scheme and the host do not know large letters from small ones; a path does. */
function withLowerHost(address: string): string {
  const [, before = '', after = ''] = /^([a-z]+:\/\/[^/]*)(.*)$/i.exec(address.trim()) ?? [];
  return `${before.toLowerCase()}${after}`.replace(/\/+$/, '');
}
