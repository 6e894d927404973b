import { type ByteTemplate, fillTemplate } from './byte-template.ts';
import { type Bytes, type CompiledProfile, lampNumberOf, sealedFor } from './compile-profile.ts';
import { earliest } from './decoder.ts';
import type { LampState, OutputLine } from './profile.ts';

/** Something to be put on the wire for a lamp. */
export type LampWrite =
  | { readonly kind: 'bytes'; readonly bytes: Bytes }
  | { readonly kind: 'pins'; readonly pins: Readonly<Partial<Record<OutputLine, boolean>>> };

/**
 * The lamps of a device: wishes in, writes out. It keeps what the device was last told, so that only changes are sent and
 * a bitmap goes out whole; states the device has no command for are flashed here, all in phase.
 */
export type LampPanel = {
  /** False: there is no such lamp. */
  wish(lamp: number | string, state: LampState, nowMs: number): boolean;
  /** What has to be sent now; afterwards it counts as sent. */
  render(nowMs: number): readonly LampWrite[];
  /** When `render` will have something again; undefined: not before the next wish. */
  dueMs(nowMs: number): number | undefined;
  /** The device may show anything: the next render sends every lamp. */
  forget(): void;
  /** The wishes at closing: all off but those the fail-safe names. */
  wishSafe(nowMs: number): void;
};

/** The cadences of facts/serial.md section 4.2; wink is on but for a blink, as on attendants' consoles. */
const cadences: Readonly<Record<'slow' | 'fast' | 'wink', readonly [number, number]>> = {
  slow: [500, 500],
  fast: [125, 125],
  wink: [950, 50],
};

/** Makes the lamps of a profile; undefined when it has none. All are taken to be off until `forget`. */
export function createLampPanel(compiled: CompiledProfile): LampPanel | undefined {
  const { profile, lampCommands } = compiled;
  const rules = profile.lamps;
  if (rules === undefined) return undefined;
  const [firstLamp, lastLamp] = rules.range;
  const numbers = Array.from({ length: lastLamp - firstLamp + 1 }, (_, index) => firstLamp + index);
  const wished = new Map<number, LampState>(numbers.map((n) => [n, 'off']));
  const shown = new Map<number, LampState>(wished);
  let wishAtMs: number | undefined;
  let refreshedMs = 0;
  let isUnknown = false;

  const cadence = (state: LampState) => {
    if (state === 'off' || state === 'on' || (rules.mode === 'perLamp' && lampCommands.has(state))) return undefined;
    return rules.softFlash[state] ?? cadences[state];
  };
  const effective = (n: number, nowMs: number): LampState => {
    const state = wished.get(n) ?? 'off';
    const flash = cadence(state);
    if (flash === undefined) return state;
    return nowMs % (flash[0] + flash[1]) < flash[0] ? 'on' : 'off';
  };
  const changed = (nowMs: number): readonly number[] =>
    numbers.filter((n) => isUnknown || shown.get(n) !== effective(n, nowMs));
  const command = (template: ByteTemplate | undefined, values: Record<string, number>): readonly LampWrite[] => {
    const filled = template && fillTemplate(template, values);
    const bytes = filled && sealedFor(profile, filled);
    return bytes === undefined ? [] : [{ kind: 'bytes', bytes }];
  };
  const writes = (lamps: readonly number[], nowMs: number): readonly LampWrite[] => {
    if (lamps.length === 0) return [];
    if (rules.mode === 'perLamp') {
      return lamps.flatMap((n) => command(lampCommands.get(effective(n, nowMs)), { n }));
    }
    if (rules.mode === 'bitmap') {
      const bits = numbers.reduce((sum, n) => sum + (effective(n, nowMs) === 'on' ? 2 ** (n - firstLamp) : 0), 0);
      return command(lampCommands.get('all'), { bits });
    }
    const pins = lamps.flatMap((n) => {
      const line = rules.lines[String(n)];
      return line === undefined ? [] : [[line, effective(n, nowMs) === 'on'] as const];
    });
    return pins.length === 0 ? [] : [{ kind: 'pins', pins: Object.fromEntries(pins) }];
  };
  const nextFlash = (nowMs: number): number | undefined =>
    earliest(
      [...new Set(wished.values())].map((state) => {
        const flash = cadence(state);
        if (flash === undefined) return undefined;
        const phase = nowMs % (flash[0] + flash[1]);
        return nowMs - phase + (phase < flash[0] ? flash[0] : flash[0] + flash[1]);
      }),
    );
  return {
    wish: (lamp, state, nowMs) => {
      const n = lampNumberOf(profile, lamp);
      if (n === undefined) return false;
      if (wished.get(n) !== state) wishAtMs ??= nowMs + rules.coalesceMs;
      wished.set(n, state);
      return true;
    },
    render: (nowMs) => {
      if (rules.refreshMs > 0 && nowMs - refreshedMs >= rules.refreshMs) isUnknown = true;
      if (!isUnknown && wishAtMs !== undefined && nowMs < wishAtMs) return [];
      wishAtMs = undefined;
      if (isUnknown) refreshedMs = nowMs;
      const lamps = changed(nowMs);
      const out = writes(lamps, nowMs);
      for (const n of lamps) shown.set(n, effective(n, nowMs));
      isUnknown = false;
      return out;
    },
    dueMs: (nowMs) => {
      if (isUnknown) return nowMs;
      const refresh = rules.refreshMs > 0 ? refreshedMs + rules.refreshMs : undefined;
      return earliest([wishAtMs, nextFlash(nowMs), refresh]);
    },
    forget: () => {
      isUnknown = true;
    },
    wishSafe: (nowMs) => {
      for (const n of numbers) wished.set(n, 'off');
      for (const [lamp, state] of Object.entries(profile.failSafe.onClose)) {
        const n = lampNumberOf(profile, lamp);
        if (n !== undefined) wished.set(n, state);
      }
      wishAtMs = nowMs;
    },
  };
}
