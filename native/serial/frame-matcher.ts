import { fieldNames, matchTemplate, parseTemplate } from './byte-template.ts';
import type { Catch } from './emission.ts';
import type { Frame } from './framing.ts';
import { compilePattern } from './pattern.ts';
import type { EventRule } from './profile.ts';

/** Recognizes a frame and catches its parts; `known` are the names of what it catches. */
export type FrameMatcher = {
  readonly known: ReadonlySet<string>;
  match(frame: Frame): Catch | undefined;
};

export type MatcherOutcome =
  | { readonly kind: 'ok'; readonly matcher: FrameMatcher }
  | { readonly kind: 'error'; readonly message: string };

type FrameOn = Exclude<EventRule['on'], { lineCts: unknown } | { lineDsr: unknown } | { lineDcd: unknown }>;

/** Reads the `on` of an event, or an `expect`: `/pattern/` on the text, a template on all bytes, or single bytes. */
export function frameMatcher(on: FrameOn): MatcherOutcome {
  if (typeof on !== 'string') return { kind: 'ok', matcher: byteMatcher(Array.isArray(on) ? on : [on]) };
  if (on.startsWith('/')) {
    if (on.length < 2 || !on.endsWith('/')) return { kind: 'error', message: `${on}: a pattern ends with a slash` };
    return patternMatcher(on.slice(1, -1));
  }
  const parsed = parseTemplate(on);
  if (parsed.kind === 'error') return parsed;
  const { template } = parsed;
  const known = new Set(fieldNames(template));
  const match = ({ bytes }: Frame): Catch | undefined => {
    const groups = matchTemplate(template, bytes);
    return groups === undefined ? undefined : { bytes, groups };
  };
  return { kind: 'ok', matcher: { known, match } };
}

function patternMatcher(source: string): MatcherOutcome {
  const compiled = compilePattern(source);
  if (compiled.kind === 'error') return compiled;
  const numbers = Array.from({ length: compiled.groups + 1 }, (_, group) => String(group));
  const match = ({ bytes, text }: Frame): Catch | undefined => {
    const groups = compiled.pattern.match(text);
    if (groups === undefined) return undefined;
    return { bytes, groups: new Map(groups.map((caught, group) => [String(group), caught ?? ''])) };
  };
  return { kind: 'ok', matcher: { known: new Set(numbers), match } };
}

type ByteIs = { readonly byte: number; readonly eq: string; readonly mask: string };

function byteMatcher(conditions: readonly ByteIs[]): FrameMatcher {
  const wanted = conditions.map(({ byte, eq, mask }) => ({
    at: byte,
    mask: Number.parseInt(mask, 16),
    is: Number.parseInt(eq, 16) & Number.parseInt(mask, 16),
  }));
  return {
    known: new Set(),
    match: ({ bytes }) => {
      const fits = wanted.every(({ at, mask, is }) => {
        const byte = bytes.at(at);
        return byte !== undefined && (byte & mask) === is;
      });
      return fits ? { bytes, groups: new Map() } : undefined;
    },
  };
}
