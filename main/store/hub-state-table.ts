import { type SetAsideEntry, setAsideEntry } from '../../core/hub-api.ts';
import type { Connection } from './connection.ts';

/** How far the journal has come at the hub, and what the hub set aside. Each write is one transaction on disk. */
export interface HubStateTable {
  /** The hub this is about; '' for none. */
  hubId(): string;
  acknowledgedSeq(): number;
  /** The hub has everything up to and with `seq`; some of it was set aside. Also downwards, when a hub was set back. */
  acknowledge(seq: number, setAside: readonly SetAsideEntry[]): void;
  /** What the hub itself lists in the place of what was heard of it so far. */
  replaceSetAside(entries: readonly SetAsideEntry[]): void;
  setAsideCount(): number;
  /** Newest first. */
  setAside(limit: number): readonly SetAsideEntry[];
  /** Another hub ('': none): nothing is acknowledged and nothing set aside. */
  begin(hubId: string): void;
}

/** The tables `hub_state` and `hub_set_aside` of an open store. All their SQL is here. */
export function hubStateTable(connection: Connection): HubStateTable {
  const state = connection.prepare<[], { readonly hub_id: string; readonly acknowledged_seq: number }>(
    'select hub_id, acknowledged_seq from hub_state',
  );
  const write = connection.prepare(
    `insert into hub_state (id, hub_id, acknowledged_seq) values (1, ?, ?)
     on conflict (id) do update set hub_id = excluded.hub_id, acknowledged_seq = excluded.acknowledged_seq`,
  );
  const put = connection.prepare(
    `insert into hub_set_aside (seq, reason, detail) values (?, ?, ?)
     on conflict (seq) do update set reason = excluded.reason, detail = excluded.detail`,
  );
  const forgetAfter = connection.prepare('delete from hub_set_aside where seq > ?');
  const counted = connection.prepare('select count(*) from hub_set_aside').pluck();
  const newest = connection.prepare('select seq, reason, detail from hub_set_aside order by seq desc limit ?');
  const putAll = (entries: readonly SetAsideEntry[]): void => {
    for (const { seq, reason, detail } of entries) put.run(seq, reason, detail);
  };
  const hubId = (): string => state.get()?.hub_id ?? '';
  const acknowledgedSeq = (): number => state.get()?.acknowledged_seq ?? 0;

  const acknowledge = connection.transaction((seq: number, entries: readonly SetAsideEntry[]): void => {
    // What a hub that was set back had set aside, it will set aside again.
    if (seq < acknowledgedSeq()) forgetAfter.run(seq);
    write.run(hubId(), seq);
    putAll(entries);
  });
  const replaceSetAside = connection.transaction((entries: readonly SetAsideEntry[]): void => {
    forgetAfter.run(0);
    putAll(entries);
  });
  const begin = connection.transaction((next: string): void => {
    forgetAfter.run(0);
    write.run(next, 0);
  });
  return {
    hubId,
    acknowledgedSeq,
    acknowledge: (seq, entries) => acknowledge.immediate(seq, entries),
    replaceSetAside: (entries) => replaceSetAside.immediate(entries),
    setAsideCount: () => Number(counted.get()),
    setAside: (limit) => newest.all(limit).map((row) => setAsideEntry.parse(row)),
    begin: (next) => begin.immediate(next),
  };
}
