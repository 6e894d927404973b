import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Call, newCall, step } from '../../../core/call.ts';
import { equipmentEvent } from '../../../core/equipment-event.ts';
import { finalOf, noticeOf } from '../../../native/modem/at-codes.ts';
import { createAtReader, lineLengthMax } from '../../../native/modem/at-reader.ts';
import { unknownCaller, withItem } from '../../../native/modem/caller-id.ts';
import { startModemSession } from '../../../native/modem/modem-session.ts';
import type { PortListener } from '../../../native/serial/serial-bus.ts';
import { analogAnswers, mobileAnswers } from '../../rig/scripted-modem.ts';
import { handClock } from '../hand-clock.ts';

/** What modems say, whole and torn, with bytes of all kinds between. */
const said = fc.constantFrom(
  '\r\nOK\r\n',
  '\r\nERROR\r\n',
  '\r\nRING\r\n',
  '\r\n+CLIP: "13800138000",129,"",,"",0\r\n',
  '\r\n+CREG: 1\r\n',
  '\r\n+CREG: 0,1\r\n',
  '\r\n+CSQ: 31,99\r\n',
  '\r\n+CPIN: READY\r\n',
  '\r\n+COPS: 0,0,"X"\r\n',
  '\r\n+CMT: ,32\r\n07919730071111F1000B919746121611F10000811170021222230DC8329BFD6681EE6F399B1C02\r\n',
  '\r\n+CMTI: "SM",1\r\n',
  '\r\n+CDS: 25\r\n0006290581018 0F66211220000002362112210000023 00\r\n',
  '\r\n+CLCC: 1,0,0,0,0,"1",129\r\n',
  '\r\n> ',
  '\r\nNO CARRIER\r\n',
  '\r\nVCON\r\n',
  '\r\nNMBR = 5551234\r\n',
  '\r\nMESG = 8020010830333234\r\n',
  '\r\nDRON=5\r\n',
  '013',
  '\x10',
  '\x10b',
  '\x105',
);
const chunk = fc.oneof(
  said,
  fc.tuple(said, fc.nat(40)).map(([text, length]) => text.slice(0, length)),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc.constant('A'.repeat(3000)),
);

