import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { practiceScript } from '../../../renderer/phone/practice-script.ts';

const assets = new URL('../../../assets/', import.meta.url).pathname;
const scripts = readdirSync(`${assets}practice`)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, content: JSON.parse(readFileSync(`${assets}practice/${name}`, 'utf8')) as unknown }));

test.each(scripts)('$name keeps to the schema, is named after its id, and has all its voices', ({ name, content }) => {
  const script = practiceScript.parse(content);
  expect(`${script.scriptId}.json`).toBe(name);
  const missing = script.steps
    .flatMap((step) => (step.kind === 'say' ? [`zh-CN/${step.sound}.ogg`, `en/${step.sound}.ogg`] : []))
    .filter((sound) => !existsSync(`${assets}voices/${sound}`));
  expect(missing).toEqual([]);
});

test('there are at least three practice customers, and their voices are small enough to ship', () => {
  const bytes = ['zh-CN', 'en'].flatMap((language) =>
    readdirSync(`${assets}voices/${language}`).map((sound) => statSync(`${assets}voices/${language}/${sound}`).size),
  );
  expect(scripts.length).toBeGreaterThanOrEqual(3);
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(300 * 1024);
});

test.each([
  ['an unknown step', { steps: [{ kind: 'sing' }] }],
  ['a path as a sound', { steps: [{ kind: 'say', sound: '../x', text: { 'zh-CN': 'a', en: 'a' } }] }],
  ['one language only', { title: { en: 'x' } }],
  ['a field nobody knows', { colour: 'red' }],
  ['a number with letters', { customer: { 'zh-CN': { name: '', number: 'abc' }, en: { name: '', number: '100' } } }],
])('refuses %s', (_, change) => {
  const good = scripts[0]?.content as object;
  expect(practiceScript.safeParse({ ...good, ...change }).success).toBe(false);
});
