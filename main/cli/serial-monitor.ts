import { createInterface } from 'node:readline';
import { systemClock } from '../../native/clock.ts';
import type { CompiledProfile } from '../../native/serial/compile-profile.ts';
import { openInTime } from '../../native/serial/open-in-time.ts';
import { createPortFinder } from '../../native/serial/port-finder.ts';
import { type LampState, lampState } from '../../native/serial/profile.ts';
import { hex } from '../../native/serial/run-vectors.ts';
import { listSerialPorts, openSerialPort } from '../../native/serial/serial-bus.ts';
import { type SerialLink, startSerialLink } from '../../native/serial/serial-link.ts';
import { liveLines, untilEnd } from './live-lines.ts';

/** Bytes of one piece of traffic that are shown. */
const shownBytesMax = 64;
/** A command typed at the monitor. */
const commandLengthMax = 200;

/**
 * Watches a port with a profile until `seconds` are over or the process is asked to end, as the seat would: events,
 * traffic and the state of the link go to standard output as JSON lines; `lamp N STATE` on standard input sets a lamp.
 */
export async function monitorPort(compiled: CompiledProfile, path: string, seconds: number | undefined): Promise<void> {
  const say = liveLines();
  const link = startSerialLink({
    compiled,
    clock: systemClock,
    find: createPortFinder(compiled.profile.match, path, listSerialPorts),
    open: openInTime(openSerialPort, systemClock),
    listener: {
      onEvent: say,
      onState: (state, detail) => say({ link: state, ...(detail !== '' && { detail }) }),
      onTraffic: (direction, bytes) => {
        const more = bytes.length - shownBytesMax;
        say({ [direction]: hex(bytes.subarray(0, shownBytesMax)), ...(more > 0 && { more }) });
      },
      onTrouble: (doing, detail) => say({ trouble: doing, detail }),
    },
  });
  const commands = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  commands.on('line', (line) => obey(link, line.slice(0, commandLengthMax), say));
  await untilEnd(seconds);
  commands.close();
  await link.close();
}

function obey(link: SerialLink, line: string, say: (line: object) => void): void {
  if (line.trim() === '') return;
  const [, lamp = '', word = ''] = /^\s*lamp\s+(\S+)\s+(\S+)\s*$/.exec(line) ?? [];
  const state: LampState | undefined = lampState.safeParse(word).data;
  if (state === undefined) {
    say({ trouble: 'reading a command', detail: `write: lamp NUMBER-OR-NAME ${lampState.options.join('|')}` });
  } else if (!link.wish(lamp, state)) say({ trouble: 'setting a lamp', detail: `there is no lamp ${lamp}` });
}
