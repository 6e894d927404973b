import { expect, test } from 'vitest';
import { hubApi } from '../../core/hub-api.ts';
import { hubRole } from '../../core/hub-route.ts';
import { type Allowed, contractPlaces, type RouteName, roleTable } from '../../hub/role-table.ts';
import type { RunningHub } from '../../hub/run-hub.ts';
import { ask, keyOf, newFolder, seatKey, startHub } from './some-hub.ts';

/** The routes that are not of the contract. */
const plain = [
  { name: 'healthz', method: 'GET', path: '/healthz' },
  { name: 'readyz', method: 'GET', path: '/readyz' },
  { name: 'metrics', method: 'GET', path: '/metrics' },
  { name: 'openapi', method: 'GET', path: '/openapi.json' },
  { name: 'recordings.upload', method: 'POST', path: '/v1/recordings/uploads' },
  { name: 'recordings.preflight', method: 'OPTIONS', path: '/v1/recordings/uploads' },
  { name: 'recordings.sound', method: 'GET', path: '/v1/recordings/{seat}/{recordingId}/sound' },
] as const satisfies readonly { readonly name: RouteName; readonly method: string; readonly path: string }[];

const routes = [...contractPlaces(), ...plain];

/** Who asks: every role, nobody, and keys that open nothing. */
async function everybody(hub: RunningHub) {
  const people = await Promise.all(
    hubRole.options.map(
      async (role) => [role, role === 'seat' ? await seatKey(hub, 'seat-1') : await keyOf(hub, role)] as const,
    ),
  );
  const [, some = ''] = people[1] ?? [];
  return [...people, ['nobody', null], ['a stranger', some.replace(/.$/, 'x')], ['nonsense', 'x']] as const;
}

test('the table has a row for each route of the hub and none for others', () => {
  expect(Object.keys(roleTable).toSorted()).toEqual(routes.map(({ name }) => name).toSorted());
  const places = routes.map(({ method, path }) => `${method} ${path}`);
  expect(new Set(places).size).toBe(places.length);
});

test('a route without a row stops the hub from being made', () => {
  const more = { ...hubApi, secrets: { list: hubApi.seats.list } };
  expect(() => contractPlaces(more)).toThrow('secrets.list has no row in the role table');
});

test('every role on every route: let in, or refused before anything is read', async () => {
  const hub = await startHub(newFolder());
  const found: Record<string, string> = {};
  const wanted: Record<string, string> = {};
  for (const [who, key] of await everybody(hub)) {
    for (const { name, method, path } of routes) {
      const allowed: Allowed = roleTable[name];
      const url = path.replaceAll(/\{\w+\}/g, 'x');
      // A body no handler takes: whoever is let in is told that it is bad, and nothing happens.
      const isWriting = method !== 'GET';
      const response = await fetch(`${hub.url}${url}`, {
        method,
        headers: {
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...(isWriting ? { 'content-type': 'application/json' } : {}),
        },
        ...(isWriting ? { body: '[1]' } : {}),
      });
      const { status } = response;
      const pair = `${who} ${name}`;
      found[pair] =
        status === 401 || status === 403 || status === 429 ? String(status) : status < 500 ? 'let in' : 'failed';
      const isKnown = hubRole.options.some((role) => role === who);
      if (allowed === 'anyone' || allowed.some((role) => role === who)) wanted[pair] = 'let in';
      else wanted[pair] = isKnown ? '403' : '401';
      await response.arrayBuffer();
    }
  }
  // Beyond thirty failures of one source, whoever has no valid key is told to wait.
  const waited = Object.keys(found).filter((pair) => found[pair] === '429');
  for (const pair of waited) if (wanted[pair] === '401') wanted[pair] = '429';
  expect(found).toEqual(wanted);
  expect(Object.keys(found)).toHaveLength((hubRole.options.length + 3) * routes.length);
  const audited = await hub.parts.database.tables.selectFrom('audit_line').select('action').execute();
  const made = hubRole.options.map((role) =>
    role === 'seat' ? ['enrolment-code-created', 'seat-enrolled'] : ['key-created'],
  );
  expect(audited.map(({ action }) => action).toSorted()).toEqual(made.flat().toSorted());
});

test('a key that was ended opens nothing, at once, and a seat sees nothing of another', async () => {
  const hub = await startHub(newFolder());
  const administrator = await keyOf(hub, 'administrator');
  const created = await ask(hub.url, 'POST', '/v1/keys', administrator, { name: 'Li Na', role: 'supervisor' });
  expect(created.status).toBe(201);
  expect((await ask(hub.url, 'GET', '/v1/calls', created.body.key)).status).toBe(200);
  expect((await ask(hub.url, 'DELETE', `/v1/keys/${created.body.keyId}`, administrator)).status).toBe(200);
  expect((await ask(hub.url, 'GET', '/v1/calls', created.body.key)).status).toBe(401);
  expect((await ask(hub.url, 'DELETE', `/v1/keys/${created.body.keyId}`, administrator)).body.code).toBe('UNKNOWN_KEY');

  const [one, two] = [await seatKey(hub, 'one'), await seatKey(hub, 'two')];
  await ask(hub.url, 'POST', '/v1/journal', two, { firstSeq: 1, entries: [null] });
  const asked = await ask(hub.url, 'GET', '/v1/journal/set-aside?seat=two', one);
  expect(asked.body).toEqual({ rows: [], next: null });
});
