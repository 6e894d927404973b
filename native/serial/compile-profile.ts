import { type ByteTemplate, fieldNames, fillTemplate, parseTemplate } from './byte-template.ts';
import { seal } from './checksum.ts';
import { type Emission, type KeySet, parseEmission, parseKeySet } from './emission.ts';
import { unwrapped, wrapped } from './escaping.ts';
import { type FrameMatcher, frameMatcher } from './frame-matcher.ts';
import type { EventRule, InputLine, LampState, SerialProfile } from './profile.ts';

/** What is wrong with a profile, and where in it. */
export type ProfileProblem = { readonly path: readonly (string | number)[]; readonly message: string };

/** What a frame that fits becomes. */
export type CompiledEmit =
  | { readonly kind: 'key'; readonly key: Emission; readonly edge: Emission }
  | { readonly kind: 'keys'; readonly set: KeySet; readonly prefix: string }
  | { readonly kind: 'hook'; readonly hook: Emission }
  | { readonly kind: 'status'; readonly status: Emission }
  | { readonly kind: 'ignore' };

export type CompiledStep = {
  readonly send: Bytes | undefined;
  readonly breakMs: number | undefined;
  readonly waitMs: number | undefined;
  readonly expect: FrameMatcher | undefined;
  readonly timeoutMs: number;
};

/** A profile whose templates, patterns and expressions are ready to be used. */
export type CompiledProfile = {
  readonly profile: SerialProfile;
  readonly frameRules: readonly { readonly matcher: FrameMatcher; readonly emit: CompiledEmit }[];
  readonly lineRules: readonly { readonly line: InputLine; readonly isRise: boolean; readonly emit: CompiledEmit }[];
  readonly lampCommands: ReadonlyMap<LampState | 'all', ByteTemplate>;
  readonly init: readonly CompiledStep[];
  readonly heartbeat: { readonly send: Bytes | undefined; readonly expect: FrameMatcher | undefined } | undefined;
  readonly ack: { readonly expect?: Bytes; readonly nak?: Bytes; readonly reply?: Bytes };
};

/** Bytes that can be handed to a port. */
export type Bytes = Uint8Array<ArrayBuffer>;

export type CompileOutcome =
  | { readonly kind: 'ok'; readonly compiled: CompiledProfile }
  | { readonly kind: 'error'; readonly problems: readonly ProfileProblem[] };

/** Compiles every text of a profile; all that is wrong is told at once. */
export function compileProfile(profile: SerialProfile): CompileOutcome {
  const problems: ProfileProblem[] = [];
  const bad: Bad = (path, message) => {
    problems.push({ path, message });
    return undefined;
  };
  const frameRules: CompiledProfile['frameRules'][number][] = [];
  const lineRules: CompiledProfile['lineRules'][number][] = [];
  for (const [index, rule] of profile.events.entries()) {
    const path = ['events', index];
    const line = lineOf(rule.on);
    const matcher = line === undefined ? compileMatcher(rule, path, bad) : undefined;
    const emit = compileEmit(rule.emit, matcher?.known ?? new Set(), [...path, 'emit'], bad);
    if (emit === undefined) continue;
    if (line !== undefined) lineRules.push({ ...line, emit });
    else if (matcher !== undefined) frameRules.push({ matcher, emit });
  }
  const sealed = (source: string | undefined, path: Path): Bytes | undefined => {
    const bytes = source === undefined ? undefined : plainBytes(source, path, bad);
    if (bytes === undefined) return undefined;
    return sealedFor(profile, bytes) ?? bad(path, 'too short to carry the checksum where "checksum" says');
  };
  const expected = (source: string | undefined, path: Path): FrameMatcher | undefined => {
    const outcome = source === undefined ? undefined : frameMatcher(source);
    return outcome?.kind === 'error' ? bad(path, outcome.message) : outcome?.matcher;
  };
  const raw = (name: 'expect' | 'nak' | 'reply'): Bytes | undefined => {
    const source = profile.ack?.[name];
    return source === undefined ? undefined : plainBytes(source, ['ack', name], bad);
  };
  const init = profile.init.map((step, index) => ({
    send: sealed(step.send, ['init', index, 'send']),
    breakMs: step.breakMs,
    waitMs: step.waitMs,
    expect: expected(step.expect, ['init', index, 'expect']),
    timeoutMs: step.timeoutMs,
  }));
  const { heartbeat } = profile;
  const [expect, nak, reply] = [raw('expect'), raw('nak'), raw('reply')];
  const compiled: CompiledProfile = {
    profile,
    frameRules,
    lineRules,
    lampCommands: compileLamps(profile, bad),
    init,
    heartbeat: heartbeat && {
      send: sealed(heartbeat.send, ['heartbeat', 'send']),
      expect: expected(heartbeat.expect, ['heartbeat', 'expect']),
    },
    ack: { ...(expect && { expect }), ...(nak && { nak }), ...(reply && { reply }) },
  };
  checkSense(profile, bad);
  return problems.length > 0 ? { kind: 'error', problems } : { kind: 'ok', compiled };
}

