import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordingReadBytesMax } from '../core/console-api.ts';
import { type DemoResult, playDemo } from './demo.ts';
import type { DemoBrowser } from './demo-browser.ts';
import type { RunningSeat } from './running-seat.ts';
import type { SeatDevices } from './seat-ports.ts';

/** Plays the demo on a running seat and leaves its picture and recording in the profile's folder `demo`. */
export async function demoResult(options: {
  readonly directory: string;
  readonly running: RunningSeat;
  readonly devices: SeatDevices;
  readonly browser: DemoBrowser;
  readonly say: (line: string) => void;
}): Promise<DemoResult> {
  const { running, browser } = options;
  const folder = join(options.directory, 'demo');
  await mkdir(folder, { recursive: true });
  return playDemo({
    seat: running.seat,
    simulatedLamps: () => options.devices.simulatedLamps(),
    monotonicMs: () => performance.now(),
    screenshot: async () => {
      const path = join(folder, 'desk.png');
      await browser.screenshot(path);
      return path;
    },
    exportRecording: async (recordingId) => {
      const path = join(folder, 'call.webm');
      await writeFile(path, await wholeRecording(running, recordingId));
      return path;
    },
    journalEntries: () => running.profile.store.journal.lastSeq(),
    say: options.say,
  });
}

async function wholeRecording(running: RunningSeat, recordingId: string): Promise<Buffer> {
  const { bytes } = await running.seat.recordings.open(recordingId);
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < bytes; offset += recordingReadBytesMax) {
    parts.push(
      await running.seat.recordings.read(recordingId, offset, Math.min(recordingReadBytesMax, bytes - offset)),
    );
  }
  return Buffer.concat(parts);
}
