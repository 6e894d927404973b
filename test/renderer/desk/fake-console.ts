import type { CallRow } from '../../../core/call-list.ts';
import type { DeskRequest, SeatView } from '../../../core/console-api.ts';
import type { KeyPress } from '../../../core/key.ts';
import type { Notice } from '../../../core/notice.ts';
import type { RecordingInfo } from '../../../core/recording-info.ts';
import { accessOf } from '../../../core/seat-access.ts';
import { settings } from '../../../core/settings.ts';
import { signInFirstCode } from '../../../core/sign-in-api.ts';
import type { DeskConsole } from '../../../renderer/desk/seat-store.ts';
import { FakeEquipment } from './fake-equipment-room.ts';
import { Feed } from './fake-feed.ts';
import { FakeHub } from './fake-hub-room.ts';
import { rowAt } from './fake-seat.ts';
import { FakeSignIn } from './fake-sign-in.ts';
import { practiceSound } from './fake-sound.ts';

/** The desk's half of the console api, in the page itself: shows what it is told, writes down what it is asked. */
export class FakeConsole {
  readonly asked: DeskRequest[] = [];
  readonly pressed: KeyPress[] = [];
  readonly #view: Feed<SeatView>;
  readonly #notices = new Feed<Notice>(null);
  readonly #rows: readonly CallRow[];
  /** What is plugged in: presses, lamps, ports, texts. */
  readonly equipment = new FakeEquipment({
    at: () => this.#at,
    view: () => this.#present,
    show: (change) => this.show(change),
  });
  /** The site's hub: joining, leaving, recordings on their way. */
  readonly hub = new FakeHub({
    at: () => this.#at,
    view: () => this.#present,
    show: (change) => this.show(change),
  });
  /** Who signs in. */
  readonly signIn = new FakeSignIn((change) => this.show(change));
  readonly #at: number;
  #present: SeatView;
  /** What was asked for and refused because nobody is signed in. */
  readonly refusedLocked: string[] = [];
  /** Why saving settings is refused; null: it is not. */
  refusal: string | null = null;

  constructor(view: SeatView, rowCount: number, at: number) {
    this.#present = view;
    this.#at = at;
    this.#view = new Feed({ value: view });
    this.#rows = Array.from({ length: rowCount }, (_, index) => rowAt(index, at));
  }

  /** Sends a changed view. */
  show(change: Partial<SeatView>): void {
    this.#present = { ...this.#present, ...change };
    this.#view.tell(structuredClone(this.#present));
  }

  notify(notice: Notice): void {
    this.#notices.tell(notice);
  }

  /** The api itself; like the seat's it answers little while nobody is signed in. */
  get console(): DeskConsole {
    const { desk, recordings, equipment, hub, signIn } = this.#rooms;
    return {
      desk: this.#behindLock('desk', desk),
      recordings: this.#behindLock('recordings', recordings),
      equipment: this.#behindLock('equipment', equipment),
      hub: this.#behindLock('hub', hub),
      signIn,
    };
  }

  #behindLock<Room extends object>(room: string, procedures: Room): Room {
    return new Proxy(procedures, {
      get: (target, name, receiver) => {
        const path = `${room}.${String(name)}`;
        if (accessOf(this.#present) === 'open' || answersLocked.has(path)) return Reflect.get(target, name, receiver);
        return async () => {
          this.refusedLocked.push(path);
          throw Object.assign(new Error('Somebody has to sign in first.'), { code: signInFirstCode });
        };
      },
    });
  }

  readonly #rooms: DeskConsole = {
    equipment: this.equipment.room,
    hub: this.hub.room,
    signIn: this.signIn.room,
    desk: {
      view: async () => this.#view.watch(),
      notices: async () => this.#notices.watch(),
      ask: async (request) => {
        this.asked.push(request);
      },
      pressKey: async (press) => {
        this.pressed.push(press);
      },
      calls: async ({ search, before, limit }) => {
        const words = search.toLowerCase();
        const found = this.#rows.filter((row) => textOf(row).includes(words));
        const from = before === null ? 0 : found.findIndex((row) => row.callId === before) + 1;
        return { rows: found.slice(from, from + limit), total: found.length };
      },
      saveSettings: async ({ password, ...saved }) => {
        if (this.refusal !== null) return { kind: 'refused', why: this.refusal };
        this.show({
          settings: settings.parse(saved),
          hasPassword: this.#present.hasPassword || (password !== null && password !== ''),
        });
        return { kind: 'saved' };
      },
      openSeatFile: async ({ text }) =>
        text.includes('hookline') ? { kind: 'saved' } : { kind: 'refused', why: 'line 1: not a seat file' },
    },
    recordings: {
      begin: async () => ({ recordingId: 'none' }),
      append: async () => ({ kind: 'kept' }),
      gap: async () => ({ kind: 'kept' }),
      end: async () => {},
      open: async ({ recordingId }) => infoOf(recordingId),
      read: async ({ offset, length }) => ({ webmBase64: base64(practiceSound().subarray(offset, offset + length)) }),
    },
  };
}

/** What the desk page has of a locked seat (main/lock-table.ts). */
const answersLocked: ReadonlySet<string> = new Set(['desk.view', 'desk.notices', 'desk.ask']);

function textOf(row: CallRow): string {
  return [row.remote.number, row.remote.displayName, row.note, row.workCode ?? ''].join(' ').toLowerCase();
}

function infoOf(recordingId: string): RecordingInfo {
  const hasTrouble = recordingId.endsWith('1');
  return {
    recordingId,
    bytes: practiceSound().length,
    seconds: 40,
    channels: 2,
    isComplete: !hasTrouble,
    gaps: hasTrouble ? [{ atSeconds: 14, seconds: 6, reason: 'agent' }] : [],
    damagedChunks: hasTrouble ? [22, 23] : [],
  };
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
