import type { DeskRequest, PhoneCommand, PhoneReport, PhoneSetup, SeatView } from '../core/console-api.ts';
import type { DeviceInfo } from '../core/device-api.ts';
import type { KeyEvent, KeyPress } from '../core/key.ts';
import type { KeyBindings } from '../core/key-command.ts';
import { type SeatInput, stepSeat } from '../core/seat.ts';
import { lockLets } from '../core/seat-lock.ts';
import { signFor } from '../core/seat-sign.ts';
import { isOnModem, newSeat, type Seat } from '../core/seat-state.ts';
import type { Settings } from '../core/settings.ts';
import { Feed, Signal } from './carriers/feed.ts';
import { deviceNotices } from './device-notices.ts';
import { heedReport } from './heed-report.ts';
import { type PhoneState, phoneStateAtStart } from './phone-state.ts';
import { hasRoomToRecord } from './recordings/recording-room.ts';
import { SeatDrafts } from './seat-drafts.ts';
import { type EffectPerformers, performInOrder } from './seat-effects.ts';
import { type SeatEquipment, seatEquipment } from './seat-equipment.ts';
import { noSeatHub, type SeatHub } from './seat-hub.ts';
import { type Shown, seatLamps } from './seat-lamps.ts';
import { type SeatLog, startSeatLog } from './seat-log.ts';
import { SeatNotices } from './seat-notices.ts';
import type { SeatOptions } from './seat-options.ts';
import { type SeatPanels, seatPanels } from './seat-panels.ts';
import type { SeatDevices, SeatStore } from './seat-ports.ts';
import { type SeatRecordings, startRecordings } from './seat-recordings.ts';
import { type SeatUploads, seatUploads } from './seat-uploads.ts';
import { isSame, lineKind, phoneSetupOf, setUpOf, turned, viewOfSeat } from './seat-view.ts';
import { noSeatSignIn, type SeatSignIn } from './sign-in/seat-sign-in.ts';

/** Starts a seat. The composition root has opened the store and recovered what a crash left behind. */
export function startSeat(options: SeatOptions): SeatProcess {
  return new SeatProcess(options);
}

/**
 * The running seat: one queue of inputs stepped through core/seat.ts, its effects performed in order. Served through
 * console-api by seat-router.ts; no Electron, no HTTP in sight. A log effect is on disk before anything after it is
 * done and before the new view is shown.
 */
