import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CompiledProfile } from '../../../native/serial/compile-profile.ts';
import { createDecoder } from '../../../native/serial/decoder.ts';
import { profileText, shippedProfileIds } from '../../../native/serial/profile-file.ts';
import { readProfile } from '../../../native/serial/read-profile.ts';

/** Every way of framing there is, beside those the shipped profiles use. */
const framings = [
  { type: 'line', max: 20 },
  { type: 'line', start: '24', end: '0D0A', max: 20 },
  { type: 'startEnd', start: '02', end: '03', after: 1, max: 20, gapMs: 5 },
  { type: 'startEnd', start: '0202', end: '0303', max: 20 },
  { type: 'fixed', length: 4 },
  { type: 'lengthPrefixed', start: '02', lenField: { at: 1, adds: 2 }, max: 40 },
  { type: 'lengthPrefixed', lenField: { at: 0, bytes: 2, endian: 'be' }, max: 40 },
  { type: 'slip', max: 20 },
  { type: 'dle', max: 20 },
  { type: 'idleGap', gapMs: 5, max: 20 },
  { type: 'modbusRtu', max: 20 },
];
const checks = [
  { kind: 'none' },
  { kind: 'crc16modbus', to: -3, at: -2 },
  { kind: 'sum8', encoding: 'hexAscii', to: -3, at: -2 },
];

async function profiles(): Promise<readonly CompiledProfile[]> {
  const shipped = await Promise.all(shippedProfileIds.map(profileText));
  const made = framings.flatMap((framing) =>
    checks.map((checksum) =>
      JSON.stringify({
        id: 'any',
        version: 1,
        title: 'any',
        source: 'test',
        serial: { baudRate: 9600 },
        framing,
        checksum,
        keys: { mode: 'pressOnly', repeatMs: 10 },
        events: [
          { on: '/(.+)/', emit: { key: '{1}' } },
          { on: { byte: -1, eq: '00' }, emit: { keys: 'bitmap(0..1)' } },
        ],
        tests: [{ title: 'none', afterMs: 1 }],
      }),
    ),
  );
  return [...shipped, ...made].map((text) => {
    const outcome = readProfile(text);
    if (outcome.kind === 'error') throw new Error(JSON.stringify(outcome.faults));
    return outcome.compiled;
  });
}

/** Bytes that matter to some framing come more often than chance would have it. */
const byte = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(0x02, 0x03, 0x10, 0xc0, 0xdb, 0x0d, 0x0a, 0x24, 0xa0, 0x00, 0x30, 0x31, 0x3f, 0x0b),
);
const chunks = fc.array(
  fc.tuple(
    fc.array(byte, { maxLength: 60 }).map((bytes) => Uint8Array.from(bytes)),
    fc.integer({ min: 0, max: 30 }),
  ),
  { maxLength: 12 },
);

test('no bytes whatever make a decoder throw, hang or say more than the bytes can mean', async () => {
  for (const compiled of await profiles()) {
    fc.assert(
      fc.property(chunks, (pieces) => {
        let events = 0;
        const decoder = createDecoder(compiled, {
          onEvent: () => {
            events += 1;
          },
          onFrame: () => undefined,
          onBadFrame: () => undefined,
        });
        let nowMs = 0;
        let total = 0;
        for (const [bytes, ms] of pieces) {
          nowMs += ms;
          total += bytes.length;
          decoder.push(bytes, nowMs);
        }
        decoder.end();
        // Everything falls due in the end, and then nothing is left to wait for.
        decoder.tick(nowMs + 100_000);
        expect(decoder.dueMs()).toBeUndefined();
        const { frames, noiseBytes } = decoder.counts;
        expect(frames).toBeLessThanOrEqual(total);
        expect(noiseBytes).toBeLessThanOrEqual(total);
        // A frame of two bitmap bytes can move 16 keys; a key pressed is released once.
        expect(events).toBeLessThanOrEqual(total * 16);
      }),
      { numRuns: 60 },
    );
  }
});

test('cut anywhere, the same bytes mean the same', async () => {
  for (const compiled of await profiles()) {
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 80 }), fc.integer({ min: 1, max: 7 }), (bytes, step) => {
        const decode = (size: number): string => {
          const said: string[] = [];
          const decoder = createDecoder(compiled, {
            onEvent: (event) => said.push(JSON.stringify(event)),
            onFrame: () => undefined,
            onBadFrame: () => said.push('bad'),
          });
          for (let at = 0; at < bytes.length; at += size) decoder.push(Uint8Array.from(bytes.slice(at, at + size)), 0);
          decoder.end();
          return said.join('\n');
        };
        expect(decode(step)).toBe(decode(1000));
      }),
      { numRuns: 40 },
    );
  }
});

test('a flood without an end is not kept', async () => {
  for (const compiled of await profiles()) {
    const decoder = createDecoder(compiled, {
      onEvent: () => undefined,
      onFrame: () => undefined,
      onBadFrame: () => undefined,
    });
    const flood = new Uint8Array(200_000).fill(0x02);
    decoder.push(flood, 0);
    const { frames, noiseBytes, badChecksums } = decoder.counts;
    expect(frames + noiseBytes + badChecksums).toBeGreaterThan(0);
  }
});
