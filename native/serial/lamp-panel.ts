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
  const { lamps } = compiled.profile;
  return lamps && new ShownLamps(compiled, lamps);
}

type LampRules = NonNullable<CompiledProfile['profile']['lamps']>;

class ShownLamps implements LampPanel {
  readonly #compiled: CompiledProfile;
  readonly #rules: LampRules;
  readonly #numbers: readonly number[];
  readonly #wished: Map<number, LampState>;
  readonly #shown: Map<number, LampState>;
  #wishAtMs: number | undefined;
  #refreshedMs = 0;
  #isUnknown = false;

  constructor(compiled: CompiledProfile, rules: LampRules) {
    const [firstLamp, lastLamp] = rules.range;
    this.#compiled = compiled;
    this.#rules = rules;
    this.#numbers = Array.from({ length: lastLamp - firstLamp + 1 }, (_, index) => firstLamp + index);
    this.#wished = new Map(this.#numbers.map((n) => [n, 'off']));
    this.#shown = new Map(this.#wished);
  }

  wish(lamp: number | string, state: LampState, nowMs: number): boolean {
    const n = lampNumberOf(this.#compiled.profile, lamp);
    if (n === undefined) return false;
    if (this.#wished.get(n) !== state) this.#wishAtMs ??= nowMs + this.#rules.coalesceMs;
    this.#wished.set(n, state);
    return true;
  }

  render(nowMs: number): readonly LampWrite[] {
    const { refreshMs } = this.#rules;
    if (refreshMs > 0 && nowMs - this.#refreshedMs >= refreshMs) this.#isUnknown = true;
    if (!this.#isUnknown && this.#wishAtMs !== undefined && nowMs < this.#wishAtMs) return [];
    this.#wishAtMs = undefined;
    if (this.#isUnknown) this.#refreshedMs = nowMs;
    const lamps = this.#numbers.filter((n) => this.#isUnknown || this.#shown.get(n) !== this.#effective(n, nowMs));
    const out = lamps.length === 0 ? [] : this.#writes(lamps, nowMs);
    for (const n of lamps) this.#shown.set(n, this.#effective(n, nowMs));
    this.#isUnknown = false;
    return out;
  }

  dueMs(nowMs: number): number | undefined {
    if (this.#isUnknown) return nowMs;
    const refresh = this.#rules.refreshMs > 0 ? this.#refreshedMs + this.#rules.refreshMs : undefined;
    return earliest([this.#wishAtMs, this.#nextFlash(nowMs), refresh]);
  }

  forget(): void {
    this.#isUnknown = true;
  }

  wishSafe(nowMs: number): void {
    const { profile } = this.#compiled;
    for (const n of this.#numbers) this.#wished.set(n, 'off');
    for (const [lamp, state] of Object.entries(profile.failSafe.onClose)) {
      const n = lampNumberOf(profile, lamp);
      if (n !== undefined) this.#wished.set(n, state);
    }
    this.#wishAtMs = nowMs;
  }

  /** Milliseconds on and off of a state we flash ourselves. */
  #cadence(state: LampState): readonly [number, number] | undefined {
    const { mode, softFlash } = this.#rules;
    const isShown = mode === 'perLamp' && this.#compiled.lampCommands.has(state);
    return state === 'off' || state === 'on' || isShown ? undefined : (softFlash[state] ?? cadences[state]);
  }

  /** What a lamp shows at this moment: all flash by one clock. */
  #effective(n: number, nowMs: number): LampState {
    const state = this.#wished.get(n) ?? 'off';
    const flash = this.#cadence(state);
    if (flash === undefined) return state;
    return nowMs % (flash[0] + flash[1]) < flash[0] ? 'on' : 'off';
  }

  #nextFlash(nowMs: number): number | undefined {
    return earliest(
      [...new Set(this.#wished.values())].map((state) => {
        const flash = this.#cadence(state);
        if (flash === undefined) return undefined;
        const phase = nowMs % (flash[0] + flash[1]);
        return nowMs - phase + (phase < flash[0] ? flash[0] : flash[0] + flash[1]);
      }),
    );
  }

  #writes(lamps: readonly number[], nowMs: number): readonly LampWrite[] {
    const { mode, lines, range } = this.#rules;
    const { lampCommands } = this.#compiled;
    if (mode === 'perLamp') {
      return lamps.flatMap((n) => this.#command(lampCommands.get(this.#effective(n, nowMs)), { n }));
    }
    if (mode === 'bitmap') {
      const lit = this.#numbers.filter((n) => this.#effective(n, nowMs) === 'on');
      return this.#command(lampCommands.get('all'), { bits: lit.reduce((sum, n) => sum + 2 ** (n - range[0]), 0) });
    }
    const pins = lamps.flatMap((n) => {
      const line = lines[String(n)];
      return line === undefined ? [] : [[line, this.#effective(n, nowMs) === 'on'] as const];
    });
    return pins.length === 0 ? [] : [{ kind: 'pins', pins: Object.fromEntries(pins) }];
  }

  #command(template: ByteTemplate | undefined, values: Record<string, number>): readonly LampWrite[] {
    const filled = template && fillTemplate(template, values);
    const bytes = filled && sealedFor(this.#compiled.profile, filled);
    return bytes === undefined ? [] : [{ kind: 'bytes', bytes }];
  }
}
