import { lineSuite } from '../../suites/line.suite.ts';

lineSuite('practice', async () => ({
  start: async (page) => {
    await page.call('startPractice');
    await page.next({ kind: 'signalling', state: 'practice' });
  },
  ring: async (page, mood) => void (await page.command('callMe', mood)),
  number: '10086',
  close: async () => undefined,
}));
