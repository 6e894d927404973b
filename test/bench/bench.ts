/** What a bench gives; printed as one JSON line, the last of standard output. Times are milliseconds. */
export type BenchResult = {
  readonly figures: Readonly<Record<string, unknown>>;
  /** The same measured on others in the same run; empty where there is nobody to compare with. */
  readonly peers: Readonly<Record<string, unknown>>;
};

/** A file `test/bench/NAME.ts` exports this. `say` prints progress for a person. */
export type Bench = (say: (line: string) => void) => Promise<BenchResult>;
