/** One page of a list, as the seat process hands it out: newest first. */
export type ListPage<Row> = { readonly rows: readonly Row[]; readonly total: number };

/** Where a list comes from. */
export type ListSource<Row, Page extends ListPage<Row>> = {
  /** The page after a row, the top one after null; null while there is no console to ask. */
  readonly fetch: (search: string, after: Row | null) => Promise<Page> | null;
  /** What tells one row from another. */
  readonly keyOf: (row: Row) => string;
  /** How many rows a full page has. */
  readonly pageMax: number;
};

/** What the list knows so far: rows from the top without gaps, and how many there are in all (null before the first answer). */
export type ListPagesState<Row, Page extends ListPage<Row>> = {
  /** The search the rows answer; while another one is under way, the rows are still the old one's. */
  readonly search: string;
  readonly rows: readonly Row[];
  readonly total: number | null;
  readonly hasFailed: boolean;
  /** The last top page, for what it tells besides rows. */
  readonly top: Page | null;
};

/**
 * A list without a limit in pages, for one search at a time. Pages follow each other (each begins after the last row seen), so one
 * is fetched at a time, until the row that is wanted has come. An answer to an older search is thrown away.
 */
export class ListPages<Row, Page extends ListPage<Row> = ListPage<Row>> {
  readonly #watchers = new Set<() => void>();
  readonly #source: ListSource<Row, Page>;
  #state: ListPagesState<Row, Page> = { search: '', rows: [], total: null, hasFailed: false, top: null };
  #search = '';
  #wantedTo = 0;
  #run = 0;
  #isFetching = false;

  constructor(source: ListSource<Row, Page>) {
    this.#source = source;
  }

  /** What tells one row from another. */
  readonly keyOf = (row: Row): string => this.#source.keyOf(row);
  readonly state = (): ListPagesState<Row, Page> => this.#state;
  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  };

  /** Starts anew with a search; what is shown stays until the first answer, so that typing does not flicker. */
  search(text: string): void {
    this.#search = text;
    this.#wantedTo = 0;
    this.refresh();
  }

  /** Fetches the top anew. Rows that came before and still follow on are kept. */
  refresh(): void {
    this.#run++;
    this.#isFetching = false;
    void this.#fetchTop(this.#run);
  }

  /** Says that the row at this place is about to be seen. */
  readonly want = (index: number): void => {
    this.#wantedTo = Math.max(this.#wantedTo, index);
    void this.#fetchOn(this.#run);
  };

  async #fetchTop(run: number): Promise<void> {
    const search = this.#search;
    const page = await this.#fetch(null);
    const old = search === this.#state.search ? this.#state.rows : [];
    if (run !== this.#run) return;
    if (page === null) this.#set({ ...this.#state, hasFailed: true });
    else this.#set({ search, rows: this.#joined(page.rows, old), total: page.total, hasFailed: false, top: page });
    void this.#fetchOn(run);
  }

  async #fetchOn(run: number): Promise<void> {
    if (this.#isFetching) return;
    this.#isFetching = true;
    while (run === this.#run && this.#isMoreWanted()) {
      const last = this.#state.rows.at(-1);
      if (last === undefined) break;
      const page = await this.#fetch(last);
      if (run !== this.#run) return;
      const isEnd = page === null || page.rows.length === 0;
      this.#set({
        ...this.#state,
        rows: [...this.#state.rows, ...(page?.rows ?? [])],
        total: page?.total ?? this.#state.total,
        hasFailed: page === null,
      });
      if (isEnd) break;
    }
    if (run === this.#run) this.#isFetching = false;
  }

  #isMoreWanted(): boolean {
    const { rows, total, hasFailed } = this.#state;
    return !hasFailed && total !== null && rows.length < total && rows.length <= this.#wantedTo;
  }

  async #fetch(after: Row | null): Promise<Page | null> {
    try {
      return await this.#source.fetch(this.#search, after);
    } catch {
      // The list says that it could not be read, and offers to try again.
      return null;
    }
  }

  #set(state: ListPagesState<Row, Page>): void {
    this.#state = state;
    for (const changed of this.#watchers) changed();
  }

  /** A fresh top page, followed by the old rows from where the page ends; only the page if they do not meet. */
  #joined(top: readonly Row[], old: readonly Row[]): readonly Row[] {
    const { keyOf, pageMax } = this.#source;
    const last = top.at(-1);
    if (last === undefined || top.length < pageMax) return top;
    const at = old.findIndex((row) => keyOf(row) === keyOf(last));
    return at === -1 ? top : [...top, ...old.slice(at + 1)];
  }
}
