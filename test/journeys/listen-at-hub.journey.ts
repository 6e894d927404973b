import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { seatWithSound } from '../hub/listening/seat-with-sound.ts';
import { keyOf, newFolder, startHub } from '../hub/some-hub.ts';
import { temporaryDirectory } from '../main/store/temporary-directory.ts';
import { startChromium } from '../rig/chromium.ts';
import { toneSamples, writeWav } from '../rig/tone.ts';

/** A quality checker's browser: what it heard of a recording at some seconds, by seeking in a plain audio element. */
async function listen(seconds: readonly number[]) {
  const audio = document.querySelector('audio');
  if (audio === null) throw new Error('no player');
  if (audio.readyState < 1) await new Promise((resolve) => audio.addEventListener('loadedmetadata', resolve));
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 2048 });
  context.createMediaElementSource(audio).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const loudness: number[] = [];
  await audio.play();
  for (const second of seconds) {
    const sought = new Promise((resolve) => audio.addEventListener('seeked', resolve, { once: true }));
    audio.currentTime = second;
    await sought;
    // It plays on from there: half a second of it, by the player's own clock.
    while (audio.currentTime < second + 0.5) await new Promise(requestAnimationFrame);
    analyser.getFloatTimeDomainData(samples);
    loudness.push(Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length));
  }
  return { duration: audio.duration, loudness };
}

test('a quality checker’s browser plays what a seat sent that is gone, and seeks in it', async () => {
  const hub = await startHub(newFolder());
  const seat = await seatWithSound(hub, 'seat-1');
  await seat.record('r1');
  await seat.send('r1');
  const key = await keyOf(hub, 'quality');
  const directory = temporaryDirectory();
  const microphoneWav = join(directory, 'microphone.wav');
  writeWav(microphoneWav, { sampleRate: 48_000, channels: [toneSamples({ hz: 440, seconds: 1, sampleRate: 48_000 })] });
  const chromium = await startChromium({ profile: join(directory, 'profile'), microphoneWav });
  onTestFinished(() => chromium.close());
  await chromium.context.setExtraHTTPHeaders({ authorization: `Bearer ${key}` });
  const page = await chromium.context.newPage();
  const ranges: string[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('/sound')) ranges.push(`${response.status()}`);
  });
  await page.goto(`${hub.url}/healthz`);
  await page.setContent('<audio src="/v1/recordings/seat-1/r1/sound" preload="metadata"></audio>');
  const { duration, loudness } = await page.evaluate(listen, [6.6, 2, 4.8]);
  expect(duration).toBeCloseTo(8.2, 0);
  const [late = 0, early = 0, paused = 1] = loudness;
  expect(late).toBeGreaterThan(0.01);
  expect(early).toBeGreaterThan(0.01);
  // The pause in which a card number was read out.
  expect(paused).toBeLessThan(0.001);
  expect(new Set(ranges)).toEqual(new Set(['206']));
  const plays = await hub.parts.database.tables
    .selectFrom('audit_line')
    .select('subject')
    .where('action', '=', 'recording-played')
    .execute();
  expect(plays).toEqual([{ subject: 'seat-1/r1' }]);
});
