// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources under test are text with holes in them
import { describe, expect, test } from 'vitest';
import { readSource } from './import-reader.ts';

const importsOf = (source: string, path = 'main/made-up.ts'): string[] =>
  readSource(path, source).imports.map(({ kind, specifier, line }) => `${line} ${kind} ${specifier}`);

describe('every way to reach for another file is found', () => {
  test.each([
    ["import './a.ts';", ['1 import ./a.ts']],
    ["import a from './a.ts';", ['1 import ./a.ts']],
    ["import * as a from './a.ts';", ['1 import ./a.ts']],
    ["import type { A } from './a.ts';", ['1 import ./a.ts']],
    ["import { type A } from './a.ts';", ['1 import ./a.ts']],
    ["import {\n  a,\n  b,\n} from './a.ts';", ['1 import ./a.ts']],
    ["import a from './a.json' with { type: 'json' };", ['1 import ./a.json']],
    ["import/* odd */{a}/* spacing */from'./a.ts'", ['1 import ./a.ts']],
    ["export * from './a.ts';", ['1 export-from ./a.ts']],
    ["export * as a from './a.ts';", ['1 export-from ./a.ts']],
    ["export { a } from './a.ts';", ['1 export-from ./a.ts']],
    ["export type { A } from './a.ts';", ['1 export-from ./a.ts']],
    ["const a = await import('./a.ts');", ['1 dynamic ./a.ts']],
    ['const a = await import(`./a.ts`);', ['1 dynamic ./a.ts']],
    ['const a = await import(`./${name}.ts`);', ['1 dynamic null']],
    ['const a = await import(name);', ['1 dynamic null']],
    ["type A = import('./a.ts').A;", ['1 type ./a.ts']],
    ["type A = typeof import('./a.ts');", ['1 type ./a.ts']],
    ["function f(a: import('./a.ts').A): void {}", ['1 type ./a.ts']],
    ["const a = require('./a.cjs');", ['1 require ./a.cjs']],
    ["const a = require.resolve('a');", ['1 require a']],
    ["const a = module.require('a');", ['1 require a']],
    ["const a = createRequire(import.meta.url)('a');", ['1 require a']],
    ["import a = require('a');", ['1 require a']],
    ["const all = import.meta.glob('./*.ts');", ['1 glob ./*.ts']],
    [
      "const all = import.meta.glob(['./a/*.ts', './b/*.ts'], { eager: true });",
      ['1 glob ./a/*.ts', '1 glob ./b/*.ts'],
    ],
    ["new Worker(new URL('./a.ts', import.meta.url));", ['1 address ./a.ts']],
    ['/// <reference types="node" />', ['1 reference node']],
    ['/// <reference path="./a.d.ts" />', ['1 reference ./a.d.ts']],
    ["const x = 1;\n\nfunction late() {\n  return import('./late.ts');\n}", ['4 dynamic ./late.ts']],
    ["const f = `${await import('./in-a-hole.ts')}`;", ['1 dynamic ./in-a-hole.ts']],
  ])('%j', (source, expected) => {
    expect(importsOf(source)).toEqual(expected);
  });
});

describe('what only looks like an import is not taken for one', () => {
  test.each([
    ["// import './a.ts';"],
    ["/* import './a.ts'; */"],
    ["/** @see import('./a.ts') */ const a = 1;"],
    ['const a = "import \'./a.ts\'";'],
    ["const a = `import('./a.ts')`;"],
    ["const a = `one ${1} require('./a.ts')`;"],
    ["const a = /import '.\\/a.ts'/;"],
    ["const a = 1 / 2; // require('./a.ts') /"],
    ["const a = { import: './a.ts', require: './b.ts' };"],
    ["a.import('./a.ts');"],
    ["new URL('./picture.png', import.meta.url);"],
    ["new URL('./a.ts', 'https://example.test');"],
    ["const from = './a.ts';"],
  ])('%j', (source) => {
    expect(importsOf(source)).toEqual([]);
  });

  test('JSX text with an apostrophe', () => {
    const source = "const a = <p>It's import './a.ts'</p>;\nimport './b.ts';";
    expect(importsOf(source, 'renderer/made-up.tsx')).toEqual(['2 import ./b.ts']);
  });
});

test('a CommonJS TypeScript file is read too', () => {
  expect(importsOf("import electron = require('electron');", 'main/preload.cts')).toEqual(['1 require electron']);
});

test('a file that does not parse is named', () => {
  expect(() => readSource('core/torn.ts', 'export const = ;')).toThrow(/^core\/torn\.ts does not parse: /);
});

test('exports without a docstring are named with their line', () => {
  const source = [
    '/** Said. */',
    'export const said = 1;',
    '// A remark is not a docstring.',
    'export const unsaid = 2;',
    'export type Call = z.infer<typeof call>;',
    'export type Bare = string;',
    '/** Far. */',
    'const inner = 1;',
    'export function bare(): void {}',
    'export { inner };',
    'export default class {}',
  ].join('\n');
  expect(readSource('core/made-up.ts', source).exportsWithoutDocstring).toEqual([
    { name: 'unsaid', line: 4 },
    { name: 'Bare', line: 6 },
    { name: 'bare', line: 9 },
    { name: 'default', line: 11 },
  ]);
});

test.each([
  ["export * from './a.ts';\nexport { b } from './b.ts';", true],
  ["export type { A } from './a.ts';", true],
  ["export * from './a.ts';\nexport const b = 1;", false],
  ['', false],
])('a barrel is a file of nothing but re-exports: %j', (source, isBarrel) => {
  expect(readSource('core/made-up.ts', source).isBarrel).toBe(isBarrel);
});
