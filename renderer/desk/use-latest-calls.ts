import { useEffect, useState } from 'react';
import type { CallRow } from '../../core/call-list.ts';
import { useListVersion } from './use-list-version.ts';
import { useSeatStore } from './use-seat.ts';

/** How many calls the desk looks at for its lists and for call-backs due: more than an agent takes in a shift. */
const latestMax = 200;

/** The latest calls that are over, newest first; null until they have come. Fetched anew when the log changed. */
export function useLatestCalls(): readonly CallRow[] | null {
  const store = useSeatStore();
  const version = useListVersion();
  const [rows, setRows] = useState<readonly CallRow[] | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is why the list is fetched anew
  useEffect(() => {
    let isWanted = true;
    store
      .console()
      ?.desk.calls({ search: '', before: null, limit: latestMax })
      .then(
        (page) => {
          if (isWanted) setRows(page.rows.filter((row) => row.endedAt !== null));
        },
        () => {
          // What was shown stays; the data light says that it is old.
        },
      );
    return () => {
      isWanted = false;
    };
  }, [store, version]);
  return rows;
}
