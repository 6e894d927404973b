import type { SeatView } from '../../../core/console-api.ts';
import type { EnrolOutcome } from '../../../core/hub-console-api.ts';
import type { RecordingPlace } from '../../../core/hub-view.ts';
import type { DeskConsole } from '../../../renderer/desk/seat-store.ts';
import { joinedAt } from './fake-seat.ts';

type Parts = {
  readonly at: () => number;
  readonly view: () => SeatView;
  readonly show: (change: Partial<SeatView>) => void;
};

/** Places go round by the number in a recording's name, so that a list shows each; without a hub all are here. */
const places = ['at-hub', 'sending', 'waiting', 'set-aside', 'at-hub', 'removed', 'erased'] as const;

/** The room `hub` of the fake seat: joins, leaves, pauses and tells places as the real one does; writes down what it is asked. */
export class FakeHub {
  readonly asked: { readonly what: string; readonly input: unknown }[] = [];
  /** What joining comes to; null: it is joined. `pending`: never answers. */
  refusal: Extract<EnrolOutcome, { kind: 'refused' }> | 'pending' | 'throws' | null = null;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  readonly room: DeskConsole['hub'] = {
    enrol: async (input) => {
      this.#note('enrol', input);
      if (this.refusal === 'pending') return new Promise(() => {});
      if (this.refusal === 'throws') throw new Error('the socket was closed');
      if (this.refusal !== null) return this.refusal;
      const hub = joinedAt(this.#parts.at(), {});
      this.#parts.show({ hub });
      return { kind: 'enrolled', address: hub.address };
    },
    leave: async () => {
      this.#note('leave', null);
      this.#parts.show({ hub: { kind: 'none' } });
    },
    tryNow: async () => this.#note('tryNow', null),
    setAside: async () => [
      { seq: 48_211, reason: 'bad-body', detail: 'body.remote.number: expected string' },
      { seq: 48_102, reason: 'unknown-kind', detail: 'kind: queue-moved' },
      { seq: 12_007, reason: 'too-large', detail: '' },
    ],
    pauseUploads: async (input) => {
      this.#note('pauseUploads', input);
      const { uploads } = this.#parts.view();
      this.#parts.show({ uploads: { ...uploads, state: input.isPaused ? 'paused' : 'sending' } });
    },
    recordingPlaces: async ({ recordingIds }) => {
      this.#note('recordingPlaces', recordingIds.length);
      return recordingIds.map((recordingId) => this.#placeOf(recordingId));
    },
    retryUpload: async (input) => this.#note('retryUpload', input),
    records: async () => ({ rows: [], total: 0 }),
    record: async () => null,
    editRecord: async ({ collection, recordId, fields }) => ({
      collection,
      recordId,
      fields: fields ?? {},
      isDeleted: fields === null,
      version: 1,
      isUnsent: true,
    }),
  };

  #placeOf(recordingId: string): RecordingPlace {
    if (this.#parts.view().hub.kind === 'none') return { recordingId, state: 'here', sentShare: 0 };
    const state = places[Number(/\d+$/.exec(recordingId)?.[0] ?? 0) % places.length] ?? 'here';
    return { recordingId, state, sentShare: state === 'sending' ? 0.43 : state === 'waiting' ? 0 : 1 };
  }

  #note(what: string, input: unknown): void {
    this.asked.push({ what, input });
  }
}
