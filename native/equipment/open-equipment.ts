import type { DeviceInfo } from '../../core/device-api.ts';
import type { Equipment } from '../../core/equipment.ts';
import type { CommandOutcome, EquipmentCommand, EquipmentEvent } from '../../core/equipment-event.ts';
import { idleLamps, type KeyEvent, type Lamps } from '../../core/key.ts';
import type { KeyLamp, PanelFaces } from '../../core/key-face.ts';
import type { Clock } from '../clock.ts';
import { type CrashNotes, noCrashNotes, youngMs } from '../crash-notes.ts';
import { pressGuard } from '../press-guard.ts';
import { crashesMax } from '../roster.ts';
import { equipmentInfo, portChoiceOf, withProblem } from './equipment-info.ts';
import type { EquipmentListener, EquipmentPart } from './equipment-part.ts';
import { type EquipmentPorts, equipmentPorts } from './equipment-ports.ts';
import { openPiece } from './open-piece.ts';

/** Everything that is set up on ports and sockets. */
export type OpenEquipment = {
  devices(): readonly DeviceInfo[];
  /** What is set up as before goes on undisturbed, but what is quarantined is tried again; the rest is closed and opened. */
  set(folder: string, list: readonly Equipment[]): void;
  show(lamps: Lamps): void;
  showFaces(panels: readonly PanelFaces[]): void;
  /** False: no such piece. */
  tryLamp(deviceId: string, lamp: string, state: KeyLamp): boolean;
  command(command: EquipmentCommand): CommandOutcome;
  close(): Promise<void>;
};

export type OpenEquipmentParts = {
  readonly clock: Clock;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** Of which pieces the processes before this one died. */
  readonly notes?: CrashNotes;
  /** Only others in tests. */
  readonly ports?: EquipmentPorts;
  readonly open?: typeof openPiece;
  onDevices(): void;
  onKey(event: KeyEvent): void;
  onEvent(event: EquipmentEvent): void;
};

/** A piece that failed is opened again after this long. */
export const reopenDelayMs = 1_000;
/** How often a quarantined piece's port is looked for: pulled out, it is tried again when it comes back. */
export const pulledCheckMs = 2_500;
/** A failure longer ago than this was another one. */
export const failureWindowMs = 3_600_000;
/** A piece that does not let go is not waited for longer; whoever comes after it finds the port in use and tries again. */
export const letGoWaitMs = 3_000;

type Entry = {
  readonly equipment: Equipment;
  readonly setUp: string;
  part: EquipmentPart | undefined;
  /** The one that is heard; undefined while the piece lets go. */
  listener: symbol | undefined;
  info: DeviceInfo;
  failures: readonly number[];
  cancel: () => void;
};

/** Keeps equipment open as the settings say. */
export function openEquipment(parts: OpenEquipmentParts): OpenEquipment {
  return new Pieces(parts);
}

class Pieces implements OpenEquipment {
  readonly #parts: OpenEquipmentParts;
  readonly #ports: EquipmentPorts;
  readonly #notes: CrashNotes;
  #entries: ReadonlyMap<string, Entry> = new Map();
  /** Pieces that are letting go of their ports. */
  readonly #leaving = new Set<Promise<void>>();
  #folder = '';
  #isSetBefore = false;
  #suspects = 0;
  #lamps: Lamps = idleLamps;
  #faces: readonly PanelFaces[] = [];
  #isClosed = false;

  constructor(parts: OpenEquipmentParts) {
    this.#parts = parts;
    this.#ports = parts.ports ?? equipmentPorts({ clock: parts.clock });
    this.#notes = parts.notes ?? noCrashNotes();
  }