/**
 * A command with its check put in; a line's end stays behind the check. Where the framing escapes bytes, the check is over
 * the message as it means, and message and check are escaped and put between their marks.
 */
export function sealedFor(profile: SerialProfile, bytes: Bytes): Bytes | undefined {
  const { type } = profile.framing;
  if (type === 'slip' || type === 'dle') {
    const sealed = seal(profile.checksum, unwrapped(type, bytes));
    return sealed && wrapped(type, sealed);
  }
  if (profile.checksum.kind === 'none') return bytes;
  let end = bytes.length;
  if (profile.framing.type === 'line') {
    while (end > 0 && (bytes[end - 1] === 0x0d || bytes[end - 1] === 0x0a)) end -= 1;
  }
  const body = seal(profile.checksum, bytes.subarray(0, end));
  return body === undefined ? undefined : Uint8Array.from([...body, ...bytes.subarray(end)]);
}

/** Bytes of a template without fields. */
export function bytesOf(source: string): Bytes | string {
  if (source === '') return new Uint8Array(0);
  const parsed = parseTemplate(source);
  if (parsed.kind === 'error') return parsed.message;
  return fillTemplate(parsed.template, {}) ?? 'a field has no meaning here; write the bytes';
}

/** The number of a lamp that is given by its name in `lamps.map`, where key 5 may have another lamp, or by number. */
export function lampNumberOf(profile: SerialProfile, lamp: number | string): number | undefined {
  const map = profile.lamps?.map ?? {};
  const number =
    typeof lamp === 'number'
      ? lamp
      : Object.hasOwn(map, lamp)
        ? map[lamp]
        : /^\d+$/.test(lamp)
          ? Number(lamp)
          : undefined;
  const [first, last] = profile.lamps?.range ?? [1, 0];
  return number !== undefined && number >= first && number <= last ? number : undefined;
}

type Path = readonly (string | number)[];
type Bad = (path: Path, message: string) => undefined;

function lineOf(on: EventRule['on']): { readonly line: InputLine; readonly isRise: boolean } | undefined {
  if (typeof on === 'string' || Array.isArray(on)) return undefined;
  if ('lineCts' in on) return { line: 'cts', isRise: on.lineCts === 'rise' };
  if ('lineDsr' in on) return { line: 'dsr', isRise: on.lineDsr === 'rise' };
  return 'lineDcd' in on ? { line: 'dcd', isRise: on.lineDcd === 'rise' } : undefined;
}

function compileMatcher({ on }: EventRule, path: Path, bad: Bad): FrameMatcher | undefined {
  if (typeof on !== 'string' && !Array.isArray(on) && !('byte' in on)) return undefined;
  const outcome = frameMatcher(on);
  return outcome.kind === 'error' ? bad([...path, 'on'], outcome.message) : outcome.matcher;
}

