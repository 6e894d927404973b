import { useEffect, useSyncExternalStore } from 'react';
import type { ListPage, ListPages, ListPagesState } from './list-pages.ts';

/** How long typing must rest before a list is searched. */
const searchRestMs = 150;

/** How often a list is looked at anew of which the feed tells nothing: fresh enough to watch a line come in. */
const lookAgainMs = 3_000;

/** What a list of pages knows, searched a moment after the last key. */
export function useList<Row, Page extends ListPage<Row>>(
  pages: ListPages<Row, Page>,
  search: string,
): ListPagesState<Row, Page> {
  useEffect(() => {
    const timer = setTimeout(() => pages.search(search.trim()), search === '' ? 0 : searchRestMs);
    return () => clearTimeout(timer);
  }, [pages, search]);
  return useSyncExternalStore(pages.watch, pages.state);
}

/** Reads the top of a list anew now and then, while the page is in sight. */
export function useFreshList<Row, Page extends ListPage<Row>>(pages: ListPages<Row, Page>): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') pages.refresh();
    }, lookAgainMs);
    return () => clearInterval(timer);
  }, [pages]);
}