export class SeatProcess {
  readonly view: Feed<SeatView>;
  readonly setup: Feed<PhoneSetup>;
  readonly commands = new Signal<PhoneCommand>();
  readonly notices: SeatNotices;
  /** Every key moment of every device, and of keys pressed on the screen. */
  readonly keyMoments = new Signal<KeyEvent>();
  readonly recordings: SeatRecordings;
  readonly hub: SeatHub;
  readonly signIn: SeatSignIn;
  /** Recordings on their way to the hub. Whoever holds the hub joins and leaves. */
  readonly uploads: SeatUploads;
  readonly equipment: SeatEquipment;
  readonly store: SeatStore;
  readonly devices: SeatDevices;
  /** The folder of the profile. */
  readonly directory: string;
  /** What the keys of panels and pedals do and show. */
  readonly panels: SeatPanels;
  readonly #options: SeatOptions;
  readonly #seatLog: SeatLog;
  readonly #inputs: SeatInput[] = [];
  readonly #unwatch: readonly (() => void)[];
  readonly #drafts = new SeatDrafts();
  readonly #tellDevices: (shown: Shown) => void;
  readonly #performers: EffectPerformers = {
    write: (facts) => this.#seatLog.write(...facts),
    command: (command) => this.#command(command),
    notice: (notice) => this.notices.tell(notice),
    volume: (change) => this.#turn(change),
  };
  #isStepping = false;
  #settings: Settings;
  #seat: Seat;
  readonly #phone: PhoneState;
  #plugged: readonly DeviceInfo[] = [];

  constructor(options: SeatOptions) {
    const { store, clock, devices } = options;
    this.#options = options;
    this.store = store;
    this.devices = devices;
    this.hub = options.hub ?? noSeatHub;
    this.signIn = options.signIn ?? noSeatSignIn;
    this.hub.watch(() => {
      this.signIn.hubIs(this.hub.view());
      this.#show();
    });
    this.directory = options.directory;
    this.#settings = options.settings;
    this.notices = new SeatNotices(options.firstNotices);
    this.#tellDevices = seatLamps(devices);
    this.#phone = phoneStateAtStart(clock.now());
    [this.#seat] = stepSeat(newSeat(clock.now(), lineKind(options.settings)), setUpOf(options.settings));
    this.#seatLog = startSeatLog({
      store,
      clock,
      elsewhere: () => options.standIn?.waiting() ?? 0,
      onStopped: (code) => this.notices.tell({ code, detail: '' }),
    });
    this.uploads = seatUploads({
      ...options,
      isLive: (recordingId) => this.recordings.isLive(recordingId),
      policy: () => this.#settings.localCopies,
      write: (fact) => this.#seatLog.write({ fact, at: clock.now() }),
      tell: (notice) => this.notices.tell(notice),
      changed: () => this.#show(),
    });
    this.recordings = startRecordings({
      ...options,
      onKept: (recordingId) => this.uploads.offer(recordingId),
      hasRoom: () => hasRoomToRecord(options.vault.directory),
      write: (fact, at) => this.#seatLog.write({ fact, at }),
      onChange: () => this.#show(),
      onStopped: (callId, why) => this.notices.tell({ code: `recording-stopped-${why}`, detail: callId }),
    });
    this.equipment = this.#startEquipment();
    this.panels = this.#startPanels();
    this.#seatLog.write({ fact: { kind: 'seat-started', body: { version: options.version } }, at: clock.now() });
    this.view = new Feed<SeatView>(this.#present());
    this.setup = new Feed<PhoneSetup>(this.#presentSetup());
    this.#showDevices(this.view.value);
    this.#attachSignIn();
    devices.setEquipment(options.directory, options.settings.equipment);
    this.#unwatch = [
      devices.watchDevices((list) => this.#plug(list)),
      devices.watchKeys((event) => this.pressKey(event)),
      devices.watchEquipment((event) => {
        this.equipment.hear(event);
        this.#openFallback();
      }),
    ];
  }

  /** A person asks for something on the screen. */
  ask(request: DeskRequest, by: 'key' | 'screen' = 'screen'): void {
    if (lockLets(this.#seat, request)) this.#drafts.heard(request);
    this.#dispatch({ kind: 'ask', request, at: this.#options.clock.now(), newCallId: this.#options.newId(), by });
  }

  /** A key of a device, or of a panel on the screen, went down or up. */
  pressKey(event: KeyEvent): void {
    this.keyMoments.send(event);
    const { deviceId, press } = event;
    if (press.key === 'panel') this.panels.pressed(deviceId, press.keyId, press.isDown);
    else this.#press(press);
  }

  /** Replaces what the keys of panels do. Resolves when on disk. */
  async saveBindings(next: KeyBindings): Promise<void> {
    await this.#options.keeper.saveBindings(next);
    this.panels.rebind(next);
    this.#show();
  }

  /** Takes a fact from the phone page. */
  report(report: PhoneReport): void {
    this.#phone.heard(report, this.#options.clock.now());
    this.uploads.heard(report);
    this.hub.heard(report);
    const { recordings, notices, devices } = this;
    const { log } = this.#options;
    heedReport(report, { recordings, notices, devices, log, onSignalling: () => this.#openFallback() });
    this.#dispatch({ kind: 'report', report });
  }

  /** Takes new settings; `password` null leaves the stored one, an empty one forgets it. Resolves when on disk. */
  async saveSettings(next: Settings, password: string | null): Promise<void> {
    await this.#options.keeper.save(next);
    if (password !== null) this.store.setSecret('sip-password', password === '' ? null : password);
    this.#adopt(next);
  }

  /** Writes what waits for the disk, if it takes it by now. To be called every few seconds. */
  tryDiskAgain(): void {
    if (this.#seatLog.tryAgain()) this.#show();
  }

  /** Closes recordings, writes the end of the seat's day down and lets go of the devices. */
  async close(): Promise<void> {
    for (const unwatch of this.#unwatch) unwatch();
    await this.recordings.close();
    await this.uploads.close();
    this.equipment.close();
    await this.signIn.close(this.#seat.calls.length > 0);
    this.#seatLog.write({ fact: { kind: 'seat-stopped', body: {} }, at: this.#options.clock.now() });
    await this.devices.close();
  }

  #attachSignIn(): void {
    const now = (): number => this.#options.clock.now();
    this.signIn.attach({
      write: (fact) => this.#seatLog.write({ fact, at: now() }),
      lock: (isLocked, cause) => this.#dispatch({ kind: 'lock', isLocked, at: now(), cause }),
      changed: () => this.#show(),
    });
  }

  #startEquipment(): SeatEquipment {
    const { store, clock, devices, newId, settings } = this.#options;
    const equipment = seatEquipment(
      {
        write: (...facts) => this.#seatLog.write(...facts),
        input: (input) => this.#dispatch(input),
        tell: (notice) => this.notices.tell(notice),
        changed: () => this.#show(),
        command: (command) => devices.command(command),
        now: () => clock.now(),
        newId,
      },
      store,
    );
    equipment.setUp(settings.equipment);
    return equipment;
  }

  #startPanels(): SeatPanels {
    return seatPanels({
      bindings: this.#options.bindings,
      around: () => ({
        seat: this.#seat,
        workCodes: this.#settings.workCodes,
        language: this.#language(),
        noteOf: (callId) => this.#drafts.all()[callId]?.note ?? '',
        messageWaiting: this.equipment.messageDesk.lit(),
        messageDesk: this.equipment.messageDesk.deskId(),
      }),
      ask: (request) => this.ask(request, 'key'),
      press: (press) => this.#press(press),
      light: ({ id, number, isOn }) => this.equipment.messageDesk.lightByKey(id, number, isOn),
      changed: () => this.#show(),
    });
  }

  #plug(list: readonly DeviceInfo[]): void {
    for (const notice of deviceNotices(this.#plugged, list)) this.notices.tell(notice);
    this.#plugged = list;
    this.panels.devices(list);
    this.equipment.devices(list);
    this.#openFallback();
    this.#show();
  }

  #press(press: KeyPress): void {
    const { clock, newId } = this.#options;
    this.#dispatch({ kind: 'key', press, at: clock.now(), newCallId: newId() });
  }

  /** What is dialled goes out by a modem while the switch is away and one is ready. */
  #openFallback(): void {
    const isOpen =
      lineKind(this.#settings) === 'switch' && this.#phone.isSwitchAway() && this.equipment.isFallbackReady();
    if (isOpen !== this.#seat.isFallbackOpen) this.#dispatch({ kind: 'fallback', isOpen });
  }

  /** Outside events are queued and stepped through one by one: an effect may queue the next input, never re-enter. */
  #dispatch(input: SeatInput): void {
    this.#inputs.push(input);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
        const [after, effects] = stepSeat(this.#seat, next);
        const hasNewCalls = after.calls !== this.#seat.calls;
        this.#seat = after;
        performInOrder(effects, this.#performers);
        if (hasNewCalls) this.equipment.calls(after.calls.map((c) => c.call));
      }
    } finally {
      this.#isStepping = false;
    }
    this.signIn.agentIs(this.#seat.agent.activity);
    this.#show();
  }

  #command(command: PhoneCommand): void {
    const callId = 'callId' in command ? command.callId : null;
    const found = this.#seat.calls.find((c) => c.call.callId === callId);
    if (found && isOnModem(found)) {
      this.equipment.performOnModem(command);
      return;
    }
    if (this.commands.send(command) > 0) return;
    // Nobody is there to do it: say so at once instead of letting the wish hang.
    const at = this.#options.clock.now();
    this.#inputs.push({ kind: 'report', report: { kind: 'refused', at, command, why: 'no phone page' } });
  }

  #turn(change: 'up' | 'down'): void {
    const talkVolume = turned(this.#settings.sound.talkVolume, change);
    this.notices.tell({ code: 'volume', detail: String(Math.round(talkVolume * 100)) });
    if (talkVolume === this.#settings.sound.talkVolume) return;
    this.#adopt({ ...this.#settings, sound: { ...this.#settings.sound, talkVolume } });
    this.#options.keeper.save(this.#settings).catch((error: unknown) => {
      this.#options.log('error', `saving the volume: ${String(error)}`);
    });
  }

  #adopt(next: Settings): void {
    const isOther = !isSame(next.equipment, this.#settings.equipment);
    this.#settings = next;
    if (isOther) {
      this.equipment.setUp(next.equipment);
      this.devices.setEquipment(this.#options.directory, next.equipment);
    }
    this.#openFallback();
    this.#dispatch(setUpOf(next));
  }

  #show(): void {
    const next = this.#present();
    this.#showDevices(next);
    this.view.set(next);
    const setup = this.#presentSetup();
    if (!isSame(setup, this.setup.value)) this.setup.set(setup);
  }

  #showDevices({ lamps, panels, lights }: SeatView): void {
    this.#tellDevices({ lamps, panels, sign: signFor(this.#seat, lights.signalling.state === 'down') });
  }

  #present(): SeatView {
    return {
      seat: this.#options.seat,
      version: this.#options.version,
      ...viewOfSeat(this.#seat, this.#settings, this.store),
      recording: this.recordings.states(),
      devices: [...this.#plugged],
      lights: { ...this.#phone.lights(), data: this.hub.light(this.#seatLog.light()) },
      ...this.#phone.view(),
      today: this.#seatLog.today(),
      drafts: this.#drafts.all(),
      ...this.equipment.view(),
      panels: this.panels.views(),
      hub: this.hub.view(),
      uploads: this.uploads.view(),
      signIn: this.signIn.view(),
    };
  }

  #language(): 'zh-CN' | 'en' {
    const { language } = this.#settings;
    return language === 'auto' ? this.#options.language : language;
  }

  #presentSetup(): PhoneSetup {
    return phoneSetupOf(this.#seat, this.#settings, this.store, this.#language());
  }
}