function compileEmit(
  emit: EventRule['emit'],
  known: ReadonlySet<string>,
  path: Path,
  bad: Bad,
): CompiledEmit | undefined {
  const value = (source: string, name: string): Emission | undefined => {
    const outcome = parseEmission(source, known);
    return outcome.kind === 'error' ? bad([...path, name], outcome.message) : outcome.emission;
  };
  const oneOf = (source: string, name: string, allowed: readonly string[]): Emission | undefined => {
    const words = /\?(.*):(.*)$/.exec(source)?.slice(1) ?? [source];
    if (words.every((word) => allowed.includes(word))) return value(source, name);
    return bad([...path, name], `${source}: must be ${allowed.join(' or ')}, or bit(n,b)?${allowed.join(':')}`);
  };
  if ('ignore' in emit) return { kind: 'ignore' };
  if ('keys' in emit) {
    const set = parseKeySet(emit.keys);
    if (set === undefined)
      return bad([...path, 'keys'], `${emit.keys}: write bitmap(first..last) or list(first..last)`);
    return { kind: 'keys', set, prefix: emit.prefix ?? '' };
  }
  if ('hook' in emit) {
    const hook = oneOf(emit.hook, 'hook', ['off', 'on']);
    return hook && { kind: 'hook', hook };
  }
  if ('status' in emit) {
    const status = value(emit.status, 'status');
    return status && { kind: 'status', status };
  }
  const key = value(emit.key, 'key');
  const edge = oneOf(emit.edge, 'edge', ['press', 'release']);
  return key && edge && { kind: 'key', key, edge };
}

function plainBytes(source: string, path: Path, bad: Bad): Bytes | undefined {
  const bytes = bytesOf(source);
  return typeof bytes === 'string' ? bad(path, bytes) : bytes;
}

function compileLamps({ lamps }: SerialProfile, bad: Bad): CompiledProfile['lampCommands'] {
  const commands = new Map<LampState | 'all', ByteTemplate>();
  for (const [state, source] of Object.entries(lamps?.encode ?? {})) {
    const path = ['lamps', 'encode', state];
    const parsed = parseTemplate(source);
    if (parsed.kind === 'error') {
      bad(path, parsed.message);
      continue;
    }
    const allowed = state === 'all' ? 'bits' : 'n';
    const stranger = fieldNames(parsed.template).find((field) => field !== allowed);
    if (stranger !== undefined) bad(path, `{${stranger}}: only {${allowed}:…} is known here`);
    else if (isCommandName(state)) commands.set(state, parsed.template);
  }
  return commands;
}

function isCommandName(state: string): state is LampState | 'all' {
  return ['off', 'on', 'slow', 'fast', 'wink', 'all'].includes(state);
}

/** What each part allows and together makes no sense. */
function checkSense(profile: SerialProfile, bad: Bad): void {
  const { lamps } = profile;
  if (profile.serial.halfDuplexEcho === 'expect' && profile.ack?.expect !== undefined) {
    bad(['ack', 'expect'], 'with halfDuplexEcho "expect" the echo is the acknowledgement; leave one of them out');
  }
  for (const [lamp] of Object.entries(profile.failSafe.onClose)) {
    if (lampNumberOf(profile, lamp) === undefined) bad(['failSafe', 'onClose', lamp], `there is no lamp ${lamp}`);
  }
  if (lamps === undefined) return;
  const [first, last] = lamps.range;
  if (last < first) bad(['lamps', 'range'], 'the first lamp has the lower number');
  if (lamps.mode === 'perLamp' && (lamps.encode.on === undefined || lamps.encode.off === undefined)) {
    bad(['lamps', 'encode'], 'a perLamp device needs a command for "on" and one for "off"');
  }
  if (lamps.mode === 'bitmap' && lamps.encode.all === undefined) {
    bad(['lamps', 'encode'], 'a bitmap device needs the command "all" with {bits:…}');
  }
  if (lamps.mode === 'bitmap' && last - first >= 32) bad(['lamps', 'range'], 'a bitmap holds up to 32 lamps');
  if (lamps.mode === 'modemLine' && Object.keys(lamps.lines).length === 0) {
    bad(['lamps', 'lines'], 'name the line of each lamp, as { "1": "rts" }');
  }
  for (const [lamp, number] of Object.entries(lamps.map)) {
    if (number < first || number > last) bad(['lamps', 'map', lamp], `lamp ${number} is outside of "range"`);
  }
}
