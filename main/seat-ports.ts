import type { CallRow } from '../core/call-list.ts';
import type { SwitchRecordRow, TextRow } from '../core/equipment-api.ts';
import type { JournalEntry, JournalFact } from '../core/journal.ts';
import type { KeyBindings } from '../core/key-command.ts';
import type { RecordingInfo } from '../core/recording-info.ts';
import type { Settings } from '../core/settings.ts';
import type { DeviceProcess } from '../native/device-client.ts';

/** What a seat process needs from outside. A composition root chooses; seat-process.ts knows only these. */

/** Written and synced, or not written at all because the disk is full or fails. */
export type Appended =
  | { readonly kind: 'kept'; readonly entry: JournalEntry }
  | { readonly kind: 'disk-full' | 'disk-failed' };

/** One page of a list, newest first; `before` is the seq of the last row seen. */
export type ListQuery = { readonly search: string; readonly before: number | null; readonly limit: number };

/**
 * `hub-enrolment`: the address of the hub and the seat's key (sync/kept-enrolment.ts). `hub-recordings`: the hub's key for
 * recordings, and what it erased (recordings/hub-memory.ts).
 */
export type SecretName = 'sip-password' | 'hub-enrolment' | 'sign-in' | 'hub-recordings';

/** The journal and its projection. Every answer is about what is on disk. */
export type SeatStore = {
  append(fact: JournalFact, at: number): Appended;
  /** Facts that belong together: one sync, all of them or none. */
  appendAll(
    facts: readonly { readonly fact: JournalFact; readonly at: number }[],
  ):
    | { readonly kind: 'kept'; readonly entries: readonly JournalEntry[] }
    | { readonly kind: 'disk-full' | 'disk-failed' };
  /** Entries at or after a wall-clock time, in the order of seq; without the switch's own log. */
  entriesSince(at: number): readonly JournalEntry[];
  callRow(callId: string): CallRow | null;
  calls(query: { search: string; before: string | null; limit: number }): { rows: CallRow[]; total: number };
  /** Null: no such text is written down. */
  text(textId: string): TextRow | null;
  texts(query: ListQuery): { rows: (TextRow & { seq: number })[]; total: number };
  switchRecords(query: ListQuery): { rows: SwitchRecordRow[]; total: number; unread: number };
  /** Stations whose message lamp is lit. */
  litStations(): readonly string[];
  /** Small secrets, encrypted with everything else. Null when there is none. */
  secret(name: SecretName): string | null;
  /** Keeps a secret, or forgets it (null); throws a sentence when the disk does not take it. */
  setSecret(name: SecretName, value: string | null): void;
};

export type Kept = { readonly kind: 'kept' } | { readonly kind: 'disk-full' };

/** The recordings of a profile: crash-safe, encrypted. `kept` means synced to disk. */
export type RecordingVault = {
  begin(recordingId: string, callId: string, at: number): Promise<Kept>;
  append(
    recordingId: string,
    chunk: { segment: number; atMs: number; durationMs: number; sound: Uint8Array },
  ): Promise<Kept>;
  gap(recordingId: string, gap: { atMs: number; durationMs: number; reason: string }): Promise<Kept>;
  /** Closes it; answers the seconds it holds. Closing one that is closed or unknown answers what is there. */
  end(recordingId: string): Promise<{ seconds: number }>;
  open(recordingId: string): Promise<RecordingInfo>;
  read(recordingId: string, offset: number, length: number): Promise<Uint8Array>;
  /** The folder of its files. */
  readonly directory: string;
  /** How many bytes of a recording under way are synced and never change; null when it is not under way. */
  syncedBytes(recordingId: string): number | null;
  /** What a recording's file says of it; null when it says nothing. `startedAt` is wall-clock milliseconds. */
  about(recordingId: string): Promise<{ readonly callId: string; readonly startedAt: number } | null>;
};

/** The device process as the seat sees it, restarted behind this port when it dies. */
export type SeatDevices = Omit<DeviceProcess, 'onExit'>;

/** Where settings and key bindings live. */
export type SettingsKeeper = {
  save(next: Settings): Promise<void>;
  saveBindings(next: KeyBindings): Promise<void>;
};

/** Wall-clock milliseconds, for showing only. */
export type Clock = { now(): number };

/** One line for a technician; never a phone number, a name, a digit or a password. */
export type Log = (level: 'info' | 'warn' | 'error', message: string) => void;
