/** What becomes of a link that should open in the person's own browser. */
export type ExternalLink =
  | { readonly kind: 'open'; readonly url: string }
  | { readonly kind: 'refused'; readonly why: 'not-an-address' | 'scheme' | 'host' | 'credentials' | 'port' };

/** Longer than any link we give out; long ones have crashed shells that open them. */
const linkLengthMax = 2_048;

/**
 * Decides on one link before `shell.openExternal` sees it. Only `https:` to a listed host, on its usual port, without a
 * user name. The address given on is the parsed one, so what is checked is what is opened. Links from a hub or a
 * switch are no more trusted than others (CVE-2026-1046).
 */
export function decideExternalLink(text: string, hosts: readonly string[]): ExternalLink {
  if (text.length > linkLengthMax || /[\0-\x20\x7f\\]/.test(text) || !URL.canParse(text)) {
    return { kind: 'refused', why: 'not-an-address' };
  }
  const url = new URL(text);
  if (url.protocol !== 'https:') return { kind: 'refused', why: 'scheme' };
  if (url.username !== '' || url.password !== '') return { kind: 'refused', why: 'credentials' };
  if (!hosts.includes(url.hostname)) return { kind: 'refused', why: 'host' };
  if (url.port !== '') return { kind: 'refused', why: 'port' };
  if (/%(00|0a|0d)/i.test(url.href)) return { kind: 'refused', why: 'not-an-address' };
  return { kind: 'open', url: url.href };
}
