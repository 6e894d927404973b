import { type Account, account } from '../../core/settings.ts';

/** An account as it is being typed. */
export type AccountDraft = {
  readonly server: string;
  /** Other addresses of the switch, parted by spaces. */
  readonly otherServers: string;
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
  | 'othersMany'
  | 'userEmpty'
  | 'userBad'
  | 'domainEmpty'
  | 'domainBad'
  | 'passwordEmpty';

export type AccountErrors = {
  readonly server: AccountError | null;
  readonly otherServers: AccountError | null;
  readonly user: AccountError | null;
  readonly domain: AccountError | null;
  readonly password: AccountError | null;
};

/** The draft to begin with: the present account, or nothing. */
export function draftOf(present: Account): AccountDraft {
  if (present.kind === 'practice')
    return { server: '', otherServers: '', user: '', domain: '', displayName: '', password: '' };
  const { server, otherServers, user, domain, displayName } = present;
  return { server, otherServers: otherServers.join(' '), user, domain, displayName, password: '' };
}

/**
 * What is wrong, by field. The password may stay empty only if one is stored for this very user: `hasPassword` must be
 * false when the user or server is another than the stored one.
 */
export function accountErrors(draft: AccountDraft, hasPassword: boolean): AccountErrors {
  return {
    server: serverError(draft.server.trim()),
    otherServers: othersError(othersOf(draft)),
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
    otherServers: othersOf(draft),
    user: draft.user.trim(),
    domain: draft.domain.trim(),
    displayName: draft.displayName.trim(),
  });
  const isSafe = serverError(draft.server.trim()) === null && othersError(othersOf(draft)) === null;
  return made.success && isSafe ? made.data : null;
}

const sipAccount = account.options[1];

/** As many as the settings take. */
const othersMax = 4;

/** Only this machine itself may be reached without protection. */
const ownHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);

function serverError(server: string): AccountError | null {
  if (server === '') return 'serverEmpty';
  if (!sipAccount.shape.server.safeParse(server).success) return 'serverBad';
  const url = new URL(server);
  return url.protocol === 'ws:' && !ownHosts.has(url.hostname) ? 'serverPlain' : null;
}

function othersOf({ otherServers }: AccountDraft): string[] {
  return otherServers.split(/[\s,]+/u).filter((server) => server !== '');
}

function othersError(others: readonly string[]): AccountError | null {
  if (others.length > othersMax) return 'othersMany';
  return others.map(serverError).find((error) => error !== null) ?? null;
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
