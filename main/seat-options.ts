import type { KeyBindings } from '../core/key-command.ts';
import type { Notice } from '../core/notice.ts';
import type { Settings } from '../core/settings.ts';
import type { SeatHub } from './seat-hub.ts';
import type { Clock, Log, RecordingVault, SeatDevices, SeatStore, SettingsKeeper } from './seat-ports.ts';
import type { SeatSignIn } from './sign-in/seat-sign-in.ts';

/** What a seat is started with. */
export type SeatOptions = {
  readonly seat: string;
  readonly version: string;
  /** The folder of the profile, with its `serial-profiles/`. */
  readonly directory: string;
  readonly settings: Settings;
  /** What the keys of panels do (keys.json). */
  readonly bindings: KeyBindings;
  /** Told to the agent at once: a settings file that could not be used, say. */
  readonly firstNotices: readonly Notice[];
  readonly language: 'zh-CN' | 'en';
  readonly store: SeatStore;
  /** Set while the profile's own disk takes nothing: how many entries it does not have. */
  readonly standIn?: { waiting(): number } | null;
  /** Not started yet; without one the seat works by itself. */
  readonly hub?: SeatHub;
  /** Who sits here; without it nobody has to sign in. */
  readonly signIn?: SeatSignIn;
  readonly vault: RecordingVault;
  readonly devices: SeatDevices;
  readonly keeper: SettingsKeeper;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
};
