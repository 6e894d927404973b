import type { SeatView } from '../../../core/console-api.ts';
import { builtInPages } from '../../../core/default-keys.ts';
import type { KeyEvent } from '../../../core/key.ts';
import { type KeyBindings, keyBindings } from '../../../core/key-command.ts';
import type { DeskConsole } from '../../../renderer/desk/seat-store.ts';
import { Feed } from './fake-feed.ts';
import { type FakeText, switchRecordAt, textsAt } from './fake-texts.ts';

type Parts = {
  readonly at: () => number;
  readonly view: () => SeatView;
  readonly show: (change: Partial<SeatView>) => void;
};

/** How many lines the switch's log of a scene has. */
const switchRecordsMax = 5_000;

/** The room `equipment` of the fake seat: obeys like the real one as far as a page can see, writes down what it is asked. */
export class FakeEquipment {
  readonly asked: { readonly what: string; readonly input: unknown }[] = [];
  /** Why the next asks are refused; null: they are not. */
  refusal: string | null = null;
  readonly #parts: Parts;
  readonly #moments = new Feed<KeyEvent>(null);
  #bindings: KeyBindings | null = null;
  #texts: FakeText[] | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A key of a device, pressed by nobody. */
  press(event: KeyEvent): void {
    this.#moments.tell(event);
  }

  readonly room: DeskConsole['equipment'] = {
    keyMoments: async () => this.#moments.watch(),
    pressPanelKey: async (input) => this.#note('pressPanelKey', input),
    bindings: async () => this.#present(),
    saveBindings: async (input) => {
      this.#note('saveBindings', input);
      if (this.refusal !== null) return { kind: 'refused', why: this.refusal };
      const saved = keyBindings.parse(input);
      this.#bindings = saved;
      const { panels, devices } = this.#parts.view();
      const changed = panels.map((panel) => {
        const bound = saved.panels[panel.deviceId];
        const device = devices.find((each) => each.deviceId === panel.deviceId);
        const builtIn = device === undefined ? [] : [...builtInPages(device)];
        return { ...panel, pages: bound?.pages ?? builtIn, isBuiltIn: bound === undefined };
      });
      this.#parts.show({ panels: changed });
      return { kind: 'done' };
    },
    tryLamp: async (input) => this.#note('tryLamp', input),
    ports: async () => [
      { path: '/dev/ttyUSB0', manufacturer: 'QinHeng', vendorId: '1a86', productId: '7523', serialNumber: null },
      { path: '/dev/ttyUSB2', manufacturer: 'SIMCom', vendorId: '1e0e', productId: '9001', serialNumber: '0123456789' },
      { path: '/dev/ttyS0', manufacturer: '', vendorId: null, productId: null, serialNumber: null },
    ],
    profiles: async () => [
      { id: 'eao-panel', title: 'EAO panel', unproven: ['Baud rates other than 9600.'], isShipped: true },
      { id: 'generic-ascii-keypad', title: 'Keypad that types ASCII', unproven: [], isShipped: true },
      { id: 'lcus-relay', title: 'LCUS USB relay (CH340)', unproven: ['Addresses 2 to 8.'], isShipped: true },
      { id: 'night-bell.json', title: 'Night bell', unproven: [], isShipped: false },
    ],
    layouts: async () => [
      { id: 'mitel-5000', title: 'Mitel 5000', unproven: [], isShipped: true },
      { id: 'panasonic-pattern-a', title: 'Panasonic KX-TDA, pattern A', unproven: ['Pulse count.'], isShipped: true },
    ],
    installRules: async () => {
      this.#note('installRules', null);
      return this.refusal === null ? { kind: 'done' } : { kind: 'refused', why: this.refusal };
    },
    setMessageWaiting: async (input) => {
      this.#note('setMessageWaiting', input);
      if (this.refusal !== null) return { kind: 'refused', why: this.refusal };
      const others = this.#parts.view().messageWaiting.filter((number) => number !== input.number);
      this.#parts.show({ messageWaiting: input.isOn ? [...others, input.number] : others });
      return { kind: 'begun' };
    },
    unlockModem: async (input) => {
      this.#note('unlockModem', input);
      return this.refusal === null ? { kind: 'begun' } : { kind: 'refused', why: this.refusal };
    },
    sendText: async ({ to, text }) => {
      this.#note('sendText', { to, text });
      if (this.refusal !== null) return { kind: 'refused', why: this.refusal };
      const texts = this.#allTexts();
      const seq = (texts[0]?.seq ?? 0) + 1;
      const at = this.#parts.at();
      this.#texts = [
        { textId: `new-${seq}`, seq, direction: 'outbound', number: to, text, at, state: 'sending', detail: '' },
        ...texts,
      ];
      this.#parts.show({ linesWritten: { ...this.#parts.view().linesWritten, texts: seq } });
      return { kind: 'begun' };
    },
    texts: async ({ search, before, limit }) => {
      const found = this.#allTexts().filter((row) => `${row.number} ${row.text}`.includes(search));
      return { rows: found.filter((row) => before === null || row.seq < before).slice(0, limit), total: found.length };
    },
    switchRecords: async ({ search, before, limit }) => {
      const all = Array.from({ length: switchRecordsMax }, (_, index) => switchRecordAt(index, this.#parts.at()));
      const found = all.filter(({ entry }) =>
        (entry.kind === 'record' ? entry.record.text : entry.unread.text).includes(search),
      );
      return {
        rows: found.filter((row) => before === null || row.seq < before).slice(0, limit),
        total: found.length,
        unread: all.filter(({ entry }) => entry.kind === 'unread').length,
      };
    },
  };

  #present(): KeyBindings {
    if (this.#bindings !== null) return this.#bindings;
    const bound = this.#parts.view().panels.filter((panel) => !panel.isBuiltIn);
    return { panels: Object.fromEntries(bound.map(({ deviceId, pages }) => [deviceId, { pages }])) };
  }

  #allTexts(): FakeText[] {
    this.#texts ??= textsAt(this.#parts.at());
    return this.#texts;
  }

  #note(what: string, input: unknown): void {
    this.asked.push({ what, input });
  }
}
