import { implement } from '@orpc/server';
import { consoleApi } from '../core/console-api.ts';
import type { ConsoleContext } from './carriers/serve-console.ts';
import { layoutChoices, profileChoices } from './equipment-choices.ts';
import { installRules } from './install-rules.ts';
import type { SeatProcess } from './seat-process.ts';

/** The room `equipment` of console-api, served by a running seat. */
export function equipmentRouter(seat: SeatProcess) {
  const { equipment } = implement(consoleApi).$context<ConsoleContext>();
  return equipment.router({
    keyMoments: equipment.keyMoments.handler(({ signal }) => seat.keyMoments.watch(signal)),
    pressPanelKey: equipment.pressPanelKey.handler(({ input: { deviceId, keyId, isDown } }) =>
      seat.pressKey({ deviceId, press: { key: 'panel', keyId, isDown } }),
    ),
    bindings: equipment.bindings.handler(() => seat.panels.bindings()),
    saveBindings: equipment.saveBindings.handler(async ({ input }) => {
      try {
        await seat.saveBindings(input);
        return { kind: 'done' };
      } catch (error) {
        return { kind: 'refused', why: error instanceof Error ? error.message : String(error) };
      }
    }),
    tryLamp: equipment.tryLamp.handler(({ input }) => seat.devices.tryLamp(input.deviceId, input.lamp, input.state)),
    ports: equipment.ports.handler(async () => [...(await seat.devices.ports())]),
    profiles: equipment.profiles.handler(() => profileChoices(seat.directory)),
    layouts: equipment.layouts.handler(() => layoutChoices(seat.directory)),
    installRules: equipment.installRules.handler(() => installRules(seat.view.value.devices)),
    setMessageWaiting: equipment.setMessageWaiting.handler(({ input }) =>
      seat.equipment.messageDesk.light(input.id, input.number, input.isOn),
    ),
    unlockModem: equipment.unlockModem.handler(({ input }) => seat.equipment.unlock(input.id, input.pin)),
    sendText: equipment.sendText.handler(({ input }) => seat.equipment.sendText(input.to, input.text)),
    texts: equipment.texts.handler(({ input }) => seat.store.texts(input)),
    switchRecords: equipment.switchRecords.handler(({ input }) => seat.store.switchRecords(input)),
  });
}
