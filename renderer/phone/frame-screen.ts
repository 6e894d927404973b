/** What becomes of one frame from the switch before JsSIP sees it. */
export type ScreenedFrame =
  | { readonly kind: 'pass'; readonly text: string }
  | { readonly kind: 'drop'; readonly why: 'oversize' | 'unreadable' }
  /** Not for us to parse, but the sender is owed an answer. */
  | { readonly kind: 'reply'; readonly text: string };

/** No honest SIP message comes near it; JsSIP's parser takes seconds for a few hundred KB (facts/phone.md section 1.4). */
export const frameBytesMax = 64 * 1024;
/** JsSIP parses a long Contact list in worse than linear time; a signed Identity (RFC 8224), the longest honest field, is 2 KB. */
export const headerFieldMax = 4 * 1024;
/** All header fields together: 56 KB of Contact kept the page busy for 184 ms, this stays under 50 ms (hostile-sip.test.ts). */
export const headerSectionMax = 16 * 1024;
/** More header fields than any proxy chain leaves; keeps one frame from costing thousands of parses. */
export const headerFieldsMax = 256;

const startLine = /^(?:SIP\/2\.0 [1-6]\d\d(?: .*)?|([A-Z]{1,32}) (\S+) SIP\/2\.0)$/u;
const cseqValue = /^\s*(\d{1,10})\s+[A-Za-z]{1,32}\s*$/u;

/**
 * Looks at the start line and the few header fields that make JsSIP 3.13 throw or stall: size, a Request-URI that is
 * not sip/sips (416, RFC 3261 section 8.2.2.1), a malformed CSeq. Keep-alives pass. Everything else is JsSIP's to judge.
 */
export function screenFrame(text: string): ScreenedFrame {
  if (text.length > frameBytesMax) return { kind: 'drop', why: 'oversize' };
  if (/^[\r\n]*$/u.test(text)) return { kind: 'pass', text };
  const head = text.split('\r\n\r\n', 1)[0] ?? '';
  const [first = '', ...lines] = head.replace(/\r\n[ \t]+/gu, ' ').split('\r\n');
  if (
    head.length > headerSectionMax ||
    lines.length > headerFieldsMax ||
    lines.some((line) => line.length > headerFieldMax)
  ) {
    return { kind: 'drop', why: 'oversize' };
  }
  const start = startLine.exec(first);
  if (start === null) return { kind: 'drop', why: 'unreadable' };
  const cseq = cseqValue.exec(headerValue(lines, 'cseq') ?? '');
  // RFC 3261 section 8.1.1.5: a sequence number is below 2**31.
  if (cseq === null || Number(cseq[1]) >= 2 ** 31) return { kind: 'drop', why: 'unreadable' };
  const uri = start[2];
  if (uri !== undefined && !/^sips?:/iu.test(uri)) return unsupportedScheme(start[1] ?? '', lines);
  return { kind: 'pass', text };
}

function headerValue(lines: readonly string[], name: string): string | undefined {
  const line = lines.find((each) => each.split(':', 1)[0]?.trim().toLowerCase() === name);
  return line?.slice(line.indexOf(':') + 1);
}

/** 416, built from the request as RFC 3261 section 8.2.6.2 says. An ACK is never answered. */
function unsupportedScheme(method: string, lines: readonly string[]): ScreenedFrame {
  if (method === 'ACK') return { kind: 'drop', why: 'unreadable' };
  const copied = lines.filter((line) => /^(?:via|v|from|f|call-id|i|cseq)\s*:/iu.test(line));
  const to = lines.find((line) => /^(?:to|t)\s*:/iu.test(line));
  if (to === undefined || copied.length < 4) return { kind: 'drop', why: 'unreadable' };
  const tagged = /;\s*tag=/iu.test(to) ? to : `${to};tag=unsupported-scheme`;
  const reply = ['SIP/2.0 416 Unsupported URI Scheme', ...copied, tagged, 'Content-Length: 0', '', ''];
  return { kind: 'reply', text: reply.join('\r\n') };
}
