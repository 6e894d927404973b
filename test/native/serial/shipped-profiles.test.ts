import { expect, test } from 'vitest';
import { profileText, shippedProfileIds } from '../../../native/serial/profile-file.ts';
import { readProfile } from '../../../native/serial/read-profile.ts';

test('every shipped profile is sound, proves itself and carries the name of its file', async () => {
  const ids = await shippedProfileIds();
  expect(ids).toEqual([
    'eao-panel',
    'generic-ascii-keypad',
    'generic-key-lamp-panel',
    'lcus-relay',
    'modem-line-hook',
    'saber-panel',
    'viking-vx',
    'zetron-model-25',
  ]);
  for (const id of ids) {
    const outcome = readProfile(await profileText(id));
    expect(outcome.kind === 'ok' ? outcome.compiled.profile.id : outcome.faults).toBe(id);
  }
});

test('what no public sample proves is marked in the data', async () => {
  for (const id of await shippedProfileIds()) {
    const outcome = readProfile(await profileText(id));
    expect(outcome.kind === 'ok' && outcome.compiled.profile.unproven.length, id).toBeGreaterThan(0);
  }
});
