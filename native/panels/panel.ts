import { type DeviceInfo, lampTrialMs } from '../../core/device-api.ts';
import type { KeyFace, KeyLamp } from '../../core/key-face.ts';
import type { Clock } from '../clock.ts';
import type { DeviceListener, DeviceOpening, SeatDevice } from '../device.ts';
import type { HidOpening, HidPort, HidPortListener } from '../hid/hid-bus.ts';
import { timedWrite } from '../hid/timed-write.ts';
import { type KeyLook, lookLastsMs, lookOf } from './key-look.ts';
import { type KeyMoments, keyMoments } from './key-moments.ts';
import type { PanelHardware, PanelMake } from './panel-make.ts';
import { panelWire } from './panel-wire.ts';

/** A panel that has not answered by then is given up; other devices wait to be opened. */
export const startWaitMs = 3_000;
/** Between two keys that are drawn, so that a seat which changes without end leaves the processor and the bus free. */
export const keyGapMs = 8;
/** Before what failed is tried again. */
export const retryAfterMs = 200;
/** One failed key is a hiccup of the bus; three in a row are a dead panel. */
export const failedKeysMax = 3;
/** Closing waits this long for the panel to be cleared, and as long again for the port to close. */
export const closeWaitMs = 400;

/** What a panel is made of. `open` opens its port; `wallMs` is the clock of the seat's timers. */
export type PanelParts = {
  readonly info: DeviceInfo;
  readonly make: PanelMake;
  readonly clock: Clock;
  readonly wallMs: () => number;
  readonly listener: DeviceListener;
  open(listener: HidPortListener): Promise<HidOpening>;
};

/** Opens a panel or a pedal, keeps its keys showing their faces and tells what is pressed. `info` gains its firmware. */
export async function openPanel(parts: PanelParts): Promise<DeviceOpening> {
  const panel = new Panel(parts);
  const opening = await parts.open(panel);
  return opening.kind === 'refused' ? opening : panel.start(opening.port);
}

/** What stands on a key is not known; no signature is like it. */
const unknownPicture = '?';

/** A key that is to be written, and what to. */
type DueKey = {
  readonly at: number;
  readonly keyId: string;
  readonly look: KeyLook | null;
  readonly signature: string;
};

/** `opening` until it has its port; `closing` while it is cleared; in `over` nothing is called any more. */
type Phase = 'opening' | 'open' | 'closing' | 'over';

/**
 * One key is under way at a time; what comes meanwhile only changes the wish. So the queue of writes is one key long,
 * however often the seat changes, and the keys take turns.
 */
class Panel implements SeatDevice, HidPortListener {
  info: DeviceInfo;
  readonly #parts: PanelParts;
  readonly #moments: KeyMoments;
  /** The keys that can show something, in the order they are looked at. */
  readonly #shownKeys: readonly string[];
  #port: HidPort | undefined;
  #hardware: PanelHardware | undefined;
  #phase: Phase = 'opening';
  #endDetail = '';
  #faces: ReadonlyMap<string, KeyFace> = new Map();
  #trial: KeyFace | undefined;
  readonly #shown = new Map<string, string>();
  #turn = 0;
  #isWriting = false;
  #isStuck = false;
  #failedKeys = 0;
  #notBeforeMs = 0;
  #cancelNext = (): void => undefined;
  #cancelTrial = (): void => undefined;
  #tellIdle = (): void => undefined;
  #tellEnded = (): void => undefined;

