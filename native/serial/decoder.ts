import { assertNever } from '../../core/assert-never.ts';
import type { CompiledEmit, CompiledProfile } from './compile-profile.ts';
import { type Catch, keysDown } from './emission.ts';
import { createFramer, type Frame, type Framer, type FramingCounts } from './framing.ts';
import { createLineWatch, type LineStates, type LineWatch } from './modem-lines.ts';
import type { SerialEvent } from './profile.ts';

/** A panel has more keys than fingers on it; keys held beyond this get no release of our making. */
const keysHeldMax = 64;
/** A key's name and a device's word are shown and logged: kept short. */
const wordLengthMax = 400;
/** By facts/serial.md section 4.2: a repeat may come late once, not twice. */
const repeatsToRelease = 2.3;

/** What the decoder wants of its owner. */
export type DecoderEvents = {
  onEvent(event: SerialEvent): void;
  /** A frame was good; `isKnown` when an event rule fits it. For acknowledgements, heartbeats and the monitor. */
  onFrame(frame: Frame, isKnown: boolean): void;
  /** A frame's check was wrong. */
  onBadFrame(): void;
};

/**
 * Bytes and lines in, events out. Time is an argument (milliseconds, rising), so a recording is decoded like a port.
 * Promises for any bytes whatever: never throws, ends, and holds at most one frame and `keysHeldMax` keys.
 */
export type Decoder = {
  push(bytes: Uint8Array, nowMs: number): void;
  /** How the input lines stand now. The first reading after `reset` says nothing: an old press is void. */
  lines(states: LineStates, nowMs: number): void;
  /** When to call `tick`; undefined: no need. */
  dueMs(): number | undefined;
  tick(nowMs: number): void;
  /** No more bytes: closes a frame that ends by silence. */
  end(): void;
  /** The port was opened anew. Keys still held are released, since nobody will tell. */
  reset(): void;
  /** Whether the next byte begins a frame. */
  isBetweenFrames(): boolean;
  readonly counts: Readonly<FramingCounts & { unknownFrames: number }>;
};

/** Makes a decoder for a profile. */
export function createDecoder(compiled: CompiledProfile, to: DecoderEvents): Decoder {
  return new ProfileDecoder(compiled, to);
}

class ProfileDecoder implements Decoder {
  readonly #compiled: CompiledProfile;
  readonly #to: DecoderEvents;
  readonly #framer: Framer;
  readonly #watch: LineWatch;
  readonly #releaseAfterMs: number;
  readonly #held = new Map<string, number>();
  readonly #sets = new Map<CompiledEmit, ReadonlySet<string>>();
  /** Single bytes are looked up: a port that babbles must not cost a core. */
  readonly #ofByte = new Map<number, Recognized | undefined>();
  #unknownFrames = 0;

