import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { ListPage, ListPages, ListPagesState } from './list-pages.ts';

/** How long typing must rest before a list is searched. */
const searchRestMs = 150;

/** A list that changes all the time is read anew no oftener than this: a burst of lines must not outrun its own answers. */
const readRestMs = 500;

/** What a list of pages knows: searched a moment after the last key, read anew when `version` is another one. */
export function useList<Row, Page extends ListPage<Row>>(
  pages: ListPages<Row, Page>,
  search: string,
  version: string,
): ListPagesState<Row, Page> {
  useEffect(() => {
    const timer = setTimeout(() => pages.search(search.trim()), search === '' ? 0 : searchRestMs);
    return () => clearTimeout(timer);
  }, [pages, search]);
  const read = useRef({ version, at: 0 });
  useEffect(() => {
    const last = read.current;
    if (last.version === version) return;
    const restMs = Math.max(0, last.at + readRestMs - performance.now());
    const timer = setTimeout(() => {
      read.current = { version, at: performance.now() };
      pages.refresh();
    }, restMs);
    return () => clearTimeout(timer);
  }, [pages, version]);
  return useSyncExternalStore(pages.watch, pages.state);
}
