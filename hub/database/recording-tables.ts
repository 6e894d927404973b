interface SiteIdentityRow {
  readonly id: number;
  readonly public_key: string;
  /** PKCS #8, base64; sealed when a key file stands beside the database. */
  readonly private_key: string;
}

interface RecordingKeyPairRow {
  readonly generation: number;
  readonly key_id: string;
  readonly public_key: string;
  readonly private_key: string;
  readonly signature: string;
  readonly made_at: number;
}

interface RetentionClassRow {
  readonly name: string;
  readonly keep_days: number | null;
  readonly is_default: number;
}

interface RetentionRuleRow {
  readonly position: number;
  /** One of both is null. */
  readonly seat: string | null;
  readonly queue: string | null;
  readonly retention_class: string;
}

/** A recording as the hub knows it. */
export interface RecordingTableRow {
  readonly seat: string;
  readonly recording_id: string;
  readonly upload_id: string;
  readonly call_id: string | null;
  /** When the call was; what retention counts from. */
  readonly at: number;
  readonly received_at: number;
  readonly bytes: number;
  /** Null until all of it is there and was read back. */
  readonly sha256: string | null;
  readonly finished_at: number | null;
  readonly key_state: string;
  readonly retention_class: string;
  readonly held_at: number | null;
  readonly erased_at: number | null;
  /** The position of the erasure's audit line: counts up, so a seat can ask for what came after. */
  readonly erased_position: number | null;
  readonly is_object_gone: number;
}

interface RecordingKeyRow {
  readonly seat: string;
  readonly recording_id: string;
  readonly wrapped: string;
}

/** A request as it is kept; the wish is JSON. */
export interface RequestTableRow {
  readonly request_id: string;
  readonly wish: string;
  readonly reason: string;
  readonly asked_by: string;
  readonly asked_at: number;
  readonly lapses_at: number;
  readonly state: string;
  readonly settled_by: string | null;
  readonly settled_at: number | null;
}

interface RetentionClockRow {
  readonly id: number;
  /** The last wall-clock time that was believed. */
  readonly seen_at: number | null;
  readonly swept_at: number | null;
  readonly stopped_at: number | null;
  readonly jump_ms: number | null;
  /** A key was destroyed and old bytes of it may still lie in the database's files. */
  readonly is_overwrite_due: number;
}

/** The tables about recordings, how long they stay, and requests. */
export interface RecordingTables {
  readonly site_identity: SiteIdentityRow;
  readonly recording_key_pair: RecordingKeyPairRow;
  readonly retention_class: RetentionClassRow;
  readonly retention_rule: RetentionRuleRow;
  readonly recording: RecordingTableRow;
  readonly recording_key: RecordingKeyRow;
  readonly request: RequestTableRow;
  readonly retention_clock: RetentionClockRow;
}
