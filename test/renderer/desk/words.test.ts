import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import en from '../../../renderer/words/en.json' with { type: 'json' };
import zhCn from '../../../renderer/words/zh-CN.json' with { type: 'json' };

const renderer = fileURLToPath(new URL('../../../renderer/', import.meta.url));
const sources = readdirSync(renderer, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !path.startsWith('phone') && !path.endsWith('.d.ts'))
  .map((path) => ({ path, text: readFileSync(join(renderer, path), 'utf8') }));

type Words = { readonly [key: string]: string | Words };

function flat(words: Words, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'string') found.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) found.set(inner, text);
  }
  return found;
}

const english = flat(en);
const chinese = flat(zhCn);
const holesOf = (text: string): readonly string[] =>
  [...text.matchAll(/\{\{(\w+)/g)].map((hole) => hole[1] ?? '').sort();

describe('the words', () => {
  it('have the same keys in both languages', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('have the same holes in both languages', () => {
    const holes = (words: Map<string, string>) => [...words].map(([key, text]) => [key, holesOf(text)] as const).sort();
    expect(holes(chinese)).toEqual(holes(english));
  });

  it('are never empty, and Chinese uses its own punctuation next to Han', () => {
    expect([...english, ...chinese].filter(([, text]) => text.trim() === '')).toEqual([]);
    expect([...chinese].filter(([, text]) => /[\u4e00-\u9fff][,:;?!()]|[,;?!()][\u4e00-\u9fff]/.test(text))).toEqual(
      [],
    );
  });

  it('leave a space between Han and Latin', () => {
    const bare = (text: string) => text.replace(/\{\{[^}]*\}\}/g, ' ');
    expect(
      [...chinese].filter(([, text]) => /[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]/.test(bare(text))),
    ).toEqual([]);
  });
});

describe('the code', () => {
  it('uses only keys that exist', () => {
    const missing: string[] = [];
    for (const { path, text } of sources) {
      for (const [, key = ''] of text.matchAll(/\bt\('([^']+)'/g)) {
        if (!english.has(key) && !english.has(`${key}_other`)) missing.push(`${path}: ${key}`);
      }
      for (const [, prefix = ''] of text.matchAll(/\bt\(`([^$`]*)\$\{/g)) {
        if (![...english.keys()].some((key) => key.startsWith(prefix))) missing.push(`${path}: ${prefix}…`);
      }
    }
    expect(missing).toEqual([]);
  });

  it('has a use for every key', () => {
    const all = sources.map(({ text }) => text).join('\n');
    const prefixes = [...all.matchAll(/\bt\(\s*`([^$`]*)\$\{/g)].map(([, prefix = '']) => prefix);
    const unused = [...english.keys()].filter((key) => {
      const base = key.replace(/_(one|other)$/, '');
      return !all.includes(`'${base}'`) && !prefixes.some((prefix) => base.startsWith(prefix));
    });
    expect(unused).toEqual([]);
  });

  it('holds no sentence: no Han anywhere, no words between tags, no words in attributes that are read out', () => {
    const found: string[] = [];
    for (const { path, text } of sources) {
      const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
      if (/[\u4e00-\u9fff]/.test(code)) found.push(`${path}: Han`);
      if (!path.endsWith('.tsx')) continue;
      for (const [whole] of code.matchAll(/>\s*[A-Za-z][A-Za-z ,.'!?]{2,}\s*<\//g)) found.push(`${path}: ${whole}`);
      for (const [whole] of code.matchAll(/(aria-label|title|placeholder|alt|label)="[^"]+"/g))
        found.push(`${path}: ${whole}`);
    }
    expect(found).toEqual([]);
  });
});
