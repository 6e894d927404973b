import type { RetentionRule } from '../../core/hub-retention-api.ts';
import { appendAudit } from '../audit/audit-table.ts';
import type { Actor, HubParts } from '../hub-parts.ts';
import { listClasses, lockClasses, reasonHash } from './retention-class-table.ts';
import { listRules, replaceRules, rulesRevision, ruleText } from './retention-rule-table.ts';

/** What came of it. `changed`: somebody else has set the rules since they were read. */
export type RulesSet =
  | { readonly kind: 'set'; readonly revision: string }
  | { readonly kind: 'changed' }
  | { readonly kind: 'unknown-class' };

/**
 * Sets the rules for new recordings, with their whole text in the audit trail. One person suffices: no recording that is
 * there is kept any shorter by it.
 */
export function setRules(
  { database, now }: HubParts,
  actor: Actor,
  wish: { readonly rules: readonly RetentionRule[]; readonly revision: string; readonly reason: string },
): Promise<RulesSet> {
  const { rules, revision, reason } = wish;
  return database.transaction(async (transaction): Promise<RulesSet> => {
    await lockClasses(transaction);
    if (rulesRevision(await listRules(transaction)) !== revision) return { kind: 'changed' };
    const classes = new Set((await listClasses(transaction)).map(({ name }) => name));
    if (!rules.every(({ retentionClass }) => classes.has(retentionClass))) return { kind: 'unknown-class' };
    await replaceRules(transaction, rules);
    await appendAudit(transaction, actor, now(), {
      action: 'retention-rules-set',
      subject: 'new recordings',
      detail: { reason: reasonHash(reason), count: rules.length, rules: rules.map(ruleText).join('; ') },
    });
    return { kind: 'set', revision: rulesRevision(rules) };
  });
}
