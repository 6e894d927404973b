import type { PhoneCommand } from '../../../../core/console-api.ts';
import type { Console } from '../../../../renderer/console-link.ts';
import { startPhone } from '../../../../renderer/phone/phone-page.ts';
import { FakeConsole, practiceSetup } from './fake-console.ts';

/** The whole phone page on a seat process that is a fake; the test talks to both through the window. */
const seat = new FakeConsole();
let tell: (console: Console | null) => void = () => undefined;
const phone = startPhone({
  watch: (listener) => {
    tell = listener;
    listener(seat.asConsole());
    return () => undefined;
  },
});

Object.assign(window, {
  seat,
  phone,
  practiceSetup,
  /** The connection to the seat process goes away, and comes back. */
  away: () => {
    seat.isAway = true;
    tell(null);
  },
  back: () => {
    seat.isAway = false;
    tell(seat.asConsole());
  },
  setUp: (change: object) => seat.setUp({ ...practiceSetup, ...change }),
  command: (command: PhoneCommand) => seat.command(command),
  reported: (parts: Record<string, unknown>, from = 0) => seat.reported(parts, from),
  reports: () => seat.reports,
});
