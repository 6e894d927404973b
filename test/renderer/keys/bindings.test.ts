import { describe, expect, it } from 'vitest';
import { defaultWorkCodes } from '../../../core/work-code.ts';
import {
  keyBeside,
  pagesOrOne,
  readBindings,
  withKey,
  withKeysSwapped,
  withoutPage,
  withPageName,
  withPanel,
} from '../../../renderer/keys/bindings.ts';
import { commandOf, draftOf, paletteGroups, templateId } from '../../../renderer/keys/key-template.ts';

const pages = [
  { name: 'Calls', keys: { a: { do: 'answer' }, p: { do: 'page', page: 2 }, q: { do: 'page', page: 1 } } },
  { name: '', keys: { b: { do: 'mute' } } },
  { name: 'Doors', keys: { c: { do: 'page', page: 0 } } },
] as const;

describe('changing keys', () => {
  it('sets, clears and swaps keys of one page and leaves the others as they are', () => {
    expect(withKey(pages, 1, 'x', { do: 'hold' })).toEqual([
      pages[0],
      { name: '', keys: { b: { do: 'mute' }, x: { do: 'hold' } } },
      pages[2],
    ]);
    expect(withKey(pages, 1, 'b', null)[1]).toEqual({ name: '', keys: {} });
    expect(withKeysSwapped(pages, 0, 'a', 'p')[0]?.keys).toEqual({
      a: { do: 'page', page: 2 },
      p: { do: 'answer' },
      q: { do: 'page', page: 1 },
    });
    expect(withKeysSwapped(pages, 1, 'b', 'free')[1]?.keys).toEqual({ free: { do: 'mute' } });
  });

  it('takes a page away: keys that led there do nothing, keys to a later page still lead to it', () => {
    expect(withoutPage(pages, 1)).toEqual([
      { name: 'Calls', keys: { a: { do: 'answer' }, p: { do: 'page', page: 1 } } },
      pages[2],
    ]);
  });

  it('keeps what other panels do, plugged in or not', () => {
    const file = { panels: { away: { pages: [{ name: '', keys: {} }] } } };
    const bound = withPanel(file, 'here', withPageName(pagesOrOne([]), 0, 'One'));
    expect(bound.panels).toEqual({ ...file.panels, here: { pages: [{ name: 'One', keys: {} }] } });
    expect(withPanel(bound, 'here', null)).toEqual(file);
  });
});

describe('a keys file', () => {
  it('is read whole, or the place of its first mistake is named', () => {
    const good = { panels: { here: { pages: [{ name: 'A', keys: { k: { do: 'hold' } } }] } } };
    expect(readBindings(JSON.stringify(good))).toEqual({ kind: 'read', bindings: good });
    const byHand = `\uFEFF{\n  // the front desk\n  "panels": { "here": ${JSON.stringify(good.panels.here)}, },\n}\n`;
    expect(readBindings(byHand)).toEqual({ kind: 'read', bindings: { panels: { here: good.panels.here } } });
    expect(readBindings('{')).toEqual({ kind: 'bad', where: null });
    expect(readBindings('['.repeat(200_000))).toEqual({ kind: 'bad', where: null });
    expect(readBindings('{"panels":{"here":{"pages":[{"keys":{"k":{"do":"fly"}}}]}}}')).toEqual({
      kind: 'bad',
      where: 'panels › here › pages › 0 › keys › k › do',
    });
    expect(readBindings('{"panels":{},"more":1}').kind).toBe('bad');
  });
});

describe('the key beside a key', () => {
  const key = (keyId: string, column: number, row: number, width = 1) => ({
    keyId,
    column,
    row,
    width,
    height: 1,
    shows: 'none' as const,
  });
  it('is the nearest that way, also where keys are wide or stand apart; none at the edge', () => {
    const layout = {
      columns: 3,
      rows: 3,
      keys: [key('a', 0, 0), key('b', 2, 0), key('wide', 0, 1, 3), key('far', 2, 2)],
    };
    expect(keyBeside(layout, 'a', 'ArrowRight')).toBe('b');
    expect(keyBeside(layout, 'a', 'ArrowDown')).toBe('wide');
    expect(keyBeside(layout, 'wide', 'ArrowDown')).toBe('far');
    expect(keyBeside(layout, 'b', 'ArrowRight')).toBeNull();
    expect(keyBeside(layout, 'nobody', 'ArrowRight')).toBeNull();
  });
});

describe('the palette', () => {
  it('has every work code, every reason, and pages only where there are two', () => {
    const titles = (pagesOfPanel: number) => paletteGroups(defaultWorkCodes, pagesOfPanel).map(({ title }) => title);
    expect(titles(1)).toEqual(['calls', 'numbers', 'state', 'codes']);
    expect(titles(2)).toEqual(['calls', 'numbers', 'state', 'codes', 'pages']);
    const ids = paletteGroups(defaultWorkCodes, 3).flatMap(({ templates }) => templates.map(templateId));
    expect(new Set(ids).size).toBe(ids.length);
    expect(paletteGroups([], 1).map(({ title }) => title)).not.toContain('codes');
  });

  it('makes a command only of a number that can be one', () => {
    expect(commandOf({ do: 'dial', number: ' 8001 ', name: ' Desk ' })).toEqual({
      do: 'dial',
      number: '8001',
      name: 'Desk',
    });
    expect(commandOf({ do: 'dial', number: '  ', name: '' })).toBeNull();
    expect(commandOf({ do: 'digits', number: '12#x', name: '' })).toBeNull();
    expect(commandOf({ do: 'message-waiting', number: '12345678901', name: '' })).toBeNull();
    expect(draftOf({ do: 'digits', digits: '9#' })).toEqual({ do: 'digits', number: '9#', name: '' });
    expect(draftOf({ do: 'hold' })).toBeNull();
  });
});
