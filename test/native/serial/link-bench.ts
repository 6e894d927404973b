import { systemClock } from '../../../native/clock.ts';
import type { CompiledProfile } from '../../../native/serial/compile-profile.ts';
import { openInTime } from '../../../native/serial/open-in-time.ts';
import { createPortFinder } from '../../../native/serial/port-finder.ts';
import { profileText } from '../../../native/serial/profile-file.ts';
import { readProfile } from '../../../native/serial/read-profile.ts';
import { listSerialPorts, openSerialPort } from '../../../native/serial/serial-bus.ts';
import { type SerialLink, startSerialLink } from '../../../native/serial/serial-link.ts';

/** A link with the real serialport, and all it said. */
export type LinkBench = {
  readonly link: SerialLink;
  /** `{"key":"1",…}`, `state ready`, `trouble …`, oldest first. */
  readonly said: readonly string[];
  /** Resolves when something that begins so was said, from `since` on (an index of `said`). */
  waitFor(start: string, since?: number): Promise<void>;
};

/** A shipped profile by id, or the text of one. */
export async function compiledProfile(idOrText: string): Promise<CompiledProfile> {
  const outcome = readProfile(idOrText.startsWith('{') ? idOrText : await profileText(idOrText));
  if (outcome.kind === 'error') throw new Error(JSON.stringify(outcome.faults));
  return outcome.compiled;
}

/** Starts a link on a pty, with the real clock and the real serialport. */
export function startLinkBench(compiled: CompiledProfile, path: string): LinkBench {
  const said: string[] = [];
  const watchers = new Set<() => void>();
  const say = (line: string): void => {
    said.push(line);
    for (const watch of [...watchers]) watch();
  };
  const link = startSerialLink({
    compiled,
    clock: systemClock,
    find: createPortFinder(compiled.profile.match, path, listSerialPorts),
    open: openInTime(openSerialPort, systemClock),
    listener: {
      onEvent: (event) => say(JSON.stringify(event)),
      onState: (state) => say(`state ${state}`),
      onTraffic: () => undefined,
      onTrouble: (doing, detail) => say(`trouble ${doing}: ${detail}`),
    },
  });
  return {
    link,
    said,
    waitFor: (start, since = 0) =>
      new Promise((resolve, reject) => {
        const done = (): void => {
          clearTimeout(timer);
          watchers.delete(watch);
        };
        const watch = (): void => {
          if (!said.slice(since).some((line) => line.startsWith(start))) return;
          done();
          resolve();
        };
        const timer = setTimeout(() => {
          done();
          reject(new Error(`Waited for ${start}; said ${said.join(' | ')}`));
        }, 12_000);
        watchers.add(watch);
        watch();
      }),
  };
}