  devices(): readonly DeviceInfo[] {
    return [...this.#entries.values()].map((entry) => entry.info);
  }

  set(folder: string, list: readonly Equipment[]): void {
    if (this.#isClosed) return;
    this.#folder = folder;
    const before = this.#entries;
    const fresh: Entry[] = [];
    const next = list.map((equipment): [string, Entry] => {
      const setUp = JSON.stringify([folder, equipment]);
      const known = before.get(equipment.id);
      if (known?.setUp === setUp && !isQuarantined(known)) return [equipment.id, known];
      const entry = entryOf(equipment, setUp);
      fresh.push(entry);
      return [equipment.id, entry];
    });
    this.#entries = new Map(next);
    // The first time it is no person who sets it up but the process that takes over.
    if (this.#isSetBefore) for (const entry of fresh) this.#forgive(entry);
    this.#isSetBefore = true;
    for (const [id, entry] of before) if (this.#entries.get(id) !== entry) this.#letGo(entry);
    for (const entry of fresh) void this.#openLater(entry);
    this.#tell();
  }

  show(lamps: Lamps): void {
    this.#lamps = lamps;
    for (const entry of this.#entries.values()) this.#guard(entry, 'showing lamps', () => entry.part?.show?.(lamps));
  }

  showFaces(panels: readonly PanelFaces[]): void {
    this.#faces = panels;
    for (const entry of this.#entries.values()) this.#showFaces(entry);
  }

  tryLamp(deviceId: string, lamp: string, state: KeyLamp): boolean {
    const entry = this.#entries.get(deviceId);
    if (entry !== undefined) this.#guard(entry, 'trying a lamp', () => entry.part?.tryLamp?.(lamp, state));
    return entry !== undefined;
  }

  command(command: EquipmentCommand): CommandOutcome {
    const entry = this.#entries.get(command.id);
    if (entry === undefined) return { kind: 'refused', why: `There is no equipment ${command.id}.` };
    const outcome = this.#guard(entry, command.kind, () => entry.part?.command?.(command));
    return outcome ?? { kind: 'refused', why: `${entry.info.name} cannot do this now.` };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const entry of this.#entries.values()) this.#letGo(entry);
    this.#entries = new Map();
    await Promise.all(this.#leaving);
  }

  /** Everything that is leaving may have the port it wants, under whatever name. */
  async #openLater(entry: Entry): Promise<void> {
    await Promise.all(this.#leaving);
    if (!this.#isHere(entry)) return;
    if (this.#failuresOf(entry) >= crashesMax) this.#leaveAlone(entry, `It failed ${crashesMax} times.`);
    else if (this.#notes.isSuspect(entry.equipment.id)) this.#openAlone(entry);
    else this.#open(entry);
  }

  /** Of those that were at work together when the process died one may be to blame: each is tried by itself. */
  #openAlone(entry: Entry): void {
    this.#suspects += 1;
    const tryNow = (): void => {
      if (this.#notes.isAnyInHand()) entry.cancel = this.#parts.clock.after(youngMs, tryNow);
      else this.#open(entry);
    };
    entry.cancel = this.#parts.clock.after(this.#suspects * youngMs, tryNow);
  }

  #open(entry: Entry): void {
    const { clock, open = openPiece } = this.#parts;
    const folder = this.#folder;
    this.#guard(entry, 'opening', () => {
      const opening = { equipment: entry.equipment, folder, clock, ports: this.#portsFor(entry) };
      const part = open({ ...opening, listener: this.#listenerFor(entry) });
      entry.part = part;
      entry.info = part.info;
      part.show?.(this.#lamps);
    });
    this.#showFaces(entry);
    this.#tell();
  }

  #listenerFor(entry: Entry): EquipmentListener {
    const { clock, log, onKey, onEvent } = this.#parts;
    const { id } = entry.equipment;
    const isHuman = pressGuard();
    const listener = Symbol(id);
    entry.listener = listener;
    const isHeard = (): boolean => entry.listener === listener && this.#isHere(entry);
    return {
      onInfo: (info) => {
        if (!isHeard()) return;
        const { state } = info;
        const isNews = JSON.stringify(state) !== JSON.stringify(entry.info.state);
        if (isNews) log('info', `${id}: ${state.kind === 'problem' ? `${state.problem} ${state.detail}` : state.kind}`);
        entry.info = info;
        this.#tell();
      },
      onKey: (press) => {
        if (isHeard() && isHuman(press, clock.nowMs())) onKey({ deviceId: id, press });
      },
      // A record that was read is told, also by a piece that is letting go.
      onEvent,
      onTrouble: (doing, detail) => log('warn', `${id}: ${doing}: ${detail}`),
      onFailed: (detail) => {
        if (isHeard()) this.#fail(entry, detail);
      },
    };
  }

  #fail(entry: Entry, detail: string): void {
    const { clock, log } = this.#parts;
    const nowMs = clock.nowMs();
    entry.failures = [...entry.failures.filter((at) => nowMs - at < failureWindowMs), nowMs];
    const isOut = this.#failuresOf(entry) >= crashesMax;
    log('error', `${entry.equipment.id}: failed${isOut ? ', and is left alone' : ''}: ${detail}`);
    this.#letGo(entry);
    if (isOut) {
      this.#leaveAlone(entry, detail);
      return;
    }
    entry.info = withProblem(entry.info, 'cannot-open', detail);
    this.#tell();
    entry.cancel = clock.after(reopenDelayMs, () => void this.#openLater(entry));
  }

  #leaveAlone(entry: Entry, detail: string): void {
    entry.info = withProblem(entry.info, 'quarantined', detail);
    this.#tell();
    this.#watchPulled(entry);
  }

  /** Failures in this process, and those of which the ones before it died. */
  #failuresOf(entry: Entry): number {
    return entry.failures.length + (this.#notes.crashes().get(entry.equipment.id) ?? 0);
  }

  #forgive(entry: Entry): void {
    const { id } = entry.equipment;
    entry.failures = [];
    const crashes = this.#notes.crashes();
    if (crashes.has(id)) this.#notes.setCrashes(new Map([...crashes].filter(([other]) => other !== id)));
  }

  /** The ports of a piece: whoever dies of opening one has it noted. */
  #portsFor({ equipment }: Entry): EquipmentPorts {
    const { portOf, open } = this.#ports;
    return {
      portOf,
      open: async (path, settings, listener) => {
        const hold = this.#notes.takeInHand(equipment.id);
        const outcome = await open(path, settings, listener);
        if (outcome.kind === 'refused') hold.letGo();
        else {
          hold.opened();
          this.#parts.clock.after(youngMs, hold.survived);
        }
        return outcome;
      },
    };
  }

  /** Whoever pulls a device out and plugs it in again wants it tried again. */
  #watchPulled(entry: Entry): void {
    const choice = portChoiceOf(entry.equipment);
    if (choice === undefined) return;
    const find = this.#ports.portOf(choice);
    const look = async (): Promise<void> => {
      const isGone = (await find()) === undefined;
      if (!this.#isHere(entry)) return;
      if (!isGone) {
        entry.cancel = this.#parts.clock.after(pulledCheckMs, () => void look());
        return;
      }
      this.#forgive(entry);
      await this.#openLater(entry);
    };
    entry.cancel = this.#parts.clock.after(pulledCheckMs, () => void look());
  }

  #letGo(entry: Entry): void {
    entry.cancel();
    const { part } = entry;
    entry.part = undefined;
    entry.listener = undefined;
    if (part === undefined) return;
    const { clock, log } = this.#parts;
    const id = entry.equipment.id;
    const left = new Promise<void>((resolve) => {
      const cancel = clock.after(letGoWaitMs, () => {
        log('error', `${id}: does not let go of its port within ${letGoWaitMs} ms`);
        resolve();
      });
      closeSafely(part)
        .catch((error: unknown) => log('error', `${id}: closing: ${wordsOf(error)}`))
        .finally(() => {
          cancel();
          resolve();
        });
    });
    this.#leaving.add(left);
    void left.then(() => this.#leaving.delete(left));
  }

  #showFaces(entry: Entry): void {
    const faces = this.#faces.find((panel) => panel.deviceId === entry.equipment.id)?.faces ?? [];
    this.#guard(entry, 'showing keys', () => entry.part?.showFaces?.(faces));
  }

  /** A mistake in one piece must not reach the others. */
  #guard<T>(entry: Entry, doing: string, does: () => T): T | undefined {
    try {
      return does();
    } catch (error) {
      this.#fail(entry, `${doing}: ${wordsOf(error)}`);
      return undefined;
    }
  }

  #isHere(entry: Entry): boolean {
    return !this.#isClosed && this.#entries.get(entry.equipment.id) === entry;
  }

  #tell(): void {
    if (!this.#isClosed) this.#parts.onDevices();
  }
}

function entryOf(equipment: Equipment, setUp: string): Entry {
  const info = equipmentInfo(equipment, equipment.id);
  return { equipment, setUp, part: undefined, listener: undefined, info, failures: [], cancel: () => undefined };
}

function isQuarantined({ info }: Entry): boolean {
  return info.state.kind === 'problem' && info.state.problem === 'quarantined';
}

async function closeSafely(part: EquipmentPart): Promise<void> {
  await part.close();
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
