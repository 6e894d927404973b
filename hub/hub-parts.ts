import type { HubDatabase } from './database/schema.ts';

/** What every part of a hub works with. The composition root chooses; nothing else reads a clock or throws dice. */
export interface HubParts {
  readonly database: HubDatabase;
  /** Wall-clock milliseconds. */
  readonly now: () => number;
  /** So many bytes that nobody can guess. */
  readonly random: (bytes: number) => Uint8Array;
}

/** Who does something that is written into the audit trail: the id of a key, never a person's name. */
export interface Actor {
  readonly id: string;
  readonly role: string;
}
