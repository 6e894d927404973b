import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { noDescriptorSource } from '../../native/hid/descriptor-source.ts';
import { type FoundHid, type HidPort, nodeHidBus } from '../../native/hid/hid-bus.ts';
import { readMap } from '../../native/hid/read-map.ts';
import { sysfsDescriptors } from '../../native/hid/sysfs-descriptors.ts';
import { deviceIdOf } from '../../native/roster.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { DeviceRecording, isKeyboard, type RecordingEnd } from './device-recording.ts';

/** A dot a report on the terminal, up to so many a request: a device that babbles must not scroll the question away. */
const dotsMax = 20;

/** What `hookline device record` was told. */
export type RecordDeviceOptions = {
  readonly output: string;
  readonly seconds: number;
  readonly serial?: boolean;
  readonly keyboard?: boolean;
};

/**
 * Records one device into a file, asking for its keys on the terminal; answers a sentence when that cannot be done, else
 * null. The device is opened beside whoever has it; nothing is written to it. Ctrl-C ends the recording and keeps it.
 */
export async function recordDevice(wanted: string, options: RecordDeviceOptions): Promise<string | null> {
  const bus = nodeHidBus();
  const source = process.platform === 'linux' ? sysfsDescriptors() : noDescriptorSource;
  const matches = matching(await bus.list(), wanted);
  const found = matches.length > 1 ? await theTelephonyOne(matches) : matches[0];
  if (found === undefined) return whichOne(matches, wanted);
  const answer = await source.descriptorOf(found.path);
  const descriptor = answer.kind === 'ok' ? answer.bytes : null;
  if (descriptor !== null && isKeyboard(descriptor) && options.keyboard !== true) {
    return `${found.name} types: everything typed on it would be in the file. Say --keyboard if that is meant.`;
  }
  const recording = new DeviceRecording(found, descriptor);
  const ended = Promise.withResolvers<RecordingEnd>();
  const beginMs = performance.now();
  const opening = await bus.open(found.path, {
    onReport: (report) => {
      recording.take(report, performance.now() - beginMs);
      // The person sees that the press arrived.
      if (recording.reportsNow() <= dotsMax) process.stderr.write('.');
    },
    onClosed: (reason) => ended.resolve(reason),
  });
  if (opening.kind === 'refused') {
    const mend = opening.problem === 'no-permission' ? ' `hookline device rules --install` gives you leave.' : '';
    return `${found.path} cannot be opened: ${opening.detail}.${mend}`;
  }
  const file = await newFile(options.output);
  if (typeof file === 'string') {
    await opening.port.close();
    return file;
  }
  const end = await conversation(recording, ended, options.seconds * 1_000);
  await closeQuietly(opening.port);
  await save(file, recording.text(end, { withSerial: options.serial === true, version: packageFile.version }));
  process.stderr.write(`${options.output} is written (${end}).\n`);
  return null;
}

function matching(devices: readonly FoundHid[], wanted: string): readonly FoundHid[] {
  const exact = devices.filter((device) => device.path === wanted || deviceIdOf(device, new Set()) === wanted);
  if (exact.length > 0) return exact;
  return devices.filter((device) => device.name.toLowerCase().includes(wanted.toLowerCase()));
}

/** A headset is often several nodes with one name; the one for calls is meant. */
async function theTelephonyOne(devices: readonly FoundHid[]): Promise<FoundHid | undefined> {
  const source = process.platform === 'linux' ? sysfsDescriptors() : noDescriptorSource;
  const readings = await Promise.all(devices.map((device) => readMap(source, device.path, device)));
  const forCalls = devices.filter((_, index) => {
    const reading = readings[index];
    return reading?.kind === 'ok' && reading.map.isTelephony;
  });
  return forCalls.length === 1 ? forCalls[0] : undefined;
}

function whichOne(matches: readonly FoundHid[], wanted: string): string {
  if (matches.length === 0) return `${wanted}: no such device is plugged in; \`hookline devices --all\` lists them.`;
  const rows = matches.map((device) => `  ${device.path}  ${device.name}`);
  return [`${wanted}: more than one fits, give the path:`, ...rows].join('\n');
}

async function newFile(path: string): Promise<FileHandle | string> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    return isThere ? `${path} is there already; give another name.` : `${path}: ${String(error)}`;
  }
}

/** Asks for each key, then for whatever else there is. Without anybody who answers it listens until the time is up. */
async function conversation(
  recording: DeviceRecording,
  ended: PromiseWithResolvers<RecordingEnd>,
  forMs: number,
): Promise<RecordingEnd> {
  const timer = setTimeout(() => ended.resolve('time'), forMs);
  const lines = createInterface({ input: process.stdin });
  const stop = (): void => ended.resolve('finished');
  process.once('SIGINT', stop);
  const answers = lines[Symbol.asyncIterator]();
  const ask = async (question: string): Promise<string | null> => {
    recording.ask(question);
    process.stderr.write(`${question} `);
    const answer = await answers.next();
    if (answer.done === true) return null;
    recording.say(answer.value);
    process.stderr.write(`  ${recording.reportsNow()} report(s)\n`);
    return answer.value;
  };
  void (async () => {
    for (const key of recording.keyNames()) {
      // Nobody answers: what comes from now on belongs to the question that stands.
      if ((await ask(`Press "${key}" and let go, then Enter (say so if there is no such key):`)) === null) return;
    }
    for (;;) {
      const said = await ask('Press any other key, say which, then Enter (Enter alone ends):');
      if (said === null) return;
      if (said.trim() === '') return stop();
    }
  })();
  const end = await ended.promise;
  clearTimeout(timer);
  process.removeListener('SIGINT', stop);
  lines.close();
  process.stdin.destroy();
  return end;
}

async function save(file: FileHandle, text: string): Promise<void> {
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function closeQuietly(port: HidPort): Promise<void> {
  try {
    await port.close();
  } catch (error) {
    process.stderr.write(`Closing the device: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
