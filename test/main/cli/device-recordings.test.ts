import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type DeviceRecordingFile, replayed } from './replay-recording.ts';

const folder = new URL('../../recordings/hid/', import.meta.url);
const recordings: readonly (readonly [string, DeviceRecordingFile])[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8'))] as const)
  .filter(([, file]) => 'format' in file && file.format === 'hookline device recording 1');

/** Every file of `hookline device record` in test/recordings/hid is a test as it is. */
describe('device recordings', () => {
  it.each(recordings)('%s: every report means the keys the file says', (_name, file) => {
    const { read, said } = replayed(file);
    expect(read).toEqual(said);
  });

  it('a key that is read otherwise than the file says is noticed', () => {
    const [, first] = recordings[0] ?? [];
    if (first === undefined) throw new Error('no recording');
    const other = JSON.parse(JSON.stringify(first).replace('"Phone Mute","isSet"', '"Hook Switch","isSet"'));
    const { read, said } = replayed(other);
    expect(read).not.toEqual(said);
  });
});
