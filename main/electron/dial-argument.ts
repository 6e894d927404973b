/** What a second start, or a click on a telephone link somewhere, asks of a seat. */
export type DialArgument =
  | { readonly kind: 'none' }
  /** To be shown to the person, who dials or does not: a link never dials by itself. */
  | { readonly kind: 'dial'; readonly number: string }
  | { readonly kind: 'refused'; readonly why: 'several' | 'not-a-number' };

/** E.164 has 15 digits; a trunk prefix and an extension may come before. */
const numberLengthMax = 32;

/**
 * Reads the arguments after the program's own name for one `tel:` (RFC 3966) or `sip:`/`sips:` (RFC 3261) address.
 * Everything a link could smuggle in is refused: two addresses, options of ours or Chromium's (those before `--` are
 * ignored here and judged by `refusedSwitch`), percent signs, and `*` or `#`, which are commands to a switch.
 */
export function readDialArgument(args: readonly string[]): DialArgument {
  const links = args.filter((argument) => /^(tel|sips?):/i.test(argument));
  const [link, ...more] = links;
  if (link === undefined) return { kind: 'none' };
  const positional = args.includes('--') ? args.slice(args.indexOf('--') + 1) : args.filter((a) => !a.startsWith('-'));
  if (more.length > 0 || positional.length > 1) return { kind: 'refused', why: 'several' };
  const body = link.slice(link.indexOf(':') + 1).replace(/^\/\//, '');
  return /^tel:/i.test(link) ? readTel(body) : readSip(body);
}

function readTel(body: string): DialArgument {
  const [written = '', ...parameters] = body.split(';');
  const number = written.replaceAll(/[-.()]/g, '');
  // `phone-context` says where a local number is local to; we dial what is written or nothing.
  const isPlain = parameters.every((parameter) => /^phone-context=[A-Za-z0-9.+-]{1,64}$/.test(parameter));
  return isPlain && isDialable(number) ? { kind: 'dial', number } : { kind: 'refused', why: 'not-a-number' };
}

function readSip(body: string): DialArgument {
  const parts = /^([^@;?]+)@[A-Za-z0-9.-]{1,128}(?::\d{1,5})?(?:;(?:user=phone|transport=[a-z]{1,5}))*$/.exec(body);
  const number = parts?.[1] ?? '';
  const isExtension = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(number);
  return isDialable(number) || isExtension ? { kind: 'dial', number } : { kind: 'refused', why: 'not-a-number' };
}

function isDialable(number: string): boolean {
  return number.length <= numberLengthMax && /^\+?\d{1,31}$/.test(number);
}
