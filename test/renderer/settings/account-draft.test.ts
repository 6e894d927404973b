import { describe, expect, it } from 'vitest';
import { accountErrors, accountOf, draftOf } from '../../../renderer/settings/account-draft.ts';

const good = {
  server: 'wss://switch.example:8089/ws',
  otherServers: 'wss://b.example/ws, wss://c.example/ws',
  user: '6001',
  domain: 'switch.example',
  displayName: '',
  password: 'secret',
};

describe('an account as it is typed', () => {
  it('becomes an account when all is well', () => {
    expect(accountOf({ ...good, user: ' 6001 ' })).toEqual({
      kind: 'sip',
      server: good.server,
      otherServers: ['wss://b.example/ws', 'wss://c.example/ws'],
      user: '6001',
      domain: good.domain,
      displayName: '',
    });
    expect(accountErrors(good, false)).toEqual({
      server: null,
      otherServers: null,
      user: null,
      domain: null,
      password: null,
    });
  });

  it.each([
    [{ server: '' }, { server: 'serverEmpty' }],
    [{ server: 'switch.example' }, { server: 'serverBad' }],
    [{ server: 'https://switch.example' }, { server: 'serverBad' }],
    [{ server: 'ws://switch.example/ws' }, { server: 'serverPlain' }],
    [{ server: 'ws://127.0.0.1:8088/ws' }, {}],
    [{ server: 'ws://127.0.0.1.evil.example/ws' }, { server: 'serverPlain' }],
    [{ otherServers: 'ws://b.example/ws' }, { otherServers: 'serverPlain' }],
    [{ otherServers: 'wss://b/ws '.repeat(5) }, { otherServers: 'othersMany' }],
    [{ otherServers: '' }, {}],
    [{ user: '' }, { user: 'userEmpty' }],
    [{ user: 'a b' }, { user: 'userBad' }],
    [{ domain: '' }, { domain: 'domainEmpty' }],
    [{ domain: 'x/y' }, { domain: 'domainBad' }],
    [{ password: '' }, { password: 'passwordEmpty' }],
  ])('%j -> %j', (change, wrong) => {
    const none = { server: null, otherServers: null, user: null, domain: null, password: null };
    expect(accountErrors({ ...good, ...change }, false)).toEqual({ ...none, ...wrong });
  });

  it('may keep the stored password, and begins empty on the practice line', () => {
    expect(accountErrors({ ...good, password: '' }, true).password).toBeNull();
    expect(draftOf({ kind: 'practice' }).server).toBe('');
  });
});
