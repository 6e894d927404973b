import { type ParseError, parse } from 'jsonc-parser';
import { type KeyBindings, type KeyCommand, keyBindings, type PanelPage } from '../../core/key-command.ts';
import type { PanelLayout } from '../../core/key-face.ts';

/** The most pages a panel may have (key-command.ts). */
export const pagesMax = 32;

/** A panel's pages as they shall be. */
export type Pages = readonly PanelPage[];

/** A panel always has a page to look at, also when nothing is bound. */
export function pagesOrOne(pages: Pages): Pages {
  return pages.length === 0 ? [{ name: '', keys: {} }] : pages;
}

/** The same pages with a key that does something else; null: it does nothing. */
export function withKey(pages: Pages, at: number, keyId: string, command: KeyCommand | null): Pages {
  return pages.map((page, index) => {
    if (index !== at) return page;
    const { [keyId]: _, ...others } = page.keys;
    return { ...page, keys: command === null ? others : { ...others, [keyId]: command } };
  });
}

/** The same pages with what two keys do changed over. */
export function withKeysSwapped(pages: Pages, at: number, one: string, other: string): Pages {
  const keys = pages[at]?.keys ?? {};
  return withKey(withKey(pages, at, one, keys[other] ?? null), at, other, keys[one] ?? null);
}

export function withPageName(pages: Pages, at: number, name: string): Pages {
  return pages.map((page, index) => (index === at ? { ...page, name } : page));
}

/** The same pages without one. Keys that led to it do nothing; those that led to a later one still lead there. */
export function withoutPage(pages: Pages, at: number): Pages {
  return pages
    .filter((_, index) => index !== at)
    .map((page) => ({
      ...page,
      keys: Object.fromEntries(
        Object.entries(page.keys).flatMap(([keyId, command]): [string, KeyCommand][] => {
          if (command.do !== 'page' || command.page < at) return [[keyId, command]];
          return command.page === at ? [] : [[keyId, { do: 'page', page: command.page - 1 }]];
        }),
      ),
    }));
}

/** The whole file with other pages for one panel; null: its built-in keys. */
export function withPanel(bindings: KeyBindings, deviceId: string, pages: Pages | null): KeyBindings {
  const { [deviceId]: _, ...others } = bindings.panels;
  return { panels: pages === null ? others : { ...others, [deviceId]: { pages: [...pages] } } };
}

/** A file somebody opens, read. `why` says in the reader's words where it fails; null: it is no JSON at all. */
export type ReadBindings =
  | { readonly kind: 'read'; readonly bindings: KeyBindings }
  | { readonly kind: 'bad'; readonly where: string | null };

export function readBindings(text: string): ReadBindings {
  const errors: ParseError[] = [];
  let value: unknown;
  try {
    // As the seat reads keys.json: with comments and trailing commas, for somebody may have written it.
    value = parse(text.replace(/^\uFEFF/, ''), errors, { allowTrailingComma: true });
  } catch {
    return { kind: 'bad', where: null };
  }
  if (errors.length > 0) return { kind: 'bad', where: null };
  const read = keyBindings.safeParse(value);
  if (read.success) return { kind: 'read', bindings: read.data };
  return { kind: 'bad', where: read.error.issues[0]?.path.join(' › ') ?? '' };
}

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

export function isDirection(key: string): key is Direction {
  return key === 'ArrowLeft' || key === 'ArrowRight' || key === 'ArrowUp' || key === 'ArrowDown';
}

/** The key next to one on the panel, whatever way the keys lie: the nearest whose middle lies that way; null at the edge. */
export function keyBeside(layout: PanelLayout, from: string, direction: Direction): string | null {
  const start = layout.keys.find((key) => key.keyId === from);
  if (start === undefined) return null;
  const here = middleOf(start);
  let nearest: { readonly keyId: string; readonly far: number } | null = null;
  for (const key of layout.keys) {
    const there = middleOf(key);
    const across = there.x - here.x;
    const down = there.y - here.y;
    const [along, aside] = direction === 'ArrowLeft' || direction === 'ArrowRight' ? [across, down] : [down, across];
    const ahead = direction === 'ArrowRight' || direction === 'ArrowDown' ? along : -along;
    // What lies rather aside than ahead is not "that way".
    if (ahead <= 0 || Math.abs(aside) > ahead) continue;
    const far = ahead + 2 * Math.abs(aside);
    if (nearest === null || far < nearest.far) nearest = { keyId: key.keyId, far };
  }
  return nearest?.keyId ?? null;
}

function middleOf(key: PanelLayout['keys'][number]): { readonly x: number; readonly y: number } {
  return { x: key.column + key.width / 2, y: key.row + key.height / 2 };
}
