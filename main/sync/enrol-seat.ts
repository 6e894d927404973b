import { readEnrolmentText } from '../../core/enrolment-text.ts';
import type { EnrolOutcome } from '../../core/hub-console-api.ts';
import type { JournalFact } from '../../core/journal.ts';
import { type HubFault, readHubFault } from './hub-fault.ts';
import { openHubLink } from './hub-link.ts';
import { enrolmentSecret, type KeptEnrolment } from './kept-enrolment.ts';

/** Where an enrolment is kept. */
export interface EnrolmentKeeper {
  secret(name: typeof enrolmentSecret): string | null;
  /** On disk when it returns; throws when the disk does not take it. */
  setSecret(name: typeof enrolmentSecret, value: string | null): void;
}

export interface EnrolRequest {
  /** What was opened, scanned or typed. */
  readonly text: string;
  /** The seat's name, as it stands in its journal. */
  readonly seat: string;
  readonly keeper: EnrolmentKeeper;
  /** Wall-clock milliseconds. */
  readonly now: () => number;
  /** Writes down in the seat's log that it joined. What can't be written now is no reason to give a good key away. */
  readonly write?: (fact: JournalFact) => void;
  /** Only a new key of this hub, at this address, is taken; null: any hub. */
  readonly onlyOf?: Pick<KeptEnrolment, 'address' | 'hubId'> | null;
}

type Refusal = Extract<EnrolOutcome, { kind: 'refused' }>;

/**
 * Trades a code for a key and keeps it. The code serves once: the hub uses it up when it makes the key, so before it is
 * asked, the disk is tried. When its answer is lost the code may be used up although there is no key; then a new code,
 * made for this seat, gives it another.
 */
export async function enrolSeat({
  text,
  seat,
  keeper,
  now,
  write,
  onlyOf = null,
}: EnrolRequest): Promise<EnrolOutcome> {
  const read = readEnrolmentText(text);
  if (read.kind === 'unreadable') return refused('unreadable', read.why);
  const { address, pins, code } = read.enrolment;
  if (onlyOf !== null && onlyOf.address !== address) return refused('sign-in-first', address);
  const before = keeper.secret(enrolmentSecret);
  const untaken = keep(keeper, before);
  if (untaken !== null) return untaken;
  const link = openHubLink({ address, pins, hubId: '', seat, key: null, now });
  try {
    const { hubId, key } = await link.client.enrolment.enrol({ code, seat });
    if (onlyOf !== null && onlyOf.hubId !== hubId) return refused('sign-in-first', `another hub answers at ${address}`);
    const kept: KeptEnrolment = { address, pins: [...pins], hubId, seat, key, enrolledAt: now() };
    const unkept = keep(keeper, JSON.stringify(kept));
    if (unkept !== null) return unkept;
    write?.({ kind: 'hub-joined', body: { hubId, address } });
    return { kind: 'enrolled', address };
  } catch (cause) {
    return refusalOf(readHubFault(cause), seat);
  } finally {
    link.close();
  }
}

/** That the seat left the hub of an enrolment, for its log. */
export function leftFact({ hubId, address }: Pick<KeptEnrolment, 'hubId' | 'address'>): JournalFact {
  return { kind: 'hub-left', body: { hubId, address } };
}

function keep(keeper: EnrolmentKeeper, value: string | null): Refusal | null {
  try {
    keeper.setSecret(enrolmentSecret, value);
    return null;
  } catch (cause) {
    return refused('not-kept', cause instanceof Error ? cause.message : String(cause));
  }
}

function refusalOf(fault: HubFault, seat: string): Refusal {
  const forThisSeat = `a code made with --renews ${seat} gives this seat a key`;
  switch (fault.kind) {
    case 'not-trusted':
      return refused('not-trusted', fault.detail);
    case 'away':
      if (fault.status === 429) return refused('too-many-attempts', fault.detail);
      return refused('unreachable', `${fault.detail}; if the hub had taken the code, ${forThisSeat}`);
    case 'answer':
      if (fault.code === 'UNKNOWN_CODE') return refused('unknown-code', `${fault.detail}; ${forThisSeat}`);
      if (fault.code === 'ALREADY_ENROLLED') return refused('already-enrolled', forThisSeat);
      return refused('unreachable', fault.detail);
    default:
      return refused('unreachable', fault.detail);
  }
}

function refused(why: Refusal['why'], detail: string): Refusal {
  return { kind: 'refused', why, detail: detail.slice(0, 300) };
}
