import { lineSuite } from '../../suites/line.suite.ts';

lineSuite('practice', async () => ({
  start: async (page) => {
    await page.call('startPractice');
    await page.next({ kind: 'signalling', state: 'practice' });
  },
  ring: async (page, mood) => {
    await page.command('callMe', mood);
    // A practice customer hangs up by its script.
    return { hangUp: async () => undefined };
  },
  number: '10086',
  parkNumber: '701',
  close: async () => undefined,
}));
