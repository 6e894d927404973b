import { expect, test } from 'vitest';
import { ask, keyOf, noon, onBothDatabases, startHub } from './some-hub.ts';

onBothDatabases((newPlace) => {
  test('a code enrols one seat, once, however it is typed; two seats at once with one code get one key', async () => {
    const hub = await startHub(await newPlace());
    const administrator = await keyOf(hub, 'administrator');
    const made = await ask(hub.url, 'POST', '/v1/enrolment-codes', administrator, { label: 'window 3' });
    expect(made).toMatchObject({ status: 201, body: { expiresAt: noon + 3_600_000 } });
    expect(made.body.code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
    const typed = made.body.code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
    const answers = await Promise.all(
      ['seat-1', 'seat-2'].map((seat) => ask(hub.url, 'POST', '/v1/enrolments', null, { code: typed, seat })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 403]);
    const key = answers.find(({ status }) => status === 201)?.body.key;
    expect((await ask(hub.url, 'GET', '/v1/journal/standing', key)).status).toBe(200);
    const { tables } = hub.parts.database;
    const kept = JSON.stringify([
      await tables.selectFrom('access_key').selectAll().execute(),
      await tables.selectFrom('enrolment_code').selectAll().execute(),
    ]);
    for (const secret of [key.split('.')[1], made.body.code, made.body.code.replaceAll('-', '')])
      expect(kept).not.toContain(secret);
  });

  test('a code ends with its time; a seat that is enrolled needs a code made for it, and that ends its old key', async () => {
    let clock = noon;
    const hub = await startHub(await newPlace(), { now: () => clock });
    const administrator = await keyOf(hub, 'administrator');
    const codeFor = async (renews: string | null) =>
      (await ask(hub.url, 'POST', '/v1/enrolment-codes', administrator, { label: 'x', minutes: 10, renews })).body.code;
    const enrolAs = async (code: string, seat: string) => {
      const { status, body } = await ask(hub.url, 'POST', '/v1/enrolments', null, { code, seat });
      return status === 201 ? body.key : body.code;
    };
    const late = await codeFor(null);
    clock += 10 * 60_000;
    expect(await enrolAs(late, 'seat-1')).toBe('UNKNOWN_CODE');
    const first = await enrolAs(await codeFor(null), 'seat-1');
    const again = await codeFor(null);
    expect(await enrolAs(again, 'seat-1')).toBe('ALREADY_ENROLLED');
    // It was not used up by that.
    expect(await enrolAs(again, 'seat-2')).toMatch(/\./);
    const renewal = await codeFor('seat-1');
    expect(await enrolAs(renewal, 'seat-2')).toBe('UNKNOWN_CODE');
    const second = await enrolAs(renewal, 'seat-1');
    const standing = async (key: string) => (await ask(hub.url, 'GET', '/v1/journal/standing', key)).status;
    expect([await standing(first), await standing(second)]).toEqual([401, 200]);
  });

  test('attempts are limited by source, for codes and keys; a valid key never waits', async () => {
    let clock = noon;
    const hub = await startHub(await newPlace(), { now: () => clock, isBehindProxy: true });
    const administrator = await keyOf(hub, 'administrator');
    const from = async (source: string, path: string, options: RequestInit) => {
      const headers = { 'x-forwarded-for': source, 'content-type': 'application/json', ...options.headers };
      return fetch(`${hub.url}${path}`, { ...options, headers });
    };
    const guess = async (source: string, code: string) =>
      from(source, '/v1/enrolments', { method: 'POST', body: JSON.stringify({ code, seat: 'seat-9' }) });
    const guesses: number[] = [];
    for (let count = 0; count < 12; count += 1) guesses.push((await guess('10.0.0.1', 'WRONG')).status);
    expect(guesses).toEqual([...Array(10).fill(403), 429, 429]);
    const { code } = (await ask(hub.url, 'POST', '/v1/enrolment-codes', administrator, { label: 'x' })).body;
    const refused = await guess('10.0.0.1', code);
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, 600]);
    clock += 600_000;
    expect((await guess('10.0.0.1', code)).status).toBe(201);

    const tries: number[] = [];
    for (let count = 0; count < 32; count += 1)
      tries.push((await from('10.0.0.2', '/v1/seats', { headers: { authorization: 'Bearer a.b' } })).status);
    expect(tries).toEqual([...Array(30).fill(401), 429, 429]);
    const valid = await from('10.0.0.2', '/v1/seats', { headers: { authorization: `Bearer ${administrator}` } });
    expect(valid.status).toBe(200);
  });
});