  constructor(parts: PanelParts) {
    const { clock, listener, make } = parts;
    this.info = parts.info;
    this.#parts = parts;
    this.#shownKeys = make.layout.keys.filter(({ shows }) => shows !== 'none').map(({ keyId }) => keyId);
    this.#moments = keyMoments(
      clock,
      (keyId, isDown) => listener.onKey({ key: 'panel', keyId, isDown }),
      (detail) => listener.onTrouble('reading keys', detail),
    );
  }

  async start(port: HidPort): Promise<DeviceOpening> {
    const { make, clock, listener } = this.#parts;
    this.#port = port;
    const onKey = (keyId: string, isDown: boolean): void => {
      if (this.#phase === 'open') this.#moments.note(keyId, isDown);
    };
    const onClick = (keyId: string): void => {
      if (this.#phase === 'open') this.#moments.click(keyId);
    };
    const onTrouble = (doing: string, detail: string): void => {
      if (this.#phase !== 'over') listener.onTrouble(doing, detail);
    };
    const ended = new Promise<void>((resolve) => {
      this.#tellEnded = resolve;
    });
    const onStuck = (): void => {
      this.#isStuck = true;
    };
    const wire = panelWire(port, clock, () => this.#isOver(), onStuck);
    try {
      this.#hardware = await make.connect(wire, { onKey, onClick, onTrouble });
      const starting = this.#hardware.start().then(({ firmware, isDark }) => {
        this.info = { ...this.info, firmware: firmware?.slice(0, 60) ?? null };
        if (!isDark) for (const keyId of this.#shownKeys) this.#shown.set(keyId, unknownPicture);
      });
      const outcome = await timedWrite(Promise.race([starting, ended]), clock, startWaitMs);
      if (outcome.kind === 'stuck') throw new Error(`It did not answer within ${startWaitMs} ms.`);
      if (outcome.kind === 'failed') throw new Error(outcome.detail);
    } catch (error) {
      this.#endDetail ||= wordsOf(error);
      this.#phase = 'over';
    }
    if (this.#isOver()) {
      await this.#letGo('closing a panel that did not start');
      return { kind: 'refused', problem: 'cannot-open', detail: this.#endDetail };
    }
    this.#phase = 'open';
    void this.#write();
    return { kind: 'open', device: this };
  }

  /** A panel shows faces, which have all that the lamps say. */
  show(): void {
    return;
  }

  showFaces(faces: readonly KeyFace[]): void {
    this.#faces = new Map(faces.map((face) => [face.keyId, face]));
    void this.#write();
  }

  tryLamp(keyId: string, lamp: KeyLamp): void {
    if (this.#phase !== 'open' || !this.#shownKeys.includes(keyId)) return;
    const bare = { keyId, caption: keyId, icon: 'none', tone: 'good', sinceAt: null } as const;
    this.#trial = { ...(this.#faces.get(keyId) ?? bare), lamp, isEnabled: true };
    this.#cancelTrial();
    this.#cancelTrial = this.#parts.clock.after(lampTrialMs, () => {
      this.#trial = undefined;
      void this.#write();
    });
    void this.#write();
  }

  onReport(report: Uint8Array): void {
    if (this.#phase !== 'over') this.#hardware?.read(report);
  }

  onClosed(reason: 'unplugged' | 'failed', detail: string): void {
    if (this.#phase === 'over') return;
    const { listener } = this.#parts;
    const wasOpen = this.#phase === 'open';
    // Whoever held a key to talk talks no longer.
    if (wasOpen) this.#moments.release();
    this.#phase = 'over';
    this.#endDetail = detail;
    this.#stop();
    this.#tellEnded();
    if (!wasOpen) return;
    // hidapi keeps the handle of a pulled device until it is closed.
    void this.#letGo(`closing after ${reason}`);
    listener.onGone(reason, detail);
  }

  async close(): Promise<void> {
    const hardware = this.#hardware;
    if (this.#phase !== 'open' || hardware === undefined) return;
    this.#phase = 'closing';
    this.#moments.stop();
    this.#cancelNext();
    const { clock, listener } = this.#parts;
    const clearing = this.#idle().then(() => hardware.clear());
    const outcome = await timedWrite(clearing, clock, closeWaitMs);
    if (!this.#isOver() && outcome.kind !== 'written') listener.onTrouble('clearing', outcome.detail);
    this.#phase = 'over';
    this.#stop();
    await this.#letGo('closing');
  }

  #stop(): void {
    this.#cancelNext();
    this.#cancelTrial();
    this.#moments.stop();
    this.#tellIdle();
  }

  /** Resolves when no key is under way. */
  #idle(): Promise<void> {
    if (!this.#isWriting) return Promise.resolve();
    return new Promise((resolve) => {
      this.#tellIdle = resolve;
    });
  }

  /** Asked after an await, when more than the compiler knows of may have happened. */
  #isOver(): boolean {
    return this.#phase === 'over';
  }

  #isOpen(): boolean {
    return this.#phase === 'open';
  }

  #lookOf(keyId: string): KeyLook | null {
    const face = this.#faceOf(keyId);
    return face === undefined ? null : lookOf(face, this.#parts.clock.nowMs(), this.#parts.wallMs());
  }

  #faceOf(keyId: string): KeyFace | undefined {
    return this.#trial?.keyId === keyId ? this.#trial : this.#faces.get(keyId);
  }

  /** Writes the next key that is due, if any, and comes back when the next thing is. */
  async #write(): Promise<void> {
    const hardware = this.#hardware;
    const { clock } = this.#parts;
    if (hardware === undefined || this.#phase !== 'open' || this.#isWriting) return;
    const due = clock.nowMs() >= this.#notBeforeMs ? this.#nextDue(hardware) : undefined;
    if (due !== undefined) {
      this.#turn = due.at + 1;
      this.#isWriting = true;
      const failure = await hardware.show(due.keyId, due.look).then(() => null, wordsOf);
      this.#isWriting = false;
      this.#tellIdle();
      if (this.#phase !== 'open') return;
      this.#ended(due.keyId, due.signature, failure);
    }
    if (this.#isOpen()) this.#comeBack(hardware);
  }

  /** The next key that shows something else than it shall. They take turns: one that changes without end holds up none. */
  #nextDue(hardware: PanelHardware): DueKey | undefined {
    const count = this.#shownKeys.length;
    for (let step = 0; step < count; step += 1) {
      const at = (this.#turn + step) % count;
      const keyId = this.#shownKeys[at] ?? '';
      const look = this.#lookOf(keyId);
      const signature = hardware.signatureOf(keyId, look);
      const shown = this.#shown.get(keyId) ?? hardware.signatureOf(keyId, null);
      if (signature !== shown) return { at, keyId, look, signature };
    }
    return undefined;
  }

  #ended(keyId: string, signature: string, failure: string | null): void {
    const { clock, listener } = this.#parts;
    if (failure === null) {
      this.#failedKeys = 0;
      this.#shown.set(keyId, signature);
      this.#notBeforeMs = clock.nowMs() + keyGapMs;
      return;
    }
    this.#failedKeys += 1;
    this.#shown.set(keyId, unknownPicture);
    this.#notBeforeMs = clock.nowMs() + retryAfterMs;
    listener.onTrouble('showing a key', failure);
    if (this.#isStuck || this.#failedKeys >= failedKeysMax) this.onClosed('failed', failure);
  }

  #comeBack(hardware: PanelHardware): void {
    const { clock, wallMs } = this.#parts;
    this.#cancelNext();
    const nowMs = clock.nowMs();
    const lastsMs = (keyId: string): number => {
      const face = this.#faceOf(keyId);
      return face === undefined ? Number.POSITIVE_INFINITY : lookLastsMs(face, nowMs, wallMs());
    };
    const isDue = this.#nextDue(hardware) !== undefined;
    const waitMs = isDue ? this.#notBeforeMs - nowMs : Math.min(...this.#shownKeys.map(lastsMs));
    if (!Number.isFinite(waitMs)) return;
    this.#cancelNext = clock.after(Math.max(0, Math.ceil(waitMs)), () => void this.#write());
  }

  /** Closes the port. One that hangs in a stuck transfer must not hold up the end of the process. */
  async #letGo(doing: string): Promise<void> {
    const port = this.#port;
    if (port === undefined) return;
    const outcome = await timedWrite(port.close(), this.#parts.clock, closeWaitMs);
    if (outcome.kind !== 'written') this.#parts.listener.onTrouble(doing, outcome.detail);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