  constructor(compiled: CompiledProfile, to: DecoderEvents) {
    const { framing, checksum, keys } = compiled.profile;
    this.#compiled = compiled;
    this.#to = to;
    this.#framer = createFramer(framing, checksum, () => to.onBadFrame());
    const repeatMs = Math.round(keys.repeatMs * repeatsToRelease);
    this.#releaseAfterMs = keys.mode === 'pressOnly' ? (keys.releaseAfterMs ?? repeatMs) : 0;
    this.#watch = createLineWatch(keys.debounceMs, (line, isUp, nowMs) => {
      for (const rule of compiled.lineRules) {
        if (rule.line === line && rule.isRise === isUp) this.#perform(rule.emit, noBytes, nowMs);
      }
    });
  }

  push(bytes: Uint8Array, nowMs: number): void {
    // What fell due before these bytes came is told before them.
    this.tick(nowMs);
    const { mask7 } = this.#compiled.profile.serial;
    this.#onFrames(this.#framer.push(mask7 ? bytes.map((byte) => byte & 0x7f) : bytes, nowMs), nowMs);
  }

  lines(states: LineStates, nowMs: number): void {
    this.#watch.read(states, nowMs);
  }

  dueMs(): number | undefined {
    return earliest([this.#framer.dueMs(), this.#watch.dueMs(), ...this.#held.values()]);
  }

  tick(nowMs: number): void {
    this.#release((atMs) => atMs <= nowMs);
    this.#onFrames(this.#framer.idle(nowMs), nowMs);
    this.#watch.tick(nowMs);
  }

  end(): void {
    this.#onFrames(this.#framer.end(), 0);
  }

  reset(): void {
    this.#framer.reset();
    this.#watch.reset();
    this.#release(() => true);
    for (const [emit, down] of this.#sets) {
      if (emit.kind === 'keys') for (const key of down) this.#tellKey(`${emit.prefix}${key}`, 'release');
    }
    this.#sets.clear();
  }

  isBetweenFrames(): boolean {
    return this.#framer.isEmpty();
  }

  get counts(): Decoder['counts'] {
    return { ...this.#framer.counts, unknownFrames: this.#unknownFrames };
  }

  #onFrames(frames: readonly Frame[], nowMs: number): void {
    for (const frame of frames) {
      // An empty line carries nothing: CR LF is two ends.
      if (frame.bytes.length === 0) continue;
      const found = this.#recognize(frame);
      if (found === undefined) this.#unknownFrames += 1;
      else this.#perform(found.emit, found.caught, nowMs);
      this.#to.onFrame(frame, found !== undefined);
    }
  }

  #recognize(frame: Frame): Recognized | undefined {
    const { frameRules } = this.#compiled;
    const [byte] = frame.bytes;
    if (frame.bytes.length !== 1 || byte === undefined) return first(frameRules, frame);
    if (!this.#ofByte.has(byte)) this.#ofByte.set(byte, first(frameRules, frame));
    return this.#ofByte.get(byte);
  }

  #perform(emit: CompiledEmit, caught: Catch, nowMs: number): void {
    switch (emit.kind) {
      case 'ignore':
        return;
      case 'key': {
        const [key, edge] = [emit.key(caught), emit.edge(caught)];
        if (key !== undefined && key !== '' && (edge === 'press' || edge === 'release')) {
          this.#onKey(key.slice(0, wordLengthMax), edge, nowMs);
        }
        return;
      }
      case 'keys':
        this.#onKeySet(emit, caught);
        return;
      case 'hook': {
        const hook = emit.hook(caught);
        if (hook === 'off' || hook === 'on') this.#to.onEvent({ hook });
        return;
      }
      case 'status': {
        const status = emit.status(caught);
        if (status !== undefined) this.#to.onEvent({ status: status.slice(0, wordLengthMax) });
        return;
      }
      default:
        assertNever(emit);
    }
  }

  #onKey(key: string, edge: 'press' | 'release', nowMs: number): void {
    const held = this.#held;
    if (this.#releaseAfterMs === 0) this.#tellKey(key, edge);
    else if (edge === 'release') {
      if (held.delete(key)) this.#tellKey(key, edge);
    } else {
      if (!held.has(key)) this.#tellKey(key, edge);
      if (held.has(key) || held.size < keysHeldMax) held.set(key, nowMs + this.#releaseAfterMs);
    }
  }

  #onKeySet(emit: Extract<CompiledEmit, { readonly kind: 'keys' }>, caught: Catch): void {
    const down = keysDown(emit.set, caught.bytes);
    if (down === undefined) return;
    const before = this.#sets.get(emit) ?? new Set();
    this.#sets.set(emit, down);
    for (const key of before) if (!down.has(key)) this.#tellKey(`${emit.prefix}${key}`, 'release');
    for (const key of down) if (!before.has(key)) this.#tellKey(`${emit.prefix}${key}`, 'press');
  }

  #tellKey(key: string, edge: 'press' | 'release'): void {
    const { map } = this.#compiled.profile.keys;
    const action = Object.hasOwn(map, key) ? map[key] : undefined;
    this.#to.onEvent({ key, edge, ...(action !== undefined && { action }) });
  }

  #release(isOver: (atMs: number) => boolean): void {
    for (const [key, atMs] of this.#held) {
      if (!isOver(atMs)) continue;
      this.#held.delete(key);
      this.#tellKey(key, 'release');
    }
  }
}

/** The earliest of several times, some of them unknown. */
export function earliest(times: readonly (number | undefined)[]): number | undefined {
  return times.reduce((soonest, time) => (time === undefined || (soonest ?? time) < time ? soonest : time), undefined);
}

const noBytes: Catch = { bytes: new Uint8Array(0), groups: new Map() };

type Recognized = { readonly emit: CompiledEmit; readonly caught: Catch };

function first(rules: CompiledProfile['frameRules'], frame: Frame): Recognized | undefined {
  for (const { matcher, emit } of rules) {
    const caught = matcher.match(frame);
    if (caught !== undefined) return { emit, caught };
  }
  return undefined;
}
