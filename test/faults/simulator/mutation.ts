import type { RecordEdit } from '../../../core/shared-record.ts';
import type { HubDatabase } from '../../../hub/database/schema.ts';
import type { Connection } from '../../../main/store/connection.ts';
import type { SharedRecordTable } from '../../../main/store/shared-record-table.ts';
import type { Carry } from './simulated-network.ts';

/**
 * A mistake that is put between the parts of the program, to show that the simulator would notice one like it. Only
 * wrappers and triggers: what is wrapped is the program as it is.
 */
export type Mutation = {
  readonly name: string;
  /** In the hub's own database, each time it is opened: statements that make triggers. */
  readonly hubTriggers?: readonly string[];
  /** Between the network and the hub's door; `database` is null while the hub is down. */
  readonly carry?: (carry: Carry, database: () => HubDatabase | null) => Carry;
  /** In a seat's own database, each time it is opened. */
  readonly seatDatabase?: (connection: Connection) => void;
  /** What a seat's edit says that its author knew. */
  readonly draft?: (edit: RecordEdit, records: SharedRecordTable) => RecordEdit;
  /** A disk that loses what was synced: at a death everything since the first start is gone. */
  readonly forgets?: 'seat' | 'hub';
};
