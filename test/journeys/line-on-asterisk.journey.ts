import { startAsterisk } from '../rig/asterisk.ts';
import { callSeat } from '../rig/caller.ts';
import { lineSuite } from '../suites/line.suite.ts';

lineSuite('JsSIP on Asterisk 22', async () => {
  const asterisk = await startAsterisk();
  const begun = asterisk.ami.mark();
  let rung = 0;
  /** A declined call's failure is told late; the next caller must not take it for its own. */
  const everyCallIsTold = () =>
    asterisk.ami.waitFor(
      'the callers before',
      () => asterisk.ami.seen((event) => event.Event === 'OriginateResponse', begun).length >= rung,
      { from: begun },
    );
  return {
    start: async (page) => {
      await page.call('startSwitch', asterisk.wsUrl, '6001', asterisk.seats[0]?.password);
      await page.next({ kind: 'signalling', state: 'registered' });
    },
    ring: async (_, mood) => {
      if (rung > 0) await everyCallIsTold();
      rung += 1;
      const caller = await callSeat(asterisk, {
        endpoint: '6001',
        name: '王芳 "A"',
        number: '13800138000',
        toneHz: 500,
      });
      if (mood === 'gives-up') void caller.hangUp();
      return caller;
    },
    number: '*500',
    parkNumber: '*501',
    close: () => asterisk.stop(),
  };
});
