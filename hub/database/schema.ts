import type { Kysely, Transaction } from 'kysely';
import type { PersonTables } from '../people/person-tables.ts';
import type { RecordingTables } from './recording-tables.ts';

/** The one row of `hub`. Whoever holds its lock writes shared records or audit lines, and nobody else does. */
interface HubRow {
  readonly id: number;
  readonly hub_id: string;
  readonly feed_position: number;
  readonly audit_position: number;
  readonly audit_hash: string;
}

interface AccessKeyRow {
  readonly key_id: string;
  readonly role: string;
  readonly name: string;
  readonly seat: string | null;
  readonly secret_hash: string;
  readonly created_at: number;
  readonly revoked_at: number | null;
}

interface EnrolmentCodeRow {
  readonly code_hash: string;
  readonly label: string;
  readonly renews: string | null;
  readonly expires_at: number;
  readonly used_at: number | null;
}

interface SeatRow {
  readonly seat: string;
  readonly label: string;
  readonly enrolled_at: number;
  readonly last_seq: number;
  readonly last_push_at: number | null;
}

interface JournalEntryRow {
  readonly seat: string;
  readonly seq: number;
  readonly entry_id: string;
  readonly at: number;
  readonly kind: string;
  readonly body: string;
  readonly received_at: number;
}

interface SetAsideRow {
  readonly seat: string;
  readonly seq: number;
  readonly entry_id: string | null;
  readonly reason: string;
  readonly detail: string;
  readonly bytes: number;
  readonly raw: string;
  readonly received_at: number;
}

interface CallTableRow {
  readonly seat: string;
  readonly call_id: string;
  readonly offered_at: number;
  readonly call: string;
}

interface SharedRecordRow {
  readonly collection: string;
  readonly record_id: string;
  readonly version: number;
  readonly fields: string;
  readonly is_deleted: number;
  readonly position: number;
}

interface RecordEditRow {
  readonly collection: string;
  readonly record_id: string;
  readonly version: number;
  readonly at: number;
  readonly edited_by: string;
  /** JSON, or null for a deletion. */
  readonly fields: string | null;
  readonly lost: string;
  /** Its place in the feed; null for edits of before there was this column. */
  readonly position: number | null;
}

interface AuditLineRow {
  readonly position: number;
  readonly at: number;
  readonly actor: string;
  readonly role: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: string;
  readonly previous: string;
  readonly hash: string;
}

/** The tables of a hub, the same on SQLite and PostgreSQL. JSON is kept as text, booleans as 0 and 1. */
export interface HubTables extends RecordingTables, PersonTables {
  readonly hub: HubRow;
  readonly access_key: AccessKeyRow;
  readonly enrolment_code: EnrolmentCodeRow;
  readonly seat: SeatRow;
  readonly journal_entry: JournalEntryRow;
  readonly set_aside: SetAsideRow;
  readonly call_row: CallTableRow;
  readonly shared_record: SharedRecordRow;
  readonly record_edit: RecordEditRow;
  readonly audit_line: AuditLineRow;
}

/** Which database it is, where the two differ. */
export type DatabaseKind = 'sqlite' | 'postgres';

/** Reads and transactions. */
export interface HubDatabase {
  readonly kind: DatabaseKind;
  readonly tables: Kysely<HubTables>;
  /**
   * Runs work in one transaction, which is on disk when this resolves. On SQLite it holds the file's write lock from its
   * beginning, so it never fails for having read first.
   */
  readonly transaction: <Result>(work: (transaction: Transaction<HubTables>) => Promise<Result>) => Promise<Result>;
  readonly close: () => Promise<void>;
}
