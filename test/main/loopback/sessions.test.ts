import { describe, expect, test } from 'vitest';
import { launchTokenLifeMs, launchTokensMax, openSessions, sessionsMax } from '../../../main/loopback/sessions.ts';

function opened() {
  const time = { nowMs: 1_000 };
  let made = 0;
  const sessions = openSessions({
    port: 4711,
    random: (bytes) => {
      made += 1;
      return Buffer.alloc(bytes, made);
    },
    nowMs: () => time.nowMs,
  });
  return { sessions, time };
}

const pairOf = (setCookie: string | null): string => setCookie?.split(';')[0] ?? '';

describe('sessions', () => {
  test('a token is 256 bits, good once, and gives a cookie no script reads and no other site sends', () => {
    const { sessions } = opened();
    const token = sessions.newLaunchToken();
    expect(Buffer.from(token, 'base64url').length).toBe(32);
    const cookie = sessions.exchange(token);
    expect(cookie).toMatch(/^hookline-4711=[A-Za-z0-9_-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(sessions.exchange(token)).toBeNull();
    expect(pairOf(cookie)).not.toContain(token);
    expect(sessions.isSession([pairOf(cookie)])).toBe(true);
  });

  test.each(['', 'x', 'A'.repeat(43), 'undefined'])('the token %j nobody gave is refused', (token) => {
    const { sessions } = opened();
    sessions.newLaunchToken();
    expect(sessions.exchange(token)).toBeNull();
  });

  test('a token gets too old; a session does not', () => {
    const { sessions, time } = opened();
    const [early, late] = [sessions.newLaunchToken(), sessions.newLaunchToken()];
    time.nowMs += launchTokenLifeMs;
    const cookie = sessions.exchange(early);
    expect(cookie).not.toBeNull();
    time.nowMs += 1;
    expect(sessions.exchange(late)).toBeNull();
    time.nowMs += 1_000 * launchTokenLifeMs;
    expect(sessions.isSession([pairOf(cookie)])).toBe(true);
  });

  test('tokens and sessions are bounded, the oldest go', () => {
    const { sessions } = opened();
    const tokens = Array.from({ length: launchTokensMax + 1 }, () => sessions.newLaunchToken());
    expect(tokens.map((token) => sessions.exchange(token) !== null)).toEqual([
      false,
      ...tokens.slice(1).map(() => true),
    ]);
    const cookies = Array.from({ length: sessionsMax + 1 }, () => pairOf(sessions.exchange(sessions.newLaunchToken())));
    expect(cookies.map((cookie) => sessions.isSession([cookie]))).toEqual([false, ...cookies.slice(1).map(() => true)]);
  });

  test('only its own cookie, once, opens a session', () => {
    const { sessions } = opened();
    const pair = pairOf(sessions.exchange(sessions.newLaunchToken()));
    const [, value] = pair.split('=');
    const outcomes = [
      [],
      [''],
      ['hookline-4711='],
      [`hookline-4712=${value}`],
      [`x-hookline-4711=${value}`],
      [`hookline-4711=${value}x`],
      [`hookline-4711=${value?.slice(1)}`],
      [`${pair}; hookline-4711=planted`],
      [`hookline-4711=planted; ${pair}`],
      [pair, pair],
    ].map((headers) => sessions.isSession(headers));
    expect(outcomes).toEqual(outcomes.map(() => false));
    expect(sessions.isSession([`other=1; ${pair}; more=2`])).toBe(true);
  });
});
