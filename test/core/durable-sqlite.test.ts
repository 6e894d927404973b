import { expect, test } from 'vitest';
import { durableSettings, isAtLeast, refusedSetting } from '../../core/durable-sqlite.ts';

test.each([
  ['3.51.3', '3.51.3', true],
  ['3.51.2', '3.51.3', false],
  ['3.52.0', '3.51.3', true],
  ['4.0', '3.51.3', true],
  ['3.9.10', '3.51.3', false],
  ['3.51', '3.51.3', false],
  ['3.51.3.1', '3.51.3', true],
])('version %s, wanted %s: %s', (version, wanted, isNewEnough) => {
  expect(isAtLeast(version, wanted)).toBe(isNewEnough);
});

/** A SQLite that takes every setting but those of which it is told that they stay. */
function pragmas(stays: Readonly<Record<string, unknown>> = {}): (text: string) => unknown {
  return (text) => {
    const [name = ''] = text.split(' ');
    return name in stays ? stays[name] : durableSettings.find((each) => each.name === name)?.reads;
  };
}

test('a setting that SQLite did not take is named with what stands there', () => {
  expect(refusedSetting(durableSettings, pragmas())).toBeNull();
  expect(refusedSetting(durableSettings, pragmas({ journal_mode: 'delete' }))).toBe(
    'journal_mode is delete, wanted WAL',
  );
  expect(refusedSetting(durableSettings, pragmas({ fullfsync: 0 }))).toBe('fullfsync is 0, wanted ON');
});
