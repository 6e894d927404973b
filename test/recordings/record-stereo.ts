import { writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

/**
 * Makes `media-recorder-stereo.json`: what Chromium's own MediaRecorder gives for 440 Hz left and 1000 Hz right, two
 * segments (4.3 s and 2.2 s), a chunk a second, base64. Run it by hand when Chromium changes what it writes:
 * `node test/recordings/record-stereo.ts`.
 */
const browser = await chromium.launch({
  executablePath: process.env.HOOKLINE_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
});
try {
  const page = await browser.newPage();
  const segments = await page.evaluate(async () => {
    const context = new AudioContext({ sampleRate: 48_000 });
    await context.resume();
    const merger = context.createChannelMerger(2);
    for (const [channel, frequency] of [440, 1000].entries()) {
      const tone = new OscillatorNode(context, { frequency });
      tone.connect(merger, 0, channel);
      tone.start();
    }
    const sink = context.createMediaStreamDestination();
    sink.channelCount = 2;
    merger.connect(sink);
    const record = async (forMs: number): Promise<readonly string[]> => {
      const recorder = new MediaRecorder(sink.stream, {
        mimeType: 'audio/webm;codecs=opus',
        audioBitsPerSecond: 48_000,
      });
      const blobs: Blob[] = [];
      recorder.ondataavailable = ({ data }) => blobs.push(data);
      recorder.start(1000);
      await new Promise((resolve) => setTimeout(resolve, forMs));
      const stopped = new Promise((resolve) => {
        recorder.onstop = resolve;
      });
      recorder.stop();
      await stopped;
      return Promise.all(
        blobs.map(async (blob) => btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())))),
      );
    };
    return [await record(4300), await record(2200)];
  });
  writeFileSync(
    new URL('media-recorder-stereo.json', import.meta.url),
    `${JSON.stringify({ userAgent: await page.evaluate(() => navigator.userAgent), segments }, null, 1)}\n`,
  );
} finally {
  await browser.close();
}
