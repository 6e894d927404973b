import { createReadStream } from 'node:fs';

/**
 * The bytes of a file, or of standard input for `-`; with `isHex` those its hex text stands for, as `24 30 0x31`. Throws
 * in words when it is no hex.
 */
export async function* byteInput(file: string, isHex: boolean): AsyncGenerator<Uint8Array> {
  const stream = file === '-' ? process.stdin : createReadStream(file);
  let rest = '';
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    if (!isHex) {
      yield bytes;
      continue;
    }
    const digits = rest + bytes.toString('latin1').replaceAll(/[\s,]|0x/g, '');
    if (/[^0-9a-f]/i.test(digits)) throw new Error('not hex: give pairs of hex digits, or leave --hex out');
    rest = digits.length % 2 === 1 ? digits.slice(-1) : '';
    yield Buffer.from(digits, 'hex');
  }
  if (rest !== '') throw new Error('an odd number of hex digits');
}

/** Writes to standard output and waits for a reader that is slower. */
export function writeOut(text: string): Promise<void> {
  return new Promise((resolve) => {
    if (text === '' || process.stdout.write(text)) resolve();
    else process.stdout.once('drain', resolve);
  });
}
