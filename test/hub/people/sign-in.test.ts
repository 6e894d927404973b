import { expect, test } from 'vitest';
import type { RunningHub } from '../../../hub/run-hub.ts';
import { ask, keyOf, noon, onBothDatabases, seatKey, startHub } from '../some-hub.ts';

const minute = 60_000;
/** Each attempt costs what it shall cost whoever tries them all. */
const patience = 120_000;

async function made(hub: RunningHub, administrator: string, login: string, pin = 'correct horse') {
  const answer = await ask(hub.url, 'POST', '/v1/people', administrator, {
    login,
    name: `person ${login}`,
    role: 'agent',
    pin,
  });
  expect(answer.status).toBe(201);
  return String(answer.body.personId);
}

onBothDatabases((newPlace) => {
  test(
    'people are added, changed and ended by an administrator; a seat signs them in; each step is audited',
    async () => {
      const hub = await startHub(await newPlace());
      const administrator = await keyOf(hub, 'administrator');
      const seat = await seatKey(hub, 'seat-1');
      const signIn = (login: string, pin: string) => ask(hub.url, 'POST', '/v1/sign-ins', seat, { login, pin });
      const standing = async (...personIds: string[]) =>
        (await ask(hub.url, 'POST', '/v1/people/standing', seat, { personIds })).body;
      expect(await standing()).toEqual({ hasPeople: false, offlineHours: 72, people: [] });

      const given = { login: ' LiNa ', name: '李娜', role: 'supervisor' };
      const created = await ask(hub.url, 'POST', '/v1/people', administrator, given);
      expect(created).toMatchObject({ status: 201, body: { pin: expect.stringMatching(/^\d{6}$/) } });
      const { personId, pin } = created.body;
      const taken = await ask(hub.url, 'POST', '/v1/people', administrator, { ...given, login: 'lina' });
      expect([taken.status, taken.body.code]).toEqual([409, 'LOGIN_TAKEN']);
      const person = { personId, login: 'lina', name: '李娜', role: 'supervisor', secretVersion: 1 };
      expect((await signIn('LINA', pin)).body).toEqual({ person, offlineHours: 72 });

      const changed = await ask(hub.url, 'PATCH', `/v1/people/${personId}`, administrator, {
        pin: 'new PIN Ⅷ',
        role: 'agent',
      });
      expect(changed.body).toEqual({ ...person, role: 'agent', secretVersion: 2 });
      expect((await signIn('lina', pin)).body.code).toBe('WRONG');
      // The same letters however a keyboard writes them.
      expect((await signIn('lina', 'new PIN VIII')).status).toBe(200);
      expect(await standing(personId, 'f00d')).toEqual({ hasPeople: true, offlineHours: 72, people: [changed.body] });

      const policy = await ask(hub.url, 'PUT', '/v1/sign-in-policy', administrator, { offlineHours: 8 });
      expect(policy.body).toEqual({ offlineHours: 8 });
      expect((await ask(hub.url, 'DELETE', `/v1/people/${personId}`, administrator)).body).toEqual({ endedAt: noon });
      expect((await ask(hub.url, 'DELETE', `/v1/people/${personId}`, administrator)).body.code).toBe('UNKNOWN_PERSON');
      expect((await ask(hub.url, 'PATCH', `/v1/people/${personId}`, administrator, { name: 'x' })).status).toBe(404);
      expect((await signIn('lina', 'new PIN VIII')).body.code).toBe('WRONG');
      expect(await standing(personId)).toEqual({ hasPeople: true, offlineHours: 8, people: [] });
      // The name may be given again, to somebody else.
      expect(await made(hub, administrator, 'lina')).not.toBe(personId);
      const rows = (await ask(hub.url, 'GET', '/v1/people?limit=1', administrator)).body;
      const more = (await ask(hub.url, 'GET', `/v1/people?limit=5&after=${rows.next}`, administrator)).body;
      expect([...rows.rows, ...more.rows].map(({ login, endedAt }) => [login, endedAt]).toSorted()).toEqual(
        [
          ['lina', noon],
          ['lina', null],
        ].toSorted(),
      );

      const { tables } = hub.parts.database;
      const lines = await tables
        .selectFrom('audit_line')
        .select(['action', 'subject', 'detail'])
        .orderBy('position')
        .execute();
      const detail = '{"seat":"seat-1"}';
      expect(lines.slice(3)).toEqual([
        { action: 'person-created', subject: personId, detail: '{"role":"supervisor"}' },
        { action: 'person-signed-in', subject: personId, detail },
        { action: 'person-changed', subject: personId, detail: '{"what":"role pin","role":"agent"}' },
        { action: 'sign-in-failed', subject: personId, detail },
        { action: 'person-signed-in', subject: personId, detail },
        { action: 'sign-in-policy-changed', subject: 'sign-in-policy', detail: '{"offlineHours":8}' },
        { action: 'person-ended', subject: personId, detail: '{}' },
        { action: 'sign-in-failed', subject: 'nobody', detail },
        { action: 'person-created', subject: expect.any(String), detail: '{"role":"agent"}' },
      ]);
    },
    patience,
  );

  test(
    'names that are known, unknown and ended are refused alike, and wait alike; a restart forgets nothing',
    async () => {
      const place = await newPlace();
      const hub = await startHub(place);
      const administrator = await keyOf(hub, 'administrator');
      const personId = await made(hub, administrator, 'known');
      const ended = await made(hub, administrator, 'ended');
      await ask(hub.url, 'DELETE', `/v1/people/${ended}`, administrator);
      const second = await startHub(place);
      const answers: Record<string, unknown[]> = {};
      for (const login of ['known', 'unknown', 'ended']) {
        const seat = await seatKey(hub, `seat-of-${login}`);
        const told: unknown[] = [];
        answers[login] = told;
        // All at once: each is counted, and the three that came first are the only ones that are looked at.
        const storm = await Promise.all(
          ['0001', '0002', '0003', '0004', '0005'].map((pin) =>
            ask(hub.url, 'POST', '/v1/sign-ins', seat, { login, pin }),
          ),
        );
        told.push(storm.map(({ status, body }) => [status, body]).toSorted());
        const { status, body } = await ask(second.url, 'POST', '/v1/sign-ins', seat, { login, pin: 'correct horse' });
        told.push([status, body]);
      }
      expect(Object.values(answers)).toEqual(Array(3).fill(answers.known));
      const wait = [429, expect.objectContaining({ code: 'WAIT', data: { waitMs: minute } })];
      const wrong = [403, expect.objectContaining({ code: 'WRONG' })];
      expect(answers.known).toEqual([[wrong, wrong, wrong, wait, wait], wait]);
      // A new PIN is a new beginning: the administrator has looked the person in the face.
      await ask(hub.url, 'PATCH', `/v1/people/${personId}`, administrator, { pin: 'another horse' });
      const seat = await seatKey(hub, 'seat-9');
      const again = await ask(second.url, 'POST', '/v1/sign-ins', seat, { login: 'known', pin: 'another horse' });
      expect(again.status).toBe(200);
    },
    patience,
  );

  test(
    'nothing of a PIN stands anywhere in the database, and PINs that anybody tries first are refused',
    async () => {
      const hub = await startHub(await newPlace());
      const administrator = await keyOf(hub, 'administrator');
      const create = (login: string, pin: string) =>
        ask(hub.url, 'POST', '/v1/people', administrator, { login, name: 'x', role: 'agent', pin });
      const simple = await Promise.all(
        ['1234', '987654', '0000', 'aaaaaa', 'abcd', '80017'].map((pin) => create('80017', pin)),
      );
      expect(simple.map(({ body }) => body.code)).toEqual(Array(6).fill('TOO_SIMPLE'));
      expect((await create('80017', '135')).status).toBe(400);
      expect((await create('-', '83921')).status).toBe(400);
      await create('80017', '839217');
      await create('80018', '839217');
      const seat = await seatKey(hub, 'seat-1');
      // Somebody types the PIN where the name belongs.
      await ask(hub.url, 'POST', '/v1/sign-ins', seat, { login: '839217', pin: '80017' });
      const { tables } = hub.parts.database;
      const people = await tables.selectFrom('person').selectAll().execute();
      expect(new Set(people.map((row) => row.secret_hash)).size).toBe(2);
      const all = [
        people,
        await tables.selectFrom('sign_in_attempt').selectAll().execute(),
        await tables.selectFrom('audit_line').selectAll().execute(),
      ];
      expect(JSON.stringify(all)).not.toContain('839217');
    },
    patience,
  );
});
