import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LineEvent, LineOutcome } from '../../renderer/phone/line.ts';
import { openTestPage, type TestPage } from '../renderer/phone/test-page.ts';

/** How the far side behaves when it rings. */
export type FarMood = 'patient' | 'hangs-up' | 'gives-up';

/** A kind of line under test: what starts it in the page and what makes the far side ring. */
export type LineKind = {
  readonly start: (page: LinePage) => Promise<void>;
  /** A caller rings, plays a 500 Hz tone when answered, and behaves as told; `hangUp` may be awaited only when it `hangs-up`. */
  readonly ring: (page: LinePage, mood: FarMood) => Promise<{ readonly hangUp: () => Promise<void> }>;
  /** A number that answers. */
  readonly number: string;
  /** A number callers can be sent on to. */
  readonly parkNumber: string;
  readonly close: () => Promise<void>;
};

/** The suite's hands on pages/line.ts. */
export class LinePage {
  readonly #page: TestPage;
  #seen = 0;

  constructor(page: TestPage) {
    this.#page = page;
  }

  call<Result>(name: string, ...args: readonly unknown[]): Promise<Result> {
    return this.#page.page.evaluate(
      ([functionName, given]) =>
        (window as unknown as Record<string, (...a: unknown[]) => unknown>)[functionName]?.(...given),
      [name, args] as const,
    ) as Promise<Result>;
  }

  command(name: string, ...args: readonly unknown[]): Promise<LineOutcome> {
    return this.call('command', name, ...args);
  }

  /** The next event like this; later waits look behind it. */
  async next(parts: Record<string, unknown>): Promise<LineEvent> {
    const { event, at } = await this.call<{ event: LineEvent; at: number }>('waitFor', this.#seen, parts);
    this.#seen = at + 1;
    return event;
  }

  /** A call rings and is answered; gives its id. */
  async answered(kind: LineKind, mood: FarMood = 'patient'): Promise<string> {
    const caller = await kind.ring(this, mood);
    const offered = await this.next({ kind: 'offered' });
    const callId = 'callId' in offered ? offered.callId : '';
    expect(await this.command('answer', callId)).toEqual({ kind: 'taken' });
    await this.next(happened(callId, 'established'));
    await this.next({ kind: 'media-changed', callId });
    if (mood === 'hangs-up') await caller.hangUp();
    return callId;
  }
}

