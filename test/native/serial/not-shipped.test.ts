import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lampNumberOf } from '../../../native/serial/compile-profile.ts';
import { readProfile } from '../../../native/serial/read-profile.ts';

/** Profiles written by docs/serial-profile.md alone, for framings and features the shipped ones do not use. */
const folder = new URL('not-shipped/', import.meta.url);

test.each(readdirSync(folder))('%s is sound and proves itself', (file) => {
  const outcome = readProfile(readFileSync(new URL(file, folder), 'utf8'));
  expect(outcome.kind === 'ok' ? outcome.compiled.profile.id : outcome.faults).toBe(file.replace('.json', ''));
});

test('a key whose name is a number has the lamp the map gives it, and else the lamp of its number', () => {
  const outcome = readProfile(readFileSync(new URL('guard-post.json', folder), 'utf8'));
  if (outcome.kind !== 'ok') throw new Error('not read');
  const { profile } = outcome.compiled;
  expect(['01', '02', '3', 3, '17', 'ringing', 'nobody'].map((lamp) => lampNumberOf(profile, lamp))).toEqual([
    2,
    2,
    3,
    3,
    undefined,
    1,
    undefined,
  ]);
});
