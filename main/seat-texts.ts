import { createHash } from 'node:crypto';
import type { CommandOutcome, EquipmentEvent } from '../core/equipment-event.ts';
import type { JournalFact } from '../core/journal.ts';
import type { EquipmentHost } from './equipment-host.ts';
import type { SeatStore } from './seat-ports.ts';

type TextEvent = Extract<EquipmentEvent, { kind: 'text-received' | 'text-outcome' }>;

/**
 * Texts by modem. A text that came is written down before the modem may forget it, once, however often it is told; one
 * that goes out is written down before it is handed over, and its end is written down too.
 */
export type SeatTexts = {
  hear(event: TextEvent): void;
  /** Sends a text by a modem; null: there is none. */
  send(modem: string | null, to: string, text: string): Promise<CommandOutcome>;
  /** A modem is gone: what it had not sent yet has failed. */
  gone(modem: string): void;
};

export function seatTexts(host: EquipmentHost, store: Pick<SeatStore, 'text'>): SeatTexts {
  /** textId -> modem, until the modem has told what became of it. */
  const sending = new Map<string, string>();

  const write = (fact: JournalFact): void => host.write({ fact, at: host.now() });
  const failed = (equipmentId: string, textId: string, why: string): void => {
    sending.delete(textId);
    const detail = why.slice(0, 200);
    write({ kind: 'text-outcome', body: { equipmentId, textId, outcome: 'failed', detail } });
    host.tell({ code: 'text-failed', detail });
    host.changed();
  };
  const received = (event: Extract<TextEvent, { kind: 'text-received' }>): void => {
    const { id, ref, from, text, sentAt } = event;
    const textId = idOf(event);
    if (store.text(textId) === null) {
      write({ kind: 'text-received', body: { equipmentId: id, textId, number: from, text, sentAt } });
      host.tell({ code: 'text-received', detail: from });
      host.changed();
    }
    // On a full disk the text waits in memory only: the modem keeps it and tells it again.
    if (store.text(textId) !== null) void host.command({ kind: 'keep-text', id, ref });
  };
  const outcome = ({ id, textId, outcome: how, detail }: Extract<TextEvent, { kind: 'text-outcome' }>): void => {
    if (store.text(textId) === null) return; // Not ours: what a modem had in its memory before.
    if (how === 'failed') {
      failed(id, textId, detail);
      return;
    }
    sending.delete(textId);
    write({ kind: 'text-outcome', body: { equipmentId: id, textId, outcome: how, detail } });
    host.changed();
  };
  return {
    hear(event) {
      if (event.kind === 'text-received') received(event);
      else outcome(event);
    },
    async send(modem, to, text) {
      if (modem === null) return { kind: 'refused', why: 'No modem that carries texts is ready. See Devices.' };
      const textId = host.newId();
      write({ kind: 'text-sent', body: { equipmentId: modem, textId, number: to, text } });
      sending.set(textId, modem);
      host.changed();
      const begun = await host.command({ kind: 'send-text', id: modem, textId, to, text });
      if (begun.kind === 'refused') failed(modem, textId, begun.why);
      return begun;
    },
    gone(modem) {
      for (const [textId, by] of [...sending]) if (by === modem) failed(modem, textId, 'the modem is gone');
    },
  };
}

/**
 * A text's own name, the same however often it is told. The modem's ref alone is not enough: it names a place in its
 * memory, which another text gets when this one is deleted.
 */
function idOf({ id, ref, from, text, sentAt }: Extract<TextEvent, { kind: 'text-received' }>): string {
  return createHash('sha256')
    .update(JSON.stringify([id, ref, from, sentAt, text]))
    .digest('hex')
    .slice(0, 32);
}