/** The port's duties (renderer/phone/line.ts), the same for every line. */
export function lineSuite(name: string, open: () => Promise<LineKind>): void {
  describe(`line: ${name}`, () => {
    let kind: LineKind;
    let opened: TestPage;
    let page: LinePage;

    beforeAll(async () => {
      kind = await open();
      opened = await openTestPage('line');
      page = new LinePage(opened);
      await kind.start(page);
    }, 60_000);
    afterAll(async () => {
      await opened?.close();
      await kind?.close();
    });

    test('rings with a name and number, is answered once, and both sides are heard', async () => {
      await kind.ring(page, 'patient');
      const offered = await page.next({ kind: 'offered' });
      expect(offered).toMatchObject({ remote: { number: '13800138000', displayName: '王芳 "A"' } });
      const callId = 'callId' in offered ? offered.callId : '';
      expect(await page.command('hold', callId)).toMatchObject({ kind: 'refused' });
      const answers = await Promise.all([page.command('answer', callId), page.command('answer', callId)]);
      expect(answers.map((answer) => answer.kind).sort()).toEqual(['refused', 'taken']);
      await page.next(happened(callId, 'answering'));
      await page.next(happened(callId, 'established'));
      const heard = await page.call<{ hz: number; codec: string }>('hears', callId);
      expect(heard.codec).toBe('opus');
      expect(Math.abs(heard.hz - 500)).toBeLessThan(10);
      await page.command('hangUp', callId);
      await page.next(happened(callId, { kind: 'ended', cause: 'hung-up-here' }));
      expect(await page.command('hangUp', callId)).toEqual({ kind: 'refused', why: 'no such call' });
    });

    test('hold cuts the microphone at once, resume gives it back, mute stays through both', async () => {
      const callId = await page.answered(kind);
      expect(await page.call('isSending', callId)).toBe(true);
      await page.command('hold', callId);
      expect(await page.call('isSending', callId)).toBe(false);
      await page.next(happened(callId, 'held'));
      expect(await page.command('hold', callId)).toMatchObject({ kind: 'refused' });
      expect(await page.command('digits', callId, '1')).toEqual({ kind: 'refused', why: 'the call is held' });
      await page.command('mute', callId, true);
      await page.next(happened(callId, 'muted'));
      await page.command('resume', callId);
      await page.next(happened(callId, 'resumed'));
      expect(await page.call('isSending', callId)).toBe(false);
      await page.command('mute', callId, false);
      expect(await page.call('isSending', callId)).toBe(true);
      const heard = await page.call<{ hz: number; decibels: number }>('hears', callId);
      expect(heard.decibels).toBeGreaterThan(-60);
      await page.command('hangUp', callId);
      await page.next(happened(callId, 'ended'));
    });

    test('hold and resume in one breath end resumed', async () => {
      const callId = await page.answered(kind);
      await page.command('hold', callId);
      await page.command('resume', callId);
      await page.next(happened(callId, 'resumed'));
      expect(await page.call('isSending', callId)).toBe(true);
      await page.command('hangUp', callId);
      await page.next(happened(callId, 'ended'));
    });

    test('a second call waits and is swapped in without a word of the first getting through', async () => {
      const first = await page.answered(kind);
      await kind.ring(page, 'patient');
      const offered = await page.next({ kind: 'offered' });
      const second = 'callId' in offered ? offered.callId : '';
      const outcomes = [await page.command('hold', first), await page.command('answer', second)];
      expect(outcomes.map((outcome) => outcome.kind)).toEqual(['taken', 'taken']);
      await page.next(happened(second, 'established'));
      expect([await page.call('isSending', first), await page.call('isSending', second)]).toEqual([false, true]);
      for (const callId of [first, second]) await page.command('hangUp', callId);
      await page.next({ kind: 'call', callId: second, event: { kind: 'ended' } });
    });

    test('sends a caller on, and our part is over', async () => {
      const callId = await page.answered(kind);
      expect(await page.command('transfer', callId, kind.parkNumber)).toEqual({ kind: 'taken' });
      expect(await page.command('transfer', callId, kind.parkNumber)).toMatchObject({ kind: 'refused' });
      await page.next({ kind: 'transferred', callId, number: kind.parkNumber });
      await page.next(happened(callId, { kind: 'ended', cause: 'hung-up-here' }));
    });

    test('a caller who cannot be sent on stays', async () => {
      const callId = await page.answered(kind);
      expect(await page.command('transfer', callId, 'not a number!')).toMatchObject({ kind: 'refused' });
      expect(await page.command('transfer', callId, '7777777')).toEqual({ kind: 'taken' });
      await page.next({ kind: 'refused', callId, what: 'transfer', number: '7777777' });
      expect(await page.call('isSending', callId)).toBe(true);
      const heard = await page.call<{ decibels: number }>('hears', callId);
      expect(heard.decibels).toBeGreaterThan(-60);
      await page.command('hangUp', callId);
      await page.next(happened(callId, { kind: 'ended', cause: 'hung-up-here' }));
    });

    test('a change of microphone in a call keeps the call', async () => {
      const callId = await page.answered(kind);
      await page.call('useMicrophone', 'Fake Audio Input 2');
      await page.next({ kind: 'media-changed', callId });
      expect(await page.call('microphoneLabel', callId)).toBe('Fake Audio Input 2');
      expect(await page.call('isSending', callId)).toBe(true);
      await page.command('hangUp', callId);
      await page.next(happened(callId, { kind: 'ended', cause: 'hung-up-here' }));
    });

    test.each(['busy', 'elsewhere'])('declines: %s', async (how) => {
      await kind.ring(page, 'patient');
      const offered = await page.next({ kind: 'offered' });
      const callId = 'callId' in offered ? offered.callId : '';
      expect(await page.command('decline', callId, how)).toEqual({ kind: 'taken' });
      await page.next(happened(callId, { kind: 'ended', cause: 'declined-here' }));
    });

    test('a caller who gives up is cancelled, not failed', async () => {
      await kind.ring(page, 'gives-up');
      const offered = await page.next({ kind: 'offered' });
      await page.next(happened('callId' in offered ? offered.callId : '', { kind: 'ended', cause: 'cancelled' }));
    });

    test('the far side hangs up', async () => {
      const callId = await page.answered(kind, 'hangs-up');
      await page.next(happened(callId, { kind: 'ended', cause: 'hung-up-there' }));
    });

    test('dials, is answered, sends digits, hangs up', async () => {
      expect(await page.command('dial', 'out-1', kind.number)).toEqual({ kind: 'taken' });
      expect(await page.command('dial', 'out-1', kind.number)).toMatchObject({ kind: 'refused' });
      await page.next(happened('out-1', 'answering'));
      await page.next(happened('out-1', 'established'));
      expect(await page.command('digits', 'out-1', '1590#')).toEqual({ kind: 'taken' });
      await page.next({ kind: 'digits-sent', callId: 'out-1', count: 5 });
      await page.command('hangUp', 'out-1');
      await page.next(happened('out-1', { kind: 'ended', cause: 'hung-up-here' }));
    });

    test('hung up before it was answered', async () => {
      await page.command('dial', 'out-2', kind.number);
      await page.command('hangUp', 'out-2');
      await page.next(happened('out-2', { kind: 'ended', cause: 'hung-up-here' }));
    });

    test('a command on a call nobody knows is refused, never thrown', async () => {
      const commands: readonly (readonly [string, ...unknown[]])[] = [
        ...([['answer'], ['hangUp'], ['hold'], ['resume']] as const),
        ...([
          ['decline', 'busy'],
          ['mute', true],
          ['digits', '1'],
          ['transfer', '1'],
        ] as const),
      ];
      for (const [command, ...args] of commands) {
        expect(await page.command(command, 'no-such-call', ...args)).toEqual({ kind: 'refused', why: 'no such call' });
      }
    });

    test('stop ends what is left as line-lost', async () => {
      const callId = await page.answered(kind);
      await page.call('stop');
      await page.next(happened(callId, { kind: 'ended', cause: 'line-lost' }));
    });
  });
}

function happened(callId: string, event: string | Record<string, unknown>): Record<string, unknown> {
  return { kind: 'call', callId, event: typeof event === 'string' ? { kind: event } : event };
}
