/** The words in which SQLite and PostgreSQL differ. */
interface Words {
  readonly whole: string;
  readonly strict: string;
}

/** Which class a new recording gets by where its call came in: the first rule that fits, in the order of `position`. */
export const retentionRuleMigration = {
  version: 50,
  name: 'retention-rule',
  statements: ({ whole, strict }: Words): readonly string[] => [
    `create table retention_rule (
      position ${whole} primary key check (position > 0),
      seat text,
      queue text,
      retention_class text not null references retention_class (name),
      check ((seat is null) <> (queue is null))
    )${strict}`,
  ],
  sqliteOnly: [],
  postgresOnly: [],
};
