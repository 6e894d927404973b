import type { FoundHid } from '../hid/hid-bus.ts';
import { decodeReport, noReportsYet } from '../hid/report-decoder.ts';
import { footPedals } from '../models/foot-pedals.ts';
import type { ButtonMap } from './button-map.ts';
import type { PanelMake } from './panel-make.ts';

/**
 * The make of a foot pedal or switch box that says plain buttons (USB HID usage tables, Button page): one in
 * models/foot-pedals.ts with any descriptor that has buttons, any other that looks like one (button-map.ts). Undefined for what is
 * neither. Its keys are named by the number of the button: `1`, `2`, `3`.
 */
export function buttonPedalMake(
  found: Pick<FoundHid, 'vendorId' | 'productId' | 'name'>,
  buttons: ButtonMap,
): PanelMake | undefined {
  const row = footPedals.find(
    ({ vendorId, productId }) => vendorId === found.vendorId && productId === found.productId,
  );
  const { map } = buttons;
  if (map.keys.length === 0 || (row === undefined && !buttons.isPedal)) return undefined;
  const size = { width: 1, height: 1, shows: 'none' } as const;
  return {
    name: row?.name ?? 'Foot pedal',
    kind: 'pedal',
    layout: {
      columns: map.keys.length,
      rows: 1,
      keys: map.keys.map(({ name }, column) => ({ keyId: name, column, row: 0, ...size })),
    },
    unproven: row?.unproven ?? ['Taken for a pedal because it has a few buttons and little else.'],
    connect: (_wire, listener) => {
      let state = noReportsYet;
      return {
        read: (report) => {
          const [next, readings] = decodeReport(map, state, report);
          state = next;
          for (const { control, isSet, hasChanged } of readings) {
            // A relative button says only that it was pressed.
            if (control.isRelative && isSet) listener.onClick(control.name);
            else if (!control.isRelative && hasChanged) listener.onKey(control.name, isSet);
          }
        },
        start: async () => ({ firmware: null, isDark: true }),
        signatureOf: () => '',
        show: async () => undefined,
        clear: async () => undefined,
      };
    },
  };
}
