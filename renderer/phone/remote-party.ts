import type { RemoteParty } from '../../core/call.ts';

/** How much of a name or number is kept: what the contracts allow (core/call.ts). */
const textMax = 128;

/**
 * Text from a switch made fit to be shown: control characters, bidi overrides and isolates, zero-width and
 * line-separating characters and lone surrogates taken out, runs of space made one, cut to `max` characters (whole code
 * points). It is still untrusted text: shown as text, never as markup.
 */
export function shownText(raw: string, max = textMax): string {
  // A hostile megabyte is cut before it is searched; 4 covers what is taken out of any honest name.
  const short = raw.slice(0, max * 4).toWellFormed();
  const clean = short
    // Cc controls, Cf formats (bidi, zero-width, BOM, soft hyphen), Zl/Zp separators, and U+FFFD left by toWellFormed.
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  return [...clean].reduce((kept, character) => (kept.length + character.length > max ? kept : kept + character), '');
}

/** Who is at the other end, from what the switch wrote. A name that only repeats the number is no name. */
export function remoteParty(rawNumber: string, rawName: string): RemoteParty {
  const number = shownText(unescaped(rawNumber));
  const name = shownText(rawName.replace(/^"(.*)"$/su, '$1').replace(/\\(.)/gsu, '$1'));
  return { number, displayName: name === number ? '' : name };
}

/** %-escapes of a SIP user part (RFC 3261 section 19.1.2); a broken escape is left as it stands. */
function unescaped(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch (error) {
    if (error instanceof URIError) return user;
    throw error;
  }
}
