import { type Account, account } from '../../core/settings.ts';

/** An account as it is being typed. */
export type AccountDraft = {
  readonly server: string;
  readonly user: string;
  readonly domain: string;
  readonly displayName: string;
  readonly password: string;
};

/** What can be wrong with a field; each has its sentence in the words. */
export type AccountError =
  | 'serverEmpty'
  | 'serverBad'
  | 'serverPlain'
  | 'userEmpty'
  | 'userBad'
  | 'domainEmpty'
  | 'domainBad'
  | 'passwordEmpty';

export type AccountErrors = {
  readonly server: AccountError | null;
  readonly user: AccountError | null;
  readonly domain: AccountError | null;
  readonly password: AccountError | null;
};

/** The draft to begin with: the present account, or nothing. */
export function draftOf(present: Account): AccountDraft {
  if (present.kind === 'practice') return { server: '', user: '', domain: '', displayName: '', password: '' };
  const { server, user, domain, displayName } = present;
  return { server, user, domain, displayName, password: '' };
}

/**
 * What is wrong, by field. The password may stay empty only if one is stored for this very user: `hasPassword` must be
 * false when the user or server is another than the stored one.
 */
export function accountErrors(draft: AccountDraft, hasPassword: boolean): AccountErrors {
  return {
    server: serverError(draft.server.trim()),
    user: fieldError('user', draft.user.trim(), 'userEmpty', 'userBad'),
    domain: fieldError('domain', draft.domain.trim(), 'domainEmpty', 'domainBad'),
    password: draft.password === '' && !hasPassword ? 'passwordEmpty' : null,
  };
}

/** The account a draft makes; null while something is wrong with it. */
export function accountOf(draft: AccountDraft): Account | null {
  const made = account.safeParse({
    kind: 'sip',
    server: draft.server.trim(),
    user: draft.user.trim(),
    domain: draft.domain.trim(),
    displayName: draft.displayName.trim(),
  });
  return made.success && serverError(draft.server.trim()) === null ? made.data : null;
}

const sipAccount = account.options[1];

/** Only this machine itself may be reached without protection. */
const ownHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);

function serverError(server: string): AccountError | null {
  if (server === '') return 'serverEmpty';
  if (!sipAccount.shape.server.safeParse(server).success) return 'serverBad';
  const url = new URL(server);
  return url.protocol === 'ws:' && !ownHosts.has(url.hostname) ? 'serverPlain' : null;
}

function fieldError(
  field: 'user' | 'domain',
  value: string,
  empty: AccountError,
  bad: AccountError,
): AccountError | null {
  if (value === '') return empty;
  return sipAccount.shape[field].safeParse(value).success ? null : bad;
}
