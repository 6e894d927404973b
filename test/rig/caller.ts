import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { AmiMessage } from './ami.ts';
import type { Asterisk } from './asterisk.ts';
import { readWav, type Sound } from './tone.ts';

/** How long a seat may take to answer in a test before the caller gives up. */
const ringSeconds = 60;

/** A caller on Asterisk who rings a seat and plays a tone. Every wait looks at events since the call began. */
export type Caller = {
  /** The seat's own channel, as soon as the seat rings. */
  readonly seatChannel: string;
  /** Resolves when the seat has answered. */
  whenAnswered(timeoutMs?: number): Promise<void>;
  /** Resolves when the seat has put the caller on hold, or taken it back. */
  whenHeld(from?: number): Promise<void>;
  whenResumed(from?: number): Promise<void>;
  /** Resolves when the seat's channel is gone; gives Q.850 cause and text. */
  whenEnded(timeoutMs?: number): Promise<{ readonly cause: string; readonly text: string }>;
  /** Resolves when as many digits came from the seat; gives them in order. */
  whenDigits(count: number): Promise<string>;
  /** Records what comes from the seat and what goes to it, from now until `stop`. */
  record(): Promise<{ stop(): Promise<{ readonly fromSeat: Sound; readonly toSeat: Sound }> }>;
  /** The same for so many milliseconds. */
  listen(ms: number): Promise<{ readonly fromSeat: Sound; readonly toSeat: Sound }>;
  hangUp(): Promise<void>;
};

/**
 * Rings a seat as a caller of this name and number who plays a tone. Resolves when the seat's channel is ringing.
 * `endpoint` is 6001, or 6001-udp for a phone on plain UDP.
 */
export async function callSeat(
  asterisk: Asterisk,
  call: { readonly endpoint: string; readonly name: string; readonly number: string; readonly toneHz: number },
): Promise<Caller> {
  const { ami } = asterisk;
  const from = ami.mark();
  await ami.action('Originate', {
    Channel: `Local/${call.endpoint}@rig-dial/n`,
    Context: 'rig-caller',
    Exten: String(call.toneHz),
    Priority: '1',
    Async: 'true',
    Timeout: String(ringSeconds * 1000),
    Variable: [
      `__RIG_NAME=${Buffer.from(call.name, 'utf8').toString('base64')}`,
      `__RIG_NUMBER=${call.number}`,
      `__RIG_TIMEOUT=${ringSeconds}`,
    ],
  });
  const isSeat = (event: AmiMessage) => event.Channel?.startsWith(`PJSIP/${call.endpoint}-0`) === true;
  const isRinging = (event: AmiMessage) =>
    isSeat(event) && event.Event === 'Newstate' && ['Ringing', 'Up'].includes(event.ChannelStateDesc ?? '');
  const isRefused = (event: AmiMessage) => event.Event === 'OriginateResponse' && event.Response === 'Failure';
  const first = await ami.waitFor(`${call.endpoint} to ring`, (event) => isRinging(event) || isRefused(event), {
    from,
    timeoutMs: 15_000,
  });
  if (isRefused(first)) throw new Error(`${call.endpoint} did not ring:\n${asterisk.log()}`);
  const seatChannel = first.Channel ?? '';
  const is = (name: string) => (event: AmiMessage) => event.Event === name && event.Channel === seatChannel;
  const wait = async (what: string, matches: (event: AmiMessage) => boolean, since = from, timeoutMs?: number) =>
    ami.waitFor(what, matches, timeoutMs === undefined ? { from: since } : { from: since, timeoutMs });
  const isDigit = (event: AmiMessage) => is('DTMFEnd')(event) && event.Direction === 'Received';
  return {
    seatChannel,
    whenAnswered: async (timeoutMs) => {
      const isUp = (event: AmiMessage) => is('Newstate')(event) && event.ChannelStateDesc === 'Up';
      await wait('the seat to answer', isUp, from, timeoutMs);
    },
    whenHeld: async (since) => void (await wait('hold', is('Hold'), since)),
    whenResumed: async (since) => void (await wait('resume', is('Unhold'), since)),
    whenEnded: async (timeoutMs) => {
      const event = await wait('the call to end', is('Hangup'), from, timeoutMs);
      return { cause: event.Cause ?? '', text: event['Cause-txt'] ?? '' };
    },
    whenDigits: async (count) => {
      await wait(`${count} digits`, () => ami.seen(isDigit, from).length >= count);
      return ami
        .seen(isDigit, from)
        .map((event) => event.Digit)
        .join('');
    },
    record: () => recordChannel(asterisk, seatChannel),
    listen: async (ms) => {
      const recording = await recordChannel(asterisk, seatChannel);
      // Not a wait for something to happen: listening to two seconds of sound takes two seconds.
      await setTimeout(ms);
      return recording.stop();
    },
    hangUp: async () => void (await ami.action('Hangup', { Channel: seatChannel, Cause: '16' })),
  };
}

/** MixMonitor with its two receivers: `r` writes what Asterisk received from the channel, `t` what it sent to it. */
async function recordChannel(asterisk: Asterisk, channel: string) {
  const name = randomUUID();
  const files = { from: asterisk.file(`${name}-from.wav16`), to: asterisk.file(`${name}-to.wav16`) };
  const { MixMonitorID } = await asterisk.ami.action('MixMonitor', {
    Channel: channel,
    Options: `r(${files.from.inside})t(${files.to.inside})`,
  });
  return {
    stop: async () => {
      const from = asterisk.ami.mark();
      const isStopped = (event: AmiMessage) => event.Event === 'MixMonitorStop' && event.Channel === channel;
      await asterisk.ami.action('StopMixMonitor', {
        Channel: channel,
        ...(MixMonitorID === undefined ? {} : { MixMonitorID }),
      });
      await asterisk.ami.waitFor('the recording at Asterisk to stop', isStopped, { from });
      return { fromSeat: readWav(files.from.outside), toSeat: readWav(files.to.outside) };
    },
  };
}
