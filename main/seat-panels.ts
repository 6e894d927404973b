import { assertNever } from '../core/assert-never.ts';
import type { DeskRequest } from '../core/console-api.ts';
import type { DeviceInfo } from '../core/device-api.ts';
import type { PanelView } from '../core/equipment-api.ts';
import type { KeyPress } from '../core/key.ts';
import type { KeyBindings } from '../core/key-command.ts';
import { type FaceSurroundings, facesOf } from '../core/panel-faces.ts';
import { boundPages, commandOf, type KeyMeaning, meaningOfKey, pagesOf } from '../core/panel-keys.ts';

/** More panels than these are not shown (device-api.ts takes no more). */
const panelsMax = 64;

/** The seat as keys see it; pages are added for each panel. */
type Around = Omit<FaceSurroundings, 'pages'>;

/** The panels and pedals of a seat: which page each shows, which keys are held down to talk, what all of them show. */
export type SeatPanels = {
  /** The devices there are now. A key that was held down to talk on one that is gone counts as let go. */
  devices(list: readonly DeviceInfo[]): void;
  bindings(): KeyBindings;
  rebind(next: KeyBindings): void;
  /** A key went down or up; performs what it means. */
  pressed(deviceId: string, keyId: string, isDown: boolean): void;
  views(): PanelView[];
};

/** `around` gives the seat as it is now; `ask`, `press` and `light` do what a key means. */
export function seatPanels(options: {
  readonly bindings: KeyBindings;
  readonly around: () => Around;
  readonly ask: (request: DeskRequest) => void;
  readonly press: (press: KeyPress) => void;
  readonly light: (lamp: Extract<KeyMeaning, { kind: 'message-waiting' }>) => void;
  readonly changed: () => void;
}): SeatPanels {
  let { bindings } = options;
  let panels: readonly DeviceInfo[] = [];
  /** deviceId -> page shown, where it is not the first. */
  const shown = new Map<string, number>();
  /** The keys that are held down to talk. */
  const talking = new Map<string, { readonly deviceId: string }>();

  const pageOf = (info: DeviceInfo): number => {
    const page = shown.get(info.deviceId) ?? 0;
    return page < pagesOf(bindings, info).length ? page : 0;
  };
  const talk = (name: string, deviceId: string, isDown: boolean): void => {
    const wasTalking = talking.size > 0;
    if (isDown) talking.set(name, { deviceId });
    else talking.delete(name);
    if (wasTalking !== talking.size > 0) options.ask({ kind: 'mute', isMuted: !isDown });
  };

  return {
    devices(list) {
      panels = list.filter(({ layout }) => layout !== null).slice(0, panelsMax);
      const ids = new Set(panels.map(({ deviceId }) => deviceId));
      for (const deviceId of shown.keys()) if (!ids.has(deviceId)) shown.delete(deviceId);
      for (const [name, { deviceId }] of [...talking]) if (!ids.has(deviceId)) talk(name, deviceId, false);
    },
    bindings: () => bindings,
    rebind(next) {
      bindings = next;
    },
    pressed(deviceId, keyId, isDown) {
      const name = JSON.stringify([deviceId, keyId]);
      // Let go is let go, whatever the key means by now: its page may have been turned under the finger.
      if (!isDown && talking.has(name)) {
        talk(name, deviceId, false);
        return;
      }
      const info = panels.find((panel) => panel.deviceId === deviceId);
      if (info === undefined) return;
      const pages = pagesOf(bindings, info);
      const command = commandOf(pages[pageOf(info)], keyId);
      if (command === undefined) return;
      const meaning = meaningOfKey(command, isDown, options.around());
      switch (meaning.kind) {
        case 'nothing':
          break;
        case 'talk':
          talk(name, deviceId, meaning.isDown);
          break;
        case 'page':
          if (meaning.page >= pages.length) break;
          shown.set(deviceId, meaning.page);
          options.changed();
          break;
        case 'ask':
          options.ask(meaning.request);
          break;
        case 'press':
          options.press(meaning.press);
          break;
        case 'message-waiting':
          options.light(meaning);
          break;
        default:
          assertNever(meaning);
      }
    },
    views() {
      const around = options.around();
      return panels.map((info): PanelView => {
        const { deviceId } = info;
        const pages = [...pagesOf(bindings, info)];
        const page = pageOf(info);
        const faces = facesOf(info, page, { ...around, pages });
        return { deviceId, faces, pages, page, isBuiltIn: boundPages(bindings, deviceId) === undefined };
      });
    },
  };
}
