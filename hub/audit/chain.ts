import { createHash } from 'node:crypto';
import type { AuditLine } from '../../core/hub-api.ts';

/** A line before it has its hash. */
export type UnhashedLine = Omit<AuditLine, 'hash'>;

/** The `previous` of the first line. */
export const chainBeginning = '';

/** SHA-256, in hex, over every field of a line in a fixed order, the hash of the line before among them. */
export function hashLine(line: UnhashedLine): string {
  const { position, at, actor, role, action, subject, detail, previous } = line;
  return createHash('sha256')
    .update(JSON.stringify([position, at, actor, role, action, subject, detail, previous]))
    .digest('hex');
}

/** Where a chain is broken. `position` is the first line that is wrong or missing. */
export interface ChainFault {
  readonly position: number;
  readonly fault: 'missing' | 'changed' | 'cut-off';
}

/** Checks lines one after the other, from the first. Keeps only the last hash. */
export interface ChainCheck {
  /** Null while the chain holds; then the first fault, for ever. */
  readonly take: (line: AuditLine) => ChainFault | null;
  /** The end, with what the hub says of it: lines missing at the end show only there. */
  readonly finish: (head: { readonly position: number; readonly hash: string }) => ChainFault | null;
}

export function chainCheck(): ChainCheck {
  let position = 0;
  let hash = chainBeginning;
  let fault: ChainFault | null = null;
  return {
    take: (line) => {
      if (fault !== null) return fault;
      position += 1;
      if (line.position !== position) fault = { position, fault: 'missing' };
      else if (line.previous !== hash || hashLine(line) !== line.hash) fault = { position, fault: 'changed' };
      hash = line.hash;
      return fault;
    },
    finish: (head) => {
      if (fault !== null) return fault;
      if (head.position > position) return { position: position + 1, fault: 'cut-off' };
      return head.position === position && head.hash === hash ? null : { position, fault: 'changed' };
    },
  };
}
