import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyCommand } from '../../core/key-command.ts';
import { commandFromText, commandWords } from '../../core/key-command-text.ts';
import { shippedProfileIds, shippedProfileText } from '../../native/serial/profile-file.ts';

test.each([
  ['answer', { do: 'answer' }],
  ['hang-up', { do: 'hang-up' }],
  ['reject', { do: 'decline' }],
  ['dial 8001', { do: 'dial', number: '8001', name: '' }],
  ['digit *', { do: 'digits', digits: '*' }],
  ['park 1', { do: 'park', number: '1', name: '' }],
  ['not-ready', { do: 'not-ready', reason: 'other' }],
  ['not-ready lunch', { do: 'not-ready', reason: 'lunch' }],
  ['work-code repair', { do: 'work-code', code: 'repair' }],
  ['volume up', { do: 'volume', change: 'up' }],
  ['message-waiting 8001', { do: 'message-waiting', number: '8001', name: '' }],
  ['page 2', { do: 'page', page: 1 }],
])('%s', (text, command) => {
  expect(commandFromText(text)).toEqual(command);
});

test.each([
  '',
  'make coffee',
  'answer now please',
  'page 0',
  'page x',
  'volume loud',
  'not-ready tired',
  'digit z',
  'toString',
])('%s is no command', (text) => {
  expect(commandFromText(text)).toBeUndefined();
});

test('every command a profile of ours names is one, and every word a person is told of works', () => {
  for (const id of shippedProfileIds) {
    const profile: { readonly keys?: { readonly map?: Record<string, string> } } = JSON.parse(
      shippedProfileText(id) ?? '{}',
    );
    for (const text of Object.values(profile.keys?.map ?? {})) expect(commandFromText(text), text).toBeDefined();
  }
  const plain = commandWords.filter((word) => !word.endsWith('…'));
  expect(plain.filter((word) => commandFromText(word) === undefined)).toEqual([]);
});

test('any text is a sound command or none', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.constantFrom(...commandWords).chain((word) => fc.string().map((rest) => word.replace('…', rest))),
      ),
      (text) => {
        const command = commandFromText(text);
        if (command !== undefined) expect(keyCommand.parse(command)).toEqual(command);
      },
    ),
  );
});
