/** A write that failed because of the disk. */
type Failed = { readonly kind: 'disk-failed'; readonly detail: string };

/** Stands before every write of a log, and remembers that the disk failed. */
export interface DiskTrust {
  /** Performs a write; after one that the disk failed, not before everything that stands in the log was written anew. */
  over<Outcome extends { readonly kind: string }>(write: () => Outcome): Outcome | Failed;
}

/**
 * After a sync that failed the system may have dropped the very bytes and call the next sync a success (PostgreSQL's
 * "fsyncgate" of 2018). So before anything more is acknowledged `rewrite` must succeed: it moves the write-ahead log into
 * the file, which writes every page anew and syncs it, and begins the log from its start. Until then each write is
 * refused, and its fact waits with the seat.
 */
export function diskTrust(rewrite: () => void): DiskTrust {
  let isDoubted = false;
  return {
    over: (write) => {
      if (isDoubted) {
        try {
          rewrite();
          isDoubted = false;
        } catch (cause) {
          return { kind: 'disk-failed', detail: `after a failed sync: ${cause instanceof Error ? cause.message : ''}` };
        }
      }
      const outcome = write();
      isDoubted = outcome.kind === 'disk-failed';
      return outcome;
    },
  };
}