test('no bytes make the reader throw or its lines grow; cutting them elsewhere changes nothing', () => {
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 20 }), fc.nat(200), (chunks, cut) => {
      const bytes = Buffer.from(chunks.join(''), 'latin1');
      const whole = createAtReader().push(bytes);
      const torn = createAtReader();
      expect([...torn.push(bytes.subarray(0, cut)), ...torn.push(bytes.subarray(cut))]).toEqual(whole);
      for (const token of whole) {
        if (token.kind === 'line') {
          expect(token.text.length).toBeLessThanOrEqual(lineLengthMax);
          finalOf(token.text);
          const read = noticeOf(token.text);
          if (read?.kind === 'notice' && read.notice.kind === 'caller-item') {
            withItem(unknownCaller, read.notice.tag, read.notice.value);
          }
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test('lines of any text are read in time that does not grow with what is in them', () => {
  for (const text of ['+CLIP: ', '+CCWA: "', '+CREG: 1,', '+CMTI: ', '+CLCC: ']) {
    for (const filler of [' ', '"', ',', '", ', '1']) noticeOf(text + filler.repeat(lineLengthMax / filler.length));
  }
});

/** What the modem of the stories answers. */
function answerTo(command: string, kind: 'analog' | 'mobile'): string {
  const text = command.replace(/\r$/, '');
  if (command.endsWith('\x1a')) return '\r\n+CMGS: 1\r\n\r\nOK\r\n';
  if (text.startsWith('AT+CMGS')) return '\r\n> ';
  if (text === 'ATS3?') return '\r\n013\r\n\r\nOK\r\n';
  const answer = (kind === 'mobile' ? mobileAnswers : analogAnswers)[text] ?? 'OK';
  return [answer]
    .flat()
    .map((one) => `\r\n${one}\r\n`)
    .join('');
}

/** A modem that says what it likes at any time, and commands in between. */
const happening = fc.oneof(
  chunk.map((text) => ({ kind: 'say', text }) as const),
  fc.constantFrom(10, 500, 3000, 40_000, 700_000).map((ms) => ({ kind: 'pass', ms }) as const),
  fc.constant({ kind: 'gone' } as const),
  fc.boolean().map((isDeaf) => ({ kind: 'deaf', isDeaf }) as const),
  fc
    .constantFrom(
      { kind: 'dial', callId: 'c1', number: '10086' } as const,
      { kind: 'answer', callId: 'latest' } as const,
      { kind: 'hang-up', callId: 'c1' } as const,
      { kind: 'hang-up', callId: 'latest' } as const,
      { kind: 'digits', callId: 'c1', digits: '1' } as const,
      { kind: 'send-text', textId: 't', to: '10086', text: '好'.repeat(200) } as const,
      { kind: 'unlock', pin: '0000' } as const,
    )
    .map((command) => ({ kind: 'command', command }) as const),
);

/** A call that comes and is answered, as often as chance would never have it. */
const comesAndIsAnswered: readonly Happening[] = [
  { kind: 'say', text: '\r\nRING\r\n' },
  { kind: 'pass', ms: 500 },
  { kind: 'command', command: { kind: 'answer', callId: 'latest' } },
  { kind: 'pass', ms: 500 },
];
const stories = fc
  .array(
    fc.oneof(
      happening.map((one) => [one]),
      fc.constant(comesAndIsAnswered),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.flat());

type Happening = typeof happening extends fc.Arbitrary<infer One> ? One : never;

/** Plays a story on a modem of its own; gives what happened to each call. */
async function play(kind: 'analog' | 'mobile', story: readonly Happening[]) {
  const clock = handClock();
  const steps = new Map<string, string[]>();
  const told: { events: number; illegal: unknown[] } = { events: 0, illegal: [] };
  const known = new Map<string, Call>();
  let port: PortListener | undefined;
  let isDeaf = false;
  let calls = 0;
  const session = startModemSession({
    kind,
    clock,
    now: () => 1,
    newCallId: () => {
      calls += 1;
      return `in-${calls}`;
    },
    find: async () => 'port',
    open: async (_path, _settings, listener) => {
      port = listener;
      const done = async (): Promise<void> => undefined;
      const write = async (bytes: Uint8Array): Promise<void> => {
        const answer = isDeaf ? '' : answerTo(Buffer.from(bytes).toString('latin1'), kind);
        if (answer !== '') clock.after(5, () => port === listener && listener.onData(Buffer.from(answer)));
      };
      const readPins = async () => ({ cts: false, dsr: false, dcd: false });
      return { kind: 'open', port: { write, setPins: done, readPins, rest: () => undefined, close: done } };
    },
    settings: { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none', lock: true },
    listener: {
      onStanding: () => undefined,
      onEvent: (event) => {
        told.events += 1;
        const checked = equipmentEvent.parse({ ...event, id: 'm' });
        if (checked.kind === 'modem-call-offered')
          known.set(checked.callId, newCall(checked.callId, 'inbound', checked.remote, 1));
        if (checked.kind !== 'modem-call') return;
        const before =
          known.get(checked.callId) ?? newCall(checked.callId, 'outbound', { number: '', displayName: '' }, 1);
        const [after, effects] = step(before, checked.event);
        known.set(checked.callId, after);
        told.illegal.push(...effects.filter((effect) => effect.kind === 'illegal'));
        steps.set(checked.callId, [...(steps.get(checked.callId) ?? []), checked.event.kind]);
      },
      onTrouble: () => undefined,
      onFailed: () => undefined,
    },
  });
  const dialled = new Set<string>();
  await clock.pass(2000);
  for (const one of story) {
    if (one.kind === 'say') port?.onData(Buffer.from(one.text, 'latin1'));
    else if (one.kind === 'pass') await clock.pass(one.ms);
    else if (one.kind === 'deaf') isDeaf = one.isDeaf;
    else if (one.kind === 'gone') {
      port?.onGone('unplugged');
      port = undefined;
    } else if (!(one.command.kind === 'dial' && dialled.has(one.command.callId))) {
      const isLatest = 'callId' in one.command && one.command.callId === 'latest';
      const outcome = session.command(isLatest ? { ...one.command, callId: `in-${calls}` } : one.command);
      if (one.command.kind === 'dial' && outcome.kind === 'begun') dialled.add(one.command.callId);
    }
    await clock.pass(1);
  }
  const closing = session.close();
  await clock.pass(10_000);
  await closing;
  return { steps, ...told };
}

test.each(['analog', 'mobile'] as const)(
  '%s: whatever is said and asked, events keep the contract and every call ends once',
  async (kind) => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(stories, async (story) => {
        const { steps, events, illegal } = await play(kind, story);
        expect(illegal).toEqual([]);
        for (const all of steps.values()) {
          for (const one of all) seen.add(one);
          expect(all.filter((one) => one === 'ended')).toEqual(['ended']);
          expect(all.at(-1)).toBe('ended');
          expect(all.filter((one) => one === 'established').length).toBeLessThanOrEqual(1);
        }
        expect(events).toBeLessThan(2000);
      }),
      { numRuns: 300 },
    );
    // The stories do lead to calls that are answered.
    expect([...seen]).toEqual(expect.arrayContaining(['answering', 'established', 'ended']));
  },
  120_000,
);
