import { type DeviceInfo, lampTrialMs } from '../../core/device-api.ts';
import { idleLamps, type Lamps } from '../../core/key.ts';
import type { KeyFace, KeyLamp } from '../../core/key-face.ts';
import type { CompiledProfile } from '../serial/compile-profile.ts';
import { isHang } from '../serial/open-in-time.ts';
import type { SerialEvent } from '../serial/profile.ts';
import { shippedProfileText } from '../serial/profile-file.ts';
import { readProfile } from '../serial/read-profile.ts';
import { type LinkState, type SerialLink, startSerialLink } from '../serial/serial-link.ts';
import type { SessionEnd } from '../serial/session-life.ts';
import { equipmentInfo, openingProblem, withOpen, withProblem } from './equipment-info.ts';
import type { EquipmentOpening, EquipmentPart } from './equipment-part.ts';
import { ownFilePath, textOf, watchFile } from './own-file.ts';
import { defaultKeysOf, keyIdLengthMax, panelKeysMax, panelLayoutOf } from './panel-keys.ts';
import { lampNamesOf, type PanelWish, panelLampStates } from './panel-lamps.ts';

/** Words a device says of itself are its firmware when they begin so: `firmware 2.9`. */
const firmwareWords = /^firmware (.{1,50})/;

/**
 * A key-and-lamp panel, keypad, relay or hook switch on a serial port, by its profile: one of FOLDER/serial-profiles/, else
 * a shipped one. A profile that cannot be used is told as `bad-profile`, and read again when its file changes.
 */
export function openSerialPanel(opening: EquipmentOpening<'panel'>): EquipmentPart {
  return new SerialPanel(opening);
}

class SerialPanel implements EquipmentPart {
  readonly #opening: EquipmentOpening<'panel'>;
  readonly #seen = new Set<string>();
  #info: DeviceInfo;
  #compiled: CompiledProfile | undefined;
  #link: SerialLink | undefined;
  #loading: Promise<void>;
  #wish: PanelWish = { lamps: idleLamps, faces: [], trial: undefined };
  #isClosed = false;
  #cancelTrial = (): void => undefined;
  #stopWatching = (): void => undefined;

  constructor(opening: EquipmentOpening<'panel'>) {
    this.#opening = opening;
    this.#info = equipmentInfo(opening.equipment, opening.equipment.profile);
    this.#loading = this.#load();
  }

  get info(): DeviceInfo {
    return this.#info;
  }

  show(lamps: Lamps): void {
    this.#put({ ...this.#wish, lamps });
  }

  showFaces(faces: readonly KeyFace[]): void {
    this.#put({ ...this.#wish, faces });
  }

  tryLamp(lamp: string, state: KeyLamp): void {
    this.#cancelTrial();
    this.#put({ ...this.#wish, trial: { lamp, state } });
    this.#cancelTrial = this.#opening.clock.after(lampTrialMs, () => this.#put({ ...this.#wish, trial: undefined }));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTrial();
    this.#stopWatching();
    await this.#loading;
    await this.#link?.close();
  }

  async #load(): Promise<void> {
    const { equipment, folder, listener } = this.#opening;
    const path = ownFilePath(folder, 'serial-profiles', equipment.profile);
    try {
      const own = await textOf(path);
      const text = own ?? shippedProfileText(equipment.profile);
      if (this.#isClosed) return;
      if (text === undefined) {
        this.#refuse(path, `there is no shipped profile and no file serial-profiles/${equipment.profile}.json`);
        return;
      }
      const outcome = readProfile(text);
      if (outcome.kind === 'ok') return this.#start(outcome.compiled);
      const [fault] = outcome.faults;
      const where = [`${path ?? equipment.profile}:${fault?.line ?? 1}`, ...(fault?.path ? [fault.path] : [])];
      this.#refuse(path, `${where.join(': ')}: ${fault?.message ?? 'cannot be read'}`);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      if (this.#isClosed) return listener.onTrouble('reading the profile', detail);
      this.#refuse(path, detail);
    }
  }

