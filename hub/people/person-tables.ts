interface PersonRow {
  readonly person_id: string;
  readonly login: string;
  readonly name: string;
  readonly role: string;
  readonly secret_hash: string;
  readonly secret_version: number;
  readonly created_at: number;
  readonly ended_at: number | null;
}

interface SignInAttemptRow {
  /** `name:HASH` or `seat:NAME`. */
  readonly subject: string;
  readonly failures: number;
  readonly last_at: number;
  readonly blocked_until: number;
}

interface SignInPolicyRow {
  readonly id: number;
  readonly offline_hours: number;
}

/** Tables of people, the same on SQLite and PostgreSQL. */
export interface PersonTables {
  readonly person: PersonRow;
  readonly sign_in_attempt: SignInAttemptRow;
  readonly sign_in_policy: SignInPolicyRow;
}
