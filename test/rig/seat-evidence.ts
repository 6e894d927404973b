import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type JournalEntry, journalEntry } from '../../core/journal.ts';
import type { Seat } from './seat.ts';
import type { Sound } from './tone.ts';

/** What a seat has written down, read as a technician would: with the command line, from the profile's folder. */
const hookline = new URL('../../main/cli/hookline.ts', import.meta.url).pathname;

/** A journey's journal has some dozens of lines; an export of a recording prints one. */
const outputBytesMax = 16 * 1024 * 1024;

async function command(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [hookline, ...args], { maxBuffer: outputBytesMax });
  return stdout;
}

/** Every entry of the journal, by `hookline journal export`. */
export async function journalOf(profile: string): Promise<readonly JournalEntry[]> {
  const text = await command('journal', 'export', '--profile', profile);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => journalEntry.parse(JSON.parse(line)));
}

/** What `hookline journal verify --json` says. Rejects when it finds anything wrong. */
export async function verifyJournal(profile: string): Promise<void> {
  await command('journal', 'verify', '--json', '--profile', profile);
}

const exportReport = z.object({ ok: z.boolean(), seconds: z.number(), channels: z.number(), end: z.string() });

/** A recording taken out by `hookline recording export`, and its sound, decoded by the seat's own Chromium. */
export async function recordingOf(
  seat: Seat,
  recordingId: string,
): Promise<{ readonly report: z.infer<typeof exportReport>; readonly sound: Sound }> {
  const output = join(seat.profile, `${recordingId}.webm`);
  const text = await command('recording', 'export', recordingId, '-o', output, '--profile', seat.profile, '--json');
  return { report: exportReport.parse(JSON.parse(text)), sound: await decode(seat, readFileSync(output)) };
}

const decodeSampleRate = 16_000;

/** Decodes WebM in a blank page of the seat's browser: the codec is Chromium's, not ours. */
async function decode(seat: Seat, webm: Buffer): Promise<Sound> {
  const page = await seat.chromium.context.newPage();
  try {
    const channels = z.array(z.string()).parse(
      await page.evaluate(
        `(async () => {
          const bytes = Uint8Array.fromBase64(${JSON.stringify(webm.toString('base64'))});
          const sound = await new OfflineAudioContext(1, 1, ${decodeSampleRate}).decodeAudioData(bytes.buffer);
          return Array.from({ length: sound.numberOfChannels }, (_, i) =>
            new Uint8Array(sound.getChannelData(i).slice().buffer).toBase64());
        })()`,
      ),
    );
    return { sampleRate: decodeSampleRate, channels: channels.map(floats) };
  } finally {
    await page.close();
  }
}

function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
}
