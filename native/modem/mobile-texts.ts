import type { CommandOutcome } from '../../core/equipment-event.ts';
import type { Clock } from '../clock.ts';
import type { ModemNotice } from './at-codes.ts';
import type { ModemEvent } from './modem-event.ts';
import type { ModemLine } from './modem-line.ts';
import { readPdu } from './sms-pdu.ts';
import { createTextInbox, type TextPlace } from './text-inbox.ts';
import { createTextMemory } from './text-memory.ts';
import { createTextOutbox } from './text-outbox.ts';

/** The texts of a mobile modem: its memory, what came, what goes out. */
export type MobileTexts = {
  /** Tells all that waits, and reads the memory. Once for each opening of the port. */
  read(): Promise<void>;
  onNotice(notice: ModemNotice): void;
  send(text: { readonly textId: string; readonly to: string; readonly text: string }): CommandOutcome;
  /** The text is written down. */
  keep(ref: string): CommandOutcome;
  /** The network may be there now: what waits goes out. */
  wake(): void;
  /** Deletes what could not be deleted before. */
  sweep(): void;
  /** The modem is gone or of no use. */
  fail(why: string): void;
  close(): void;
};

export type MobileTextsParts = {
  readonly clock: Clock;
  readonly line: ModemLine;
  readonly tell: (event: ModemEvent) => void;
  readonly onTrouble: (doing: string, detail: string) => void;
  /** Whether the network takes texts now. */
  readonly isReady: () => boolean;
};

/** Makes the texts of a modem. */
export function createMobileTexts(parts: MobileTextsParts): MobileTexts {
  const memory = createTextMemory(parts.line);
  const inbox = createTextInbox({ ...parts, discard: (place) => memory.remove([place]) });
  const outbox = createTextOutbox(parts);

  const take = (pdu: string, place: TextPlace | undefined): void => {
    const read = readPdu(pdu);
    if (read.kind === 'unreadable') parts.onTrouble('reading a text', read.why);
    if (read.kind === 'report') {
      outbox.report(read);
      if (place !== undefined) memory.remove([place]);
    } else inbox.take(pdu, place);
  };
  const takeStored = async (place: TextPlace): Promise<void> => {
    const pdu = await memory.read(place);
    if (pdu === undefined) parts.onTrouble('reading a text', `${place.memory} ${place.index} is not in the memory`);
    else take(pdu, place);
  };
  return {
    read: async () => {
      inbox.forgetPlaces();
      // Also those that were handed over and are in no memory.
      inbox.tellAgain();
      await memory.open();
      for (const { pdu, place } of await memory.list()) take(pdu, place);
      outbox.wake();
    },
    onNotice: (notice) => {
      if (notice.kind === 'text' || notice.kind === 'report') take(notice.pdu, undefined);
      else if (notice.kind === 'text-stored' || notice.kind === 'report-stored') {
        void takeStored({ memory: notice.memory, index: notice.index });
      }
    },
    send: (text) => outbox.send(text),
    keep: (ref) => {
      memory.remove(inbox.keep(ref));
      return { kind: 'begun' };
    },
    wake: () => outbox.wake(),
    sweep: () => memory.sweep(),
    fail: (why) => outbox.fail(why),
    close: () => {
      inbox.close();
      outbox.close();
    },
  };
}
