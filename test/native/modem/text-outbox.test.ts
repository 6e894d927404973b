import { expect, test } from 'vitest';
import type { AtAnswer } from '../../../native/modem/at-engine.ts';
import type { ModemEvent } from '../../../native/modem/modem-event.ts';
import { createTextOutbox } from '../../../native/modem/text-outbox.ts';
import { handClock } from '../hand-clock.ts';

test('a late answer to a text that has failed does not stop the giving up of the same text sent again', async () => {
  const clock = handClock();
  const events: ModemEvent[] = [];
  const answers: ((answer: AtAnswer) => void)[] = [];
  let isReady = true;
  const outbox = createTextOutbox({
    clock,
    line: { ask: () => new Promise((settle) => void answers.push(settle)), interrupt: () => undefined },
    tell: (event) => events.push(event),
    isReady: () => isReady,
  });
  const text = { textId: 't', to: '10086', text: 'hello' };
  outbox.send(text);
  isReady = false;
  outbox.fail('the SIM wants its PIN');
  expect(outbox.send(text)).toEqual({ kind: 'begun' });
  answers[0]?.({ kind: 'late' });
  await clock.pass(11 * 60_000);
  const failed = { kind: 'text-outcome', textId: 't', outcome: 'failed' };
  expect(events).toEqual([
    { ...failed, detail: 'the SIM wants its PIN; the text may have been sent' },
    { ...failed, detail: 'there was no network for ten minutes' },
  ]);
  outbox.close();
});