  #refuse(path: string | undefined, detail: string): void {
    this.#say(withProblem(this.#info, 'bad-profile', detail));
    if (path === undefined) return;
    this.#stopWatching = watchFile(path, this.#opening.clock, () => {
      this.#loading = this.#load();
    });
  }

  #start(compiled: CompiledProfile): void {
    const { equipment, clock, ports, listener } = this.#opening;
    const { profile } = compiled;
    const { defaultKeys, unknown } = defaultKeysOf(profile);
    if (unknown.length > 0) listener.onTrouble('reading the profile', `no such command: ${unknown.join(', ')}`);
    this.#compiled = compiled;
    this.#say(
      equipmentInfo(equipment, profile.title, {
        layout: panelLayoutOf(profile, []),
        keys: panelLayoutOf(profile, [])?.keys.map(({ keyId }) => keyId) ?? [],
        lamps: lampNamesOf(profile),
        defaultKeys,
        unproven: profile.unproven,
      }),
    );
    this.#link = startSerialLink({
      compiled,
      clock,
      find: ports.portOf(equipment.port),
      open: ports.open,
      listener: {
        onEvent: (event) => this.#onEvent(event),
        onState: (state, detail, why) => this.#onState(state, detail, why),
        onTraffic: () => undefined,
        onTrouble: listener.onTrouble,
      },
    });
    this.#put(this.#wish);
  }

  #onState(state: LinkState, detail: string, why: SessionEnd['why'] | undefined): void {
    if (this.#isClosed) return;
    if (state === 'ready') this.#say(withOpen(this.#info, detail));
    else if (state === 'searching') this.#say(withProblem(this.#info, 'not-plugged-in', detail));
    else if (state === 'cannot-open') {
      this.#say(withProblem(this.#info, openingProblem(detail), detail));
      if (isHang(detail)) this.#opening.listener.onFailed(detail);
    } else if (state === 'lost') {
      const isFailure = why === 'flooded' || why === 'failed';
      const problem = isFailure ? 'cannot-open' : why === 'no-answer' ? 'no-answer' : 'not-plugged-in';
      this.#say(withProblem(this.#info, problem, detail));
      if (isFailure) this.#opening.listener.onFailed(detail);
    }
  }

  #onEvent(event: SerialEvent): void {
    const { onKey } = this.#opening.listener;
    if ('hook' in event) onKey({ key: 'hook', to: event.hook === 'off' ? 'off-hook' : 'on-hook' });
    else if ('status' in event) this.#onStatus(event.status);
    else {
      const keyId = event.key.slice(0, keyIdLengthMax);
      this.#learn(keyId);
      onKey({ key: 'panel', keyId, isDown: event.edge === 'press' });
      if (this.#isPressOnly) onKey({ key: 'panel', keyId, isDown: false });
    }
  }

  /** Such a panel never says that a key came up, and nothing tells when it would have. */
  get #isPressOnly(): boolean {
    const keys = this.#compiled?.profile.keys;
    return keys?.mode === 'pressOnly' && keys.repeatMs === 0 && keys.releaseAfterMs === undefined;
  }

  /** A key the profile does not name can be bound once it was pressed. */
  #learn(keyId: string): void {
    const profile = this.#compiled?.profile;
    if (profile === undefined || this.#info.keys.includes(keyId) || this.#seen.size >= panelKeysMax) return;
    this.#seen.add(keyId);
    const layout = panelLayoutOf(profile, this.#seen);
    this.#say({ ...this.#info, layout, keys: layout?.keys.map((key) => key.keyId) ?? [] });
  }

  #onStatus(status: string): void {
    const firmware = firmwareWords.exec(status)?.[1];
    if (firmware !== undefined && firmware !== this.#info.firmware) this.#say({ ...this.#info, firmware });
  }

  #put(wish: PanelWish): void {
    this.#wish = wish;
    const profile = this.#compiled?.profile;
    if (profile === undefined) return;
    for (const [lamp, state] of panelLampStates(profile, wish)) this.#link?.wish(lamp, state);
  }

  #say(info: DeviceInfo): void {
    this.#info = info;
    if (!this.#isClosed) this.#opening.listener.onInfo(info);
  }
}
