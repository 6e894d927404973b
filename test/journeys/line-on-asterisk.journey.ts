import { startAsterisk } from '../rig/asterisk.ts';
import { callSeat } from '../rig/caller.ts';
import { lineSuite } from '../suites/line.suite.ts';

lineSuite('JsSIP on Asterisk 22', async () => {
  const asterisk = await startAsterisk();
  return {
    start: async (page) => {
      await page.call('startSwitch', asterisk.wsUrl, '6001', asterisk.seats[0]?.password);
      await page.next({ kind: 'signalling', state: 'registered' });
    },
    ring: async (_, mood) => {
      const caller = await callSeat(asterisk, {
        endpoint: '6001',
        name: '王芳 "A"',
        number: '13800138000',
        toneHz: 500,
      });
      if (mood === 'gives-up') void caller.hangUp();
      if (mood === 'hangs-up') void caller.whenAnswered().then(() => caller.hangUp());
    },
    number: '*500',
    close: () => asterisk.stop(),
  };
});
