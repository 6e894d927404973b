import fc from 'fast-check';
import { expect, test } from 'vitest';
import { profileText, shippedProfileIds } from '../../../native/serial/profile-file.ts';
import { readProfile } from '../../../native/serial/read-profile.ts';

const shreds = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '-1',
  '1e9',
  '256',
  'null',
  '(',
  ')',
  '{1}',
  '\\\\',
  '啊',
  '',
);

test('however a profile is torn, it is read or refused with a line and a sentence', async () => {
  for (const id of shippedProfileIds) {
    const text = await profileText(id);
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(12), shreds, (at, length, shred) => {
        const outcome = readProfile(text.slice(0, at) + shred + text.slice(at + length));
        if (outcome.kind === 'ok') return;
        expect(outcome.faults.length).toBeGreaterThan(0);
        for (const { line, message } of outcome.faults) {
          expect(line).toBeGreaterThan(0);
          expect(message).not.toBe('');
        }
      }),
      { numRuns: 300 },
    );
  }
});

test('tests that let days of flashing pass are refused, not run', async () => {
  const profile = JSON.parse(await profileText('eao-panel'));
  const steps = [{ lamp: { n: 1, state: 'fast' } }, ...Array.from({ length: 49 }, () => ({ afterMs: 600_000 }))];
  const outcome = readProfile(JSON.stringify({ ...profile, tests: Array.from({ length: 300 }, () => ({ steps })) }));
  expect(outcome.kind === 'error' && outcome.faults.some(({ message }) => /too much time/.test(message))).toBe(true);
});
