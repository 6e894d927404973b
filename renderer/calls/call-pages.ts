import type { CallRow } from '../../core/call-list.ts';
import { callPageMax } from '../../core/console-api.ts';
import type { DeskConsole } from '../desk/seat-store.ts';
import { ListPages } from '../kit/list-pages.ts';

/** The call list in pages. */
export function callPages(console: () => DeskConsole | null): ListPages<CallRow> {
  return new ListPages({
    fetch: (search, after) =>
      console()?.desk.calls({ search, before: after?.callId ?? null, limit: callPageMax }) ?? null,
    keyOf: (row) => row.callId,
    pageMax: callPageMax,
  });
}
