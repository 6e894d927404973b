import { implement, ORPCError } from '@orpc/server';
import { consoleApi } from '../core/console-api.ts';
import type { ConsoleContext } from './carriers/serve-console.ts';
import type { SeatProcess } from './seat-process.ts';

/** The room `equipment` of console-api, served by a running seat. */
export function equipmentRouter(seat: SeatProcess) {
  const { equipment } = implement(consoleApi).$context<ConsoleContext>();
  const notYet = (): never => {
    throw new ORPCError('NOT_IMPLEMENTED', { message: `${seat.constructor.name} has no equipment yet` });
  };
  return equipment.router({
    keyMoments: equipment.keyMoments.handler(notYet),
    pressPanelKey: equipment.pressPanelKey.handler(notYet),
    bindings: equipment.bindings.handler(notYet),
    saveBindings: equipment.saveBindings.handler(notYet),
    tryLamp: equipment.tryLamp.handler(notYet),
    ports: equipment.ports.handler(notYet),
    profiles: equipment.profiles.handler(notYet),
    layouts: equipment.layouts.handler(notYet),
    installRules: equipment.installRules.handler(notYet),
    setMessageWaiting: equipment.setMessageWaiting.handler(notYet),
    unlockModem: equipment.unlockModem.handler(notYet),
    sendText: equipment.sendText.handler(notYet),
    texts: equipment.texts.handler(notYet),
    switchRecords: equipment.switchRecords.handler(notYet),
  });
}
