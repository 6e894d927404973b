import { startPhone } from '../../../../renderer/phone/phone-page.ts';
import { FakeConsole, practiceSetup } from './fake-console.ts';

/** The whole phone page on a seat process that is a fake; the test talks to both through `window.seat`. */
const seat = new FakeConsole();
const phone = startPhone({
  watch: (listener) => {
    listener(seat.asConsole());
    return () => undefined;
  },
});
Object.assign(window, { seat, phone, practiceSetup });
