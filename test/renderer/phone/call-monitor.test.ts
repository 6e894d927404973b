import { expect, test } from 'vitest';
import { CallMonitor, type CallMonitorOptions } from '../../../renderer/phone/call-monitor.ts';

test('a call by modem, which the page does not hold, rings like any other, and makes others ring softly', () => {
  const rings: [number, boolean][] = [];
  const ringer = { ringFor: (calls: number, isTalking: boolean) => void rings.push([calls, isTalking]) };
  const monitor = new CallMonitor({
    media: { ringer } as unknown as CallMonitorOptions['media'],
    newRecorder: () => {
      throw new Error('a call by modem has no sound here');
    },
    wake: () => () => {},
    report: () => {},
    now: () => 0,
  });
  const configure = (ringing: number, isUp: boolean) =>
    monitor.configure({ isRecording: true, modemCalls: { ringing, isUp } });
  configure(0, false);
  configure(1, false);
  configure(0, true);
  configure(1, true);
  configure(0, false);
  expect(rings).toEqual([
    [0, false],
    [1, false],
    [0, true],
    [1, true],
    [0, false],
  ]);
});
