import { assertNever } from '../../core/assert-never.ts';
import type { CompiledEmit, CompiledProfile } from './compile-profile.ts';
import { type Catch, keysDown } from './emission.ts';
import { createFramer, type Frame, type FramingCounts } from './framing.ts';
import { createLineWatch, type LineStates } from './modem-lines.ts';
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
  const { profile } = compiled;
  const framer = createFramer(profile.framing, profile.checksum, to.onBadFrame);
  const { keys } = profile;
  const repeatMs = Math.round(keys.repeatMs * repeatsToRelease);
  const releaseAfterMs = keys.mode === 'pressOnly' ? (keys.releaseAfterMs ?? repeatMs) : 0;
  const held = new Map<string, number>();
  const sets = new Map<CompiledEmit, ReadonlySet<string>>();
  let unknownFrames = 0;

  // Single bytes are looked up: a port that babbles must not cost a core.
  const ofByte = new Map<number, Recognized | undefined>();
  const recognize = (frame: Frame): Recognized | undefined => {
    const [byte] = frame.bytes;
    if (frame.bytes.length !== 1 || byte === undefined) return first(compiled.frameRules, frame);
    if (!ofByte.has(byte)) ofByte.set(byte, first(compiled.frameRules, frame));
    return ofByte.get(byte);
  };
  const tellKey = (key: string, edge: 'press' | 'release'): void => {
    const action = Object.hasOwn(keys.map, key) ? keys.map[key] : undefined;
    to.onEvent({ key, edge, ...(action !== undefined && { action }) });
  };
  const onKey = (key: string, edge: 'press' | 'release', nowMs: number): void => {
    if (releaseAfterMs === 0) tellKey(key, edge);
    else if (edge === 'release') {
      if (held.delete(key)) tellKey(key, edge);
    } else {
      if (!held.has(key)) tellKey(key, edge);
      if (held.has(key) || held.size < keysHeldMax) held.set(key, nowMs + releaseAfterMs);
    }
  };
  const perform = (emit: CompiledEmit, caught: Catch, nowMs: number): void => {
    switch (emit.kind) {
      case 'ignore':
        return;
      case 'key': {
        const [key, edge] = [emit.key(caught), emit.edge(caught)];
        if (key !== undefined && key !== '' && (edge === 'press' || edge === 'release')) {
          onKey(key.slice(0, wordLengthMax), edge, nowMs);
        }
        return;
      }
      case 'keys': {
        const down = keysDown(emit.set, caught.bytes);
        if (down === undefined) return;
        const before = sets.get(emit) ?? new Set();
        sets.set(emit, down);
        for (const key of before) if (!down.has(key)) tellKey(`${emit.prefix}${key}`, 'release');
        for (const key of down) if (!before.has(key)) tellKey(`${emit.prefix}${key}`, 'press');
        return;
      }
      case 'hook': {
        const hook = emit.hook(caught);
        if (hook === 'off' || hook === 'on') to.onEvent({ hook });
        return;
      }
      case 'status': {
        const status = emit.status(caught);
        if (status !== undefined) to.onEvent({ status: status.slice(0, wordLengthMax) });
        return;
      }
      default:
        assertNever(emit);
    }
  };
  const onFrames = (frames: readonly Frame[], nowMs: number): void => {
    for (const frame of frames) {
      // An empty line carries nothing: CR LF is two ends.
      if (frame.bytes.length === 0) continue;
      const found = recognize(frame);
      if (found === undefined) unknownFrames += 1;
      else perform(found.emit, found.caught, nowMs);
      to.onFrame(frame, found !== undefined);
    }
  };
  const watch = createLineWatch(keys.debounceMs, (line, isUp, nowMs) => {
    for (const rule of compiled.lineRules) {
      if (rule.line === line && rule.isRise === isUp) perform(rule.emit, noBytes, nowMs);
    }
  });
  const release = (isOver: (atMs: number) => boolean): void => {
    for (const [key, atMs] of held) {
      if (!isOver(atMs)) continue;
      held.delete(key);
      tellKey(key, 'release');
    }
  };
  const tick = (nowMs: number): void => {
    release((atMs) => atMs <= nowMs);
    onFrames(framer.idle(nowMs), nowMs);
    watch.tick(nowMs);
  };
  return {
    push: (bytes, nowMs) => {
      // What fell due before these bytes came is told before them.
      tick(nowMs);
      onFrames(framer.push(profile.serial.mask7 ? bytes.map((byte) => byte & 0x7f) : bytes, nowMs), nowMs);
    },
    lines: (states, nowMs) => watch.read(states, nowMs),
    dueMs: () => earliest([framer.dueMs(), watch.dueMs(), ...held.values()]),
    tick,
    end: () => onFrames(framer.end(), 0),
    reset: () => {
      framer.reset();
      watch.reset();
      release(() => true);
      for (const [emit, down] of sets) {
        if (emit.kind === 'keys') for (const key of down) tellKey(`${emit.prefix}${key}`, 'release');
      }
      sets.clear();
    },
    isBetweenFrames: () => framer.isEmpty(),
    get counts() {
      return { ...framer.counts, unknownFrames };
    },
  };
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
